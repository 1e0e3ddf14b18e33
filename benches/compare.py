#!/usr/bin/env python3
"""The same saved pages, in the same run, through parsel, selectolax, extruct and pricemill: processor time a page.

    python3 -m venv venv && venv/bin/pip install parsel selectolax extruct
    cargo build --release
    PRICEMILL_CORPUS=… venv/bin/python benches/compare.py [path/to/pricemill]

They do not do the same. parsel and selectolax: parse the page and run ten selectors that somebody wrote for it (title, price,
links …): no JSON-LD, no weighing, no numbers read. extruct: all syntaxes of structured data, nothing of what a person sees.
pricemill: the whole answer by all evidence, and with it reading the file, decoding, and writing JSON. All on one thread.
"""

import gzip
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 3
SELECTORS = ["title", "h1", "[itemprop=price]", "[itemprop=name]", "meta[property='og:title']", "meta[property='og:image']",
             "[class*=price]", "link[rel=canonical]", "button", "script[type='application/ld+json']"]


def pages(folder):
    rows = [json.loads(line) for line in (folder / "pages/truth.jsonl").read_text().splitlines()]
    return [(row["url"], gzip.decompress((folder / row["file"]).read_bytes())) for row in rows]


def with_parsel(url, text):
    from parsel import Selector
    page = Selector(text=text)
    for css in SELECTORS:
        page.css(css).getall()


def with_selectolax(url, text):
    from selectolax.lexbor import LexborHTMLParser
    page = LexborHTMLParser(text)
    for css in SELECTORS:
        [node.html for node in page.css(css)]


def with_extruct(url, text):
    import extruct
    extruct.extract(text, base_url=url, errors="ignore")


def time_python(read, corpus):
    """Microseconds a page: the median over pages of the fastest round."""
    own = []
    failed = 0
    for url, text in corpus:
        best = None
        for _ in range(ROUNDS):
            start = time.process_time()
            try:
                read(url, text)
            except Exception:
                failed += 1
            took = time.process_time() - start
            best = took if best is None else min(best, took)
        own.append(best * 1e6)
    return own, failed


def time_pricemill(program, corpus):
    """The mean over all pages, from the processor time of the whole process less that of an empty run."""
    with tempfile.TemporaryDirectory() as folder:
        lines = []
        for number, (url, raw) in enumerate(corpus):
            file = pathlib.Path(folder) / f"{number}.html"
            file.write_bytes(raw)
            lines.append(json.dumps({"id": number, "file": str(file), "url": url}))
        empty = min(run_batch(program, "") for _ in range(ROUNDS))
        full = min(run_batch(program, "\n".join(lines)) for _ in range(ROUNDS))
    return (full - empty) / len(corpus) * 1e6


def run_batch(program, lines):
    def used():
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return children.ru_utime + children.ru_stime
    before = used()
    subprocess.run([program, "extract", "--batch"], input=lines.encode(), stdout=subprocess.DEVNULL, check=True)
    return used() - before


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "target/release/pricemill"
    folder = os.environ.get("PRICEMILL_CORPUS")
    if not folder:
        sys.exit("PRICEMILL_CORPUS names no folder")
    raw = pages(pathlib.Path(folder))
    texts = [(url, body.decode("utf-8", "replace")) for url, body in raw]
    size = sum(len(body) for _, body in raw) / len(raw)
    print(f"{len(raw)} pages of {size / 1024:.0f} KiB on average; microseconds of processor time a page\n")
    print("| tool | mean | median | against pricemill | pages it broke on |\n|---|---:|---:|---:|---:|")
    ours = time_pricemill(program, raw)
    print(f"| pricemill, whole answer | {ours:.0f} | | 1.0 | 0 |")
    for name, read in [("selectolax, parse and 10 selectors", with_selectolax), ("parsel, parse and 10 selectors", with_parsel),
                       ("extruct, all structured data", with_extruct)]:
        own, failed = time_python(read, texts)
        mean = statistics.mean(own)
        print(f"| {name} | {mean:.0f} | {statistics.median(own):.0f} | {mean / ours:.1f} | {failed // ROUNDS} |", flush=True)


if __name__ == "__main__":
    main()
