#!/usr/bin/env bash
# Shows that the tests which stand for a value of a switch fail when the value behaves as another.
#
#   Tests/Switches/run.sh [SWITCH…]
#
# Values that vectors and tests beside rows tell apart are proved by SwitchValueTests at each run. For the others it names
# a file of tests: this builds a copy of the project in which a value can be exchanged from outside, and runs that file for
# each of them. Takes a build and some minutes, so it is run by hand after a switch or its tests have changed.
# Exit code 0: each exchange was noticed.
set -euo pipefail
cd "$(dirname "$0")/../.."
copy=$PWD/.build/switches
mkdir -p "$copy"
git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- --create | tar --extract --directory "$copy"
python3 Tests/Switches/run.py --patch "$copy"
swift build --package-path "$copy" --build-tests
exec python3 Tests/Switches/run.py --run "$copy" "$@"
