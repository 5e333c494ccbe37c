"""The command line that plays and faults have in common."""

import argparse
import os
import signal
import sys
from pathlib import Path

from .report import Report

ROOT = Path(__file__).resolve().parents[3]


def run(description, kind, modules, make, add_options=lambda parser: None):
    """Runs what the command line asks for; returns the exit code.

    `kind` is the word for one of `modules`; `make(module, report, program, options)` gives what has a `run`.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gateway", help="the isthmus program; default: .build/release/isthmus of this checkout")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help=f"a {kind} to run (repeatable)")
    parser.add_argument("--list", action="store_true", help=f"name each {kind} and what it needs")
    parser.add_argument("--json", metavar="FILE",
                        help="write the result as JSON too; with -, to standard output, and the lines to standard error")
    parser.add_argument("--keep", action="store_true", help=f"leave the files of every {kind}, not only of failed ones")
    add_options(parser)
    options = parser.parse_args()

    if options.list:
        for module in modules:
            needs = ", ".join(module.NEEDS) or "nothing"
            print(f"{module.NAME:19} {module.TITLE} (needs: {needs})")
        return 0
    unknown = set(options.only) - {module.NAME for module in modules}
    if unknown:
        print(f"run.py: no {kind} is called {', '.join(sorted(unknown))}; --list names them", file=sys.stderr)
        return 2
    program = Path(options.gateway or ROOT / ".build/release/isthmus").absolute()
    if not os.access(program, os.X_OK):
        print(f"run.py: {program} is not there; build it or give --gateway PATH", file=sys.stderr)
        return 3

    # A runner that is told to end unwinds what it runs, so that the servers end too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    report = Report(os.environ.get("CI") == "true", sys.stderr if options.json == "-" else sys.stdout)
    for module in modules:
        if not options.only or module.NAME in options.only:
            make(module, report, program, options).run()
    return report.close(options.json)
