"""A trace of system calls: before each 2xx a sync of the store has begun after the request and has ended well."""

import time

from stage import system_calls
from stage.component_server import ComponentServer
from stage.load import Load
from stage.ports import free_port
from stage.processes import wait_for

NAME = "sync-first"
TITLE = "strace: a finished fdatasync before each 2xx"
NEEDS = ["strace"]
COUNT = 300


def perform(play):
    server = play.keep(ComponentServer())
    trace, port = play.work / "trace", free_port()
    gateway = play.gateway(server, port, wrapper=system_calls.command(trace))
    load = play.keep(Load(server, port, gateway.port))
    names = [f"sip-0-{number}" for number in range(COUNT)]
    floods = load.begin(0, COUNT, 400)
    wait_for(lambda: all(flood.done() for flood in floods) and load.quiet(0.5), 60,
             lambda: f"{len(load.sip.open)} requests are still open")
    play.claim(f"{COUNT} requests are answered with 2xx",
               all(200 <= load.sip.codes.get(name, 0) < 300 for name in names),
               {name: load.sip.codes.get(name) for name in names if load.sip.codes.get(name) != 202})
    gateway.stop()
    wait_for(lambda: "+++ exited" in trace.read_text(errors="replace") or time.sleep(0.1), 10,
             "strace did not write the end of its trace")
    with open(trace, encoding="utf-8", errors="replace") as file:
        shown = system_calls.Shown(file, gateway.work / "state")
    faults = shown.unproved({f"{name}@load" for name in names})
    play.claim("before each 2xx a sync began after the request and ended with 0", not faults,
               "\n".join(f"{name}: {reason}" for name, reason in list(faults.items())[:10]))
    play.figure("syncs in the trace", len(shown.syncs))
    play.figure("2xx in the trace", len(shown.answers))
