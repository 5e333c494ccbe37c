"""A route on which presence is published: Kamailio's presence server keeps what a Prosody user says, for all to see."""

from stage.actors import xmpp_user
from stage.ports import free_port
from stage.processes import wait_for
from stage.schemas import claim_valid
from stage.watchers import Watchers

NAME = "presence-publish"
TITLE = "Prosody and slixmpp with Kamailio's presence server: presence is published there"
NEEDS = ["prosody", "prosodyctl", "slixmpp", "kamailio-presence", "xmllint"]

JULIET, CONTACT = "sip:juliet@example.com", "romeo@example.net"


def perform(play):
    prosody = play.prosody(users=("juliet",))
    port = free_port()
    tap = play.tap(port)
    kamailio = play.kamailio(port=port)
    gateway = play.gateway(prosody, tap.port, limits={"presence-pace": "0ms"}, switches={"pres.mode": "publish"})
    juliet = xmpp_user(play, "juliet", prosody)

    def watches():
        """Somebody subscribes at Kamailio."""
        watcher = play.keep(Watchers(1, JULIET, kamailio.port))
        watcher.subscribe()
        wait_for(watcher.last, 10, "Kamailio did not notify")
        return watcher

    def shows(text, watcher, *parts, devices=1):
        def holds(message):
            return message.text.count("<tuple ") == devices and all(part in message.text for part in parts)
        return play.attempt(text, lambda: wait_for(
            lambda: watcher.all_told(holds), 15, lambda: [one.text for one in watcher.last().values()]))

    def publications():
        return [seen.message for seen in tap.requests("PUBLISH")]

    def answers():
        return [tap.answer(message).message.code for message in publications()]

    watcher = watches()
    juliet.tell(do="presence", to=CONTACT, show="away", status="Gone to Friar Laurence")
    shows("what she says is seen at Kamailio", watcher, ">away<", "Gone to Friar Laurence")
    juliet.tell(do="presence", to=CONTACT, show="dnd")
    shows("what she says next too", watcher, ">dnd<")
    first, second = publications()[:2]
    tag = tap.answer(first).message.header("sip-etag")
    play.claim("the second publication modifies the first",
               first.header("sip-if-match") is None and tag and second.header("sip-if-match") == tag,
               [first.fields, second.fields])
    balcony = xmpp_user(play, "juliet", prosody, resource="balcony")
    balcony.tell(do="presence", to=CONTACT, show="chat")
    shows("a second device is a second tuple", watcher, ">dnd<", ">chat<", devices=2)

    kamailio.stop()
    kamailio.start()
    watcher = watches()
    before = len(publications())
    juliet.tell(do="presence", to=CONTACT, show="xa")
    shows("after a restart of Kamailio the next change publishes all anew", watcher, ">xa<", ">chat<", devices=2)
    play.claim("it had forgotten the publication: 412, then one without SIP-If-Match",
               answers()[before:] == [412, 200] and publications()[-1].header("sip-if-match") is None,
               [(message.fields, code) for message, code in zip(publications()[before:], answers()[before:])])

    gateway.kill()
    mark = prosody.mark()
    gateway.start()
    prosody.await_component(20, mark)
    juliet.tell(do="presence", to=CONTACT, show="away", status="Back")
    shows("after a kill of the gateway the publication goes on", watcher, ">away<", "Back", devices=2)
    balcony.tell(do="presence", kind="unavailable")
    juliet.tell(do="presence", kind="unavailable")
    play.attempt("when no device is left, the publication is removed", lambda: wait_for(
        lambda: publications()[-1].header("expires") == "0" and answers()[-1] == 200, 10,
        lambda: [message.fields for message in publications()[-2:]]))
    play.attempt("and no one is open at Kamailio", lambda: wait_for(
        lambda: watcher.all_told(lambda message: ">open<" not in message.text), 10,
        lambda: [one.text for one in watcher.last().values()]))
    claim_valid(play, publications())
