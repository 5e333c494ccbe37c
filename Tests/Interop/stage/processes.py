"""Servers and tools as child processes: started, watched, and stopped by their own process id."""

import ctypes
import os
import signal
import subprocess
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent():
    """Runs in the child: a runner that is killed leaves no server behind."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class NotReady(Exception):
    """A server did not come up, or an awaited thing did not happen, in its time."""


class Server:
    """One child process whose output goes to a file."""

    def __init__(self, name, arguments, work, environment=None, directory=None, stdin=subprocess.DEVNULL,
                 stdout=None):
        self.name = name
        self.log = Path(work) / f"{name}.log"
        self.began = len(self.text()) if self.log.exists() else 0  # Where the log of this process begins.
        self._file = open(self.log, "ab")
        self.child = subprocess.Popen(
            [str(argument) for argument in arguments], stdin=stdin, stdout=stdout or self._file, stderr=self._file,
            env={**os.environ, **(environment or {})}, cwd=directory, preexec_fn=_die_with_parent)

    @property
    def pid(self):
        return self.child.pid

    @property
    def running(self):
        return self.child.poll() is None

    def text(self):
        """Everything it has printed."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def tail(self, lines=25):
        return "\n".join(self.text().splitlines()[-lines:])

    def await_text(self, wanted, seconds=20, after=0):
        """Waits until `wanted` stands in the log beyond the offset `after`."""
        def shown():
            if not self.running and wanted not in self.text()[after:]:
                raise NotReady(f"{self.name} ended with code {self.child.returncode}:\n{self.tail()}")
            return wanted in self.text()[after:]
        wait_for(shown, seconds, lambda: f"{self.name} did not print {wanted!r}:\n{self.tail()}")

    def kill(self):
        """Sends SIGKILL and reaps it: what a power cut does to a process."""
        if self.running:
            os.kill(self.pid, signal.SIGKILL)
        self.child.wait()
        self._file.close()

    def stop(self, seconds=8):
        """Asks it to end; kills it when it does not. Returns its exit code."""
        if self.running:
            os.kill(self.pid, signal.SIGTERM)
            try:
                self.child.wait(seconds)
            except subprocess.TimeoutExpired:
                os.kill(self.pid, signal.SIGKILL)
        self.child.wait()
        if not self._file.closed:
            self._file.close()
        return self.child.returncode


def wait_for(condition, seconds, explain, pause=0.02):
    """Returns the first true value of `condition`; raises `NotReady` after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise NotReady(explain() if callable(explain) else explain)
        time.sleep(pause)
