#!/usr/bin/env bash
# Measures the audit log: records a second into the store, from the store into the signed files, bytes a record, the
# verification of the files, and one proof.
#
#   Tests/Benchmarks/AuditTrail/run.sh [RECORDS]
#
# RECORDS is 1000000 unless given. The modules that are measured are no products, so the package is put together beside
# the build, of links to them. Nothing here runs in CI: the figures of a shared machine are read by people.
set -euo pipefail
cd "$(dirname "$0")/../../.."
root=$PWD package=${SCRATCH:-$PWD/.build/benchmarks/audit}
mkdir -p "$package"
ln -sfn "$root/Sources" "$package/Sources"
ln -sfn "$root/Tests/Benchmarks/AuditTrail/Sources/AuditBenchmark" "$package/AuditBenchmark"
cp Tests/Benchmarks/AuditTrail/Package.swift "$package/Package.swift"
cd "$package"
exec swift run -c release AuditBenchmark "${1:-1000000}"
