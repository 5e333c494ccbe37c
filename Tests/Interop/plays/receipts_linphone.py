"""Receipts, markers and states of writing between Prosody with slixmpp and Linphone, over a kill -9 as well."""

import time

from stage.actors import linphone_user, xmpp_user
from stage.ports import free_port

NAME = "receipts-linphone"
TITLE = "receipts, markers and states of writing between slixmpp and Linphone, over a kill -9 of the gateway"
NEEDS = ["prosody", "prosodyctl", "slixmpp", "linphone"]

JULIET, ROMEO = "sip:juliet@example.com", "sip:romeo@example.net"
DEVICE = JULIET + ";gr=play"  # The room of what comes from one device.
RECEIPTS, MARKERS = "urn:xmpp:receipts", "urn:xmpp:chat-markers:0"
STATES = "http://jabber.org/protocol/chatstates"
CONTACT = "romeo@example.net"


def perform(play):
    # slixmpp's own plugin answers requests for receipts.
    prosody = play.prosody(users=("juliet",))
    juliet = xmpp_user(play, "juliet", prosody, plugins=("xep_0184",))
    client_port = free_port()
    to_client = play.tap(client_port)
    gateway = play.gateway(prosody, to_client.port, switches={"msg.carrier": "cpim", "cpim.uri": "carrier"})
    to_gateway = play.tap(gateway.port, registers=True)
    romeo = linphone_user(play, "romeo", ROMEO, to_gateway.port, client_port, "udp", "--receipts", "--register")

    from_linphone(play, juliet, romeo, to_client)
    to_linphone(play, juliet, romeo, to_gateway)
    writing(play, juliet, romeo)
    killed(play, juliet, romeo, gateway, prosody)


def from_linphone(play, juliet, romeo, to_client):
    """Linphone asks; slixmpp acknowledges by itself, and says later that it has shown the message."""
    romeo.send(JULIET, "Shall I hear more?", tag="first")
    seen = juliet.expect("message")
    play.claim("Linphone's message asks for a receipt", RECEIPTS in seen["xml"] and "request" in seen["xml"], seen)
    play.attempt("Linphone learns that slixmpp has its message",
                 lambda: romeo.expect("state", tag="first", state="delivered-to-user"))
    told = [one.message for one in to_client.requests() if b"imdn+xml" in one.message.body]
    play.claim("slixmpp's receipt travels once, as a notification in message/cpim",
               len(told) == 1 and told[0].content_type == "message/cpim", told)
    play.claim("Linphone answers the notification with 2xx",
               told and 200 <= to_client.answer(told[0]).message.code < 300, told)
    if MARKERS in seen["xml"]:
        juliet.tell(do="say", to=CONTACT, elements=[["displayed", MARKERS, seen["id"]]])
        play.attempt("Linphone learns that its message was shown",
                     lambda: romeo.expect("state", tag="first", state="displayed"))
    else:
        play.claim("Linphone's message asks for a marker", False, seen["xml"])


def to_linphone(play, juliet, romeo, to_gateway):
    """slixmpp asks; Linphone acknowledges by itself, and when its user reads."""
    ask(juliet, "O Romeo", "q1")
    romeo.expect("message", text="O Romeo")
    receipt = play.attempt("slixmpp learns that Linphone has its message", lambda: said(juliet, "received", "q1"))
    play.claim("the receipt comes from the contact to the device that asked",
               receipt and receipt["sender"].split("/")[0] == CONTACT and receipt["to"].endswith("/play"), receipt)
    romeo.tell(do="read", to=DEVICE)
    play.attempt("slixmpp learns that Linphone's user has read it", lambda: said(juliet, "displayed", "q1"))
    notices = [one.message for one in to_gateway.requests() if b"imdn" in one.message.body
               or "deflate" in (one.message.header("content-encoding") or "")]
    play.claim("Linphone's notifications are answered with 2xx",
               notices and all(200 <= to_gateway.answer(one).message.code < 300 for one in notices), notices)
    play.figure("content codings of Linphone's notifications",
                sorted({one.header("content-encoding") or "identity" for one in notices}))
    again = [one for one in juliet.quiet(1.0, "signal") if "received" in one["said"] or "displayed" in one["said"]]
    play.claim("nothing is told twice", not again, again)


def writing(play, juliet, romeo):
    juliet.tell(do="say", to=CONTACT, elements=[["composing", STATES, None]])
    play.attempt("Linphone sees slixmpp's user write", lambda: romeo.expect("writing", active=True))
    juliet.tell(do="say", to=CONTACT, elements=[["paused", STATES, None]])
    play.attempt("Linphone sees slixmpp's user stop", lambda: romeo.expect("writing", active=False))
    romeo.tell(do="compose", to=JULIET)
    play.attempt("slixmpp sees Linphone's user write", lambda: said(juliet, "composing"))
    romeo.send(JULIET, "Written", tag="written")
    seen = juliet.expect("message", text="Written")
    play.claim("the text ends the state", "active" in seen["xml"] and STATES in seen["xml"], seen["xml"])


def killed(play, juliet, romeo, gateway, prosody):
    """What was asked before the gateway was killed is told after."""
    ask(juliet, "Before", "k1")
    romeo.expect("message", text="Before")
    said(juliet, "received", "k1")
    romeo.send(JULIET, "Unread", tag="unread")
    unread = juliet.expect("message", text="Unread")
    romeo.expect("state", tag="unread", state="delivered-to-user")
    time.sleep(0.3)
    mark = prosody.mark()
    gateway.kill()
    gateway.start()
    prosody.await_component(30, mark)
    romeo.tell(do="read", to=DEVICE)
    play.attempt("a message from before the kill is told as read after it", lambda: said(juliet, "displayed", "k1"))
    juliet.tell(do="say", to=CONTACT, elements=[["displayed", MARKERS, unread["id"]]])
    play.attempt("so is one of the other way", lambda: romeo.expect("state", tag="unread", state="displayed"))
    status = gateway.command("status")
    play.claim("the sums hold", "balance" in status.lower() or status, status)


def ask(juliet, text, identifier):
    juliet.tell(do="say", to=CONTACT, text=text, id=identifier,
                elements=[["request", RECEIPTS, None], ["markable", MARKERS, None]])


def said(juliet, name, identifier=""):
    """The next message without text that has an element, about the message of an identifier."""
    while True:
        seen = juliet.expect("signal")
        if seen["said"].get(name) == identifier:
            return seen
