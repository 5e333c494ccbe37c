"""A route without a presence server: pjsua2 publishes to the gateway, and a Prosody user sees what it says."""

from stage.actors import pjsua_user, xmpp_user
from stage.ports import free_port
from stage.processes import wait_for

NAME = "presence-compose"
TITLE = "Prosody and slixmpp with pjsua2, which publishes its presence to the gateway"
NEEDS = ["prosody", "prosodyctl", "slixmpp", "pjsua2"]

ROMEO, CONTACT = "sip:romeo@example.net", "romeo@example.net"


def perform(play):
    prosody = play.prosody(users=("juliet",))
    client_port = free_port()
    to_client = play.tap(client_port)
    gateway = play.gateway(prosody, to_client.port, limits={"presence-pace": "0ms"},
                           switches={"pres.mode": "compose"})
    to_gateway = play.tap(gateway.port)
    juliet = xmpp_user(play, "juliet", prosody)

    def sees(text, **fields):
        return play.attempt(text, lambda: juliet.expect("presence", bare=CONTACT, **fields))

    def publications():
        return [seen.message for seen in to_gateway.requests("PUBLISH")]

    def answers():
        return [to_gateway.answer(message).message for message in publications()]

    juliet.tell(do="presence", to=CONTACT, kind="subscribe")
    sees("who asks is let in at once", kind="subscribed")
    sees("who has published nothing is not there", kind="unavailable")
    romeo = pjsua_user(play, ROMEO, to_gateway.port, client_port, publish=True)
    romeo.tell(do="status", online=True)
    sees("what pjsua2 publishes is seen", kind="available", show="")
    romeo.tell(do="status", online=True, activity="away", note="Gone to Mantua")
    sees("away arrives as away, with its note", kind="available", show="away", status="Gone to Mantua")
    romeo.tell(do="status", online=True, activity="busy", note="Fencing")
    sees("busy arrives as dnd, with its note", kind="available", show="dnd", status="Fencing")
    tags = [answer.header("sip-etag") for answer in answers()]
    play.claim("each publication was taken, under a tag of its own",
               all(answer.code == 200 for answer in answers()) and len(set(tags)) == len(tags), tags)
    play.claim("each but the first modifies the one before",
               [message.header("sip-if-match") for message in publications()] == [None, *tags[:-1]],
               [message.fields for message in publications()])

    gateway.kill()
    mark = prosody.mark()
    gateway.start()
    prosody.await_component(20, mark)
    before = len(publications())
    romeo.tell(do="status", online=True, activity="away", note="Back at the walls")
    sees("after a kill of the gateway the publication goes on", kind="available", show="away",
         status="Back at the walls")
    play.claim("under the tag that it had", [answer.code for answer in answers()[before:]] == [200],
               [message.fields for message in publications()[before:]])
    romeo.tell(do="status", online=False)
    sees("offline arrives as unavailable", kind="unavailable")
    romeo.tell(do="status", online=True)
    sees("who comes back is available", kind="available", show="")
    romeo.stop()
    sees("who ends its client takes the publication back and is gone", kind="unavailable")
    play.claim("no SUBSCRIBE went out", not to_client.requests("SUBSCRIBE"), to_client.requests("SUBSCRIBE"))
    juliet.tell(do="presence", to=CONTACT, kind="unsubscribe")
    play.attempt("nothing is kept", lambda: wait_for(
        lambda: gateway.presence_rows() == ([], []), 5, lambda: str(gateway.presence_rows())))
