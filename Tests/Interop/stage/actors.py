"""Actors: real clients in processes of their own, spoken to in JSON lines."""

import json
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

from .processes import NotReady, Server

FOLDER = Path(__file__).resolve().parent.parent / "actors"


class Actor:
    """One client. What it reports is kept in order until somebody expects it."""

    def __init__(self, name, script, work, *arguments):
        self.name = name
        home = Path(work) / f"{name}-home"
        home.mkdir(parents=True, exist_ok=True)
        self.server = Server(
            name, [sys.executable, FOLDER / script, *arguments], work, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, environment={"HOME": str(home), "PYTHONUNBUFFERED": "1"})
        self.events, self.past = queue.Queue(), []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.server.child.stdout:
            try:
                self.events.put({"at": time.monotonic(), **json.loads(line)})
            except json.JSONDecodeError:
                pass
        self.events.put({"event": "ended", "at": time.monotonic()})

    def tell(self, **command):
        try:
            self.server.child.stdin.write((json.dumps(command) + "\n").encode())
            self.server.child.stdin.flush()
        except BrokenPipeError:
            raise NotReady(f"{self.name} has ended:\n{self.server.tail()}") from None

    def send(self, to, text, **more):
        self.tell(do="send", to=to, text=text, **more)

    def expect(self, event, seconds=15, **fields):
        """The first event of this kind whose fields equal `fields`; events before it stay in `past`."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                seen = self.events.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                seen = None
            if seen is None:
                raise NotReady(f"{self.name} saw no {event} {fields} in {seconds} s; it saw "
                               f"{json.dumps(self.past[-6:], ensure_ascii=False)[:2000]}\n{self.server.tail(8)}")
            self.past.append(seen)
            if seen["event"] == event and all(seen.get(key) == value for key, value in fields.items()):
                return seen
            if seen["event"] == "ended":
                raise NotReady(f"{self.name} ended while {event} was awaited:\n{self.server.tail()}")

    def quiet(self, seconds, event="message"):
        """The events of a kind that come within `seconds`: for what must not happen, and for counting."""
        deadline, seen = time.monotonic() + seconds, []
        while time.monotonic() < deadline:
            try:
                one = self.events.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                break
            self.past.append(one)
            if one["event"] == event:
                seen.append(one)
        return seen

    def stop(self):
        try:
            self.server.child.stdin.close()
            self.server.child.wait(4)
        except (BrokenPipeError, subprocess.TimeoutExpired):
            pass
        self.server.stop(2)


def xmpp_user(play, name, prosody, domain="example.com", resource="play", plugins=()):
    """A slixmpp user; `plugins` are those of slixmpp, and what they add to its features."""
    actor = Actor(name if resource == "play" else f"{name}-{resource}", "xmpp_user.py", play.work,
                  "--jid", f"{name}@{domain}/{resource}", "--password", prosody.password,
                  "--server", f"127.0.0.1:{prosody.client_port}", *(f"--plugin={name}" for name in plugins))
    play.keep(actor)
    actor.expect("ready", 20)
    return actor


def pjsua_user(play, uri, proxy, port, transport="udp", contact=None, log=0, publish=False):
    """A pjsua2 user; `contact` is a port, as that of a tap, where requests of a dialog are to reach it."""
    more = ["--contact", f"127.0.0.1:{contact}"] if contact else []
    if publish:
        more.append("--publish")
    actor = Actor("pjsua", "pjsua_user.py", play.work, "--user", uri, "--proxy", f"127.0.0.1:{proxy}",
                  "--port", str(port), "--transport", transport, "--log", str(log), *more)
    play.keep(actor)
    actor.expect("ready", 20)
    return actor


def linphone_user(play, name, uri, proxy, port, transport="tcp", *more):
    actor = Actor(f"linphone-{name}", "linphone_user.py", play.work, "--user", uri,
                  "--proxy", f"127.0.0.1:{proxy}", "--port", str(port), "--transport", transport,
                  "--work", str(play.work / f"linphone-{name}"), *more)
    play.keep(actor)
    actor.expect("ready", 20)
    return actor
