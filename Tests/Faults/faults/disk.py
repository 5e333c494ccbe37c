"""The disk under load: full, failing to write, failing to sync; the database locked by another program."""

import contextlib
import errno
import sqlite3
import time

from stage.processes import wait_for
from tools.judgement import judge
from tools.orders import Orders
from tools.scene import Scene

NAME = "disk"
TITLE = "the disk is full, does not write, does not sync; another program locks the database"
NEEDS = []
COUNT, RATE = 1500, 500


def perform(play):
    orders = play.keep(Orders(play.work, play.work / "gateway" / "state"))
    scene = Scene(play, wrapper=orders.wrapper)
    faults = [("full", lambda: writing(orders, errno.ENOSPC)), ("write error", lambda: writing(orders, errno.EIO)),
              ("sync error", lambda: syncing(orders)), ("locked", lambda: locked(scene)),
              ("long reader", lambda: read(scene))]
    for name, fault in faults:
        refused, returned = refusals(scene), len(scene.load.returned)
        written = scene.begin(COUNT, RATE)
        wait_for(lambda: scene.load.crossed >= (scene.rounds - 1) * 2 * COUNT // 2, 60, "the load did not begin")
        fault()
        scene.finish(written, 120)
        some = refusals(scene) > refused and len(scene.load.returned) > returned
        if name == "long reader":
            play.claim("a program that reads for long keeps nobody from sending",
                       not refusals(scene) > refused and not len(scene.load.returned) > returned)
        else:
            play.claim(f"{name}: senders on both shores are refused while it lasts", some,
                       f"{refusals(scene) - refused} requests, {len(scene.load.returned) - returned} stanzas")
    play.claim("a refusal towards XMPP says resource-constraint or internal-server-error, of type wait",
               all(stanza.children and any(child.endswith((" resource-constraint", " internal-server-error"))
                                           for child in stanza.children) for stanza in scene.load.returned.values()),
               [stanza.children for stanza in list(scene.load.returned.values())[:3]])
    judge(play, scene, len(faults) * COUNT)


def refusals(scene):
    return sum(code >= 300 for code in scene.load.sip.codes.values())


def writing(orders, error):
    orders.writing_fails(error)
    time.sleep(1.5)
    orders.writing_fails(0)


def syncing(orders):
    orders.syncing_fails(errno.EIO)
    time.sleep(1.5)
    orders.syncing_fails(0)


@contextlib.contextmanager
def store(scene):
    path = scene.gateway.work / "state" / "isthmus.db"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def locked(scene):
    with store(scene) as connection:
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(1.5)
        connection.execute("ROLLBACK")


def read(scene):
    with store(scene) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM records").fetchall()
        time.sleep(3)
        connection.execute("ROLLBACK")
