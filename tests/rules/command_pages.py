"""Holds each command's --help and its page in docs/commands together.

usage: command_pages.py PYPERF [ROOT]

Every command has a page, every page a command. Every option that `PYPERF NAME --help` lists
stands in the table of options of docs/commands/NAME.md, short form included, and no others do.
Also shows, on made-up texts, that differences are found.

SPDX-License-Identifier: MIT
"""

import glob
import os
import re
import subprocess
import sys

OPTION = re.compile(r"(?<![\w-])(--?[A-Za-z?][\w-]*)")


def options_of_help(text):
    """What stands left of the descriptions: "  -o, --output=FILE    write ..." """
    found = set()
    for line in text.split("\n"):
        match = re.match(r" {2,6}(-.*?)(?:  | (?=[a-z])|$)", line)
        if match:
            found.update(OPTION.findall(match.group(1)))
    return found


def options_of_page(text):
    """What stands in the first column of tables: "| `-o`, `--output FILE` | ..." """
    found = set()
    for line in text.split("\n"):
        match = re.match(r"\| *(`-.*?)(?<!\\)\|", line)
        if match:
            found.update(OPTION.findall(match.group(1)))
    return found


def differences(name, help_text, page_text):
    in_help, in_page = options_of_help(help_text), options_of_page(page_text)
    if not in_help:
        yield "pyperf %s --help lists no options" % name
    for option in sorted(in_help - in_page):
        yield "docs/commands/%s.md lacks %s" % (name, option)
    for option in sorted(in_page - in_help):
        yield "docs/commands/%s.md has %s, which --help lacks" % (name, option)


def commands_of_source(root):
    names = set()
    for path in glob.glob(os.path.join(root, "src/cli/commands/*.c")):
        with open(path, encoding="utf-8") as file:
            names.update(re.findall(r"const struct command cmd_(\w+) *=", file.read()))
    return names


def names_of_pages(root):
    paths = glob.glob(os.path.join(root, "docs/commands/*.md"))
    return {os.path.splitext(os.path.basename(path))[0] for path in paths}


HELP = """Usage: pyperf x

  -o, --output=FILE    write it
      --raw[=N] see --no
                       --neither
  -?, --help  list
"""
PAGE = """
| `-o`, `--output FILE` | write | none |
| `--raw[=A\\|B]` | see `--other` |
| `-?`, `--help` | |
"""


def check_itself():
    expected = {"-o", "--output", "--raw", "-?", "--help"}
    assert options_of_help(HELP) == expected, options_of_help(HELP)
    assert list(differences("x", HELP, PAGE)) == [], list(differences("x", HELP, PAGE))
    assert len(list(differences("x", HELP, PAGE.replace("--raw", "--row")))) == 2
    assert len(list(differences("x", HELP, PAGE.replace("`-o`, ", "")))) == 1
    assert len(list(differences("x", "", PAGE))) == 6


def check(pyperf, root):
    commands, pages = commands_of_source(root), names_of_pages(root)
    if not commands:
        yield "no command was found in src/cli/commands"
    for name in sorted(commands - pages):
        yield "pyperf %s has no page docs/commands/%s.md" % (name, name)
    for name in sorted(pages - commands):
        yield "docs/commands/%s.md is about a command that does not exist" % name
    for name in sorted(commands & pages):
        done = subprocess.run(
            [pyperf, name, "--help"], stdout=subprocess.PIPE, universal_newlines=True
        )
        if done.returncode != 0:
            yield "pyperf %s --help ended with status %d" % (name, done.returncode)
            continue
        with open(os.path.join(root, "docs/commands", name + ".md"), encoding="utf-8") as file:
            yield from differences(name, done.stdout, file.read())


def main(pyperf, root=os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")):
    check_itself()
    found = list(check(pyperf, root))
    for text in found:
        print(text)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
