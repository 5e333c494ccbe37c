"""kill -9 in the middle of 5,000 messages each way, ten times, on one store."""

import random

from stage.component_server import ComponentServer
from stage.load import Load
from stage.ports import free_port
from stage.processes import wait_for

NAME = "kill-nine"
TITLE = "kill -9 in the middle of 5,000 messages each way, ten times"
NEEDS = []
COUNT, ROUNDS, RATE = 5000, 10, 2500
QUIET = 1.5


def perform(play):
    server, port = play.keep(ComponentServer()), free_port()
    gateway = play.gateway(server, port)
    load = play.keep(Load(server, port, gateway.port))
    choice = random.Random(3862)
    for number in range(ROUNDS):
        before, connections = load.crossed, server.connections
        floods = load.begin(number, COUNT, RATE)
        goal = before + int(2 * COUNT * choice.uniform(0.2, 0.8))
        wait_for(lambda: load.crossed >= goal, 60, lambda: f"only {load.crossed - before} messages crossed",
                 pause=0.001)
        gateway.kill()
        gateway.start()
        server.await_component(30, connections)
        wait_for(lambda: all(flood.done() for flood in floods) and load.quiet(QUIET), 90,
                 lambda: f"{len(load.sip.open)} requests are still open, "
                         f"{len(load.stanzas)} stanzas and {len(load.sip.delivered)} requests have arrived")
    judge(play, gateway, load, ROUNDS * COUNT)


def judge(play, gateway, load, count):
    """The claims, from the load's own books and the gateway's list of crossings."""
    accepted = [name for name, code in load.sip.codes.items() if 200 <= code < 300]
    play.figure("SIP requests sent, answered with 2xx, refused or timed out",
                f"{count}, {len(accepted)}, {len(load.sip.codes) - len(accepted)}")
    lost = [name for name in accepted if name not in load.stanzas]
    play.claim("SIP to XMPP: nothing that got a 2xx is lost", not lost, f"{len(lost)} lost: {lost[:20]}")
    play.claim("SIP to XMPP: every request got a final response",
               len(load.sip.codes) == count and 408 not in load.sip.codes.values(),
               f"{len(load.sip.codes)} of {count} answered")

    crossings = gateway.crossings()
    recorded = {}
    for crossing in crossings:
        for text in crossing.texts:
            if text.startswith(("xmpp-", "sip-")):
                recorded[text.removesuffix("@load")] = crossing
    play.claim("every delivered message has a record",
               all(name in recorded for name in (*load.stanzas, *load.sip.delivered)),
               [name for name in (*load.stanzas, *load.sip.delivered) if name not in recorded][:20])
    undelivered = [name for name in load.written if name not in load.sip.delivered]
    untold = [name for name in undelivered if name in recorded and name not in load.returned]
    died = [name for name in undelivered if name not in recorded and name not in load.returned]
    play.claim("XMPP to SIP: what has a record is delivered, or its sender told", not untold,
               [(name, recorded[name].state) for name in untold[:20]])
    play.figure("XMPP stanzas written, delivered, returned with an error, died in socket buffers",
                f"{len(load.written)}, {len(load.sip.delivered)}, {len(load.returned)}, {len(died)}")

    double = {name: copies for name, copies in load.stanzas.items() if len(copies) > 1}
    play.figure("stanzas delivered twice", len(double))
    play.claim("SIP to XMPP: a double carries the same id",
               all(len({copy.attributes.get("id") for copy in copies}) == 1 and copies[0].attributes.get("id")
                   for copies in double.values()),
               {name: [copy.attributes.get("id") for copy in copies] for name, copies in list(double.items())[:10]})
    double = {name: copies for name, copies in load.sip.delivered.items() if len(copies) > 1}
    play.figure("requests delivered twice, repeated within their transaction",
                f"{len(double)}, {load.sip.repeats}")
    play.claim("XMPP to SIP: a double is the same request (Call-ID and From tag)",
               all(len({(copy.call_id, copy.tag("from")) for copy in copies}) == 1 for copies in double.values()),
               {name: [copy.fields for copy in copies] for name, copies in list(double.items())[:3]})
    play.claim("XMPP to SIP: a repeat within a transaction is the same bytes", load.sip.altered == 0,
               f"{load.sip.altered} of {load.sip.repeats}")

    play.claim("SIP to XMPP: each pair keeps its order", in_order(load.stanzas))
    play.claim("XMPP to SIP: each pair keeps its order", in_order(load.sip.delivered))
    open_states = {crossing.state for crossing in crossings} & {"waiting", "sent", "held"}
    play.claim("nothing is left open", not open_states, open_states)


def in_order(arrived):
    """Whether the first arrivals of each pair are in the order of sending. Dictionaries keep the order of arrival."""
    last = {}
    for name in arrived:
        _, round_number, number = name.split("-")
        place, pair = (int(round_number), int(number)), int(number) % 50
        if last.get(pair, (-1, -1)) > place:
            return False
        last[pair] = place
    return True
