"""What the XMPP user learns when the SIP side refuses, and what the gateway tries again."""

from stage.actors import xmpp_user
from stage.ports import free_port
from stage.sipp import Sipp, answers

NAME = "refusals-out"
TITLE = "Prosody and slixmpp with sipp: 200, 202, 404, 415 then 200, 503 then 200"
NEEDS = ["prosody", "prosodyctl", "slixmpp", "sipp"]


def perform(play):
    prosody = play.prosody(users=("juliet",))
    port = free_port()
    tap = play.tap(port)
    play.gateway(prosody, tap.port, switches={"msg.carrier": "cpim"})
    juliet = xmpp_user(play, "juliet", prosody)

    for code, reason in ((200, "OK"), (202, "Accepted")):
        tool = answers(play, f"sipp-{code}", port, code, reason)
        juliet.send("romeo@example.net", f"taken with {code}", id=f"m{code}")
        play.attempt(f"sipp answers {code}", tool.finish)
        play.claim(f"after {code} no error comes back", not juliet.quiet(0.4, "error"))

    tool = answers(play, "sipp-404", port, 404, "Not Found")
    juliet.send("nobody@example.net", "is anybody there?", id="m404")
    play.attempt("sipp answers 404", tool.finish)
    error = play.attempt("after 404 an error comes back", lambda: juliet.expect("error", id="m404"))
    play.claim("404 is item-not-found of type cancel",
               error and (error["condition"], error["kind"]) == ("item-not-found", "cancel"), error)
    play.claim("the error comes from the one who was written to",
               error and error["sender"].split("/")[0] == "nobody@example.net", error)

    before = len(tap.requests())
    tool = Sipp(play, "sipp-415", "refuse-cpim.xml", port)
    juliet.send("romeo@example.net", "can you read this?", id="m415")
    play.attempt("after 415 with Accept: text/plain the same call is tried as text/plain", tool.finish)
    # A tool that starts slowly gets the same request again after T1: one try is one branch.
    wires = list({seen.message.branch: seen.message for seen in tap.requests()[before:]}.values())
    play.claim("the first try was message/cpim, the second text/plain",
               [wire.content_type for wire in wires] == ["message/cpim", "text/plain"], wires)
    play.claim("the second try is a transaction of its own in the same call",
               len(wires) == 2 and wires[0].branch != wires[1].branch and wires[0].call_id == wires[1].call_id
               and int(wires[1].header("cseq").split()[0]) > int(wires[0].header("cseq").split()[0]),
               [wire.fields for wire in wires])
    play.claim("the user is not troubled with it", not juliet.quiet(0.4, "error"))
    tool = answers(play, "sipp-learned", port, 200, "OK")
    juliet.send("romeo@example.net", "and this?", id="m415b")
    play.attempt("the next message is taken at once", tool.finish)
    play.claim("the gateway has learned: text/plain at once",
               tap.requests()[-1].message.content_type == "text/plain" and "and this?" in
               tap.requests()[-1].message.text, tap.requests()[-2:])

    before = len(tap.requests())
    tool = Sipp(play, "sipp-503", "busy-then-take.xml", port, seconds=30)
    juliet.send("romeo@example.net", "knock knock", id="m503")
    play.attempt("after 503 with Retry-After the message is tried again and taken", tool.finish)
    wires = [seen for seen in tap.requests()[before:] if "knock knock" in seen.message.text]
    branches = list(dict.fromkeys(seen.message.branch for seen in wires))
    play.claim("the second try is a transaction of its own, not a repeat of the refused one", len(branches) == 2,
               wires)
    waited = wires[-1].at - wires[0].at if wires else 0
    play.claim("the second try waits as Retry-After says", waited >= 0.9, f"{waited:.3f} s")
    play.claim("the user is not told of a fault that was overcome", not juliet.quiet(0.4, "error"))
