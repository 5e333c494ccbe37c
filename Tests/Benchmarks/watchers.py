#!/usr/bin/env python3
"""Shows that a user with many watchers does not stall messages: what a MESSAGE waits for its 202, before and while the
user's changes are told to all of them.

    Tests/Benchmarks/watchers.py --gateway PATH [--count 10000]

A process of its own sends the messages, so that only the gateway is measured. The figures are for people.
"""

import argparse
import asyncio
import multiprocessing
import socket
import tempfile
import time
from pathlib import Path

import subscriptions
from subscriptions import Bench, Watchers, XMPPServer


def messages(sip, stop, waits):
    """One MESSAGE after another, a hundred in a second, each answered before the next; puts (when, milliseconds)."""
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.bind(("127.0.0.1", 0))
    line.settimeout(5)
    port, number, due = line.getsockname()[1], 0, time.monotonic()
    while not stop.is_set():
        number, due = number + 1, due + 0.01
        request = "\r\n".join([
            "MESSAGE sip:nurse@xmpp.example SIP/2.0", f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bKm{number};rport",
            "Max-Forwards: 70", f"From: <sip:writer@sip.example>;tag=m{number}", "To: <sip:nurse@xmpp.example>",
            f"Call-ID: m{number}", "CSeq: 1 MESSAGE", "Content-Type: text/plain", "Content-Length: 5", "", "Hello"])
        began = time.monotonic()
        line.sendto(request.encode(), ("127.0.0.1", sip))
        answer = line.recv(65535)
        waits.put((began, (time.monotonic() - began) * 1000, answer[8:11].decode()))
        time.sleep(max(0, due - time.monotonic()))
    waits.put(None)


class Watched(Bench):
    """All watch one user."""

    def subscribe(self, number):
        return super().subscribe(number).replace(b"sip:juliet%d@" % number, b"sip:juliet@")

    def change(self, show):
        """The user says something else; its server tells every contact."""
        self.shown.clear()
        self.server_side.transport.write("".join(
            f"<presence from='juliet@xmpp.example/x' to='romeo{number}@sip.example'><show>{show}</show></presence>"
            for number in range(self.options.count)).encode())

    def connected(self):
        self.server_side = XMPPServer(self)
        return self.server_side

    async def run(self):
        loop = asyncio.get_running_loop()
        await loop.create_server(self.connected, "127.0.0.1", self.xmpp)
        transport, _ = await loop.create_datagram_endpoint(lambda: Watchers(self), ("127.0.0.1", self.peer))
        self.start()
        await asyncio.sleep(2)
        for number in range(self.options.count):
            transport.sendto(self.subscribe(number), ("127.0.0.1", self.sip))
            self.open.add(number)
            while len(self.open) > 50 and not await self.until(lambda: len(self.open) <= 50, 0.5):
                for lost in list(self.open):
                    transport.sendto(self.subscribe(lost), ("127.0.0.1", self.sip))
        assert await self.until(lambda: len(self.shown) >= self.options.count, 120), len(self.shown)
        await asyncio.sleep(6)
        stop, waits = multiprocessing.Event(), multiprocessing.Queue()
        writer = multiprocessing.Process(target=messages, args=(self.sip, stop, waits))
        writer.start()
        await asyncio.sleep(5)
        changes = []
        for show in ("dnd", "xa", "chat"):
            began = time.monotonic()
            self.change(show)
            whole = await self.until(lambda: len(self.shown) >= self.options.count, 60)
            changes.append((began, time.monotonic(), len(self.shown), whole))
            await asyncio.sleep(6)
        stop.set()
        taken = list(iter(waits.get, None))
        writer.join()
        during = [wait for when, wait, _ in taken if any(a <= when <= b for a, b, _, _ in changes)]
        quiet = [wait for when, wait, _ in taken if when < changes[0][0]]
        for name, some in (("quiet", quiet), ("while all are told", during)):
            some.sort()
            print(f"{name}: {len(some)} messages, 202 after p50 {some[len(some) // 2]:.1f} ms, "
                  f"p99 {some[int((len(some) - 1) * 0.99)]:.1f} ms, at most {some[-1]:.1f} ms")
        codes = sorted({code for _, _, code in taken})
        print(f"answers {codes}; each change told to {[told for _, _, told, _ in changes]} watchers in "
              f"{[round(b - a, 1) for a, b, _, _ in changes]} s; {self.megabytes():.0f} MB")
        self.server.stop()
        return codes == ["202"] and all(whole for _, _, _, whole in changes)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gateway", required=True, help="the isthmus program, a release build")
    parser.add_argument("--count", type=int, default=10_000)
    options = parser.parse_args()
    subscriptions.sys.dont_write_bytecode = True
    with tempfile.TemporaryDirectory(prefix="watchers-") as work:
        return 0 if asyncio.run(Watched(options, Path(work)).run()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
