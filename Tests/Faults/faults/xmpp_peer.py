"""The XMPP server under load: cut off gently and by reset, refusing, silent for a while, silent for long, reading slowly."""

import time

from stage.processes import wait_for
from tools.judgement import judge
from tools.scene import Scene

NAME = "xmpp-peer"
TITLE = "the XMPP server is killed, resets, refuses, falls silent, reads slowly"
NEEDS = []
COUNT, RATE = 1500, 500
#: Silence before a ping and behind it together stay below a minute; half of it stands for the silence that lasts.
LONG = 75
#: The pause before a connection is random, up to a minute at first, and doubles (RFC 6120 §3.3).
RETURN = 150


def perform(play):
    scene = Scene(play, xmpp_relay=True)
    # The longest comes last: each fault lengthens the pause before the next connection.
    faults = [cut, reset, refuse, hold, slow] + ([] if play.short else [half_open])
    for fault in faults:
        connections = scene.server.connections
        written = scene.begin(COUNT, RATE)
        wait_for(lambda: scene.load.crossed >= (scene.rounds - 1) * 2 * COUNT + COUNT // 2, 60, "the load did not begin")
        fault(play, scene, connections)
        scene.finish(written, 180)
    judge(play, scene, len(faults) * COUNT, cut=True)


def cut(play, scene, connections):
    scene.xmpp.cut(gently=True)
    scene.server.await_component(RETURN, connections)


def reset(play, scene, connections):
    scene.xmpp.cut(gently=False)
    scene.server.await_component(RETURN, connections)


def refuse(play, scene, connections):
    scene.xmpp.refuse(True)
    scene.xmpp.cut(gently=False)
    time.sleep(3)
    scene.xmpp.refuse(False)
    scene.server.await_component(RETURN, connections)


def hold(play, scene, connections):
    scene.xmpp.hold()
    time.sleep(4)
    scene.xmpp.release()


def half_open(play, scene, connections):
    """The cable is out for longer than the gateway believes in the stream; then the old connection is gone."""
    scene.xmpp.hold()
    time.sleep(LONG)
    play.claim("a stream that has been silent for long is given up", "connected" not in scene.gateway.status_of(
        "example.net").split("\n")[0] or scene.server.connections > connections,
        scene.gateway.status_of("example.net"))
    scene.xmpp.cut(gently=False)
    scene.xmpp.release()
    scene.server.await_component(RETURN, connections)


def slow(play, scene, connections):
    """The server reads 20 kB a second, a tenth of what it is sent; nothing waits in memory without a bound."""
    scene.xmpp.slow(40_000)
    scene.xmpp.cut(gently=True)
    scene.server.await_component(RETURN, connections)
    time.sleep(5)
    scene.xmpp.slow(None)
    scene.xmpp.cut(gently=True)
    scene.server.await_component(RETURN, connections + 1)
