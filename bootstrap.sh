#!/bin/sh
# From a bare checkout to a report: installs what is missing, builds, and runs.
# SPDX-License-Identifier: MIT
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
build=$here/build
# What the build needs, and what the tests need on top of it, as Debian and Ubuntu name it.
build_packages="gcc libc6-dev cmake ninja-build pkg-config libpcre2-dev libsmartcols-dev libmicrohttpd-dev python3-dev zlib1g-dev libexpat1-dev"
test_packages="libcmocka-dev python3-pygments python3-docutils valgrind"
# Without these, which not every distribution has, the tests that need them are skipped.
optional_packages="graphviz chromium nodejs npm clang llvm libclang-rt-dev"

usage() {
    cat <<TEXT
usage: ./bootstrap.sh [--dry-run] run ARGUMENT...   profile a program: pyperf run ARGUMENT...
       ./bootstrap.sh [--dry-run] test               run all tests, some under sanitizers too
       ./bootstrap.sh [--dry-run] test ARGUMENT...   run tests; the arguments are ctest's
       ./bootstrap.sh [--dry-run] build             only build

Installs the packages that are missing (Debian and Ubuntu; asks before it uses sudo), builds a
release into $build, and does what was asked. What is already done is not done again.
--dry-run prints what would be done, and does nothing.

example: ./bootstrap.sh run examples/orders.py
TEXT
}

say() {
    printf 'bootstrap: %s\n' "$*" >&2
}

fail() {
    say "$@"
    exit 1
}

# Is this package there? A program that came from elsewhere is as good as its package.
have() {
    case $1 in
    gcc) command -v cc || command -v gcc || command -v clang ;;
    cmake) command -v cmake ;;
    ninja-build) command -v ninja ;;
    pkg-config) command -v pkg-config ;;
    graphviz) command -v dot ;;
    chromium) command -v chromium ;;
    nodejs) command -v node ;;
    npm) command -v npm ;;
    clang) command -v clang ;;
    llvm) command -v llvm-cov ;;
    libclang-rt-dev) [ -f "$(clang -print-file-name="libclang_rt.fuzzer-$(uname -m).a")" ] ;;
    *) [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ] ;;
    esac >/dev/null 2>&1
}

missing_packages() {
    for package in "$@"; do
        have "$package" || printf '%s ' "$package"
    done
}

# Runs apt-get as root, with an answer to every question it might ask.
apt() {
    if [ "$(id -u)" -eq 0 ]; then
        DEBIAN_FRONTEND=noninteractive apt-get "$@"
    else
        sudo env DEBIAN_FRONTEND=noninteractive apt-get "$@"
    fi </dev/null >&2
}

ask_for_sudo() {
    by_hand="run as root: apt-get update && apt-get install --no-install-recommends $1"
    command -v sudo >/dev/null || fail "not root, and there is no sudo; $by_hand"
    if ! [ -t 2 ] || ! [ -r /dev/tty ]; then
        fail "not root, and no terminal to ask on; $by_hand"
    fi
    printf 'bootstrap: install them with sudo? [y/N] ' >&2
    read -r answer </dev/tty || answer=
    case $answer in
    y | Y | yes | Yes) ;;
    *) fail "nothing was installed; $by_hand" ;;
    esac
}

install_packages() {
    [ -n "$1" ] || return 0
    say "will install: $1"
    [ "$dry_run" = no ] || return 0
    [ "$(id -u)" -eq 0 ] || ask_for_sudo "$1"
    apt update || fail "apt-get update failed (see above); is the machine online?"
    # shellcheck disable=SC2086 # a list of names
    apt install -y --no-install-recommends $1 ||
        fail "apt-get install failed (see above); is the machine online?"
}

# Only where nobody need be asked any more.
install_optional_packages() {
    for package in "$@"; do
        have "$package" && continue
        if [ "$(id -u)" -ne 0 ] && [ -z "$missing" ]; then
            say "$package is not there; what needs it will be skipped"
            continue
        fi
        say "will install: $package"
        [ "$dry_run" = no ] || continue
        [ -n "$missing" ] || apt update || true
        apt install -y --no-install-recommends "$package" ||
            say "$package cannot be installed (see above); what needs it will be skipped"
    done
}

