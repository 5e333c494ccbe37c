"""More is offered than a neighbor takes: what there is no room for is refused in words, what is taken does not wait long."""

import time

from stage.processes import wait_for
from tools.judgement import judge
from tools.scene import Scene

NAME = "overload"
TITLE = "either neighbor takes a quarter of what is offered, for a minute"
NEEDS = []
RATE, ROOM = 1000, 1000
#: What each neighbor takes in a second: 50 Request-URIs with one open request of 200 ms; so many bytes of stanzas.
ANSWER, BYTES = 0.2, 100_000
#: The least that a neighbor takes in a second, in messages.
LEAST = 80


def perform(play):
    seconds = 8 if play.short else 60
    scene = Scene(play, xmpp_relay=True, limits={"items": 2 * ROOM, "items-per-hop": ROOM, "items-per-pair": ROOM})
    reads_slowly(scene, BYTES)
    offer(play, scene, seconds, "sip")
    codes = list(scene.load.sip.codes.values())
    play.claim("SIP senders are refused with 503 and Retry-After, the others get 202",
               set(codes) == {202, 503} and not scene.load.sip.hasty,
               f"{ {code: codes.count(code) for code in set(codes)} }, {scene.load.sip.hasty} without Retry-After")
    waits(play, "SIP to XMPP", scene.load.sip.began, scene.load.shown)
    reads_slowly(scene, None)

    scene.load.sip.answer_after = ANSWER
    offer(play, scene, seconds, "xmpp")
    scene.load.sip.answer_after = 0.0
    play.claim("XMPP senders are refused with resource-constraint",
               scene.load.returned and all(any(child.endswith(" resource-constraint") for child in stanza.children)
                                           for stanza in scene.load.returned.values()), len(scene.load.returned))
    waits(play, "XMPP to SIP", scene.load.written, scene.load.sip.arrived)

    answers = sorted(scene.load.sip.answered.values())
    play.figure("answers to SIP senders: median, 99 of 100, longest in ms",
                [round(1000 * answers[min(int(len(answers) * part), len(answers) - 1)]) for part in (0.5, 0.99, 1)])
    # A commit that takes 400 ms is a refusal; the rest is room for a busy machine.
    play.claim("no answer takes two seconds", answers[-1] < 2, answers[-1])

    refused = refusals(scene)
    written = scene.begin(200, 200)
    scene.finish(written, 30)
    play.claim("as soon as there is room, nobody is refused", refused == refusals(scene))
    judge(play, scene, seconds * RATE + 200, cut=True)


def reads_slowly(scene, rate):
    """From a new connection on the XMPP server reads so many bytes a second; None is all that it can."""
    mark = scene.server.mark()
    scene.xmpp.slow(rate)
    scene.xmpp.cut(gently=True)
    # The pause before a connection is random, up to a minute at first, and doubles (RFC 6120 §3.3).
    scene.server.await_component(150, mark)


def offer(play, scene, seconds, way):
    began = time.monotonic()
    written = scene.begin(seconds * RATE, RATE, [way])
    wait_for(written, seconds * 4, "the load was not written")
    ended = time.monotonic()
    scene.finish(written, 120)
    play.figure(f"{way}: seconds of load, seconds until all that was taken had ended",
                f"{ended - began:.1f}, {time.monotonic() - ended:.1f}")


def refusals(scene):
    return len(scene.load.returned), sum(code == 503 for code in scene.load.sip.codes.values())


def waits(play, way, sent, heard):
    took = sorted(heard[name] - sent[name] for name in heard if name in sent)
    play.figure(f"{way}: messages that crossed; from sending to arrival, median and longest in s",
                f"{len(took)}; {took[len(took) // 2]:.1f}, {took[-1]:.1f}")
    play.claim(f"{way}: what is taken does not wait longer than the queue is long", took[-1] < ROOM / LEAST, took[-1])
