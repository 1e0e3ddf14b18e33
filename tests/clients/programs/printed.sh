#!/bin/sh
# The documentation's own curl, typed off the page: the line ends of the values lost, `-d` for everything.
set -eu
base=$1 token=$2
id=$(curl -sS --fail -d "token=$token" -d country=de -d source=google-shopping -d currentness=daily_updated \
    -d completeness=one_page -d key=gtin -d 'values=00885909666966\n08718108041581' "$base/jobs/" |
    sed 's/.*"job_id":"\([0-9a-f]*\)".*/\1/')
until curl -sS --fail "$base/jobs/$id?token=$token" | grep -q '"finished"'; do sleep 0.1; done
curl -sS --fail "$base/products/bulk/$id.csv?token=$token&format_option=row" | head -2 | tail -1
