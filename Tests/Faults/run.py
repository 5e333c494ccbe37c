#!/usr/bin/env python3
"""Faults under load: processes killed, peers that fall silent, disks that fail, clocks that step.

Each fault starts a gateway and its neighbors on free loopback ports, in a temporary folder, and stops them by process
id. What was sent, answered, delivered and returned is compared with the gateway's crossings and counters.
"""

import sys
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "Interop")]

import faults  # noqa: E402
from stage.play import Play  # noqa: E402
from stage.runner import run  # noqa: E402


class Fault(Play):
    """A play with what a run says about how much of it there is to be."""

    def __init__(self, module, report, program, options):
        super().__init__(module, report, program, options.keep)
        self.short, self.seed = options.short, options.seed
        self.rounds = options.rounds or (3 if options.short else 50)


def add_options(parser):
    parser.add_argument("--short", action="store_true", help="few rounds and no fault that takes minutes")
    parser.add_argument("--rounds", type=int, default=0, metavar="N", help="how often the gateway is killed (50, or 3)")
    parser.add_argument("--seed", type=int, default=3862, metavar="N", help="what the random points come from (3862)")


if __name__ == "__main__":
    sys.exit(run(__doc__, "fault", faults.ALL, Fault, add_options))
