"""The gateway is killed, and Prosody restarted, in the middle of messages both ways over streams between servers.

What Prosody had read it has logged, so its log is the book of what arrived there: its users lose their own
connections when it restarts.
"""

import re
import time
from collections import defaultdict

from stage.federation import BRISK
from stage.actors import xmpp_user
from stage.load import PAIRS, SIPLoad
from stage.ports import free_port
from stage.processes import wait_for
from stage.timeline import Timeline

NAME = "federation-restarts"
TITLE = "kill -9 of the gateway, and a restart of Prosody, in the middle of 1,250 messages each way"
NEEDS = ["prosody", "prosodyctl", "lua-unbound", "knotd", "slixmpp"]
COUNT, RATE = 1250, 500


def perform(play):
    dns, authority, port = play.name_server(), play.authority(), free_port()
    prosody = play.federated_prosody(dns, authority, users=("juliet", "nurse"), level="debug",
                                     modules=("smacks", "stanza_debug"))
    gateway = play.federated_gateway(dns, authority, port, settings={"authentication": "pkix"},
                                     limits={**BRISK, "stream-stanzas-per-second": 5000,
                                             "stream-bytes-per-second": "8MiB"})
    dns.lead("example.net", starttls=gateway.server_port)
    dns.lead("example.com", starttls=prosody.server_port)
    load = play.keep(SIPLoad(play.keep(Timeline()).loop, port, gateway.port, "sip:juliet@example.com"))

    def restart_gateway():
        gateway.kill()
        gateway.start()

    def restart_prosody():
        prosody.stop()
        time.sleep(0.3)
        prosody.start()

    books = [flood(play, prosody, load, number, restart)
             for number, restart in enumerate((restart_gateway, restart_prosody))]
    judge(play, prosody, gateway, load, books)


def flood(play, prosody, load, number, restart):
    """Messages both ways, a restart in the middle of them, and what nurse was told in the end."""
    juliet = xmpp_user(play, "juliet", prosody, resource=f"round{number}")
    nurse = xmpp_user(play, "nurse", prosody, resource=f"round{number}")
    crossed = len(load.sip.delivered) + len(load.sip.codes)
    flooding = load.run(load.flood(number, COUNT, RATE))
    nurse.tell(do="flood", count=COUNT, rate=RATE, prefix=f"xmpp-{number}-",
               to=[f"s{pair}@example.net" for pair in range(PAIRS)])
    wait_for(lambda: len(load.sip.delivered) + len(load.sip.codes) - crossed >= COUNT, 60,
             "the flood did not come halfway")
    restart()
    wait_for(lambda: flooding.done() and load.sip.idle and time.monotonic() - load.sip.last > 1.5, 60,
             lambda: f"{len(load.sip.open)} requests are still open")
    juliet.quiet(0.2)
    nurse.quiet(0.5)
    return {event["id"] for event in nurse.past if event["event"] == "error"}


def judge(play, prosody, gateway, load, books):
    arrived, sent = read(prosody.said())
    returned = set().union(*books)
    accepted = [name for name, code in load.sip.codes.items() if 200 <= code < 300]
    play.figure("SIP requests sent, answered with 2xx", f"{2 * COUNT}, {len(accepted)}")
    crossings = gateway.crossings()
    lost = [name for name in accepted if name not in arrived]
    play.claim("SIP to XMPP: nothing that got a 2xx is lost", not lost, f"{len(lost)} lost: {lost[:20]}")
    double = {name: seen for name, seen in arrived.items() if len(seen) > 1}
    play.claim("SIP to XMPP: a double carries the same id", all(len(set(seen)) == 1 for seen in double.values()),
               dict(list(double.items())[:5]))
    play.figure("stanzas that arrived twice", len(double))

    recorded = {text for crossing in crossings for text in crossing.texts}
    undelivered = [name for name in sent if name not in load.sip.delivered]
    untold = [name for name in undelivered if name in recorded and name not in returned]
    play.claim("XMPP to SIP: what has a record is delivered, or its sender told", not untold, untold[:20])
    # XEP-0198 tells Prosody what the gateway has stored: what died on the way it returns to its sender. That holds
    # while Prosody itself lives, so for the first round.
    died = [name for name in undelivered if name.startswith("xmpp-0-") and name not in returned]
    play.claim("XMPP to SIP: what the killed gateway had not stored came back to its sender", not died,
               f"{len(died)}: {died[:20]}")
    # What tells a SIP sender of a failure has a text of its own, and is no message of a user.
    delivered = {name: copies for name, copies in load.sip.delivered.items() if name.startswith("xmpp-")}
    twice = {name: copies for name, copies in delivered.items() if len(copies) > 1}
    play.claim("XMPP to SIP: a double is the same request (Call-ID and From tag)",
               all(len({(copy.call_id, copy.tag("from")) for copy in copies}) == 1 for copies in twice.values()),
               list(twice)[:5])
    play.figure("stanzas that Prosody sent, requests delivered, twice, returned with an error",
                f"{len(sent)}, {len(delivered)}, {len(twice)}, {len(returned)}")


def read(log):
    """From Prosody's log: the ids under which each text arrived from the gateway, and the texts that users sent."""
    arrived, sent = defaultdict(list), set()
    for entry in re.split(r"\n(?=\S+\s+(?:debug|info|warn|error)\s)", log):
        if "RECV: <message" not in entry:
            continue
        text = re.search(r"((?:sip|xmpp)-\d+-\d+)</body>", entry)
        identifier = re.search(r"<message [^>]*?\bid=['\"]([^'\"]*)", entry)
        if text and entry.startswith("s2sin"):
            arrived[text.group(1)].append(identifier.group(1) if identifier else "")
        elif text and entry.startswith("c2s"):
            sent.add(text.group(1))
    return arrived, sent
