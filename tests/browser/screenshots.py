"""Makes pictures of the page for the docs, in docs/images: run it when the page's looks change.

usage: screenshots.py [--pyperf PATH]

SPDX-License-Identifier: MIT
"""
import argparse
import json
import os

import browser
import harness

IMAGES = os.path.join(harness.CHECKOUT, "docs", "images")
EXAMPLES = os.path.join(harness.CHECKOUT, "examples")

# name, size, colour scheme, steps (see screenshots.js)
PICTURES = (
    ("viewer", "1280x800", "light", [{"click": [0.1, 0.22]}, {"hover": [0.1, 0.16]}]),
    ("viewer-focus", "1280x800", "light", [{"pick": "write_report"}]),
    ("viewer-dark", "1280x800", "dark", [{"fragment": "view=sunburst"}, {"search": "sqlite|fraud"}]),
)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pyperf")
    harness.choose(pyperf=parser.parse_args().pyperf)
    page = os.path.join(harness.fresh_directory(), "page.html")
    done = harness.pyperf_run(harness.interpreters()[0], "orders.py", options=["-o", page], cwd=EXAMPLES)
    if done.status != 0:
        raise SystemExit(done)
    os.makedirs(IMAGES, exist_ok=True)
    for name, size, scheme, steps in PICTURES:
        path = os.path.join(IMAGES, name + ".png")
        done = browser.node("screenshots.js", page, path, size, scheme, json.dumps(steps))
        if done.status != 0:
            raise SystemExit(done)
        print("%s: %d KB" % (path, os.path.getsize(path) // 1000))


main()
