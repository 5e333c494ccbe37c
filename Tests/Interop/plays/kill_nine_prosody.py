"""kill -9 once in the middle of a flood through a real Prosody, which bounces what its component does not take."""

import time

from stage.actors import xmpp_user
from stage.load import PAIRS, SIPLoad
from stage.ports import free_port
from stage.processes import wait_for
from stage.timeline import Timeline

NAME = "kill-prosody"
TITLE = "kill -9 once in the middle of 5,000 messages each way through Prosody"
NEEDS = ["prosody", "prosodyctl", "slixmpp"]
COUNT, RATE = 5000, 700


def perform(play):
    prosody, port = play.prosody(users=("juliet", "nurse")), free_port()
    gateway = play.gateway(prosody, port)
    juliet, nurse = xmpp_user(play, "juliet", prosody), xmpp_user(play, "nurse", prosody)
    load = SIPLoad(play.keep(Timeline()).loop, port, gateway.port, "sip:juliet@example.com")
    play.keep(load)

    flood = load.run(load.flood(0, COUNT, RATE))
    nurse.tell(do="flood", count=COUNT, rate=RATE, prefix="xmpp-0-",
               to=[f"s{number}@example.net" for number in range(PAIRS)])
    wait_for(lambda: len(load.sip.delivered) + len(load.sip.codes) >= COUNT, 120, "the flood did not come halfway")
    gateway.kill()
    # While the component is away Prosody bounces by itself; the gateway comes back among that.
    mark = prosody.mark()
    gateway.start()
    prosody.await_component(30, mark)
    wait_for(lambda: flood.done() and load.sip.idle and time.monotonic() - load.sip.last > 2, 120,
             lambda: f"{len(load.sip.open)} requests are still open")
    nurse.expect("flooded", 60)

    arrived, returned = {}, set()
    for event in [*juliet.past, *juliet.quiet(1.5)]:
        if event["event"] == "message":
            arrived.setdefault(event["text"], []).append(event["id"])
    nurse.quiet(1.5)
    returned = {event["id"]: event for event in nurse.past if event["event"] == "error"}

    accepted = [name for name, code in load.sip.codes.items() if 200 <= code < 300]
    play.figure("SIP requests sent, answered with 2xx", f"{COUNT}, {len(accepted)}")
    lost = [name for name in accepted if name not in arrived]
    play.claim("SIP to XMPP: nothing that got a 2xx is lost", not lost, f"{len(lost)} lost: {lost[:20]}")
    play.claim("SIP to XMPP: a double carries the same id",
               all(len(set(identifiers)) == 1 for identifiers in arrived.values()),
               {name: seen for name, seen in arrived.items() if len(set(seen)) > 1})
    play.figure("stanzas delivered twice", sum(1 for seen in arrived.values() if len(seen) > 1))

    recorded = {text for crossing in gateway.crossings() for text in crossing.texts}
    names = [f"xmpp-0-{number}" for number in range(COUNT)]
    undelivered = [name for name in names if name not in load.sip.delivered]
    untold = [name for name in undelivered if name in recorded and name not in returned]
    died = [name for name in undelivered if name not in recorded and name not in returned]
    play.claim("XMPP to SIP: what has a record is delivered, or its sender told", not untold, untold[:20])
    play.figure("XMPP stanzas sent, delivered, returned with an error, died in socket buffers",
                f"{COUNT}, {len(load.sip.delivered)}, {len(returned)}, {len(died)}")
