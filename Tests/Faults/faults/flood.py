"""More SIP requests in half a minute than the gateway keeps transactions: the rest is refused, and it recovers."""

import time

from tools.judgement import judge
from tools.scene import Scene

NAME = "flood"
TITLE = "12500 MESSAGEs come at once; 10000 transactions may live"
NEEDS = []
COUNT, RATE, TRANSACTIONS = 12_500, 2_500, 10_000
#: How long an ended transaction answers repeats over UDP (RFC 3261 §17.2.2, Timer J), in seconds.
TIMER_J = 32
#: Kilobytes of its own that the gateway may have gained.
MEMORY = 150_000


def perform(play):
    scene = Scene(play, limits={"transactions": TRANSACTIONS})
    before = scene.gateway.memory()
    began = time.monotonic()
    written = scene.begin(COUNT, RATE, ["sip"])
    scene.finish(written)
    ended = time.monotonic()
    codes = list(scene.load.sip.codes.values())
    accepted, refused = codes.count(202), codes.count(503)
    gained = scene.gateway.memory() - before
    play.figure("seconds; accepted, refused; memory gained in kB",
                f"{ended - began:.1f}; {accepted}, {refused}; {gained}")
    play.claim("what there is no transaction for is refused with 503 and Retry-After, and nothing else is",
               accepted + refused == COUNT and COUNT - TRANSACTIONS <= refused < COUNT - TRANSACTIONS * 9 // 10
               and not scene.load.sip.hasty, f"{accepted}, {refused}, {scene.load.sip.hasty} without Retry-After")
    play.claim("memory is bounded", gained < MEMORY, gained)

    time.sleep(max(0, ended + TIMER_J + 3 - time.monotonic()))
    again = scene.begin(200, 200)
    scene.finish(again)
    play.claim("35 s later nobody is refused",
               sum(code == 503 for code in scene.load.sip.codes.values()) == refused and not scene.load.returned)
    # What is refused without a transaction is counted nowhere.
    judge(play, scene, COUNT + 200, cut=True)
