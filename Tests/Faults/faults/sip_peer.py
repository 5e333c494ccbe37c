"""The SIP neighbor under load: datagrams lost, repeated and overtaken; away; answering late."""

import time

from stage.processes import wait_for
from tools.judgement import judge
from tools.scene import Scene

NAME = "sip-peer"
TITLE = "the SIP neighbor's datagrams are lost, repeated, overtaken; it is away, and late"
NEEDS = []
COUNT, RATE = 1000, 250


def perform(play):
    scene = Scene(play, sip_relays=True)
    relays = (scene.inward, scene.outward)
    for fault in (lossy, repeating, away, late):
        written = scene.begin(COUNT, RATE)
        wait_for(lambda: scene.load.crossed >= (scene.rounds - 1) * 2 * COUNT + COUNT // 2, 60, "the load did not begin")
        fault(scene, relays)
        scene.finish(written, 180)
        for relay in relays:
            relay.loss = relay.repeat = relay.delay = 0.0
        scene.load.sip.answer_after = 0.0
    play.figure("datagrams passed, lost, repeated", ", ".join(
        str(sum(getattr(relay, name) for relay in relays)) for name in ("passed", "lost", "repeated")))
    judge(play, scene, 4 * COUNT)


def lossy(scene, relays):
    """A fifth of what goes either way is lost: two in five exchanges need a retransmission (RFC 3261 §17.1.2)."""
    for relay in relays:
        relay.loss = 0.2
    time.sleep(6)


def repeating(scene, relays):
    for relay in relays:
        relay.repeat, relay.delay = 0.3, 0.2


def away(scene, relays):
    """Nothing gets through for longer than the neighbor's first timeouts; clients keep trying."""
    scene.outward.loss = 1.0
    time.sleep(8)
    scene.outward.loss = 0.0


def late(scene, relays):
    """Each answer takes a second, so that requests are sent again while it is on its way."""
    scene.load.sip.answer_after = 1.0
    time.sleep(4)
    scene.load.sip.answer_after = 0.0
