#!/usr/bin/env python3
"""Plays between the gateway and real peers: Prosody, slixmpp, pjsua2, Linphone, Kamailio and sipp.

Each play starts servers of its own on free loopback ports, in a temporary folder, and stops them by process id.
A peer that is not installed skips its plays with the reason; with CI=true in the environment it fails them.
"""

import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import plays  # noqa: E402
from stage.play import Play  # noqa: E402
from stage.runner import run  # noqa: E402


def play(module, report, program, options):
    return Play(module, report, program, options.keep)


if __name__ == "__main__":
    sys.exit(run(__doc__, "play", plays.ALL, play))
