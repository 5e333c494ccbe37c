"""A Prosody user and a Linphone user write to each other in Message/CPIM."""

from stage.actors import linphone_user, xmpp_user
from stage.ports import free_port
from stage.texts import SAMPLES, filled, same

NAME = "cpim-linphone"
TITLE = "Prosody and slixmpp with Linphone: message/cpim both ways, 20 kB over TCP"
NEEDS = ["prosody", "prosodyctl", "slixmpp", "linphone"]

JULIET, ROMEO = "sip:juliet@example.com", "sip:romeo@example.net"
TYPE = "message/cpim"


def perform(play):
    prosody = play.prosody(users=("juliet",))
    juliet = xmpp_user(play, "juliet", prosody)
    learned(play, prosody, juliet)
    configured(play, prosody, juliet)


def learned(play, prosody, juliet):
    """The shipped routes: text/plain until the peer has shown that it reads CPIM, then its own URI shape."""
    client_port = free_port()
    to_client = play.tap(client_port)
    gateway = play.gateway(prosody, to_client.port, name="learned")
    to_gateway = play.tap(gateway.port)
    romeo = linphone_user(play, "learned", ROMEO, to_gateway.port, client_port, "udp")

    juliet.send("romeo@example.net", "O Romeo")
    first = to_client.carrying("O Romeo")
    play.claim("before the peer wrote, the gateway writes text/plain", first.message.content_type == "text/plain",
               first.message.header("content-type"))
    play.claim("Linphone reads it", romeo.expect("message")["text"] == "O Romeo")

    romeo.send(JULIET, "Shall I hear more?", tag="first")
    play.claim("Linphone's message reaches the XMPP user", juliet.expect("message")["text"] == "Shall I hear more?")
    play.claim("Linphone wrote in message/cpim", to_gateway.requests()[-1].message.content_type == TYPE,
               to_gateway.requests())

    juliet.send("romeo@example.net", "Deny thy father")
    second = to_client.carrying("Deny thy father")
    play.claim("after the peer wrote CPIM, the gateway does too", second.message.content_type == TYPE,
               second.message.header("content-type"))
    seen = play.attempt("Linphone takes the CPIM of the gateway", lambda: romeo.expect("message"))
    play.claim("Linphone shows the text alone", seen and seen["text"] == "Deny thy father", seen)
    answer = to_client.answer(second.message)
    play.claim("Linphone answers 200", answer.message.code == 200, answer.message.first)
    romeo.stop()
    gateway.stop()


def configured(play, prosody, juliet):
    """A route row of the operator: CPIM with the URI of the carrier, over TCP, up to 20 kB."""
    client_port = free_port()
    to_client = play.tap(client_port)
    gateway = play.gateway(
        prosody, to_client.port, name="configured", transport="tcp", congestion_safe=True,
        switches={"msg.carrier": "cpim", "cpim.uri": "carrier", "msg.oversize": "tcp"})
    to_gateway = play.tap(gateway.port)
    romeo = linphone_user(play, "configured", ROMEO, to_gateway.port, client_port, "tcp")

    for name, text in {**SAMPLES, "20 kB": filled(20_000)}.items():
        juliet.send("romeo@example.net", text)
        seen = play.attempt(f"{name} reaches Linphone", lambda: romeo.expect("message"))
        if seen:
            play.claim(f"{name} arrives as it was written", same(text, seen["text"]),
                       f"written {text[:300]!r}\nread    {seen['text'][:300]!r}")
            wire = to_client.requests()[-1]
            play.claim(f"{name} travels as message/cpim over TCP",
                       wire.message.content_type == TYPE and wire.transport == "tcp", wire)
            play.claim(f"{name} names its sender as the carrier does",
                       b"From: <" + JULIET.encode() + b">" in wire.message.body, wire.message.body[:300])
        romeo.send(JULIET, text, tag=name)
        seen = play.attempt(f"{name} from Linphone reaches the XMPP user", lambda: juliet.expect("message"))
        if seen:
            play.claim(f"{name} from Linphone arrives as it was written", same(text, seen["text"]),
                       f"written {text[:300]!r}\nread    {seen['text'][:300]!r}")
            play.claim(f"{name} from Linphone comes from romeo@example.net",
                       seen["sender"].split("/")[0] == "romeo@example.net", seen["sender"])
            play.claim(f"{name} from Linphone traveled as message/cpim",
                       to_gateway.requests()[-1].message.content_type == TYPE, to_gateway.requests()[-1:])
            play.attempt(f"Linphone learns that {name} was accepted",
                         lambda: romeo.expect("state", tag=name, state="delivered"))
