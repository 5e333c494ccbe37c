"""kill -9 at random points under load both ways, again and again on one store."""

import random

from stage.processes import wait_for
from tools.judgement import judge
from tools.scene import QUIET, Scene

NAME = "killed"
TITLE = "kill -9 at random points under load each way"
NEEDS = []
COUNT, RATE = 5000, 2500


def perform(play):
    scene, choice = Scene(play), random.Random(play.seed)
    for _ in range(play.rounds):
        before, connections = scene.load.crossed, scene.server.connections
        written = scene.begin(COUNT, RATE)
        goal = before + int(2 * COUNT * choice.uniform(0.05, 0.95))
        wait_for(lambda: scene.load.crossed >= goal, 60,
                 lambda: f"only {scene.load.crossed - before} messages crossed", pause=0.001)
        scene.gateway.kill()
        scene.gateway.start()
        scene.server.await_component(30, connections)
        wait_for(lambda: written() and scene.load.quiet(QUIET), 90, "the load did not end")
    scene.finish(lambda: True)
    judge(play, scene, play.rounds * COUNT, cut=True)
