#!/usr/bin/env bash
# Measures what many rows cost: reading and compiling 10,000 of them, of each kind and mixed, the memory of what comes of
# it, and a message across with 10 and with 10,000 rows that do not apply.
#
#   Tests/Benchmarks/Mappings/run.sh [KIND…]
#
# The modules that are measured are no products, so the package is put together beside the build, of links to them.
# Nothing here runs in CI: the figures of a shared machine are read by people.
set -euo pipefail
cd "$(dirname "$0")/../../.."
root=$PWD package=${SCRATCH:-$PWD/.build/benchmarks/mappings}
mkdir -p "$package"
ln -sfn "$root/Sources" "$package/Sources"
ln -sfn "$root/Tests/Benchmarks/Mappings/Sources/MappingsBenchmark" "$package/MappingsBenchmark"
cp Tests/Benchmarks/Mappings/Package.swift "$package/Package.swift"
cd "$package"
exec swift run -c release MappingsBenchmark "$root/Mappings" "$@"
