#!/usr/bin/env bash
# run.sh [SECONDS [TARGET…]]: fuzzes each target for so long (60 unless given), one after the other.
# Seeds come from the project's own tests; the corpus stays in .build-fuzz. Stops at the first finding of each target,
# and exits with 1 when there was any.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=${1:-60}
shift || true
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  targets=(xml-stream xml-document sip-datagram sip-stream cpim pidf imdn mime addresses markup facts operator-files
    inbound outbound dns posh)
fi

# swift-backtrace would hang on to a crashed process.
export SWIFT_BACKTRACE=enable=no
# The runtime keeps metadata for ever, which is no leak of ours.
export ASAN_OPTIONS=detect_leaks=0
scratch=$PWD/.build-fuzz

# The compiler takes the last of several -sanitize only, so both are named in one.
ISTHMUS_FUZZ=1 ${SWIFT:-swift} build -c release --sanitize=fuzzer --sanitize=address \
  -Xswiftc -sanitize=fuzzer,address --scratch-path "$scratch" --product Fuzz
fuzz=$scratch/release/Fuzz

# copy FOLDER PATTERN: the files of the tests that match, under names of their own.
copy() {
  local file
  find Tests Mappings Config -type f -name "$2" -not -path '*/.*' | while read -r file; do
    cp "$file" "$1/$(echo "$file" | tr '/' '_')"
  done
}

# seeds TARGET FOLDER: what the target begins with.
seeds() {
  case $1 in
    xml-stream | xml-document | pidf | imdn | outbound) copy "$2" '*.xml' ;;
    sip-* | inbound) copy "$2" '*.sip'; copy "$2" '*.dat' ;;
    cpim) copy "$2" '*.cpim' ;;
    mime) copy "$2" '*.cpim'; copy "$2" '*.sip' ;;
    operator-files) copy "$2" '*.yaml'; copy "$2" '*.yml' ;;
    facts) find Tests/Vectors -name about.txt | while read -r file; do
      sed -n 's/^Context: *//p' "$file" | tr ';' '\n' | sed 's/^ *//' > "$2/$(echo "$file" | tr '/' '_')"
    done ;;
  esac
  [ ! -d "Tests/Fuzz/Seeds/$1" ] || cp "Tests/Fuzz/Seeds/$1"/* "$2"
  [ ! -d "Tests/Fuzz/Found/$1" ] || cp "Tests/Fuzz/Found/$1"/* "$2"
}

found=0
for target in "${targets[@]}"; do
  corpus=$scratch/corpus/$target
  findings=$scratch/findings/$target
  seeds=$scratch/seeds/$target
  rm -rf "$seeds"
  mkdir -p "$corpus" "$findings" "$seeds"
  seeds "$target" "$seeds"
  words=()
  [ ! -f "Tests/Fuzz/Words/$target" ] || words=("-dict=Tests/Fuzz/Words/$target")
  log=$scratch/$target.log
  if FUZZ_TARGET=$target nice "$fuzz" -max_total_time="$seconds" -max_len=4096 -timeout=20 -print_final_stats=1 \
    -artifact_prefix="$findings/" "${words[@]}" "$corpus" "$seeds" > "$log" 2>&1; then
    result='no finding'
  else
    result="finding in $findings: $(grep -a -m 1 -E '^violation|ERROR: ' "$log" || true)"
    found=1
  fi
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)
  coverage=$(grep -a -o 'cov: [0-9]*' "$log" | tail -1 || true)
  echo "$target: ${runs:-?} runs, ${coverage:-no coverage}, $result"
done
exit $found