name_packages() {
    cat >&2 <<'TEXT'
bootstrap: this is neither Debian nor Ubuntu, so nothing is installed from here. Needed are a C
bootstrap: compiler, CMake 3.20 or later, Ninja, pkg-config, the headers of PCRE2, libsmartcols
bootstrap: (util-linux), libmicrohttpd and zlib, and a Python with headers; for the tests also cmocka,
bootstrap: Pygments, docutils, valgrind, Graphviz, Chromium, Node.js, npm, clang and LLVM:
bootstrap:   Fedora: gcc cmake ninja-build pkgconf pcre2-devel libsmartcols-devel libmicrohttpd-devel zlib-devel python3-devel libcmocka-devel python3-pygments python3-docutils valgrind graphviz chromium nodejs npm clang compiler-rt llvm
bootstrap:   Arch:   gcc cmake ninja pkgconf pcre2 util-linux-libs libmicrohttpd zlib python cmocka python-pygments python-docutils valgrind graphviz chromium nodejs npm clang compiler-rt llvm
bootstrap:   SUSE:   gcc cmake ninja pkgconf pcre2-devel libsmartcols-devel libmicrohttpd-devel zlib-devel python3-devel libcmocka-devel python3-Pygments python3-docutils valgrind graphviz chromium nodejs npm clang llvm
TEXT
}

prepare_machine() {
    if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then
        # shellcheck disable=SC2086 # lists of names
        missing=$(missing_packages $1)
        install_packages "${missing% }"
        # shellcheck disable=SC2086
        install_optional_packages $2
        return
    fi
    for program in cc cmake ninja pkg-config python3; do
        command -v $program >/dev/null || {
            name_packages
            fail "$program is missing"
        }
    done
    missing=
}

# Configures where that was not done yet, where the tests are wanted and were left out, and where
# packages are new. A build directory that someone configured by hand keeps its settings.
configure() {
    if ! [ -f "$build/build.ninja" ] && ! [ -f "$build/Makefile" ]; then
        must cmake --preset release "-DPYPERF_BUILD_TESTS=$1"
    elif [ "$1" = ON ] && grep -q '^PYPERF_BUILD_TESTS:BOOL=OFF' "$build/CMakeCache.txt"; then
        must cmake -DPYPERF_BUILD_TESTS=ON "$build"
    elif [ -n "$missing" ]; then
        must cmake "$build"
    fi
}

# Does, or only prints, one step of the build. The program that will run owns stdin and stdout.
step() {
    if [ "$dry_run" = yes ]; then
        say "will run: $*"
    else
        (cd "$here" && "$@") </dev/null >&2
    fi
}

must() {
    step "$@" || fail "this failed: $*"
}

# The tests, and once more under AddressSanitizer and UndefinedBehaviorSanitizer those that
# exercise our own code rather than compare figures.
run_all_tests() {
    failed=0
    step ctest --test-dir "$build" --output-on-failure --parallel "$(nproc)" 2>&1 || failed=1
    must cmake --preset asan
    must cmake --build --preset asan
    step ctest --preset asan --parallel "$(nproc)" -R '^(unit|cli|python/ends)' 2>&1 || failed=1
    exit $failed
}

dry_run=no
if [ "${1-}" = --dry-run ]; then
    dry_run=yes
    shift
fi
command=${1-}
[ $# -eq 0 ] || shift
packages=$build_packages
optional=
tests=OFF
case $command in
run | build) ;;
test)
    packages="$build_packages $test_packages"
    optional=$optional_packages
    tests=ON
    ;;
-h | --help | help)
    usage
    exit 0
    ;;
*)
    usage >&2
    exit 2
    ;;
esac

prepare_machine "$packages" "$optional"
configure "$tests"
must cmake --build "$build"
if [ "$command" = test ] && [ $# -eq 0 ]; then
    run_all_tests
fi
case $command in
run) set -- "$build/bin/pyperf" run "$@" ;;
test) set -- ctest --test-dir "$build" --output-on-failure --parallel "$(nproc)" "$@" ;;
build) exit 0 ;;
esac
if [ "$dry_run" = yes ]; then
    say "will run: $*"
    exit 0
fi
exec "$@"
