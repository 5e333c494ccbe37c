"""sipp sends bursts of MESSAGE requests to a Prosody user."""

from stage.actors import xmpp_user
from stage.ports import free_port
from stage.sip import Message, request
from stage.sipp import sends
from stage.wire import Endpoint

NAME = "burst-in"
TITLE = "sipp with Prosody and slixmpp: bursts over UDP and TCP, a repeated request"
NEEDS = ["prosody", "prosodyctl", "slixmpp", "sipp"]

JULIET, ROMEO = "sip:juliet@example.com", "sip:romeo@example.net"
BURST = 300


def received(user, count, seconds=30):
    """The texts of the next `count` messages."""
    return [user.expect("message", seconds)["text"] for _ in range(count)]


def perform(play):
    prosody = play.prosody(users=("juliet",))
    gateway = play.gateway(prosody, free_port())
    juliet = xmpp_user(play, "juliet", prosody)

    for transport in ("udp", "tcp"):
        texts = [f"{transport} burst {number} 🌹" for number in range(BURST)]
        tool = sends(play, f"sipp-{transport}", gateway, [(ROMEO, JULIET, text) for text in texts], transport,
                     rate=300)
        play.attempt(f"{BURST} requests over {transport.upper()} are each answered with 202", tool.finish)
        seen = play.attempt(f"{BURST} messages over {transport.upper()} reach the XMPP user",
                            lambda: received(juliet, BURST))
        play.claim(f"each text of the {transport.upper()} burst arrives once", seen and sorted(seen) == sorted(texts),
                   set(texts) ^ set(seen or []))

    large = "r" * 10_000 + "🌹" * 2_500
    tool = sends(play, "sipp-large", gateway, [(ROMEO, JULIET, large)], "tcp")
    play.attempt("20 kB over TCP is answered with 202", tool.finish)
    seen = play.attempt("20 kB over TCP reaches the XMPP user", lambda: juliet.expect("message"))
    play.claim("20 kB over TCP arrives as it was written", seen and seen["text"] == large)

    with Endpoint() as romeo:
        once = request("MESSAGE", JULIET, ROMEO, JULIET, romeo.name, "z9hG4bKagain1", "again-1", body=b"once")
        answers = []
        for _ in range(4):
            romeo.send(once, gateway.port)
            answers.append(romeo.receive())
        play.claim("a request sent four times gets four equal answers", len(set(answers)) == 1,
                   [Message(answer).first for answer in answers])
        play.claim("a request sent four times is accepted", Message(answers[0]).code == 202, answers[0])
        juliet.expect("message", text="once")
        play.claim("a request sent four times is one stanza", not juliet.quiet(1.0))

        again = request("MESSAGE", JULIET, ROMEO, JULIET, romeo.name, "z9hG4bKagain2", "again-1", body=b"once")
        romeo.send(again, gateway.port)
        code = Message(romeo.receive()).code
        play.claim("the same request on another branch is answered as a duplicate, not delivered again",
                   code in (202, 200, 482) and not juliet.quiet(1.0), code)
