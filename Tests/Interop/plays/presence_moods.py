"""What users tell beside their presence: moods and activities both ways through Prosody's PEP, idle times and cards."""

import time
from datetime import datetime, timedelta, timezone
from xml.etree import ElementTree

from stage.actors import xmpp_user
from stage.kamailio import Publisher
from stage.ports import free_port
from stage.processes import wait_for
from stage.schemas import claim_valid
from stage.watchers import Watchers

NAME = "presence-moods"
TITLE = "Prosody's PEP and slixmpp with a SIP user: moods and activities both ways, idle times and cards"
NEEDS = ["prosody", "prosodyctl", "slixmpp", "xmllint"]

JULIET, ROMEO, CONTACT = "sip:juliet@example.com", "sip:romeo@example.net", "romeo@example.net"
MOOD, ACTIVITY = "http://jabber.org/protocol/mood", "http://jabber.org/protocol/activity"
NICK = "http://jabber.org/protocol/nick"
CAPS, INFO = "http://jabber.org/protocol/caps", "http://jabber.org/protocol/disco#info"
HAPPY, DINNER = "<rpid:mood><rpid:note>She speaks</rpid:note><rpid:happy/></rpid:mood>", "<rpid:dinner/>"
PACE = 5  # Seconds between two events of one contact, whatever presence-pace says.

DOCUMENT = """\
<?xml version='1.0' encoding='UTF-8'?>
<presence xmlns='urn:ietf:params:xml:ns:pidf' xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model'
          xmlns:rpid='urn:ietf:params:xml:ns:pidf:rpid' xmlns:c='urn:ietf:params:xml:ns:pidf:cipid'
          entity='sip:romeo@example.net'>
  <tuple id='orchard'><status><basic>{basic}</basic></status>{idle}<note>{note}</note></tuple>
  <dm:person id='p1'>{activity}{mood}<c:display-name>Romeo Montague</c:display-name></dm:person>
</presence>
"""


def document(note, basic="open", mood="", activity="", idle=""):
    if activity:
        activity = f"<rpid:activities>{activity}</rpid:activities>"
    return DOCUMENT.format(note=note, basic=basic, mood=mood, activity=activity, idle=idle)


class Scene:
    """What every part of the play needs."""

    def __init__(self, play):
        self.play, self.prosody = play, play.prosody(users=("juliet",), modules=("pep",), level="debug")
        self.gateway = play.gateway(self.prosody, free_port(), limits={"presence-pace": "0ms"},
                                    switches={"pres.mode": "compose", "rich.pep": "on", "cipid": "on"})
        self.juliet = xmpp_user(play, "juliet", self.prosody, plugins=("xep_0107", "xep_0108"))
        self.chamber = xmpp_user(play, "juliet", self.prosody, resource="chamber", plugins=("xep_0172",))
        self.cell = xmpp_user(play, "juliet", self.prosody, resource="cell")
        self.romeo = play.keep(Publisher(ROMEO, self.gateway.port))
        self.watcher = play.keep(Watchers(1, JULIET, self.gateway.port, names=["romeo"]))

    def publishes(self, *arguments, **fields):
        answer = self.romeo.publish(document(*arguments, **fields))
        if answer.code != 200:
            self.play.claim("the gateway takes the published state", False, answer.first)

    def sees(self, text, **fields):
        return self.play.attempt(text, lambda: self.juliet.expect("presence", bare=CONTACT, **fields))

    def is_told(self, what, node, said, **fields):
        return self.play.attempt(what, lambda: self.juliet.expect(
            "told", sender=CONTACT, node=node, kind="headline", said=said, **fields))

    def shows(self, text, holds):
        """The SIP watcher gets a document of which `holds` is true."""
        return self.play.attempt(text, lambda: wait_for(
            lambda: self.watcher.all_told(lambda message: holds(message.text)), 15,
            lambda: "\n".join(one.text for one in self.watcher.last().values())))

    def asks(self, name, namespace, to=CONTACT, **attributes):
        """What the contact answers to an IQ of Juliet."""
        self.juliet.tell(do="ask", to=to, name=name, namespace=namespace, attributes=attributes)
        return self.juliet.expect("answer")

    def idle(self, to=CONTACT):
        """What the contact answers to a question for its last activity: seconds, or the condition of an error."""
        answer = self.asks("query", "jabber:iq:last", to)
        if answer["kind"] == "error":
            return answer["condition"]
        return int(ElementTree.fromstring(answer["xml"]).find("{jabber:iq:last}query").get("seconds"))


def perform(play):
    scene = Scene(play)
    see_each_other(scene)
    is_told_moods(scene)
    tells_moods(scene)
    is_told_idle_times(scene)
    claim_valid(play, [message for seen in scene.watcher.told().values() for _, message in seen], dated=False)
    claim_nothing_left(scene)


def see_each_other(scene):
    """Juliet sees Romeo, and Romeo Juliet: only then do servers tell each other what devices want."""
    play, juliet = scene.play, scene.juliet
    play.claim("who may not see the contact is refused its last activity as forbidden", scene.idle() == "forbidden")
    scene.publishes("In the orchard", mood=HAPPY, activity=DINNER)
    juliet.tell(do="presence", to=CONTACT, kind="subscribe")
    scene.sees("what the SIP user publishes is seen", kind="available", status="In the orchard")
    scene.watcher.subscribe()
    scene.sees("the SIP user asks to see the XMPP user", kind="subscribe")
    juliet.tell(do="presence", to=CONTACT, kind="subscribed")
    scene.shows("and sees it, without a mood", lambda text: ">open<" in text and "mood" not in text)


