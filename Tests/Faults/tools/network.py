"""A network of one's own whose loopback loses packets, those of TCP too."""

import ctypes
import os
import subprocess

CLONE_NEWNET = 0x40000000


class NotAllowed(Exception):
    """Why this machine lets nobody make such a network."""


class LossyNetwork:
    """From its making on, whatever this thread starts lives in a network namespace of its own (namespaces(7)).

    It takes root, or CAP_SYS_ADMIN, and the kernel's netem (tc-netem(8)).
    """

    def __init__(self):
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        if self._libc.unshare(CLONE_NEWNET) != 0:
            reason = os.strerror(ctypes.get_errno())
            os.close(self._home)
            raise NotAllowed(f"unshare: {reason}")
        try:
            self._run("ip", "link", "set", "lo", "up")
            self.lose(0)
        except NotAllowed:
            self.stop()
            raise

    @staticmethod
    def _run(*words):
        try:
            done = subprocess.run(words, capture_output=True, text=True, timeout=10, check=False)
        except FileNotFoundError:
            raise NotAllowed(f"there is no {words[0]}; install iproute2") from None
        if done.returncode != 0:
            raise NotAllowed(f"{' '.join(words)}: {done.stderr.strip()}")

    def lose(self, share):
        """Loses this share of all packets from now on, and delays the others by a millisecond or two."""
        self._run("tc", "qdisc", "replace", "dev", "lo", "root", "netem", "limit", "100000", "delay", "1ms", "1ms",
                  "loss", f"{100 * share:g}%")

    def stop(self):
        """This thread is at home again; what it has started ends where it is."""
        self._libc.setns(self._home, CLONE_NEWNET)
        os.close(self._home)
