"""Chromium, and what drives it: node with playwright-core and axe-core, which npm installs into
the tests' cache. Where something cannot be had, SkipTest says what and why.

SPDX-License-Identifier: MIT
"""
import os
import shutil
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))

import harness
import packages

PACKAGES = ("playwright-core@1", "axe-core@4")
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def program(names, package):
    found = next(filter(None, map(shutil.which, names)), None)
    if not found:
        raise unittest.SkipTest("no %s; on Debian: apt-get install %s" % (names[0], package))
    return found


@harness.locked
def modules():
    """The directory with the packages, or a SkipTest that says why there is none."""
    folder = os.path.join(packages.cache_directory("pyperf-tests"), "browser")
    npm = program(["npm"], "npm")
    wanted = [os.path.join(folder, "node_modules", name.partition("@")[0]) for name in PACKAGES]
    if not all(map(os.path.isdir, wanted)):
        os.makedirs(folder, exist_ok=True)
        done = subprocess.run(
            [npm, "install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts",
             "--loglevel=error", *PACKAGES], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            universal_newlines=True)
        if done.returncode != 0:
            return unittest.SkipTest("npm cannot install %s: %s" % (
                " ".join(PACKAGES), (done.stdout.strip().splitlines() or ["no reason given"])[-1]))
    return os.path.join(folder, "node_modules")


def node(script, *arguments, timeout=120):
    """Runs a script of this folder: node SCRIPT MODULES CHROMIUM ARGUMENT..."""
    tool = program(["node", "nodejs"], "nodejs")
    chromium = program(CHROMIUMS, "chromium")
    folder = modules()
    if isinstance(folder, unittest.SkipTest):
        raise folder
    command = [tool, os.path.join(HERE, script), folder, chromium, *map(str, arguments)]
    # npm's packages and the browser's profile want the user's own home.
    return harness.run(command, env=dict(os.environ, TMPDIR=harness.temporary()), timeout=timeout)
