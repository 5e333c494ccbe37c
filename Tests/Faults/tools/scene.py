"""One gateway between a component server and a SIP neighbor, with a load both ways and relays where a fault needs them."""

import json

from stage.component_server import ComponentServer
from stage.gateway import Gateway
from stage.load import Load
from stage.ports import free_port
from stage.processes import wait_for

from .relay import DatagramRelay, StreamRelay

QUIET = 1.0


class Scene:
    """What most faults happen to.

    With `xmpp_relay` the component connection, with `sip_relays` the datagrams of both directions go through relays.
    Pauses are short, so that a fault of seconds is over in seconds.
    """

    PAUSES = {"first-pause": "200ms", "longest-pause": "2s"}

    def __init__(self, play, xmpp_relay=False, sip_relays=False, limits=None, wrapper=(), switches=None):
        self.play = play
        self.server = play.keep(ComponentServer())
        timeline = self.server.timeline
        neighbor = free_port()
        self.xmpp = play.keep(StreamRelay(timeline, self.server.component_port)) if xmpp_relay else None
        self.outward = play.keep(DatagramRelay(timeline, neighbor, seed=11)) if sip_relays else None
        self.gateway = play.keep(Gateway.component(
            play.program, play.work, self.xmpp.port if xmpp_relay else self.server.component_port, self.server.secret,
            self.outward.port if sip_relays else neighbor, limits={**self.PAUSES, **(limits or {})}, wrapper=wrapper,
            switches=switches))
        self.inward = play.keep(DatagramRelay(timeline, self.gateway.port, seed=12)) if sip_relays else None
        self.start()
        self.load = play.keep(Load(self.server, neighbor, self.inward.port if sip_relays else self.gateway.port))
        self.rounds = 0

    def start(self):
        mark = self.server.mark()
        self.gateway.start()
        self.server.await_component(30, mark)

    def begin(self, count, rate, ways=("sip", "xmpp")):
        """Starts `count` messages each way; returns a function that says whether all of them were written."""
        starts = {"sip": self.load.flood, "xmpp": self.load.flood_stanzas}
        floods = [self.load.run(starts[way](self.rounds, count, rate)) for way in ways]
        self.rounds += 1
        return lambda: all(flood.done() for flood in floods)

    def finish(self, written, seconds=90):
        """Waits until everything was written, answered, and has ended one way or another."""
        wait_for(lambda: written() and self.load.quiet(QUIET), seconds, self._state)
        wait_for(lambda: self.open() == 0, seconds, lambda: f"{self.open()} items are still open", pause=0.3)
        wait_for(lambda: self.load.quiet(QUIET), seconds, self._state)

    def _state(self):
        load = self.load
        return (f"{len(load.sip.open)} requests are still open, {len(load.stanzas)} stanzas and "
                f"{len(load.sip.delivered)} requests have arrived, {len(load.returned)} were returned")

    def status(self):
        """What `isthmus status` says: (section, name) to value, and whether the counters balance."""
        view = json.loads(self.gateway.command("status", "--json"))
        rows = {(row.get("section"), row.get("name")): row.get("value") for row in view["rows"]}
        return rows, view["balances"]

    def open(self):
        rows, _ = self.status()
        return sum(int(rows.get(("open", name)) or 0) for name in ("waiting", "sent", "held"))
