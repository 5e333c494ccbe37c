#!/usr/bin/env python3
"""Faults under load: processes killed, peers that fall silent, disks that fail, clocks that step.

Each fault starts a gateway and its neighbors on free loopback ports, in a temporary folder, and stops them by process
id. What was sent, answered, delivered and returned is compared with the gateway's crossings and counters.
"""

import argparse
import os
import signal
import sys
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "Interop")]

import faults  # noqa: E402
from stage.play import Play  # noqa: E402
from stage.report import Report  # noqa: E402


class Fault(Play):
    """A play with what a run says about how much of it there is to be."""

    def __init__(self, module, report, options, program):
        super().__init__(module, report, program, options.keep)
        self.short, self.seed = options.short, options.seed
        self.rounds = options.rounds or (3 if options.short else 50)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gateway", help="the isthmus program; default: .build/release/isthmus of this checkout")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="a fault to make (repeatable)")
    parser.add_argument("--list", action="store_true", help="name the faults")
    parser.add_argument("--short", action="store_true", help="few rounds and no fault that takes minutes")
    parser.add_argument("--rounds", type=int, default=0, metavar="N", help="how often the gateway is killed (50, or 3)")
    parser.add_argument("--seed", type=int, default=3862, metavar="N", help="what the random points come from (3862)")
    parser.add_argument("--json", metavar="FILE",
                        help="write the result as JSON too; with -, to standard output, and the lines to standard error")
    parser.add_argument("--keep", action="store_true", help="leave the files of all faults, not only of failed ones")
    options = parser.parse_args()

    if options.list:
        for module in faults.ALL:
            print(f"{module.NAME:19} {module.TITLE}")
        return 0
    unknown = set(options.only) - {module.NAME for module in faults.ALL}
    if unknown:
        print(f"run.py: no fault is called {', '.join(sorted(unknown))}; --list names them", file=sys.stderr)
        return 2
    program = Path(options.gateway or HERE.parents[1] / ".build/release/isthmus").absolute()
    if not os.access(program, os.X_OK):
        print(f"run.py: {program} is not there; build it or give --gateway PATH", file=sys.stderr)
        return 3

    # A run that is told to end unwinds its faults, so that their servers end too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    report = Report(os.environ.get("CI") == "true", sys.stderr if options.json == "-" else sys.stdout)
    for module in faults.ALL:
        if not options.only or module.NAME in options.only:
            Fault(module, report, options, program).run()
    return report.close(options.json)


if __name__ == "__main__":
    sys.exit(main())
