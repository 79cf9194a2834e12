#!/usr/bin/env bash
# Tries the Pythons of other Debian releases, newer than those of this machine.
#
# usage: tests/other-pythons.sh [--trees DIRECTORY] [SUITE...]     (as root)
#
# For each SUITE (trixie and sid if none is named) a tree is made with debootstrap, every
# python3.X of the suite is installed there with its headers and its debug build, pyperf is built
# from a clone of this repository, and the tests of programs, of threads, of children and of
# installations run in it under each of them, with the agent and with the embedded host.
#
#   --trees DIRECTORY    take the tree DIRECTORY/SUITE if there is one, and leave trees and logs
#                        there; without it they are temporary, and removed
#   DEBOOTSTRAP_MIRROR   the archive to take packages from; debootstrap's default if not set
#   TMPDIR               where temporary trees go, 1 to 2 GB each; /tmp if not set
#
# Only what is committed is cloned. The settings of this machine's apt for reaching the archive
# are used in the trees as well. Exit status: 0 when all went well, 1 when something failed.
#
# SPDX-License-Identifier: MIT
set -uo pipefail

for_both_hosts=(behaviour parity threads)
that_choose_their_host=(children installations)
checkout=$(cd "$(dirname "$0")/.." && pwd)
trees=
failures=0

# shellcheck source=tests/support/debian_trees.sh
. "$checkout/tests/support/debian_trees.sh"

# All that the suite has, with what venv and the tests want.
install_pythons() {
    # shellcheck disable=SC2016 # expanded by the inner shell
    inside "$1" sh -c '
        export DEBIAN_FRONTEND=noninteractive
        apt-get update || exit
        versions=$(apt-cache pkgnames python3. | grep -Ex "python3\.[0-9]+" | sort -V)
        for version in $versions; do
            packages="$packages $version $version-dev $version-venv"
            apt-cache show "$version-dbg" >/dev/null 2>&1 && packages="$packages $version-dbg"
        done
        apt-get install -y --no-install-recommends python3-pygments python3-docutils $packages'
}

try_tests() {
    local suite=$1 tree=$2 name=$3
    shift 3
    if inside "$tree" python3 "tests/python/test_$name.py" "$@" >"$tree.test.log" 2>&1; then
        say "$suite: $(tail -n 1 "$tree.test.log") ${*:+($*)}"
    else
        failed "$tree.test.log" "$suite: test_$name.py $*"
    fi
}

try_suite() {
    local suite=$1 tree=$2 name host began
    say "$suite: a tree in $tree"
    make_tree "$suite" "$tree" && clone_into "$tree" || return
    install_pythons "$tree" >"$tree.install.log" 2>&1 || {
        failed "$tree.install.log" "$suite: installing Pythons"
        return
    }
    began=$SECONDS
    inside "$tree" ./bootstrap.sh build >"$tree.build.log" 2>&1 || {
        failed "$tree.build.log" "$suite: ./bootstrap.sh build"
        return
    }
    say "$suite: built in $((SECONDS - began)) s"
    grep -E '^-- (Agent|Embedded host) for' "$tree.build.log" | sed 's/^-- /    /'
    for name in "${for_both_hosts[@]}"; do
        for host in agent embedded; do
            try_tests "$suite" "$tree" "$name" --host $host
        done
    done
    for name in "${that_choose_their_host[@]}"; do
        try_tests "$suite" "$tree" "$name"
    done
}

suites=()
while [ $# -gt 0 ]; do
    case $1 in
    --trees)
        trees=${2-}
        [ -d "$trees" ] || {
            say "--trees $trees: there is no such directory" >&2
            exit 2
        }
        shift
        ;;
    -*)
        usage
        exit 2
        ;;
    *) suites+=("$1") ;;
    esac
    shift
done
[ ${#suites[@]} -gt 0 ] || suites=(trixie sid)
check_machine

if [ -z "$trees" ]; then
    trees=$(mktemp -d "${TMPDIR:-/tmp}/pyperf-pythons-XXXXXX")
    trap 'remove_trees "$trees"' EXIT
    trap 'exit 130' INT TERM HUP
fi
for suite in "${suites[@]}"; do
    try_suite "$suite" "$trees/$suite"
done
say_how_it_went
