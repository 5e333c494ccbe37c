"""What the gateway answers to SIP requests that it does not carry."""

import re

from stage.actors import xmpp_user
from stage.ports import free_port
from stage.sip import Message, request
from stage.wire import Endpoint

NAME = "refusals-in"
TITLE = "Prosody with SIP requests: unknown user, stranger, unserved domain, other methods, OPTIONS"
NEEDS = ["prosody", "prosodyctl", "slixmpp"]

JULIET, ROMEO = "sip:juliet@example.com", "sip:romeo@example.net"


def perform(play):
    prosody = play.prosody(users=("juliet",))
    # The gateway holds its answer for a moment, so that Prosody's error becomes the answer.
    gateway = play.gateway(prosody, free_port(), switches={"msg.answer": "wait"})
    juliet = xmpp_user(play, "juliet", prosody)
    number = 0

    with Endpoint() as romeo, Endpoint("127.0.0.2") as stranger:
        def ask(method="MESSAGE", uri=JULIET, sender=ROMEO, by=romeo, body=b"hello", **more):
            nonlocal number
            number += 1
            by.send(request(method, uri, sender, uri, by.name, f"z9hG4bKask{number}", f"ask-{number}@{by.name}",
                            body=body, **more), gateway.port)
            return Message(by.receive())

        answer = ask(uri="sip:nobody@example.com")
        play.claim("an unknown user is an error, by Prosody's service-unavailable", answer.code in (403, 404, 480, 604),
                   answer.first)
        answer = ask(body=b"known")
        play.claim("a known user is a 202", answer.code == 202, answer.first)
        juliet.expect("message", text="known")

        answer = ask(by=stranger)
        play.claim("an address that is not configured is a 403", answer.code == 403, answer.first)
        answer = ask(sender="sip:mallory@example.org")
        play.claim("a sender of a domain that the address may not speak for is a 403", answer.code == 403,
                   answer.first)
        answer = ask(sender="sip:juliet@example.com")
        play.claim("a sender who pretends to live on the XMPP shore is a 403", answer.code == 403, answer.first)
        answer = ask(uri="sip:juliet@example.org")
        play.claim("a domain that is not served is a 404", answer.code == 404, answer.first)
        answer = ask(uri="https://example.com/")
        play.claim("a URI of another scheme is a 416", answer.code == 416, answer.first)
        answer = ask(content_type="application/unknownformat")
        play.claim("a type that is not mapped is a 415 with Accept",
                   answer.code == 415 and "text/plain" in (answer.header("accept") or ""), answer.fields)
        answer = ask(extra=("Require: frobnicate",))
        play.claim("an extension that is not known is a 420 with Unsupported",
                   answer.code == 420 and answer.header("unsupported") == "frobnicate", answer.fields)

        answer = ask("SUBSCRIBE", body=b"", extra=("Event: conference", f"Contact: <sip:{romeo.name}>"))
        play.claim("SUBSCRIBE to an event that is not served is a 489 with Allow-Events",
                   answer.code == 489 and answer.header("allow-events") == "presence", answer.fields)
        answer = ask("SUBSCRIBE", body=b"", extra=("Event: presence", "Expires: 30", f"Contact: <sip:{romeo.name}>"))
        play.claim("SUBSCRIBE for too brief a time is a 423 with Min-Expires",
                   answer.code == 423 and answer.header("min-expires") == "60", answer.fields)
        answer = ask("NOTIFY", body=b"", extra=("Event: presence", "Subscription-State: active;expires=60",
                                                f"Contact: <sip:{romeo.name}>"))
        play.claim("NOTIFY that no subscription expects is a 481", answer.code == 481, answer.first)
        for method in ("PUBLISH", "REGISTER", "INFO", "REFER"):
            answer = ask(method, body=b"")
            allowed = set(re.split(r"\s*,\s*", answer.header("allow") or ""))
            play.claim(f"{method} is a 405 with Allow", answer.code == 405 and {"MESSAGE", "OPTIONS"} <= allowed,
                       f"{answer.first}, Allow: {answer.header('allow')}")
        answer = ask("FROBNICATE", body=b"")
        play.claim("a method that nobody knows is a 501 with Allow", answer.code == 501 and answer.header("allow"),
                   answer.first)
        answer = ask("OPTIONS", uri="sip:example.com", body=b"")
        accepted = answer.header("accept") or ""
        play.claim("OPTIONS is a 200 with Allow and Accept",
                   answer.code == 200 and answer.header("allow") and "text/plain" in accepted
                   and "message/cpim" in accepted, answer.fields)

    play.claim("the XMPP user got none of this", not juliet.quiet(0.5))
