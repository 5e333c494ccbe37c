"""Connections that say nothing, say half, or never read: everybody else is answered as if they were not there."""

import contextlib
import itertools
import socket
import threading
import time

from stage.processes import wait_for
from stage.sip import Message, request
from tools.judgement import judge
from tools.scene import Scene

NAME = "crowd"
TITLE = "300 connections are idle, 150 have sent half a request, one never reads"
NEEDS = []
COUNT, RATE = 500, 250
IDLE, HALF, PROBES = 300, 150, 20
#: In how many seconds an OPTIONS has its answer.
PATIENCE = 0.5
HALF_A_REQUEST = (b"MESSAGE sip:juliet@example.com SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKhalf\r\n"
                  b"Content-Length: 5")


def perform(play):
    scene = Scene(play)
    with contextlib.ExitStack() as stack:
        crowd = [stack.enter_context(connected(scene)) for _ in range(IDLE + HALF)]
        for connection in crowd[IDLE:]:
            connection.sendall(HALF_A_REQUEST)
        deaf = Deaf(scene, stack.enter_context(connected(scene, receives=4096)))
        written = scene.begin(COUNT, RATE)
        deaf.start()
        took = [probe(scene) for probe in (by_datagram, by_connection) * PROBES]
        play.figure("OPTIONS, milliseconds: median, longest",
                    [round(1000 * seconds) for seconds in (sorted(took)[len(took) // 2], max(took))])
        play.claim("OPTIONS is answered at once, by datagram and on a new connection", max(took) < PATIENCE, max(took))
        wait_for(lambda: deaf.ended, 60, "who never reads was let write for a minute")
        play.figure("requests that one who never reads could write", deaf.written)
        play.claim("who never reads loses the connection", True)
        scene.finish(written)
        play.claim("messages crossed meanwhile", len(scene.load.stanzas) == len(scene.load.sip.delivered) == COUNT)
        open_still = sum(not has_ended(connection) for connection in crowd)
        play.claim("nobody else lost a connection", open_still == len(crowd), open_still)
    judge(play, scene, COUNT)


class Deaf(threading.Thread):
    """Asks without end on a connection, and reads nothing."""

    def __init__(self, scene, connection):
        super().__init__(daemon=True)
        self._scene, self._connection = scene, connection
        self.written, self.ended = 0, False

    def run(self):
        self._connection.settimeout(60)
        try:
            for number in itertools.count():
                self._connection.sendall(options(f"127.0.0.1:{self._scene.gateway.port}", f"deaf{number}", "TCP"))
                self.written += 1
        except TimeoutError:
            pass  # The gateway reads no more and keeps the connection; `ended` stays false.
        except OSError:
            self.ended = True


def options(own, name, transport="UDP"):
    return request("OPTIONS", "sip:example.com", "sip:probe@example.net", "sip:example.com", own, f"z9hG4bK{name}", name,
                   transport=transport)


def connected(scene, receives=None):
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if receives:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
    connection.connect(("127.0.0.1", scene.gateway.port))
    return connection


def has_ended(connection):
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def by_datagram(scene):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        probe.connect(("127.0.0.1", scene.gateway.port))
        return answered(probe, "UDP")


def by_connection(scene):
    began = time.monotonic()
    with connected(scene) as probe:
        answered(probe, "TCP")
        return time.monotonic() - began


def answered(probe, transport):
    """Seconds until an OPTIONS has its 200."""
    probe.settimeout(10)
    began = time.monotonic()
    own = "127.0.0.1:{}".format(probe.getsockname()[1])
    probe.send(options(own, f"probe{time.monotonic_ns()}", transport))
    answer = Message(probe.recv(65536))
    if answer.code != 200:
        raise AssertionError(f"OPTIONS got {answer.first}")
    return time.monotonic() - began
