"""A damaged database: refused in words, checked, and replaced by a backup that was made under load."""

import subprocess

from stage.processes import wait_for
from tools.scene import Scene

NAME = "corrupted"
TITLE = "the database is damaged: the gateway refuses to start, a backup made under load takes its place"
NEEDS = []
COUNT, RATE, PAGE = 2000, 500, 8192


def unused_pages(database):
    """The numbers of pages that hold nothing: the leaves of SQLite's list of free pages."""
    unused, trunk = set(), int.from_bytes(database[32:36], "big")
    while trunk:
        words = [int.from_bytes(database[place:place + 4], "big")
                 for place in range((trunk - 1) * PAGE, trunk * PAGE, 4)]
        unused.update(words[2:2 + words[1]])
        trunk = words[0]
    return unused


def perform(play):
    scene = Scene(play)
    gateway, backup = scene.gateway, play.work / "backup.db"
    database = gateway.work / "state" / "isthmus.db"

    def command(*words):
        return subprocess.run([play.program, *words, "--config", gateway.configuration], capture_output=True, text=True,
                              timeout=60, check=False)

    written = scene.begin(COUNT, RATE)
    wait_for(lambda: scene.load.crossed >= COUNT, 60, "the load did not begin")
    made = command("ledger", "backup", backup)
    play.claim("a backup is made while messages cross", made.returncode == 0 and not written(),
               f"{made.returncode}, {written()}: {made.stdout}{made.stderr}")
    scene.finish(written)
    play.claim("nobody was refused meanwhile", all(code == 202 for code in scene.load.sip.codes.values())
               and not scene.load.returned)
    again = command("ledger", "backup", backup)
    play.claim("a backup does not take the place of a file", again.returncode == 3 and "already" in again.stderr,
               again.stderr)
    refused = command("ledger", "restore", backup, "--reason", "too early")
    play.claim("nothing is restored below a gateway that runs", refused.returncode == 3, refused.stderr)
    gateway.stop()

    sound = command("ledger", "check")
    play.claim("ledger check finds the stopped store sound", sound.returncode == 0 and "is sound" in sound.stdout,
               sound.stdout + sound.stderr)
    kept = database.read_bytes()
    unused = unused_pages(kept)
    for place in range(0, len(kept), PAGE * max(1, len(kept) // PAGE // 40)):
        if place // PAGE + 1 in unused:
            continue
        database.write_bytes(kept[:place] + bytes(PAGE) + kept[place + PAGE:])
        done = subprocess.run([play.program, "ledger", "check", "--config", gateway.configuration], capture_output=True,
                              text=True, timeout=60, check=False)
        if done.returncode not in (1, 3):
            play.claim(f"a page of zeros at {place} is found", False, done.stdout + done.stderr)
    play.claim("a page of zeros is found wherever something lies", True)

    damaged = bytearray(kept)
    for place in range(PAGE, min(len(kept), 40 * PAGE), PAGE):
        damaged[place:place + PAGE] = b"\xa5" * PAGE
    database.write_bytes(damaged)
    code = gateway.refuses_to_start()
    said = gateway.server.tail(3)
    play.claim("the gateway does not start on a damaged database, and says what to do",
               code == 3 and "ledger restore" in said, f"{code}: {said}")

    restored = command("ledger", "restore", backup, "--reason", "the disk lost pages")
    play.claim("the backup takes its place", restored.returncode == 0, restored.stdout + restored.stderr)
    scene.start()
    wait_for(lambda: scene.open() == 0, 60, "what was open in the backup did not end")
    gateway.is_restored = True
    rows, balances = scene.status()
    play.claim("its counters balance, and what was open in it has ended", balances, rows)
    records = command("audit", "search", "--event", "ledger-restored", "--json").stdout
    play.claim("who restored it and why is a record", "the disk lost pages" in records, records)
    written = scene.begin(200, 200)
    scene.finish(written)
    play.claim("messages cross on it", all(f"xmpp-1-{number}" in scene.load.sip.delivered for number in range(200)))
