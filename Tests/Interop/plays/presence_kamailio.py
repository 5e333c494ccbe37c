"""A Prosody user watches a user of Kamailio's presence server, and a SIP watcher her, across rules and restarts."""

from stage.actors import xmpp_user
from stage.kamailio import Publisher
from stage.ports import free_port
from stage.processes import wait_for
from stage.watchers import Watchers

NAME = "presence-kamailio"
TITLE = "Prosody and slixmpp with Kamailio's presence server: rules, published states, three restarts"
NEEDS = ["prosody", "prosodyctl", "slixmpp", "kamailio-presence"]

JULIET, ROMEO, CONTACT = "sip:juliet@example.com", "sip:romeo@example.net", "romeo@example.net"
BRIEF = 12  # Seconds of a subscription: it is renewed after the half.

DOCUMENT = """\
<?xml version='1.0' encoding='UTF-8'?>
<presence xmlns='urn:ietf:params:xml:ns:pidf' xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model'
          xmlns:rpid='urn:ietf:params:xml:ns:pidf:rpid' entity='sip:romeo@example.net'>
  <tuple id='{device}'><status><basic>{basic}</basic></status><note>{note}</note></tuple>
  <dm:person id='p1'>{person}</dm:person>
</presence>
"""


def document(basic="open", activity=None, note="", device="orchard"):
    person = f"<rpid:activities><rpid:{activity}/></rpid:activities>" if activity else ""
    return DOCUMENT.format(basic=basic, person=person, note=note, device=device)


class Scene:
    """What every part of the play needs."""

    def __init__(self, play):
        self.play, self.prosody = play, play.prosody(users=("juliet",))
        port = free_port()
        self.tap = play.tap(port)
        self.kamailio = play.kamailio(port=port, contact=self.tap.port, longest=BRIEF, all_may_see=False)
        self.gateway = play.gateway(self.prosody, self.tap.port, limits={"presence-pace": "0ms"})
        self.juliet = xmpp_user(play, "juliet", self.prosody)
        self.romeo = play.keep(Publisher(ROMEO, self.kamailio.port))
        self.watcher = play.keep(Watchers(1, JULIET, self.gateway.port))

    def publishes(self, *arguments, **fields):
        answer = self.romeo.publish(document(*arguments, **fields))
        if answer.code != 200:
            self.play.claim("Kamailio takes the published state", False, answer.first)

    def sees(self, text, seconds=15, **fields):
        return self.play.attempt(text, lambda: self.juliet.expect("presence", seconds, bare=CONTACT, **fields))

    def shows(self, text, show):
        """The SIP watcher sees her as `show`, on one device."""
        def holds(message):
            return f">{show}</show>" in message.text and message.text.count("<tuple ") == 1
        return self.play.attempt(text, lambda: wait_for(
            lambda: self.watcher.all_told(holds), 15, lambda: [one.text for one in self.watcher.last().values()]))

    def told(self, kind):
        """How often Juliet was told so, by anybody."""
        return len([event for event in self.juliet.past if event["event"] == "presence" and event["kind"] == kind])

    def claim_no_ghosts(self, text):
        """Juliet sees one device of Romeo, the one that there is."""
        open_ones = set()
        for event in self.juliet.past:
            if event["event"] == "ready":
                open_ones.clear()
            elif event["event"] == "presence" and event["bare"] == CONTACT:
                if event["kind"] == "available":
                    open_ones.add(event["sender"])
                elif event["kind"] == "unavailable":
                    open_ones.discard(event["sender"])
        self.play.claim(text, open_ones == {f"{CONTACT}/orchard"}, open_ones)

    def subscribes(self):
        return [seen.message for seen in self.tap.requests("SUBSCRIBE")]


def perform(play):
    scene = Scene(play)
    rules(scene)
    states(scene)
    is_watched(scene)
    kamailio_restarts(scene)
    gateway_restarts(scene)
    gateway_stops(scene)
    prosody_restarts(scene)
    leaves(scene)


def rules(scene):
    """Whoever no rule names waits; a rule lets her in."""
    play = scene.play
    scene.publishes(note="Hidden")
    scene.juliet.tell(do="presence", to=CONTACT, kind="subscribe")
    first = wait_for(scene.subscribes, 10, "no SUBSCRIBE came")[0]
    play.claim("Kamailio takes the SUBSCRIBE",
               200 <= scene.tap.answer(first).message.code < 300, scene.tap.answer(first).message.first)
    early = [event for event in scene.juliet.quiet(1, "presence") if event["bare"] == CONTACT]
    play.claim("while the presence rules name nobody, the XMPP user is told nothing", not early, early)
    watchers = scene.kamailio.watchers(ROMEO)
    play.claim("Kamailio has her as a pending watcher", f'status="pending">{JULIET}<' in watchers, watchers)
    scene.kamailio.allow(ROMEO, JULIET)
    scene.sees("a rule that allows arrives as subscribed", kind="subscribed")
    scene.sees("and what was published is seen", kind="available", show="", status="Hidden")
    watchers = scene.kamailio.watchers(ROMEO)
    play.claim("Kamailio has her as an active watcher", f'status="active">{JULIET}<' in watchers, watchers)


def states(scene):
    scene.publishes(activity="away", note="Gone to Mantua")
    scene.sees("away is seen", kind="available", show="away", status="Gone to Mantua")
    scene.publishes(activity="on-the-phone")
    scene.sees("who telephones is dnd", kind="available", show="dnd")
    scene.publishes(activity="sleeping")
    scene.sees("who sleeps is xa", kind="available", show="xa")
    scene.publishes(basic="closed")
    scene.sees("closed is unavailable", kind="unavailable")
    scene.publishes()
    scene.sees("open is available", kind="available", show="")


