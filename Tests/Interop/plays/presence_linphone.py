"""A Prosody user and a Linphone user see each other. Linphone gives its tuple a new name with each change."""

from stage.actors import linphone_user, xmpp_user
from stage.ports import free_port
from stage.processes import wait_for
from stage.schemas import claim_valid

NAME = "presence-linphone"
TITLE = "Prosody and slixmpp with Linphone: subscriptions and presence both ways"
NEEDS = ["prosody", "prosodyctl", "slixmpp", "linphone", "xmllint"]

JULIET, ROMEO, CONTACT = "sip:juliet@example.com", "sip:romeo@example.net", "romeo@example.net"


def perform(play):
    prosody = play.prosody(users=("juliet",))
    client_port = free_port()
    to_client = play.tap(client_port)
    gateway = play.gateway(prosody, to_client.port, limits={"presence-pace": "0ms"})
    to_gateway = play.tap(gateway.port)
    juliet = xmpp_user(play, "juliet", prosody)
    romeo = linphone_user(play, "romeo", ROMEO, to_gateway.port, client_port, "udp")
    romeo.tell(do="status", online=True)

    is_watched(play, juliet, romeo, to_gateway)
    watches(play, juliet, romeo, to_client)
    leave(play, juliet, romeo, gateway)
    documents = [seen.message for seen in [*to_gateway.back("NOTIFY"), *to_client.requests("NOTIFY")]]
    claim_valid(play, documents)


def is_watched(play, juliet, romeo, to_gateway):
    """Romeo adds Juliet."""
    def sees(text, **fields):
        return play.attempt(text, lambda: romeo.expect("friend", uri=JULIET, **fields))

    romeo.tell(do="watch", to=JULIET, wanted=True)
    play.attempt("the request of Linphone reaches the XMPP user",
                 lambda: juliet.expect("presence", bare=CONTACT, kind="subscribe"))
    first = to_gateway.requests("SUBSCRIBE")[0]
    play.claim("it was answered with 200", to_gateway.answer(first.message).message.code == 200)
    juliet.tell(do="presence", to=CONTACT, kind="subscribed")
    sees("after the approval she is online", online=True, activity=None)
    juliet.tell(do="presence", show="away", status="Gone to Friar Laurence")
    sees("away arrives as away, with its text", online=True, activity="away", note="Gone to Friar Laurence")
    juliet.tell(do="presence", show="dnd", status="\u05e9\u05dc\u05d5\u05dd <&>")
    sees("dnd arrives as busy, with its text", online=True, activity="busy", note="\u05e9\u05dc\u05d5\u05dd <&>")
    juliet.tell(do="presence", kind="unavailable")
    sees("unavailable arrives as offline", online=False)
    juliet.tell(do="presence")
    sees("who comes back is online", online=True, activity=None)


def watches(play, juliet, romeo, to_client):
    """Juliet adds Romeo, who has her as a friend and so lets her in."""
    def sees(text, **fields):
        return play.attempt(text, lambda: juliet.expect("presence", bare=CONTACT, **fields))

    juliet.tell(do="presence", to=CONTACT, kind="subscribe")
    sees("Linphone's approval arrives as subscribed", kind="subscribed")
    sees("who is online is available", kind="available", show="")
    for activity, show in (("away", "away"), ("on-the-phone", "dnd"), ("vacation", "xa")):
        romeo.tell(do="status", online=True, activity=activity, note=f"It is {activity}")
        sees(f"{activity} arrives as {show}, with its note", kind="available", show=show, status=f"It is {activity}")
    romeo.tell(do="status", online=False)
    sees("offline arrives as unavailable", kind="unavailable")
    juliet.quiet(0.5, "presence")
    open_ones = set()
    for event in juliet.past:
        if event["event"] == "presence" and event["bare"] == CONTACT and event["kind"] in ("available", "unavailable"):
            (open_ones.add if event["kind"] == "available" else open_ones.discard)(event["sender"])
    play.claim("no device is left behind, though each change renames it", not open_ones, open_ones)


def leave(play, juliet, romeo, gateway):
    juliet.tell(do="presence", to=CONTACT, kind="unsubscribe")
    romeo.tell(do="watch", to=JULIET, wanted=False)
    juliet.tell(do="presence", to=CONTACT, kind="unsubscribed")
    play.attempt("after both have left nothing is kept", lambda: wait_for(
        lambda: gateway.presence_rows() == ([], []), 10, lambda: str(gateway.presence_rows())))
