#!/usr/bin/env bash
# Installs what the tests need beside a Swift toolchain: libraries to build with, and the real peers.
#
#   Tests/install-peers.sh [--libraries | --interop | --benchmarks] …     (default: --libraries --interop)
#
# Debian packages come from apt, by root or sudo, and only those that are missing. Python packages go into a virtual
# environment of the checkout, .build/peers. The last line of the output of --interop is the path of its python.
set -euo pipefail
cd "$(dirname "$0")/.."

libraries=(libxml2-dev libssl-dev libsqlite3-dev libidn2-dev libunistring-dev libunbound-dev zlib1g-dev openssl pkg-config)
interop=(prosody sip-tester liblinphone10 linphone-common kamailio kamailio-presence-modules libxml2-utils strace
         python3 python3-venv knot ejabberd lua-unbound)
benchmarks=(gcc libc6-dev kamailio kamailio-xmpp-modules strace python3)
environment=.build/peers

say() { printf '%s\n' "$*" >&2; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo -n "$@"
    else say "install-peers: $* needs root, and there is no sudo"; return 1
    fi
}

# A package whose service would start at its installation must not: the tests start servers of their own.
apt_install() {
    local policy=/usr/sbin/policy-rc.d made=no status=0
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
        made=yes
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >&2 || status=$?
    if [ "$made" = yes ]; then as_root rm -f "$policy"; fi
    return "$status"
}

debian() {
    local package missing=()
    command -v dpkg-query >/dev/null || { say "install-peers: this is no Debian; install yourself: $*"; return 0; }
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "install-peers: apt-get install ${missing[*]}"
    apt_install "${missing[@]}" || { as_root apt-get update -q >&2; apt_install "${missing[@]}"; }
}

# Debian's own python3 first: the wheels of pjsua2 are built for its version.
python3_program() {
    local candidate
    for candidate in /usr/bin/python3 python3; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    say "install-peers: no python3 of 3.11 or later with venv and ensurepip was found"
    return 1
}

python_packages() {
    local program stamp
    program=$(python3_program)
    stamp=$(cat Tests/Interop/requirements.txt; "$program" -VV)
    if [ "$(cat "$environment/stamp" 2>/dev/null)" != "$stamp" ]; then
        say "install-peers: $environment from $program"
        "$program" -m venv --clear "$environment"
        "$environment/bin/python3" -m pip install -q --disable-pip-version-check -r Tests/Interop/requirements.txt >&2
        printf '%s\n' "$stamp" >"$environment/stamp"
    fi
    printf '%s\n' "$PWD/$environment/bin/python3"
}

[ $# -gt 0 ] || set -- --libraries --interop
for what in "$@"; do
    case "$what" in
        --libraries) debian "${libraries[@]}" ;;
        --interop) debian "${interop[@]}"; python_packages ;;
        --benchmarks) debian "${benchmarks[@]}" ;;
        *) say "usage: install-peers.sh [--libraries | --interop | --benchmarks] …"; exit 2 ;;
    esac
done
