"""SIGTERM and SIGHUP under load: nothing is lost, the gateway says what remains, and ends in time."""

import os
import signal
import time

from stage.processes import wait_for
from tools.judgement import judge
from tools.scene import Scene

NAME = "stopped"
TITLE = "SIGTERM and SIGHUP under load; a neighbor that answers late while the gateway stops"
NEEDS = []
COUNT, RATE = 1500, 500


def perform(play):
    scene = Scene(play)
    for late in (0.0, 1.0):
        connections = scene.server.connections
        written = scene.begin(COUNT, RATE)
        wait_for(lambda: scene.load.crossed >= (scene.rounds - 1) * 2 * COUNT + COUNT // 2, 60, "the load did not begin")
        scene.load.sip.answer_after = late
        began, log = time.monotonic(), scene.gateway.server
        code = scene.gateway.server.stop(20)
        took = time.monotonic() - began
        scene.load.sip.answer_after = 0.0
        play.claim(f"told to stop under load, neighbors {late:.0f} s late, it ends well within ten seconds",
                   code == 0 and took < 10, f"code {code} after {took:.1f} s:\n{log.tail(5)}")
        play.claim("it says what remains", "waiting=" in log.tail(3) and "has stopped" in log.tail(3), log.tail(5))
        rows, balances = scene.status()
        play.figure("waiting and unconfirmed when it has stopped",
                    [rows.get(("open", name)) for name in ("waiting", "sent")])
        play.claim("the counters of the stopped gateway balance", balances, rows)
        scene.gateway.start()
        scene.server.await_component(30, connections)
        scene.finish(written)

    written = scene.begin(COUNT, RATE)
    while not written():
        os.kill(scene.gateway.server.pid, signal.SIGHUP)
        time.sleep(0.2)
    scene.finish(written)
    judge(play, scene, 3 * COUNT, cut=True)
