#!/usr/bin/env python3
"""Takes records, export and search out of a copy of the project, and measures the builds beside each other.

A build is run from a new copy of its file each time, so that where the system puts its pages is not the same for all
runs of one build.
"""

import shutil
import statistics
import sys
import types
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "Tests/Benchmarks"))

from measure import Isthmus, NotReady, one_run  # noqa: E402

GATEWAY = "Sources/Gateway"
SEARCH = [
    (f"{GATEWAY}/Ledger/Export/TrailService.swift",
     "            let hasMore = index?.fill(through: exported) ?? false\n"
     "            let (indexed, fault) = (index?.indexed ?? 0, index?.fault)\n",
     "            let hasMore = false\n            let (indexed, fault) = (exported, index?.fault)\n"),
]
# Of a message: no record is made or stored, no digest computed, and nothing exported before the end.
RECORDS = [
    (f"{GATEWAY}/GatewayDaemon/Core/Gateway+Records.swift",
     "var record = record(.accepted, crossing: item.id)\n",
     "var record = record(.accepted, crossing: nil)\n        if item.accepted > 0 { return record }\n"),
    (f"{GATEWAY}/GatewayDaemon/Core/Gateway+Records.swift",
     "var record = record(event, crossing: item.id)\n",
     "var record = record(event, crossing: nil)\n        if item.accepted > 0 { return record }\n"),
    (f"{GATEWAY}/GatewayDaemon/Bodies/Gateway+Bodies.swift",
     "guard mode != .metadata else", "guard mode == .content else"),
    (f"{GATEWAY}/Ledger/Audit/AuditRecord.swift",
     "        // A closure that took",
     "        if event == .accepted || event == .delivered { return AuditEntry(written: [], at: 0) }\n"
     "        // A closure that took"),
    (f"{GATEWAY}/Ledger/Audit/AuditEntry.swift",
     "    /// How many bytes of its own come before.\n",
     "    var isAbsent: Bool { own.isEmpty }\n    /// How many bytes of its own come before.\n"),
    (f"{GATEWAY}/Ledger/Writer/TransactionRunner.swift",
     "        records.append(entry)\n", "        if entry.isAbsent { return }\n        records.append(entry)\n"),
    (f"{GATEWAY}/Ledger/Export/TrailService.swift",
     "                work()\n",
     "                if !isClosing {\n"
     "                    _ = core.wakes.wait(timeout: .now() + .milliseconds(settings.interval))\n"
     "                    continue\n                }\n"
     "                work()\n"),
]
KINDS = {"product": [], "export": SEARCH, "outbox": RECORDS}


def patch(folder, kind):
    """Replaces texts in a copy of the project; each is to be there once."""
    for name, before, after in KINDS[kind]:
        file = folder / name
        text = file.read_text(encoding="utf-8")
        if text.count(before) != 1:
            sys.exit(f"records.py: {name} has changed; expected once: {before.strip()}")
        file.write_text(text.replace(before, after), encoding="utf-8")


def measured(program, case):
    """CPU microseconds a message of one run."""
    scratch = ROOT / ".build/benchmarks"
    copy = scratch / "records-run"
    shutil.copy(program, copy)
    options = types.SimpleNamespace(driver=scratch / "gwbench", gateway=copy, quick=False)
    result = one_run(Isthmus, case, options, scratch)
    if not result["ok"]:
        raise NotReady(f"the checks of {program.name} {case} failed: {result['flows'][0]}")
    return result["cpu_us_per_msg"]


def over(values, base):
    """What one costs over the other: the median of the pairs and the ratio of the means, in percent."""
    pairs = [100 * (value / other - 1) for value, other in zip(values, base)]
    means = 100 * (statistics.mean(values) / statistics.mean(base) - 1)
    return f"median of pairs {statistics.median(pairs):+5.1f} %, of means {means:+5.1f} %"


def measure(builds, pairs):
    for case in ("sip2xmpp-full", "xmpp2sip-full"):
        found = {kind: [] for kind in KINDS}
        for number in range(pairs):
            order = list(KINDS) if number % 2 == 0 else list(reversed(KINDS))
            for kind in order:
                found[kind].append(measured(builds / kind, case))
            print(f"{case} {number + 1}/{pairs}: " + " ".join(f"{kind} {found[kind][-1]:.1f}" for kind in KINDS),
                  file=sys.stderr, flush=True)
        print(f"{case}, {pairs} runs of each, µs a message")
        for kind, what in (("outbox", "outbox alone"), ("export", "with records and export"),
                           ("product", "with the search database too")):
            values = found[kind]
            line = f"  {what:28} {statistics.median(values):6.1f} ({min(values):.1f}-{max(values):.1f})"
            print(line + ("" if kind == "outbox" else "  " + over(values, found["outbox"])), flush=True)


def main():
    mode, folder, argument = sys.argv[1:]
    if mode == "--patch":
        return patch(Path(folder), argument)
    try:
        return measure(Path(folder), int(argument))
    except NotReady as fault:
        sys.exit(f"records.py: {fault}")


if __name__ == "__main__":
    main()
