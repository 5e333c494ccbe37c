#!/usr/bin/env bash
# Kills, disconnects, starves and deceives the gateway under load, and prints what became of every message.
#
#   Tests/Faults/run.sh [--short] [--only NAME] [--rounds N] [--seed N] [--gateway PATH] [--json FILE] [--keep] [--list]
#
# Without --gateway it builds the release program. Tests/run.sh runs it with --short. Power failures are made below the
# database, by a file layer that forgets, tears and refuses what was not synced: `swift test --filter CrashTests`.
# The report lies in .build/faults/report; the last line is "N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")/../.."

build=yes
for argument in "$@"; do
    case "$argument" in --gateway | --gateway=* | --list | -h | --help) build=no ;; esac
done
if [ "$build" = yes ]; then
    swift build -c release --static-swift-stdlib --product isthmus >&2
fi
mkdir -p .build/faults
python=.build/peers/bin/python3
[ -x "$python" ] || python=python3
"$python" Tests/Faults/run.py "$@" | tee .build/faults/report
