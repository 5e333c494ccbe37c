"""Runs of sipp: scenarios of this folder, one socket, no screen."""

import shutil
import subprocess
from pathlib import Path

from .ports import free_port
from .processes import NotReady, Server

SCENARIOS = Path(__file__).resolve().parent.parent / "scenarios"
TRANSPORTS = {"udp": "u1", "tcp": "t1"}


class Sipp:
    """One running sipp. `finish` waits for its end and tells how it went."""

    def __init__(self, play, name, scenario, port, calls=1, transport="udp", target=None, rate=None,
                 rows=None, seconds=30, status=None):
        self.work = play.work / name
        self.work.mkdir()
        self.seconds, self.calls, self.name = seconds, calls, name
        text = (SCENARIOS / scenario).read_text()
        (self.work / scenario).write_text(text.replace("SIP/2.0 200 OK", f"SIP/2.0 {status}") if status else text)
        words = [shutil.which("sipp"), "-sf", self.work / scenario, "-i", "127.0.0.1", "-p", str(port),
                 "-m", str(calls), "-t", TRANSPORTS[transport], "-nostdin", "-timeout", str(seconds),
                 "-timeout_error", "-trace_err", "-error_file", self.work / "errors.log", "-trace_msg",
                 "-message_file", self.work / "messages.log"]
        if rate:
            words += ["-r", str(rate), "-l", str(calls)]
        if rows:
            (self.work / "rows.csv").write_text("SEQUENTIAL\n" + "".join(f"{';'.join(row)}\n" for row in rows))
            words += ["-inf", self.work / "rows.csv"]
        if target:
            words.append(f"127.0.0.1:{target}")
        self.server = Server(name, words, self.work, directory=self.work, environment={"TERM": "dumb"})
        play.keep(self)

    def finish(self):
        """Waits; raises `NotReady` with sipp's own words when a call failed."""
        try:
            code = self.server.child.wait(self.seconds + 10)
        except subprocess.TimeoutExpired:
            code = "none, it still runs"
        if code != 0:
            errors = self.work / "errors.log"
            words = errors.read_text(errors="replace")[-3000:] if errors.exists() else self.server.tail(15)
            raise NotReady(f"{self.name} ended with code {code}: {words}")

    def messages(self):
        """What it sent and received, as it logged it."""
        log = self.work / "messages.log"
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    def stop(self):
        self.server.stop(1)


def sends(play, name, gateway, rows, transport="udp", rate=None, seconds=30):
    """A client that sends one MESSAGE a row (sender, recipient, text) and wants a 202 for each."""
    return Sipp(play, name, "send-message.xml", free_port(), calls=len(rows), transport=transport,
                target=gateway.port, rate=rate, rows=rows, seconds=seconds)


def answers(play, name, port, code, reason, calls=1, transport="udp", seconds=30):
    """A server that answers each of `calls` MESSAGE requests with one code."""
    return Sipp(play, name, "answer-once.xml", port, calls=calls, transport=transport, status=f"{code} {reason}",
                seconds=seconds)
