"""A route on which presence is published: Kamailio tells who waits to see a Prosody user, and she is asked once."""

from stage.actors import xmpp_user
from stage.ports import free_port
from stage.processes import wait_for
from stage.watchers import Watchers

NAME = "presence-watchers"
TITLE = "Prosody and slixmpp with Kamailio's presence server: it tells who waits for a decision"
NEEDS = ["prosody", "prosodyctl", "slixmpp", "kamailio-presence"]

JULIET, CONTACT = "sip:juliet@example.com", "romeo@example.net"
PARIS, NURSE, ROSALINE, TYBALT, PETER, ABRAM, GREGORY = (f"w{number}" for number in range(7))
BRIEF = 20  # Seconds of a subscription: it is renewed after the half.


class Scene:
    """What every part of the play needs."""

    def __init__(self, play):
        # What the gateway asks twice Prosody would tell once; its log has both.
        self.play, self.prosody = play, play.prosody(users=("juliet",), level="debug")
        port = free_port()
        self.tap = play.tap(port)
        self.kamailio = play.kamailio(port=port, contact=self.tap.port, longest=BRIEF, all_may_see=False)
        self.gateway = play.gateway(self.prosody, self.tap.port, limits={"presence-pace": "0ms"},
                                    switches={"pres.mode": "publish", "sub.winfo": "on"})
        self.juliet = xmpp_user(play, "juliet", self.prosody)
        self.watchers = play.keep(Watchers(7, JULIET, port))

    def subscribes(self, after=0):
        """What the gateway asked Kamailio."""
        return [seen.message for seen in self.tap.requests("SUBSCRIBE")][after:]

    def subscription(self, after=0):
        """The first SUBSCRIBE of a dialog that Kamailio took, past the first `after` of all."""
        def taken():
            return next((message for message in self.subscribes(after) if message.tag("to") is None
                         and self.tap.answer(message).message.code == 200), None)
        return wait_for(taken, BRIEF, lambda: f"no SUBSCRIBE was taken: {self.subscribes(after)}")

    def held(self, name, status):
        """Waits until Kamailio has a watcher in this state."""
        wait_for(lambda: f'status="{status}">sip:{name}@example.net<' in self.kamailio.watchers(JULIET), 10,
                 lambda: f"{name} is not {status}: {self.kamailio.watchers(JULIET)}")

    def watches(self, name, status="pending", number=1, watchers=None):
        """A watcher subscribes at Kamailio, which holds it in this state."""
        (watchers or self.watchers).subscribe([name], number)
        self.held(name, status)

    def asked(self, text, name):
        return self.play.attempt(text, lambda: self.juliet.expect(
            "presence", 8, kind="subscribe", bare=f"{name}@example.net"))

    def claim_seen(self, text, show):
        """Whom the rules allow sees her at Kamailio."""
        paris = self.play.keep(Watchers(1, JULIET, self.kamailio.port))
        paris.subscribe()
        self.play.attempt(text, lambda: wait_for(
            lambda: paris.all_told(lambda message: f">{show}</show>" in message.text), 5,
            lambda: str([one.text for one in paris.last().values()])))

    def claim_asked(self, text, *names, seconds=2):
        """After a while the gateway has asked once about each of these, in this order, and about nobody else."""
        self.juliet.quiet(seconds)
        marks = "Received[component]: <presence", "type='subscribe'"
        lines = [line for line in self.prosody.server.text().splitlines() if all(mark in line for mark in marks)]
        found = [line.partition("from='")[2].partition("@")[0] for line in lines]
        self.play.claim(text, found == list(names), found)
        told = [event["bare"] for event in self.juliet.past
                if event["event"] == "presence" and event["kind"] == "subscribe"]
        if told != [f"{name}@example.net" for name in names]:
            self.play.claim("and she was told what it asked", False, told)


def perform(play):
    scene = Scene(play)
    begins(scene)
    waits(scene)
    subscribes_again(scene)
    refuses(scene)
    gateway_restarts(scene)
    kamailio_restarts(scene)
    comes_to_the_gateway(scene)
    two_wait(scene)
    takes_back(scene)


def begins(scene):
    play = scene.play
    scene.kamailio.allow(JULIET, f"sip:{PARIS}@example.net")
    scene.juliet.tell(do="presence", show="away")
    scene.juliet.tell(do="presence", to=CONTACT, show="away")
    first = scene.subscription()
    play.claim("once her presence is published, the gateway subscribes to her watchers there",
               (first.uri, first.header("event"), first.header("accept"))
               == (JULIET, "presence.winfo", "application/watcherinfo+xml")
               and scene.tap.answer(scene.tap.requests("PUBLISH")[0].message).message.code == 200, first.fields)
    scene.watches(PARIS, "active")
    scene.claim_asked("she is not asked about a watcher whom the rules allow")


