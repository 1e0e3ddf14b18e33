#!/bin/sh
# Fuzzes every target for SECONDS (60) and tells how many inputs each ran. Stable Rust, g++ and cargo-fuzz are enough.
# With PRICEMILL_CORPUS set, its pages are seeds too. Inputs that break a promise stay in fuzz/artifacts; the exit status tells.
#   fuzz/nightly.sh [SECONDS] [TARGET…]
set -u
cd "$(dirname "$0")" || exit 2
seconds=${1:-60}
[ $# -gt 0 ] && shift
targets=${*:-"price_text json_ld microdata html gtin source_definition json_endpoint"}
pages=$(mktemp -d)
trap 'rm -rf "$pages"' EXIT
if [ -n "${PRICEMILL_CORPUS:-}" ]; then
    for file in $(find "$PRICEMILL_CORPUS/pages" -name '*.html.gz'); do
        # The first byte is the size of the pieces.
        { printf '?'; gzip -dc "$file"; } >"$pages/$(basename "$file" .html.gz)"
    done
fi

# No sanitizer: they need a nightly compiler, and the code has no `unsafe` to watch. Coverage works on stable.
cargo fuzz build --sanitizer none -O || exit 2
status=0
for target in $targets; do
    mkdir -p "corpus/$target"
    case $target in html | microdata) extra=$pages ;; *) extra= ;; esac
    log=$(mktemp)
    # One input of 16 KiB may take 10 s and all of them 1 GiB: what is slow or swells is a finding too.
    cargo fuzz run --sanitizer none -O "$target" "corpus/$target" "seeds/$target" $extra -- -max_total_time="$seconds" \
        -dict=dictionary.txt -max_len=16384 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 >"$log" 2>&1
    code=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    cover=$(grep -o 'cov: [0-9]*' "$log" | tail -1)
    echo "$target: ${runs:-0} executions in ${seconds} s, ${cover:-no coverage}, exit $code"
    if [ $code -ne 0 ]; then
        status=1
        grep -a -m 3 -e 'panicked at' -e 'ERROR: libFuzzer' -e 'Test unit written' -A 1 "$log"
    fi
    rm -f "$log"
done
exit $status
