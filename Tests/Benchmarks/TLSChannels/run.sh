#!/usr/bin/env bash
# Measures TLSChannels against swift-nio-ssl on the same work, without sockets: CPU for each record of 1 kB, for each
# handshake, and the memory of an idle end.
#
#   Tests/Benchmarks/TLSChannels/run.sh
#
# Nothing here runs in CI: the figures of a shared machine are read by people, and only their ratio means something.
set -euo pipefail
cd "$(dirname "$0")"
exec swift run -c release --scratch-path "${SCRATCH:-../../../.build/benchmarks/tls}" TLSBenchmark
