#!/usr/bin/env python3
"""Plays between the gateway and real peers: Prosody, slixmpp, pjsua2, Linphone, Kamailio and sipp.

Each play starts servers of its own on free loopback ports, in a temporary folder, and stops them by process id.
A peer that is not installed skips its plays with the reason; with CI=true in the environment it fails them.
"""

import argparse
import os
import signal
import sys
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import plays  # noqa: E402
from stage.play import Play  # noqa: E402
from stage.report import Report  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gateway", help="the isthmus program; default: .build/release/isthmus of this checkout")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="a play to run (repeatable)")
    parser.add_argument("--list", action="store_true", help="name the plays and what they need")
    parser.add_argument("--json", metavar="FILE",
                        help="write the result as JSON too; with -, to standard output, and the lines to standard error")
    parser.add_argument("--keep", action="store_true", help="leave the files of all plays, not only of failed ones")
    options = parser.parse_args()

    if options.list:
        for module in plays.ALL:
            needs = ", ".join(module.NEEDS) or "nothing"
            print(f"{module.NAME:19} {module.TITLE} (needs: {needs})")
        return 0
    unknown = set(options.only) - {module.NAME for module in plays.ALL}
    if unknown:
        print(f"run.py: no play is called {', '.join(sorted(unknown))}; --list names them", file=sys.stderr)
        return 2
    program = Path(options.gateway or HERE.parents[1] / ".build/release/isthmus").absolute()
    if not os.access(program, os.X_OK):
        print(f"run.py: {program} is not there; build it or give --gateway PATH", file=sys.stderr)
        return 3

    # A runner that is told to end unwinds its plays, so that their servers end too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    report = Report(os.environ.get("CI") == "true", sys.stderr if options.json == "-" else sys.stdout)
    for module in plays.ALL:
        if not options.only or module.NAME in options.only:
            Play(module, report, program, options.keep).run()
    return report.close(options.json)


if __name__ == "__main__":
    sys.exit(main())
