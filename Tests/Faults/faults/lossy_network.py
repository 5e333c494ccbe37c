"""Packets are lost on every way, in a network namespace; where that is not allowed, relays lose and stall instead."""

import time

from stage.processes import wait_for
from tools.judgement import judge
from tools.network import LossyNetwork, NotAllowed
from tools.scene import Scene

NAME = "lossy-network"
TITLE = "packets of the stream and of datagrams are lost, a twentieth and a fifth of them"
NEEDS = []
COUNT, RATE = 1000, 250
SHARES, SECONDS = (0.05, 0.2), 6


def perform(play):
    try:
        network = play.keep(LossyNetwork())
    except NotAllowed as reason:
        play.report.say(f"        {play.name}: no packets are lost here, {reason}; "
                        "relays lose the datagrams and hold the stream as repetitions of TCP do")
        scene = Scene(play, xmpp_relay=True, sip_relays=True)
        suffer = lambda share: relayed(scene, share)  # noqa: E731
    else:
        scene = Scene(play)
        suffer = lambda share: lost(network, share)  # noqa: E731
    for share in SHARES:
        written = scene.begin(COUNT, RATE)
        wait_for(lambda: scene.load.crossed >= (scene.rounds - 1) * 2 * COUNT + COUNT // 4, 60, "the load did not begin")
        suffer(share)
        scene.finish(written, 180)
    # A stream that TCP gives up ends like one that is cut.
    judge(play, scene, len(SHARES) * COUNT, cut=True)


def lost(network, share):
    network.lose(share)
    time.sleep(SECONDS)
    network.lose(0)


def relayed(scene, share):
    """What is lost of a TCP connection is a pause to its ends: at least 200 ms until it is sent again (RFC 6298 §2.4)."""
    relays = (scene.inward, scene.outward)
    for relay in relays:
        relay.loss = share
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        scene.xmpp.hold()
        time.sleep(0.2 + 2 * share)
        scene.xmpp.release()
        time.sleep(0.3)
    for relay in relays:
        relay.loss = 0.0
