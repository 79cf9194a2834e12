# Debian trees to try the checkout in, for the scripts in tests that are started as root.
#
# What they share; they set `failures` to 0 and `checkout` to the repository.
#
# SPDX-License-Identifier: MIT

say() {
    printf '%s: %s\n' "$(basename "$0" .sh)" "$*"
}

# Prints the comment at the head of the script.
usage() {
    sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
}

check_machine() {
    local program
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
}

# Runs a command in the tree's clone. Mounts of our own live in a mount namespace that ends with
# the command, so nothing is left mounted in the tree whatever happens.
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

# Makes the tree of a suite, or takes the one that is there, without a clone in it.
make_tree() {
    local suite=$1 tree=$2
    if ! [ -e "$tree/etc/debian_version" ]; then
        debootstrap --variant=minbase "$suite" "$tree" \
            ${DEBOOTSTRAP_MIRROR:+"$DEBOOTSTRAP_MIRROR"} >"$tree.debootstrap.log" 2>&1 || {
            failed "$tree.debootstrap.log" "$suite: debootstrap"
            return 1
        }
    fi
    cp --remove-destination -L /etc/resolv.conf "$tree/etc/resolv.conf"
    apt-config dump | grep -E '^Acquire::(https?|Check-|Retries|Force|Languages)' \
        >"$tree/etc/apt/apt.conf.d/99reach-the-archive"
    rm -rf "$tree/root/pyperf"
}

# What is not committed is not in the clone.
clone_into() {
    local tree=$1
    git clone --quiet --no-hardlinks "$checkout" "$tree/root/pyperf" >"$tree.clone.log" 2>&1 || {
        failed "$tree.clone.log" "$tree: git clone"
        return 1
    }
}

# debootstrap mounts /proc in its tree for a while; it may have been interrupted then.
remove_trees() {
    local tree
    for tree in "$1"/*/; do
        umount "$tree/proc" "$tree/sys" 2>/dev/null
    done
    rm -rf --one-file-system "$1"
}

# Shows what went wrong, and counts it.
failed() {
    local log=$1
    shift
    say "FAILED: $*"
    tail -n 40 "$log" | sed 's/^/    /'
    failures=$((failures + 1))
}

say_how_it_went() {
    if [ "$failures" -gt 0 ]; then
        say "$failures failures"
        exit 1
    fi
    say "all went well"
}