def is_told_moods(scene):
    """Romeo publishes what he feels and does; the device of Juliet that wants to know is told, the others are not."""
    play, juliet = scene.play, scene.juliet
    seen = scene.is_told("a mood is told in a headline, with its text", MOOD, ["mood", "happy", "text"],
                         text="She speaks")
    play.claim("to the device that wants moods", seen and seen["to"] == "juliet@example.com/play", seen)
    scene.is_told("an activity is told in a headline", ACTIVITY, ["activity", "eating", "having_dinner"])
    scene.publishes("At table", mood=HAPPY, activity=DINNER)
    scene.sees("another note is seen", status="At table")
    again = [event for event in juliet.quiet(PACE + 1, "told") if event["sender"] == CONTACT]
    play.claim("what was told is not told again", not again, again)
    scene.publishes("Under the balcony", mood="<rpid:mood><rpid:in_love/></rpid:mood>", activity=DINNER)
    scene.is_told("another mood is told", MOOD, ["mood", "in_love"])
    scene.publishes("Under the balcony", activity=DINNER)
    scene.is_told("a document without a mood brings the empty one", MOOD, ["mood"])
    scene.publishes("Alone")
    scene.is_told("and one without an activity the empty one of that", ACTIVITY, ["activity"])
    for device, wish, nodes in (scene.chamber, "names", [NICK]), (scene.cell, "nothing", []):
        play.attempt(f"a device that wants {wish} sees the contact",
                     lambda: device.expect("presence", bare=CONTACT, status="Alone"))
        told = [event["node"] for event in [*device.past, *device.quiet(1, "told")] if event["event"] == "told"]
        play.claim(f"and is told {wish}", told == nodes, told)


def tells_moods(scene):
    """Juliet publishes moods on Prosody, which asks the contact what it wants; Romeo's watcher reads them."""
    play, juliet, prosody = scene.play, scene.juliet, scene.prosody
    scene.publishes("Listening")
    seen = scene.sees("the presence of the SIP user goes on", kind="available", status="Listening")
    announced = ElementTree.fromstring(seen["xml"]).find(f"{{{CAPS}}}c")
    answer = scene.asks("query", INFO, seen["sender"], node=f"{announced.get('node')}#{announced.get('ver')}")
    play.claim("behind what it announces is the wish for moods", f"{MOOD}+notify" in answer["xml"], answer["xml"])
    juliet.tell(do="mood", value="in_love", text="O Romeo")
    scene.shows("a mood that is published on Prosody is in the document, with its text",
                lambda text: "<rpid:mood><rpid:note>O Romeo</rpid:note><rpid:in_love/></rpid:mood>" in text)
    juliet.tell(do="mood", value="anxious")
    scene.shows("another mood too", lambda text: "<rpid:mood><rpid:anxious/></rpid:mood>" in text)
    juliet.tell(do="mood")
    scene.shows("an empty mood takes it out", lambda text: "mood" not in text)
    juliet.tell(do="mood", value="worried")
    scene.shows("a mood comes again", lambda text: "<rpid:mood><rpid:worried/></rpid:mood>" in text)
    juliet.tell(do="retract", node=MOOD)
    scene.shows("an item that is retracted takes it out too", lambda text: "mood" not in text)
    answers = [line for line in prosody.server.text().splitlines() if "id='disco'" in line and CONTACT in line]
    play.claim("Prosody asked the contact once what it wants, since the hash is that of the answer",
               len(answers) == 1, answers)


def is_told_idle_times(scene):
    """Juliet asks how long Romeo was idle, or is gone, and for his card."""
    play = scene.play
    since = datetime.now(timezone.utc) - timedelta(seconds=60)
    idle = f"<rpid:user-input last-input='{since:%Y-%m-%dT%H:%M:%SZ}'>idle</rpid:user-input>"
    scene.publishes("Dreaming", idle=idle)
    seen = scene.sees("the SIP user is idle", kind="available", status="Dreaming")
    told = scene.idle(seen["sender"])
    play.claim("a device that says since when it is idle is so many seconds idle", told in range(60, 90), told)
    card = scene.asks("vCard", "vcard-temp")["xml"]
    name = ElementTree.fromstring(card).findtext("{vcard-temp}vCard/{vcard-temp}FN")
    play.claim("the card of the contact has the name that it publishes", name == "Romeo Montague", card)
    scene.publishes("Banished", basic="closed")
    scene.sees("the SIP user goes", kind="unavailable")
    time.sleep(2)
    told = scene.idle()
    play.claim("a contact that is gone is so many seconds gone", told in range(2, 10), told)


def claim_nothing_left(scene):
    """Nobody watches anybody any more, and nothing is published."""
    scene.juliet.tell(do="presence", to=CONTACT, kind="unsubscribe")
    scene.juliet.tell(do="presence", to=CONTACT, kind="unsubscribed")
    scene.romeo.publish(expires=0)
    scene.play.attempt("nothing is kept", lambda: wait_for(
        lambda: scene.gateway.presence_rows() == ([], []), 5, lambda: str(scene.gateway.presence_rows())))
