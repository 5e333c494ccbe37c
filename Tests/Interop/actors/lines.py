"""The language between the runner and an actor: one JSON object a line.

An actor reads commands from standard input and writes events to standard output. Every command holds a
`do`; every event holds an `event`. An actor ends when its standard input does.
"""

import json
import os
import sys
import threading

_output = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
os.dup2(2, 1)  # What a library prints must not be mistaken for an event.
_lock = threading.Lock()


def say(event, **fields):
    """Writes one event."""
    line = json.dumps({"event": event, **fields}, ensure_ascii=True)
    with _lock:
        _output.write(line + "\n")


def commands():
    """Yields the commands until standard input ends."""
    for line in sys.stdin:
        if line.strip():
            yield json.loads(line)
