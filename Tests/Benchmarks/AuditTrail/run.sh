#!/usr/bin/env bash
# Measures the audit log: records a second into the store, from the store into the signed files and into the search
# database, bytes a record, what commits feel of records that leave the store, the verification of the files, one proof.
#
#   Tests/Benchmarks/AuditTrail/run.sh [RECORDS]
#
# Or it writes a log of made-up traffic, makes its search database, and finds one page of each kind, a process each:
#
#   Tests/Benchmarks/AuditTrail/run.sh search [RECORDS]
#
# RECORDS is 1000000 unless given; the files of a log of ten million have six gigabytes, in TMPDIR, and are deleted. The
# modules that are measured are no products, so the package is put together beside the build, of links to them. Nothing
# here runs in CI: the figures of a shared machine are read by people.
set -euo pipefail
cd "$(dirname "$0")/../../.."
root=$PWD package=${SCRATCH:-$PWD/.build/benchmarks/audit}
mkdir -p "$package"
ln -sfn "$root/Sources" "$package/Sources"
ln -sfn "$root/Tests/Benchmarks/AuditTrail/Sources/AuditBenchmark" "$package/AuditBenchmark"
cp Tests/Benchmarks/AuditTrail/Package.swift "$package/Package.swift"
cd "$package"
swift build -c release --product AuditBenchmark
program=$(swift build -c release --show-bin-path)/AuditBenchmark
[ "${1:-}" = search ] || exec "$program" "${1:-1000000}"

log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
"$program" generate "${2:-1000000}" "$log/audit"
"$program" index "$log/audit" "$log/search.db"
find() { "$program" find "$log/audit" "$log/search.db" "$@"; }
find person=user5@example.com
find person=user5@example.com newest
find person=sip:user77777@example.com
find person=rare@example.com newest
find person=nobody@example.com
find peer=peer17.example newest
find rule=message.fields.row-3
find loss=message.html newest
find outcome=488
find outcome=404 newest
find since=2026-05-04T12:00:00Z until=2026-05-04T12:00:05Z
find since=2026-05-04T12:00:00Z person=user5@example.com
find peer=common.example rule=message.fields.common
find peer=common.example rule=message.fields.common newest
find crossing=12345
find id=nothing@example.net
