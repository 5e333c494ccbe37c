"""The wall clock steps under load, forth and back, by seconds and by days."""

import time

from stage.processes import wait_for
from tools.judgement import judge
from tools.orders import Orders
from tools.scene import Scene

NAME = "clock"
TITLE = "the wall clock steps by seconds, hours and days, forth and back"
NEEDS = []
COUNT, RATE = 1000, 500
# What is on its way when the clock leaps past its deadline has truly come too late, and its sender is told.
LIMITS = {"deadline": "7d"}
STEPS = [30, -30, 3600, -3600, 3 * 86400, 0]


def perform(play):
    orders = play.keep(Orders(play.work, play.work / "gateway" / "state"))
    scene = Scene(play, limits=LIMITS, wrapper=orders.wrapper)
    for step in STEPS:
        written = scene.begin(COUNT, RATE)
        wait_for(lambda: scene.load.crossed >= (scene.rounds - 1) * 2 * COUNT + COUNT // 2, 60, "the load did not begin")
        orders.clock_is_off(step)
        time.sleep(0.5)
        scene.finish(written, 60)
    play.claim("nobody was refused", all(200 <= code < 300 for code in scene.load.sip.codes.values())
               and not scene.load.returned, f"{len(scene.load.returned)} returned")
    judge(play, scene, len(STEPS) * COUNT)
