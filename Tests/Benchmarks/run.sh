#!/usr/bin/env bash
# Measures the gateway against Debian's Kamailio on the same work, on loopback, and prints one table.
#
#   Tests/Benchmarks/run.sh [--gateway PATH] [--runs N] [--quick] [--only CASE] [--no-peer] [--install] [--out FILE]
#                        [--mode component|s2s|both]
#
# Without --gateway it builds the release program. --install asks apt for what is missing (a C compiler, Kamailio,
# strace). Nothing here runs in CI: the figures of a shared machine are read by people.
set -euo pipefail
cd "$(dirname "$0")/../.."

arguments=() gateway=
while [ $# -gt 0 ]; do
    case "$1" in
        --gateway) gateway=$2; shift 2 ;;
        --install) Tests/install-peers.sh --benchmarks; shift ;;
        *) arguments+=("$1"); shift ;;
    esac
done

mkdir -p .build/benchmarks
if [ ! .build/benchmarks/gwbench -nt Tests/Benchmarks/gwbench.c ]; then
    cc -O2 -Wall -o .build/benchmarks/gwbench Tests/Benchmarks/gwbench.c
fi
if [ -z "$gateway" ]; then
    swift build -c release --static-swift-stdlib --product isthmus
    gateway=$(swift build -c release --show-bin-path)/isthmus
fi
python=/usr/bin/python3
[ -x "$python" ] || python=python3
exec "$python" Tests/Benchmarks/measure.py --driver .build/benchmarks/gwbench --gateway "$gateway" \
    ${arguments[@]+"${arguments[@]}"}
