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

say() {
    printf 'fresh-machine: %s\n' "$*"
}

# Mounts of our own live in a mount namespace that ends with the command, so nothing is left
# mounted in the tree whatever happens.
inside() {
    local tree=$1
    shift
    # shellcheck disable=SC2016 # expanded by the inner shell
    unshare --mount --propagation private sh -c '
        tree=$1
        shift
        mount -t proc proc "$tree/proc" &&
            mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts "$tree/dev/pts" &&
            mkdir -p "$tree/dev/shm" && mount -t tmpfs tmpfs "$tree/dev/shm" || exit 125
        mount -t sysfs -o ro sysfs "$tree/sys" || :
        exec chroot "$tree" "$@"' sh "$tree" \
        env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
        ${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} \
        ${no_proxy:+"no_proxy=$no_proxy"} \
        sh -c 'cd /root/pyperf && exec "$@"' sh "$@" </dev/null
}

make_tree() {
    local suite=$1 tree=$2
    debootstrap --variant=minbase "$suite" "$tree" \
        ${DEBOOTSTRAP_MIRROR:+"$DEBOOTSTRAP_MIRROR"} >"$tree.debootstrap.log" 2>&1 || {
        tail -n 20 "$tree.debootstrap.log"
        return 1
    }
    cp --remove-destination -L /etc/resolv.conf "$tree/etc/resolv.conf"
    apt-config dump | grep -E '^Acquire::(https?|Check-|Retries|Force|Languages)' \
        >"$tree/etc/apt/apt.conf.d/99reach-the-archive"
    return 0
}

# Shows what went wrong, and counts it.
failed() {
    local log=$1
    shift
    say "FAILED: $*"
    tail -n 40 "$log" | sed 's/^/    /'
    failures=$((failures + 1))
}

try_suite() {
    local suite=$1 tree=$2 began seconds
    say "$suite: making a tree in $tree"
    began=$SECONDS
    make_tree "$suite" "$tree" || {
        say "FAILED: $suite: debootstrap"
        failures=$((failures + 1))
        return
    }
    say "$suite: tree made in $((SECONDS - began)) s"

    began=$SECONDS
    git clone --quiet --no-hardlinks "$checkout" "$tree/root/pyperf" || {
        say "FAILED: $suite: git clone"
        failures=$((failures + 1))
        return
    }
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
        sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
        exit 2
        ;;
    *) suites+=("$argument") ;;
    esac
done
[ ${#suites[@]} -gt 0 ] || suites=(bookworm trixie)
if [ "$(id -u)" -ne 0 ]; then
    say "debootstrap and chroot need root: run this as root" >&2
    exit 1
fi
for program in debootstrap git unshare apt-config; do
    if ! command -v $program >/dev/null; then
        say "$program is missing: apt-get install debootstrap git util-linux apt" >&2
        exit 1
    fi
done

work=$(mktemp -d "${TMPDIR:-/tmp}/pyperf-fresh-XXXXXX")
clean_up() {
    if [ $keep = yes ]; then
        say "trees and logs are kept in $work"
        return
    fi
    # debootstrap mounts /proc in its tree for a while; it may have been interrupted then.
    for tree in "$work"/*/; do
        umount "$tree/proc" "$tree/sys" 2>/dev/null
    done
    rm -rf --one-file-system "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

for suite in "${suites[@]}"; do
    try_suite "$suite" "$work/$suite"
done
if [ $failures -gt 0 ]; then
    say "$failures failures"
    exit 1
fi
say "all went well"