def waits(scene):
    scene.watches(NURSE)
    scene.asked("she is asked about one whom no rule names", NURSE)
    scene.claim_asked("and once, while she decides", NURSE)
    scene.claim_seen("while she decides, others see her", "away")
    scene.juliet.tell(do="presence", to=f"{NURSE}@example.net", kind="subscribed")
    scene.claim_asked("once she has approved, she is not asked again", NURSE)
    scene.play.attempt("Kamailio goes by its rules, and has the watcher wait", lambda: scene.held(NURSE, "pending"))


def subscribes_again(scene):
    scene.watches(NURSE, number=2)
    scene.claim_asked("nor when the watcher renews its subscription", NURSE)
    scene.watches(NURSE, watchers=scene.play.keep(Watchers(2, JULIET, scene.kamailio.port)))
    scene.claim_asked("nor when it subscribes from another device", NURSE)


def refuses(scene):
    """Whom she has refused she is not asked about, though the server tells of all who wait."""
    scene.watches(ROSALINE)
    scene.asked("she is asked about another one", ROSALINE)
    scene.juliet.tell(do="presence", to=f"{ROSALINE}@example.net", kind="unsubscribed")
    scene.claim_asked("and once, before and after she refuses", NURSE, ROSALINE)
    scene.claim_seen("when she has refused, others see her", "away")
    first = [message for message in scene.subscribes() if message.tag("to") is None]
    scene.play.claim("it is all one subscription to her watchers", len(first) == 1, first)
    scene.juliet.tell(do="presence", show="dnd")
    scene.watches(ROSALINE, number=2)
    scene.claim_asked("once she has refused, she is not asked again", NURSE, ROSALINE)


def gateway_restarts(scene):
    play, before, mark = scene.play, len(scene.subscribes()), scene.prosody.mark()
    scene.watches(NURSE, number=3)
    scene.gateway.kill()
    scene.gateway.start()
    scene.prosody.await_component(20, mark)
    play.attempt("after a kill of the gateway it subscribes anew", lambda: scene.subscription(before))
    scene.claim_asked("she is not asked about those of whom she has decided", NURSE, ROSALINE)
    scene.watches(NURSE, number=4)
    scene.claim_asked("nor when one of them subscribes again", NURSE, ROSALINE)
    scene.watches(TYBALT)
    scene.asked("she is asked about one who comes later", TYBALT)
    scene.juliet.tell(do="presence", to=f"{TYBALT}@example.net", kind="subscribed")
    scene.claim_asked("and once", NURSE, ROSALINE, TYBALT)


def kamailio_restarts(scene):
    """It forgets who subscribed: the next renewal is a 481, and in the new dialog those who waited are `waiting`."""
    play, before = scene.play, len(scene.subscribes())
    scene.kamailio.stop()
    scene.kamailio.start()
    play.attempt("after a restart of Kamailio the gateway subscribes anew", lambda: scene.subscription(before))
    codes = [scene.tap.answer(message).message.code for message in scene.subscribes(before) if message.tag("to")]
    play.claim("for the renewal was a 481", codes[-1:] == [481], codes)
    scene.watchers.answers.clear()
    scene.watches(NURSE)
    scene.watches(PETER)
    scene.asked("she is asked about one who comes then", PETER)
    scene.claim_asked("and over all once about each", NURSE, ROSALINE, TYBALT, PETER)


def comes_to_the_gateway(scene):
    """What she decided serves a watcher who comes to the gateway itself."""
    here = scene.play.keep(Watchers(2, JULIET, scene.gateway.port))
    here.subscribe([NURSE])

    def sees():
        message = here.last().get(NURSE)
        return message and message.header("subscription-state").startswith("active") and ">dnd</show>" in message.text
    scene.play.attempt("whom she approved the gateway lets see her", lambda: wait_for(
        sees, 10, lambda: str([(one.fields, one.text) for one in here.last().values()])))
    scene.claim_asked("and asks nothing", NURSE, ROSALINE, TYBALT, PETER)


def two_wait(scene):
    """A question that is open does not keep another one from her."""
    scene.juliet.tell(do="presence", show="xa")
    scene.claim_seen("what she says next is seen at Kamailio", "xa")
    scene.watches(ABRAM)
    scene.asked("she is asked about one more", ABRAM)
    scene.claim_asked("and once", NURSE, ROSALINE, TYBALT, PETER, ABRAM)
    scene.watches(GREGORY)
    scene.asked("and about another one before she has decided", GREGORY)


def takes_back(scene):
    """Whom she lets see her no more learns that she is gone; it does not hold for others."""
    scene.juliet.tell(do="presence", show="away")
    scene.claim_seen("what she says then too", "away")
    scene.juliet.tell(do="presence", to=f"{NURSE}@example.net", kind="unsubscribed")
    scene.juliet.quiet(1)
    scene.claim_seen("when she takes an approval back, others see her", "away")
