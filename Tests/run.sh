#!/usr/bin/env bash
# Runs every test: lint, build with import checks, unit tests and vectors, documentation, the shipped configuration,
# the plays against real peers, and faults under load.
#
#   Tests/run.sh [--quick] [--no-install]
#
# --quick leaves out the documentation, the release build and the real peers. Missing Debian and Python packages are
# installed first (Tests/install-peers.sh), unless --no-install says otherwise. With CI=true in the environment a peer
# that is missing is a failure. ISTHMUS_VECTORS names a further folder of vectors.
# The last line is "N passed, N failed": tests, claims of the plays, and the steps themselves.
set -uo pipefail
cd "$(dirname "$0")/.."

quick=no install=yes
for argument in "$@"; do
    case "$argument" in
        --quick) quick=yes ;;
        --no-install) install=no ;;
        -h | --help) sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) echo "Tests/run.sh: unknown argument $argument; --help shows the usage" >&2; exit 2 ;;
    esac
done

passed=0 failed=0
logs=.build/tests
mkdir -p "$logs"

# run NAME COMMAND…: runs quietly; the whole output lies in .build/tests, its end is shown when it fails.
run() {
    local name=$1 log="$logs/${1// /-}.log" started=$SECONDS status=0
    shift
    printf '== %s\n' "$name"
    "$@" >"$log" 2>&1 || status=$?
    if [ "$status" = 0 ]; then
        printf 'ok      %s (%s s)\n' "$name" $((SECONDS - started))
    else
        grep -E 'error:|warning:|✘|Fatal' "$log" | sort -u | head -60
        tail -n 40 "$log"
        printf 'FAILED  %s (code %s, %s s); all of it: %s\n' "$name" "$status" $((SECONDS - started)) "$log"
    fi
    return "$status"
}

# step NAME COMMAND…: a run that counts as one.
step() {
    if run "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        return 1
    fi
}

finish() {
    printf '%s passed, %s failed\n' "$passed" "$failed"
    [ "$failed" = 0 ]
    exit
}

if [ "$install" = yes ]; then
    wanted=(--libraries)
    [ "$quick" = yes ] || wanted+=(--interop)
    step "install what is missing" Tests/install-peers.sh "${wanted[@]}"
fi
if ! command -v swift >/dev/null; then
    echo "Tests/run.sh: there is no swift in PATH; install Swift 6.2 or later (swift.org/install)" >&2
    failed=$((failed + 1))
    finish
fi

step "format lint" swift format lint --strict --recursive Sources Tests Package.swift

# Adds the numbers of an xUnit file to the sums. Tests that died before they wrote one are one failure.
count_tests() {
    local line tests failures errors
    line=$(grep -m 1 -o '<testsuite [^>]*>' "$1" 2>/dev/null) || return 1
    tests=$(sed -n 's/.* tests="\([0-9]*\)".*/\1/p' <<<"$line")
    failures=$(sed -n 's/.* failures="\([0-9]*\)".*/\1/p' <<<"$line")
    errors=$(sed -n 's/.* errors="\([0-9]*\)".*/\1/p' <<<"$line")
    passed=$((passed + tests - failures - errors))
    failed=$((failed + failures + errors))
    [ $((failures + errors)) -gt 0 ] || [ "$2" = 0 ]
}

# unit_tests NAME SELECTION…: runs those unit tests and adds their numbers.
unit_tests() {
    local status=0
    rm -f "$logs/tests.xml"
    run "$1" swift test --skip-build --disable-xctest --xunit-output "$logs/tests.xml" "${@:2}" || status=$?
    count_tests "$logs/tests.xml" "$status" || failed=$((failed + 1))
}

if step "debug build" swift build --build-tests --explicit-target-dependency-import-check error; then
    # Tests that talk over sockets count real time: others would keep them from the processors until their peers give
    # them up. So each of these modules and suites has the machine for itself.
    sockets='DNSChannelsTests SIPChannelsTests TLSChannelsTests XMPPChannelsTests XMPPLegsTests'
    sockets+=' SIMPLELegsTests.SocketTests Commands.ControlTests Commands.SilenceTests'
    daemons='^(Commands|GatewayDaemonTests|LedgerTests|SIMPLELegsTests)\.'
    alone=()
    for tests in $sockets; do
        unit_tests "unit tests of ${tests/Tests/}" --filter "^$tests[./]"
        alone+=(--skip "^$tests[./]")
    done
    unit_tests "unit tests with stores and daemons" --filter "$daemons" "${alone[@]}"
    unit_tests "unit tests" "${alone[@]}" --skip "$daemons"
fi

program=$(swift build --show-bin-path 2>/dev/null)/isthmus
if [ "$quick" = no ]; then
    targets=()
    for page in Sources/*/*/Documentation.docc; do targets+=(--target "$(basename "$(dirname "$page")")"); done
    step "documentation" swift package generate-documentation "${targets[@]}" --warnings-as-errors

    if step "release build" swift build -c release --static-swift-stdlib --product isthmus; then
        program=$(swift build -c release --show-bin-path)/isthmus
    fi
fi

# The secret that the configuration names is the operator's to make.
shipped=$logs/shipped
rm -rf "$shipped"
mkdir -p "$shipped"
cp -r Config Mappings "$shipped"
echo "a secret of the tests" >"$shipped/Config/component.secret"
step "check of the shipped configuration" "$program" check --config "$shipped/Config/isthmus.yaml"

# count_claims LOG: adds the numbers of its last line.
count_claims() {
    local sums
    sums=$(tail -n 1 "$1" | sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p')
    if [ -n "$sums" ]; then
        passed=$((passed + ${sums% *})) failed=$((failed + ${sums#* }))
    else
        failed=$((failed + 1))
    fi
}

if [ "$quick" = no ]; then
    echo "== plays with real peers"
    python=.build/peers/bin/python3
    [ -x "$python" ] || python=python3
    if [ -x "$program" ]; then
        "$python" Tests/Interop/run.py --gateway "$program" --json "$logs/plays.json" | tee "$logs/plays.log"
        count_claims "$logs/plays.log"
        echo "== faults under load"
        "$python" Tests/Faults/run.py --short --gateway "$program" --json "$logs/faults.json" | tee "$logs/faults.log"
        count_claims "$logs/faults.log"
    else
        echo "FAILED  plays: there is no $program"
        failed=$((failed + 1))
    fi
fi
finish
