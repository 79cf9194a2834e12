"""The page in Chromium (checks.js), on profiles made by hand and on a real one; and what of it
can be judged without a browser.

usage: test_page.py [--pyperf PATH] [--write-page PATH] [harness's options]

SPDX-License-Identifier: MIT
"""
import base64
import glob
import hashlib
import json
import os
import re
import sys

import browser
import harness

OPTION = "--write-page"


def take_option():
    """The path of tests/support/write_page.c, which the harness knows nothing of."""
    if OPTION in sys.argv:
        at = sys.argv.index(OPTION)
        path = sys.argv[at + 1]
        del sys.argv[at:at + 2]
    else:
        path = os.path.join(harness.CHECKOUT, "build", "tests", "unit", "write_page")
    return os.path.abspath(path)


write_page = take_option()


@harness.locked
def made(*arguments):
    """A page of write_page's, made once."""
    path = os.path.join(harness.fresh_directory(), "page.html")
    done = harness.run([write_page, *arguments, path])
    if done.status != 0:
        raise AssertionError(done)
    return path


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Markup(harness.TestCase):

    def test_policy_allows_the_script_and_the_style_and_nothing_else(self):
        page = read(made("shop"))
        policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page).group(1)
        for tag, text in (("script", re.search(r'<script type="module">(.*?)</script>', page, re.S)),
                          ("style", re.search(r"<style>(.*?)</style>", page, re.S))):
            digest = base64.b64encode(hashlib.sha256(text.group(1).encode()).digest()).decode()
            self.assertIn("%s-src 'sha256-%s'" % (tag, digest), policy)
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("unsafe", policy)

    def test_nothing_is_loaded(self):
        page = read(made("shop"))
        self.assertEqual(re.findall(r"\b(?:src|href|action)\s*=\s*[\"'](?!data:)", page), [])
        self.assertNotIn("http://", page)
        self.assertNotIn("https://", page)
        self.assertEqual(re.findall(r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval)\b",
                                    page), [])

    def test_names_of_modules_do_not_collide(self):
        """All of them share one scope."""
        script = re.search(r'<script type="module">(.*?)</script>', read(made("shop")), re.S).group(1)
        self.assertEqual(re.findall(r"^(?:import|export)\b.*", script, re.M), [])
        names = re.findall(r"^(?:async )?(?:function|class|const|let) (\w+)", script, re.M)
        self.assertGreater(len(names), 50)
        self.assertEqual(sorted({name for name in names if names.count(name) > 1}), [])


class Chromium(harness.TestCase):

    def check(self, name, page, timeout=120):
        done = browser.node("checks.js", name, page, timeout=timeout)
        if done.status != 0:
            self.fail(done.stderr[-4000:])
        return done.stdout

    def test_zoom(self):
        self.check("zoom", made("shop"))

    def test_search(self):
        self.check("search", made("shop"))

    def test_table(self):
        self.check("table", made("shop"))

    def test_keys(self):
        self.check("keys", made("shop"))

    def test_trees(self):
        self.check("trees", made("shop"))

    def test_views(self):
        self.check("views", made("shop"))

    def test_dark(self):
        self.check("dark", made("shop"))

    def test_rows_without_a_tree(self):
        self.check("rows", made("rows"))

    def test_two_profiles(self):
        self.check("compared", made("compared"))

    def test_lines(self):
        self.check("lines", made("lines"))

    def test_lines_without_calls(self):
        self.check("alone", made("lines-alone"))
        self.check("accessible", made("lines-alone"))

    def test_hostile_names(self):
        self.check("hostile", made("hostile"))

    def test_a_program_that_called_nothing(self):
        self.check("empty", made("empty"))

    def test_accessible(self):
        self.check("accessible", made("lines"))

    def test_phone(self):
        self.check("phone", made("shop"))

    def test_large(self):
        """Opens and zooms; how fast is printed, and no test: the machine decides."""
        page = made("large", "700000")
        self.assertLess(os.path.getsize(page), 15 * 1000 * 1000)
        print("large page: %s" % self.check("speed", page).strip(), flush=True)

    def test_figures_are_those_of_stats(self):
        python = harness.chosen_interpreters()[0]
        folder = harness.fresh_directory()
        program = os.path.join(harness.PROGRAMS, "recursion.py")
        done = harness.pyperf_run(python, program, options=["-o", "/dev/full"], cwd=folder,
                                  env=harness.environment(TMPDIR=folder))
        self.assertEqual(done.status, 125, done)
        [session] = glob.glob(os.path.join(folder, "pyperf-*"))
        page = os.path.join(folder, "page.html")
        done = harness.run([harness.pyperf(), "view", "-o", page, session])
        self.assertEqual(done.status, 0, done)
        report = harness.run([harness.pyperf(), "stats", session])
        self.assertEqual(report.status, 0, report)
        expected = sorted(rows_of_report(report.stdout))
        shown = sorted(map(tuple, json.loads(self.check("figures", page))))
        self.assertGreater(len(expected), 20)
        self.assertEqual([row[:2] for row in shown], [row[:2] for row in expected])
        for got, wanted in zip(shown, expected):
            for one, other in zip(got[2:], wanted[2:]):
                self.assertLessEqual(abs(one - other), 0.0011, (got, wanted))


def rows_of_report(text):
    """(place or name, calls, self, inclusive) of each row but the program's."""
    row = re.compile(r" *(\d+(?:/\d+)?) +(\d+\.\d+) +\d+\.\d+ +(\d+\.\d+) +\d+\.\d+ (.*)")
    for match in filter(None, map(row.fullmatch, text.split("\n"))):
        calls, own, inclusive, label = match.groups()
        place = re.fullmatch(r"(.*:\d+)\(.*\)", label)
        name = place.group(1) if place else "<%s>" % label.strip("{}")
        if not name.startswith("<program "):
            yield name, calls, float(own), float(inclusive)


harness.main()
