"""A Prosody user and a pjsua2 user see each other: requests, approvals, states, refusals, and the end."""

from stage.actors import pjsua_user, xmpp_user
from stage.ports import free_port
from stage.processes import wait_for
from stage.schemas import claim_valid
from stage.texts import filled

NAME = "presence-pjsua"
TITLE = "Prosody and slixmpp with pjsua2: subscriptions and presence both ways"
NEEDS = ["prosody", "prosodyctl", "slixmpp", "pjsua2", "xmllint"]

JULIET, ROMEO, CONTACT = "sip:juliet@example.com", "sip:romeo@example.net", "romeo@example.net"


def perform(play):
    prosody = play.prosody(users=("juliet",))
    client_port = free_port()
    to_client = play.tap(client_port)
    gateway = play.gateway(prosody, to_client.port, limits={"presence-pace": "0ms"})
    to_gateway = play.tap(gateway.port)
    juliet = xmpp_user(play, "juliet", prosody)
    romeo = pjsua_user(play, ROMEO, to_gateway.port, client_port, contact=to_client.port)

    watches_sip_user(play, juliet, romeo, to_client)
    is_refused_by_sip_user(play, juliet, romeo)
    is_watched_by_sip_user(play, prosody, juliet, romeo, to_client)
    refuses_sip_user(play, juliet, romeo)
    claim_valid(play, [seen.message for seen in to_client.requests("NOTIFY")])
    claim_nothing_left(play, gateway)


def answers(romeo, code):
    """What pjsua2 answers to a SUBSCRIBE from now on."""
    romeo.tell(do="answer", code=code)
    romeo.expect("answering", code=code)


def watches_sip_user(play, juliet, romeo, to_client):
    """Juliet adds Romeo, who lets her wait, admits her, and is seen in all that pjsua2 can say."""
    def sees(text, **fields):
        return play.attempt(text, lambda: juliet.expect("presence", bare=CONTACT, **fields))

    romeo.tell(do="status", online=True)
    answers(romeo, 202)
    juliet.tell(do="presence", to=CONTACT, kind="subscribe")
    asked = play.attempt("the request of an XMPP user reaches pjsua2", lambda: romeo.expect("subscribe"))
    play.claim("it comes from the XMPP user", asked and JULIET in asked["sender"], asked)
    early = [event for event in juliet.quiet(0.7, "presence") if event["bare"] == CONTACT]
    play.claim("while pjsua2 has not decided, the XMPP user is told nothing", not early, early)
    romeo.tell(do="decide", watcher=asked["sender"], admitted=True)
    sees("the approval arrives as subscribed", kind="subscribed")
    sees("who is online is available", kind="available", show="")
    romeo.tell(do="status", online=True, activity="away", note="Gone to Mantua")
    sees("away arrives as away, with its note", kind="available", show="away", status="Gone to Mantua")
    romeo.tell(do="status", online=True, activity="busy", note="Fencing")
    sees("busy arrives as dnd, with its note", kind="available", show="dnd", status="Fencing")
    romeo.tell(do="status", online=False)
    sees("offline arrives as unavailable", kind="unavailable")
    romeo.tell(do="status", online=True)
    sees("who comes back is available", kind="available", show="")

    juliet.tell(do="presence", to=CONTACT, kind="unsubscribe")
    sees("who unsubscribes sees no one any more", kind="unavailable")
    first = to_client.requests("SUBSCRIBE")[0]
    last = wait_for(lambda: next((seen for seen in to_client.requests("SUBSCRIBE")
                                  if seen.message.header("expires") == "0"), None), 10, "no SUBSCRIBE ended it")
    play.claim("the end is told in the dialog", last.message.call_id == first.message.call_id,
               to_client.requests("SUBSCRIBE"))
    play.claim("pjsua2 takes it", to_client.answer(last.message).message.code == 200)
    romeo.tell(do="status", online=True, activity="away", note="Nobody sees this")
    late = [event for event in juliet.quiet(0.7, "presence") if event["bare"] == CONTACT]
    play.claim("nothing is shown after that", not [event for event in late if event["kind"] == "available"], late)
    told = [event["kind"] for event in juliet.past if event["event"] == "presence" and event["bare"] == CONTACT]
    play.claim("subscribed was said once", told.count("subscribed") == 1, told)


def is_refused_by_sip_user(play, juliet, romeo):
    """Romeo refuses at once, or after a while."""
    answers(romeo, 603)
    juliet.tell(do="presence", to=CONTACT, kind="subscribe")
    play.attempt("a 603 arrives as unsubscribed",
                 lambda: juliet.expect("presence", bare=CONTACT, kind="unsubscribed"))
    answers(romeo, 202)
    juliet.tell(do="presence", to=CONTACT, kind="subscribe")
    asked = romeo.expect("subscribe", answer=202)
    romeo.tell(do="decide", watcher=asked["sender"], admitted=False, reason="rejected")
    play.attempt("a refusal after a while arrives as unsubscribed",
                 lambda: juliet.expect("presence", bare=CONTACT, kind="unsubscribed"))
    answers(romeo, 200)


