#!/usr/bin/env bash
# Measures what records and their export cost over the outbox alone, in CPU a message at full load.
#
#   Tests/Benchmarks/Records/run.sh [PAIRS]
#
# Builds the program three times from a copy of the project: as it is; without the search database; and without records,
# digests and export of messages. Runs them in turn (12 times each way unless given) and prints medians and what one
# costs over the other, pair by pair. Nothing here runs in CI: the figures of a shared machine are read by people.
set -euo pipefail
cd "$(dirname "$0")/../../.."
copy=$PWD/.build/records
builds=$PWD/.build/benchmarks/records
mkdir -p "$copy" "$builds"
cc -O2 -Wall -o .build/benchmarks/gwbench Tests/Benchmarks/gwbench.c
for kind in product export outbox; do
  git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- --create |
    tar --extract --directory "$copy"
  python3 Tests/Benchmarks/Records/records.py --patch "$copy" "$kind"
  swift build --package-path "$copy" -c release --static-swift-stdlib --product isthmus
  cp "$(swift build --package-path "$copy" -c release --show-bin-path)/isthmus" "$builds/$kind"
done
exec python3 Tests/Benchmarks/Records/records.py --measure "$builds" "${1:-12}"
