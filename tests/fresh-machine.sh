#!/usr/bin/env bash
# Tries the README's two commands on machines that have only a base Debian and a clone.
#
# usage: tests/fresh-machine.sh [--keep] [--report-only] [SUITE...]     (as root)
#
# For each SUITE (bookworm and trixie if none is named) a minimal tree is made with debootstrap
# in a temporary directory, this repository is cloned into it, and `./bootstrap.sh run
# examples/orders.py` and `./bootstrap.sh test` run in it under chroot. The first report must be
# there within three minutes of the clone's start, and a second run must install nothing.
#
#   --keep          leave the trees and logs where they are, and say where
#   --report-only   leave out ./bootstrap.sh test
#   DEBOOTSTRAP_MIRROR   the archive to take packages from; debootstrap's default if not set
#   TMPDIR               where the trees go, about 1 GB each; /tmp if not set
#
# Only what is committed is cloned. The settings of this machine's apt for reaching the archive
# are used in the trees as well. Exit status: 0 when all went well, 1 when something failed.
#
# SPDX-License-Identifier: MIT
set -uo pipefail

limit=180 # seconds from clone to first report
checkout=$(cd "$(dirname "$0")/.." && pwd)
keep=no
tests=yes
failures=0

# shellcheck source=tests/support/debian_trees.sh
. "$checkout/tests/support/debian_trees.sh"

try_suite() {
    local suite=$1 tree=$2 began seconds
    say "$suite: making a tree in $tree"
    began=$SECONDS
    make_tree "$suite" "$tree" || return
    say "$suite: tree made in $((SECONDS - began)) s"

    began=$SECONDS
    clone_into "$tree" || return
    if ! inside "$tree" ./bootstrap.sh run examples/orders.py \
        >"$tree.report" 2>"$tree.run.log"; then
        failed "$tree.run.log" "$suite: ./bootstrap.sh run examples/orders.py"
        return
    fi
    seconds=$((SECONDS - began))
    grep -q 'function calls .*in .* seconds' "$tree.report" ||
        failed "$tree.report" "$suite: there is no report"
    say "$suite: the first report came $seconds s after the clone began (limit $limit s):"
    head -n 30 "$tree.report" | sed 's/^/    /'
    [ "$seconds" -le "$limit" ] || failed "$tree.run.log" "$suite: that took too long"

    began=$SECONDS
    if inside "$tree" ./bootstrap.sh run examples/orders.py >/dev/null 2>"$tree.again.log" &&
        ! grep -q -e 'will install' -e 'Building C' "$tree.again.log"; then
        say "$suite: a second run took $((SECONDS - began)) s, installed and built nothing"
    else
        failed "$tree.again.log" "$suite: the second run"
    fi

    [ $tests = yes ] || return
    began=$SECONDS
    if inside "$tree" ./bootstrap.sh test >"$tree.test.log" 2>&1; then
        say "$suite: ./bootstrap.sh test passed in $((SECONDS - began)) s:"
        grep -E 'tests passed|Total Test time' "$tree.test.log" | sed 's/^/    /'
    else
        failed "$tree.test.log" "$suite: ./bootstrap.sh test"
    fi
}

suites=()
for argument in "$@"; do
    case $argument in
    --keep) keep=yes ;;
    --report-only) tests=no ;;
    -*)
        usage
        exit 2
        ;;
    *) suites+=("$argument") ;;
    esac
done
[ ${#suites[@]} -gt 0 ] || suites=(bookworm trixie)
check_machine

work=$(mktemp -d "${TMPDIR:-/tmp}/pyperf-fresh-XXXXXX")
clean_up() {
    if [ $keep = yes ]; then
        say "trees and logs are kept in $work"
        return
    fi
    remove_trees "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

for suite in "${suites[@]}"; do
    try_suite "$suite" "$work/$suite"
done
say_how_it_went
