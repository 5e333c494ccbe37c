"""The certificate of an XMPP server expires while streams stand and messages flow, and is renewed a while later.

RFC 6120 §13.7.2.3: the gateway ends a stream at that moment, and lets nobody in who shows an expired certificate. What
it had accepted waits until the server has proved itself again; what other users write meanwhile comes back to them.
"""

import signal
import time

from plays.federation_restarts import read
from stage.actors import xmpp_user
from stage.federation import BRISK
from stage.load import PAIRS, SIPLoad
from stage.ports import free_port
from stage.processes import wait_for
from stage.timeline import Timeline

NAME = "certificate"
TITLE = "Prosody's certificate expires in the middle of messages both ways, and is renewed"
NEEDS = ["prosody", "prosodyctl", "lua-unbound", "knotd", "slixmpp"]
#: How long the first certificate is good for, and how long there is none that is.
LIFE, WITHOUT = 40, 8
COUNT, RATE = 1200, 20
#: A server whose users write tries again for each message; the bound for strangers would let it wait for a minute.
LIMITS = {**BRISK, "server-strangers-per-minute": 10_000}
ENDED = ("Incoming s2s stream example.net->example.com closed: reset",
         "Outgoing s2s stream example.com->example.net closed: reset")


def perform(play):
    dns, authority, port = play.name_server(), play.authority(), free_port()
    begun = time.monotonic()
    prosody = play.federated_prosody(dns, authority, authority.issue("example.com", seconds=LIFE),
                                     users=("juliet", "nurse"), level="debug", modules=("smacks", "stanza_debug"))
    gateway = play.federated_gateway(dns, authority, port, settings={"authentication": "pkix"}, limits=LIMITS)
    dns.lead("example.net", starttls=gateway.server_port)
    dns.lead("example.com", starttls=prosody.server_port)
    load = play.keep(SIPLoad(play.keep(Timeline()).loop, port, gateway.port, "sip:juliet@example.com"))
    juliet, nurse = (xmpp_user(play, name, prosody) for name in ("juliet", "nurse"))

    flooding = load.run(load.flood(0, COUNT, RATE))
    nurse.tell(do="flood", count=COUNT, rate=RATE, prefix="xmpp-0-",
               to=[f"s{pair}@example.net" for pair in range(PAIRS)])
    wait_for(lambda: len(load.sip.delivered) > RATE and gateway.status_of("example.com").count("pkix") == 2, LIFE,
             lambda: f"streams do not stand both ways:\n{gateway.command('link', 'status')}", pause=0.3)
    play.claim("streams stand both ways while the certificate is good", time.monotonic() - begun < LIFE)
    wait_for(lambda: all(line in prosody.said() for line in ENDED), 2 * LIFE,
             lambda: f"the streams go on without a certificate:\n{gateway.command('link', 'status')}", pause=0.2)
    took = time.monotonic() - begun
    play.claim("both end with a reset when it expires, and not before", LIFE - 1 <= took < LIFE + 10, f"after {took:.1f} s")
    time.sleep(WITHOUT)
    status = gateway.status_of("example.com")
    play.claim("no stream stands without a good one, and link status says why",
               "pkix" not in status and "expired" in status, status)
    play.claim("messages are still taken for the server meanwhile", not flooding.done())

    authority.issue("example.com")
    prosody.server.child.send_signal(signal.SIGHUP)
    wait_for(lambda: flooding.done() and load.sip.idle and time.monotonic() - load.sip.last > 2, 120,
             lambda: f"{len(load.sip.open)} requests are still open")
    nurse.quiet(1)
    wait_for(lambda: not any(crossing.state in ("waiting", "sent") for crossing in gateway.crossings()), 60,
             lambda: f"items are still open:\n{gateway.command('link', 'status')}", pause=0.5)
    juliet.quiet(0.5)
    judge(play, prosody, gateway, load, {event["id"] for event in nurse.past if event["event"] == "error"})


def judge(play, prosody, gateway, load, returned):
    arrived, sent = read(prosody.said())
    accepted = [name for name, code in load.sip.codes.items() if 200 <= code < 300]
    refused = {code for code in load.sip.codes.values() if code >= 300}
    play.figure("SIP requests, answered with 2xx, delivered; refused with",
                f"{COUNT}, {len(accepted)}, {sum(name in arrived for name in accepted)}; {sorted(refused)}")
    lost = [name for name in accepted if name not in arrived]
    play.claim("SIP to XMPP: nothing that got a 2xx is lost", not lost, f"{len(lost)} lost: {lost[:20]}")
    play.claim("SIP to XMPP: every request got a final response, and refusals are typed",
               len(load.sip.codes) == COUNT and refused <= {503}, refused)
    double = {name: seen for name, seen in arrived.items() if len(seen) > 1}
    play.claim("SIP to XMPP: a double carries the same id", all(len(set(seen)) == 1 for seen in double.values()),
               dict(list(double.items())[:5]))
    delivered = {name: copies for name, copies in load.sip.delivered.items() if name.startswith("xmpp-")}
    untold = [name for name in sent if name not in delivered and name not in returned]
    play.claim("XMPP to SIP: every stanza is delivered, or comes back to its sender", not untold,
               f"{len(untold)}: {untold[:20]}")
    last = f"xmpp-0-{COUNT - 1}"
    play.claim("XMPP to SIP: with a good certificate messages cross again", last in delivered, sorted(returned)[-1:])
    both = [name for name in returned if name in delivered]
    twice = [name for name, copies in delivered.items()
             if len({(copy.call_id, copy.tag("from")) for copy in copies}) > 1]
    play.claim("XMPP to SIP: a double is the same request (Call-ID and From tag)", not twice, twice[:5])
    play.figure("stanzas sent, delivered, returned with an error, both; stanzas that arrived twice",
                f"{len(sent)}, {len(delivered)}, {len(returned)}, {len(both)}; {len(double)}")
