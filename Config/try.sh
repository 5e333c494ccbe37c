#!/usr/bin/env bash
# Installs what is missing, builds the gateway and shows messages crossing it.
#
#   Config/try.sh [OPTIONS OF isthmus try]
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v swift >/dev/null; then
    echo "error: there is no swift in PATH; install Swift 6.2 or later from swift.org/install" >&2
    exit 3
fi

packages=(libxml2-dev libssl-dev libsqlite3-dev libidn2-dev libunistring-dev libunbound-dev zlib1g-dev pkg-config)
missing=()
if command -v dpkg-query >/dev/null; then
    for package in "${packages[@]}"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
    done
else
    echo "This is no Debian; if the build fails, install the counterparts of: ${packages[*]}" >&2
fi
if [ ${#missing[@]} -gt 0 ]; then
    echo "Installing ${missing[*]} …"
    run=(env DEBIAN_FRONTEND=noninteractive)
    [ "$(id -u)" -eq 0 ] || run=(sudo "${run[@]}")
    "${run[@]}" apt-get update -qq
    "${run[@]}" apt-get install -y -qq "${missing[@]}"
fi

echo "Building (a first build takes some minutes) …"
swift build -c release --static-swift-stdlib --product isthmus
exec "$(swift build -c release --show-bin-path)/isthmus" try "$@"
