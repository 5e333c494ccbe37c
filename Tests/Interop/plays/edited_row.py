"""A row that an operator adds to Mappings/50-site changes what crosses."""

import shutil

from stage.actors import xmpp_user
from stage.ports import free_port
from stage.sipp import answers, sends

NAME = "edited-row"
TITLE = "Prosody and slixmpp with sipp: a route row in 50-site changes what crosses"
NEEDS = ["prosody", "prosodyctl", "slixmpp", "sipp"]

JULIET, ROMEO = "sip:juliet@example.com", "sip:romeo@example.net"


def perform(play):
    prosody = play.prosody(users=("juliet",))
    juliet = xmpp_user(play, "juliet", prosody)
    port = free_port()
    tap = play.tap(port)
    gateway = play.gateway(prosody, tap.port)

    def cross(name):
        tool = sends(play, f"sipp-in-{name}", gateway, [(ROMEO, JULIET, f"in {name}")])
        tool.finish()
        stanza = juliet.expect("message", text=f"in {name}")
        tool = answers(play, f"sipp-out-{name}", port, 200, "OK")
        juliet.send("romeo@example.net", f"out {name}")
        tool.finish()
        return stanza["type"], tap.carrying(f"out {name}").message.content_type

    shipped = cross("shipped")
    play.claim("by the shipped rows a pager message is a normal stanza", shipped[0] == "normal", shipped)
    play.claim("by the shipped rows a peer that has shown nothing gets text/plain", shipped[1] == "text/plain",
               shipped)

    gateway.stop()
    gateway.site_route({"msg.type.pager": "chat", "msg.carrier": "cpim"})
    mark = prosody.mark()
    gateway.start()
    prosody.await_component(20, mark)
    edited = cross("edited")
    play.claim("by the operator's row a pager message is a chat stanza", edited[0] == "chat", edited)
    play.claim("by the operator's row the peer gets message/cpim", edited[1] == "message/cpim", edited)

    gateway.stop()
    (gateway.mappings / "50-site" / "play-routes.yaml").unlink()
    mark = prosody.mark()
    gateway.start()
    prosody.await_component(20, mark)
    play.claim("without the row the shipped rows hold again", cross("restored") == shipped)

    gateway.site_route({"msg.type.pager": "chat", "msg.carrier": "cpim"})
    told = gateway.command("mappings", "apply", "--reason", "a play", "--shadow", "100")
    play.claim("the running gateway takes the row, and shows what it changes", "in force" in told
               and "routes.play" in told, told)
    play.claim("the row holds without a restart", cross("applied") == edited)
    told = gateway.command("mappings", "rollback", "--reason", "a play")
    play.claim("there is a way back without touching the file", "in force" in told and cross("back") == shipped, told)

    gateway.site_route({"msg.type.pager": "chatt"})
    told = gateway.command("mappings", "apply", "--reason", "a play")
    play.claim("a row with a wrong value is refused, and nothing changes", "FAIL  check" in told, told)
    gateway.stop()
    mark = prosody.mark()
    gateway.start()
    prosody.await_component(20, mark)
    play.claim("a start with it takes the tables that were in force", cross("kept") == shipped)
    text = gateway.server.text()
    play.claim("the fault is named by file, line and column", "play-routes.yaml:6:" in text and "chatt" in text, text)

    gateway.stop()
    shutil.rmtree(gateway.work / "state")
    code = gateway.refuses_to_start()
    play.claim("a row with a wrong value stops a first start before it binds anything", code == 1, code)
