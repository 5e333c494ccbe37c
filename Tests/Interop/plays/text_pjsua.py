"""A Prosody user and a pjsua2 user write to each other in text/plain."""

from stage.actors import pjsua_user, xmpp_user
from stage.ports import free_port
from stage.texts import SAMPLES, same

NAME = "text-pjsua"
TITLE = "Prosody and slixmpp with pjsua2: text/plain both ways, replies included"
NEEDS = ["prosody", "prosodyctl", "slixmpp", "pjsua2"]

JULIET, ROMEO = "sip:juliet@example.com", "sip:romeo@example.net"


def perform(play):
    prosody = play.prosody(users=("juliet",))
    client_port = free_port()
    to_client = play.tap(client_port)
    # 1 kB of text makes a request above 1300 bytes, so it crosses over TCP on this congestion-safe hop.
    gateway = play.gateway(prosody, to_client.port, congestion_safe=True, switches={"msg.oversize": "tcp"})
    to_gateway = play.tap(gateway.port)
    juliet = xmpp_user(play, "juliet", prosody)
    romeo = pjsua_user(play, ROMEO, to_gateway.port, client_port)

    for name, text in SAMPLES.items():
        juliet.send("romeo@example.net", text, id=f"out-{name.replace(' ', '-')}")
        seen = play.attempt(f"{name} reaches the SIP user", lambda: romeo.expect("message"))
        if not seen:
            continue
        play.claim(f"{name} arrives as it was written", same(text, seen["text"]),
                   f"written {text!r}\nread    {seen['text']!r}")
        play.claim(f"{name} comes from {JULIET}", JULIET in seen["sender"], seen["sender"])
        wire = to_client.requests()[-1]
        play.claim(f"{name} travels as text/plain", wire.message.content_type == "text/plain",
                   wire.message.header("content-type"))
        play.claim(f"{name} is in UTF-8 and says so",
                   "charset=utf-8" in (wire.message.header("content-type") or "").lower().replace('"', "")
                   or text.isascii(), wire.message.header("content-type"))
        play.claim(f"{name} keeps to the limit of UDP", wire.transport == "tcp" or len(wire.message.raw) <= 1300,
                   f"{len(wire.message.raw)} bytes over {wire.transport}")

        reply = text + "!"
        romeo.send(JULIET, reply)
        seen = play.attempt(f"the reply to {name} reaches the XMPP user", lambda: juliet.expect("message"))
        if not seen:
            continue
        play.claim(f"the reply to {name} arrives as it was written", same(reply, seen["text"]),
                   f"written {reply!r}\nread    {seen['text']!r}")
        play.claim(f"the reply to {name} comes from romeo@example.net",
                   seen["sender"].split("/")[0] == "romeo@example.net", seen["sender"])
        wire = to_gateway.requests()[-1]
        play.claim(f"the reply to {name} traveled as text/plain", wire.message.content_type == "text/plain",
                   wire.message.header("content-type"))
        answer = to_gateway.answer(wire.message)
        play.claim(f"the reply to {name} was answered with 202", answer.message.code == 202, answer.message.first)

    play.claim("no request was sent twice",
               len({seen.message.branch for seen in to_client.requests()}) == len(to_client.requests()),
               to_client.requests())
    play.claim("nobody got anything more", not juliet.quiet(0.5) and not romeo.quiet(0.1))
