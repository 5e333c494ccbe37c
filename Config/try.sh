#!/usr/bin/env bash
# Installs what is missing, builds the gateway and shows messages crossing it.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(libxml2-dev libssl-dev libsqlite3-dev libidn2-dev libunistring-dev pkg-config)
missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    echo "Installing ${missing[*]} …"
    run=()
    [ "$(id -u)" -eq 0 ] || run=(sudo)
    "${run[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${run[@]}" apt-get install -y -qq "${missing[@]}"
fi

command -v swift >/dev/null || { echo "error: no Swift toolchain in PATH; install Swift 6.2 or later from swift.org" >&2; exit 3; }

echo "Building (a first build takes some minutes) …"
swift build -c release --product isthmus
exec "$(swift build -c release --show-bin-path)/isthmus" try "$@"