def is_watched(scene):
    """A SIP watcher asks to see her."""
    scene.watcher.subscribe()
    asked = scene.juliet.expect("presence", kind="subscribe")
    scene.juliet.tell(do="presence", to=asked["bare"], kind="subscribed")
    scene.juliet.tell(do="presence", show="away")
    scene.shows("a SIP watcher sees her", "away")


def kamailio_restarts(scene):
    """It forgets its watchers: the next refresh is a 481, and a new dialog is made."""
    play, old = scene.play, scene.subscribes()[0].call_id
    scene.kamailio.stop()
    scene.kamailio.start()
    scene.romeo.etag = None
    scene.publishes(activity="away", note="After the plague")

    def found():
        calls = list(dict.fromkeys(message.call_id for message in scene.subscribes()))
        return calls[1] if len(calls) > 1 else None
    fresh = play.attempt("after a restart of Kamailio the next refresh makes a new dialog",
                         lambda: wait_for(found, BRIEF, lambda: str(scene.subscribes())))
    refused = [message for message in scene.subscribes() if message.call_id == old][-1]
    play.claim("the refresh was a 481", scene.tap.answer(refused).message.code == 481,
               scene.tap.answer(refused).message.first)
    scene.sees("and the state is right again", kind="available", show="away", status="After the plague")
    watchers = scene.kamailio.watchers(ROMEO)
    play.claim("Kamailio has one watcher", watchers.count("<watcher ") == 1 and bool(fresh), watchers)
    scene.claim_no_ghosts("one device is seen")


def gateway_restarts(scene):
    """The subscription goes on in its dialog; what changed meanwhile is seen."""
    play = scene.play
    call = scene.subscribes()[-1].call_id
    # What it shows may come before what it stores of the dialog.
    wait_for(lambda: scene.gateway.keeps_dialog(call), 5, "the dialog is not stored")
    mark = scene.prosody.mark()
    scene.gateway.kill()
    scene.publishes(activity="busy", note="While nobody listened")
    scene.juliet.tell(do="presence", show="dnd")
    scene.gateway.start()
    scene.prosody.await_component(20, mark)
    scene.sees("after a kill of the gateway the state is right again", kind="available", show="dnd",
               status="While nobody listened")
    play.claim("it went on in its dialog", scene.subscribes()[-1].call_id == call, scene.subscribes())
    watchers = scene.kamailio.watchers(ROMEO)
    play.claim("Kamailio has one watcher still", watchers.count("<watcher ") == 1, watchers)
    scene.claim_no_ghosts("one device is seen still")
    scene.shows("the SIP watcher sees what she said meanwhile", "dnd")


def gateway_stops(scene):
    """One that is told to end says that it sees no one, and shows again afterwards."""
    play, mark = scene.play, scene.prosody.mark()
    scene.gateway.stop()
    scene.sees("when the gateway ends, no one is seen", kind="unavailable")
    scene.gateway.start()
    scene.prosody.await_component(20, mark)
    scene.sees("when it is back, the state is", kind="available", show="dnd", status="While nobody listened")
    scene.claim_no_ghosts("and one device is")
    scene.shows("the SIP watcher sees her still", "dnd")


def prosody_restarts(scene):
    """The user comes back and sees who is there."""
    play = scene.play
    scene.prosody.stop()
    scene.juliet.stop()
    scene.publishes(activity="away", note="While she slept")
    mark = scene.prosody.mark()
    scene.prosody.start()
    scene.prosody.await_component(40, mark)
    past = scene.juliet.past
    scene.juliet = xmpp_user(play, "juliet", scene.prosody)
    scene.juliet.past[:0] = past
    scene.sees("after a restart of Prosody the state is right again", kind="available", show="away",
               status="While she slept")
    scene.publishes(note="Here")
    scene.sees("and goes on to be", kind="available", show="", status="Here")
    scene.claim_no_ghosts("one device is seen after all")
    scene.juliet.tell(do="presence", show="xa")
    scene.shows("the SIP watcher sees her in her new session", "xa")
    play.claim("the SIP watcher has one dialog, whose numbers rise",
               len({message.call_id for _, message in scene.watcher.told()["w0"]}) == 1
               and numbers(scene) == sorted(set(numbers(scene))), numbers(scene))
    told = scene.told("subscribed"), scene.told("subscribe")
    play.claim("over all restarts she was told one subscribed and asked once", told == (1, 1), told)
    watches, usages = scene.gateway.presence_rows()
    play.claim("the gateway has one watch of each direction, and a dialog for each",
               (len(watches), len(usages)) == (2, 2), (watches, usages))


def numbers(scene):
    return [int(message.header("cseq").split()[0]) for _, message in scene.watcher.told()["w0"]]


def leaves(scene):
    play = scene.play
    scene.juliet.tell(do="presence", to=CONTACT, kind="unsubscribe")
    scene.sees("who unsubscribes sees no one any more", kind="unavailable")
    play.attempt("Kamailio has no watcher any more", lambda: wait_for(
        lambda: "<watcher " not in scene.kamailio.watchers(ROMEO)
        or 'status="terminated"' in scene.kamailio.watchers(ROMEO), 5, lambda: scene.kamailio.watchers(ROMEO)))
    others = ([("w0@example.net", "juliet@example.com")],) * 2
    play.attempt("the gateway keeps nothing of it", lambda: wait_for(
        lambda: scene.gateway.presence_rows() == others, 5, lambda: str(scene.gateway.presence_rows())))
