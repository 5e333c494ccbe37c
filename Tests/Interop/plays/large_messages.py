"""Large messages towards sipp: refused on an ordinary hop, carried over TCP on a congestion-safe one."""

from stage.actors import xmpp_user
from stage.ports import free_port
from stage.sipp import answers
from stage.texts import filled

NAME = "large-messages"
TITLE = "Prosody and slixmpp with sipp: the pager limit, and 20 kB over TCP"
NEEDS = ["prosody", "prosodyctl", "slixmpp", "sipp"]


def perform(play):
    prosody = play.prosody(users=("juliet",))
    juliet = xmpp_user(play, "juliet", prosody)

    port = free_port()
    tap = play.tap(port)
    gateway = play.gateway(prosody, tap.port, name="ordinary")
    tool = answers(play, "sipp-small", port, 200, "OK")
    juliet.send("romeo@example.net", filled(1400), id="too-large")
    error = play.attempt("a request above 1300 bytes is refused on an ordinary hop",
                         lambda: juliet.expect("error", id="too-large"))
    play.claim("the refusal is policy-violation of type modify",
               error and (error["condition"], error["kind"]) == ("policy-violation", "modify"), error)
    juliet.send("romeo@example.net", "short", id="short")
    play.attempt("a short one crosses", tool.finish)
    play.claim("nothing of the large one was sent", len(tap.requests()) == 1, tap.requests())
    gateway.stop()

    port = free_port()
    tap = play.tap(port)
    play.gateway(prosody, tap.port, name="safe", transport="tcp", congestion_safe=True,
                 switches={"msg.oversize": "tcp"})
    tool = answers(play, "sipp-large", port, 202, "Accepted", transport="tcp")
    text = filled(20_000)
    juliet.send("romeo@example.net", text, id="twenty")
    play.attempt("sipp takes 20 kB over TCP", tool.finish)
    wire = tap.requests()[-1] if tap.requests() else None
    play.claim("20 kB crosses in one MESSAGE over TCP", wire and wire.transport == "tcp" and len(tap.requests()) == 1,
               tap.requests())
    play.claim("20 kB arrives as it was written", wire and wire.message.text.replace("\r\n", "\n") == text)
    play.claim("no error comes back", not juliet.quiet(0.5, "error"))