def is_watched_by_sip_user(play, prosody, juliet, romeo, to_client):
    """Romeo adds Juliet, who admits him and is seen in all that she says, on two devices."""
    def sees(text, **fields):
        return play.attempt(text, lambda: romeo.expect("buddy", **fields))

    def document(text, holds):
        def found():
            for seen in to_client.requests("NOTIFY")[::-1][:1]:
                return holds(seen.message.text)
        return play.attempt(text, lambda: wait_for(
            found, 10, lambda: to_client.requests("NOTIFY")[-1].message.text))

    romeo.tell(do="watch", to=JULIET, wanted=True)
    play.attempt("the request of pjsua2 reaches the XMPP user",
                 lambda: juliet.expect("presence", bare=CONTACT, kind="subscribe"))
    juliet.tell(do="presence", to=CONTACT, kind="subscribed")
    sees("the approval arrives: the subscription is active, and she is online", subscription="ACTIVE", status="online")
    juliet.tell(do="presence", show="away", status="Gone to Friar Laurence")
    sees("away arrives as away, with its text", status="online", activity="away", note="Gone to Friar Laurence")
    juliet.tell(do="presence", show="dnd", status="Wooing")
    sees("dnd arrives as busy, with its text", status="online", activity="busy", note="Wooing")
    peace = "\u05e9\u05dc\u05d5\u05dd"
    juliet.tell(do="presence", show="xa", status=f"Asleep <&> {peace}")
    sees("xa arrives as away", status="online", activity="away")
    document("its text stands in the document", lambda text: "Asleep &lt;&amp;" in text and peace in text)
    long = filled(1200)
    juliet.tell(do="presence", status=long)
    sees("a text of 1.2 kB arrives whole", status="online", note=long)
    wire = to_client.requests("NOTIFY")[-1]
    play.claim("what is larger than 1300 bytes goes over TCP", wire.transport == "tcp" and len(wire.message.raw) > 1300,
               wire)
    juliet.tell(do="presence")
    sees("who is just there is online", status="online", activity="")

    balcony = xmpp_user(play, "juliet", prosody, resource="balcony")
    document("a second device is a second tuple", lambda text: text.count("<tuple") == 2 and "balcony" in text)
    balcony.tell(do="presence", show="chat", priority=5)
    document("each device has its own state",
             lambda text: text.count("<tuple") == 2 and text.count("<basic>open</basic>") == 2
             and ">chat</show>" in text)
    balcony.tell(do="presence", kind="unavailable")
    document("a device that goes is closed once",
             lambda text: text.count("<basic>open</basic>") == 1 and text.count("<basic>closed</basic>") == 1)
    juliet.tell(do="presence", show="away")
    document("and is gone with the next change", lambda text: text.count("<tuple") == 1 and ">away</show>" in text)
    juliet.tell(do="presence", kind="unavailable")
    sees("unavailable arrives as offline", status="offline")
    juliet.tell(do="presence")
    sees("who comes back is online", status="online")

    romeo.tell(do="watch", to=JULIET, wanted=False)
    play.attempt("who unsubscribes is seen as unavailable",
                 lambda: juliet.expect("presence", bare=CONTACT, kind="unavailable"))
    romeo.quiet(0.3, "buddy")
    romeo.tell(do="watch", to=JULIET, wanted=True)
    sees("who subscribes again is let in at once", subscription="ACTIVE", status="online")
    asked = [event for event in [*juliet.past, *juliet.quiet(0.3, "presence")]
             if event["event"] == "presence" and event["kind"] == "subscribe"]
    play.claim("the XMPP user was asked once", len(asked) == 1, asked)


def refuses_sip_user(play, juliet, romeo):
    """Juliet takes her approval back, and then refuses a new request."""
    juliet.tell(do="presence", to=CONTACT, kind="unsubscribed")
    play.attempt("an approval that is taken back ends the subscription as rejected",
                 lambda: romeo.expect("buddy", subscription="TERMINATED", reason="rejected"))
    romeo.tell(do="watch", to=JULIET, wanted=False)
    romeo.quiet(0.3, "buddy")
    romeo.tell(do="watch", to=JULIET, wanted=True)
    play.attempt("a new request is asked anew",
                 lambda: juliet.expect("presence", bare=CONTACT, kind="subscribe"))
    juliet.tell(do="presence", to=CONTACT, kind="unsubscribed")
    play.attempt("a request that is refused ends as rejected",
                 lambda: romeo.expect("buddy", subscription="TERMINATED", reason="rejected"))


def claim_nothing_left(play, gateway):
    """After all this neither side watches the other."""
    play.attempt("nothing is kept of subscriptions that ended", lambda: wait_for(
        lambda: gateway.presence_rows() == ([], []), 5, lambda: str(gateway.presence_rows())))
