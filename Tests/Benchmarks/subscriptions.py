#!/usr/bin/env python3
"""Makes many subscriptions at the gateway and prints what they cost: memory, time, and the restart.

    Tests/Benchmarks/subscriptions.py --gateway PATH [--count 100000]

One process plays the XMPP server, whose users approve everybody, and the SIP watchers. The figures are for people.
"""

import argparse
import asyncio
import hashlib
import json
import re
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Interop"))

from stage.ports import free_port  # noqa: E402
from stage.processes import Server  # noqa: E402

CONFIGURATION = """\
gateway: {{name: gw.sip.example, state: ./state, mappings: {mappings}}}
domains:
  xmpp: {{xmpp.example: {{}}}}
  cpim: {{sip.example: {{next-hop: "sip:127.0.0.1:{peer};transport=udp", via: sip}}}}
xmpp:
  components: [{{domain: sip.example, connect: "127.0.0.1:{xmpp}", secret-file: secret}}]
sip:
  listen: ["udp:127.0.0.1:{sip}"]
  trusted: [{{address: 127.0.0.1, domains: [sip.example]}}]
limits: {{subscriptions: {most}, subscriptions-per-peer: {most}, subscriptions-undecided: {most}}}
"""


class XMPPServer(asyncio.Protocol):
    """One component link; users approve everybody and are available."""

    def __init__(self, bench):
        self.bench, self.text = bench, ""

    def connection_made(self, transport):
        self.transport, self.opened = transport, False

    def data_received(self, data):
        self.text += data.decode()
        if not self.opened and "<stream:stream" in self.text:
            self.opened = True
            self.transport.write(
                b"<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams'"
                b" from='sip.example' id='1'>")
            self.text = self.text[self.text.index(">", self.text.index("<stream:stream")) + 1:]
        if "<handshake>" in self.text and "</handshake>" in self.text:
            assert hashlib.sha1(b"1secret").hexdigest() in self.text
            self.text = self.text[self.text.index("</handshake>") + 12:]
            self.transport.write(b"<handshake/>")
        answers, end = [], 0
        for found in re.finditer(r"<iq [^>]*>.*?</iq>|<presence [^>]*?(?:/>|>.*?</presence>)", self.text, re.DOTALL):
            end = found.end()
            head = found.group(0).split(">", 1)[0]
            value = {name: re.search(rf" {name}='([^']*)'", head) for name in ("from", "to", "id", "type")}
            value = {name: match.group(1) if match else "" for name, match in value.items()}
            if head.startswith("<iq"):
                answers.append(f"<iq type='result' from='{value['to']}' to='{value['from']}' id='{value['id']}'/>")
            elif value["type"] in ("subscribe", "probe"):
                if value["type"] == "subscribe":
                    answers.append(f"<presence from='{value['to']}' to='{value['from']}' type='subscribed'/>")
                else:
                    self.bench.probes += 1
                answers.append(f"<presence from='{value['to']}/x' to='{value['from']}'><show>away</show></presence>")
        self.text = self.text[end:]
        if answers:
            self.transport.write("".join(answers).encode())


class Watchers(asyncio.DatagramProtocol):
    """All SIP watchers at one socket."""

    def __init__(self, bench):
        self.bench = bench

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        head = data.split(b"\r\n\r\n", 1)[0].decode()
        if head.startswith("SIP/2.0"):
            call = re.search(r"^Call-ID: c(\d+)", head, re.MULTILINE)
            self.bench.open.discard(int(call.group(1)))
            self.bench.answers[head[8:11]] = self.bench.answers.get(head[8:11], 0) + 1
            return
        lines = head.split("\r\n")
        kept = [line for line in lines[1:] if line.lower().startswith(("via:", "from:", "to:", "call-id:", "cseq:"))]
        self.transport.sendto("\r\n".join(["SIP/2.0 200 OK", *kept, "Content-Length: 0", "", ""]).encode(), address)
        if b"application/pidf+xml" in data:
            call = next(line for line in kept if line.lower().startswith("call-id:"))
            self.bench.shown.add(call)


class Bench:
    def __init__(self, options, work):
        self.options, self.work = options, work
        self.sip, self.xmpp, self.peer = free_port(), free_port(), free_port()
        self.answers, self.shown, self.open, self.probes = {}, set(), set(), 0
        (work / "secret").write_text("secret\n")
        (work / "secret").chmod(0o600)
        mappings = json.dumps(str(HERE.parents[1] / "Mappings"))
        (work / "isthmus.yaml").write_text(CONFIGURATION.format(
            mappings=mappings, peer=self.peer, xmpp=self.xmpp, sip=self.sip, most=2 * options.count))

    def start(self):
        self.server = Server("isthmus", [self.options.gateway, "serve", "--config", self.work / "isthmus.yaml"],
                             self.work)

    def megabytes(self):
        text = Path(f"/proc/{self.server.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text).group(1)) / 1024

    def seconds(self):
        fields = Path(f"/proc/{self.server.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def subscribe(self, number):
        user, watcher = f"sip:juliet{number}@xmpp.example", f"sip:romeo{number}@sip.example"
        return "\r\n".join([
            f"SUBSCRIBE {user} SIP/2.0", f"Via: SIP/2.0/UDP 127.0.0.1:{self.peer};branch=z9hG4bKs{number};rport",
            "Max-Forwards: 70", f"From: <{watcher}>;tag=t{number}", f"To: <{user}>", f"Call-ID: c{number}",
            "CSeq: 1 SUBSCRIBE", f"Contact: <sip:romeo{number}@127.0.0.1:{self.peer}>", "Event: presence",
            "Accept: application/pidf+xml", "Expires: 3600", "Content-Length: 0", "", ""]).encode()

    async def until(self, condition, seconds):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.002)
        return True

    async def run(self):
        loop = asyncio.get_running_loop()
        await loop.create_server(lambda: XMPPServer(self), "127.0.0.1", self.xmpp)
        transport, _ = await loop.create_datagram_endpoint(lambda: Watchers(self), ("127.0.0.1", self.peer))
        self.start()
        await asyncio.sleep(2)
        idle, began, cpu = self.megabytes(), time.monotonic(), self.seconds()
        for number in range(self.options.count):
            transport.sendto(self.subscribe(number), ("127.0.0.1", self.sip))
            self.open.add(number)
            # At most so many are not answered yet; what a full socket lost goes again.
            while len(self.open) > 100 and not await self.until(lambda: len(self.open) <= 100, 0.5):
                for lost in list(self.open):
                    transport.sendto(self.subscribe(lost), ("127.0.0.1", self.sip))
            if number % 10_000 == 0:
                print(f"  {number} asked, {len(self.shown)} shown, {self.megabytes():.0f} MB", flush=True)
        whole = await self.until(lambda: len(self.shown) >= self.options.count, 120)
        wall, cpu = time.monotonic() - began, self.seconds() - cpu
        print(f"{self.options.count} subscriptions: {self.answers}, {len(self.shown)} shown{'' if whole else ' (!)'} in "
              f"{wall:.0f} s, {cpu * 1e6 / self.options.count:.0f} µs CPU each; {idle:.0f} MB idle, "
              f"{self.megabytes():.0f} MB now")
        # A server transaction over UDP lives for 32 s after its answer (Timer J, RFC 3261 §17.2.2).
        await asyncio.sleep(40)
        print(f"40 s later: {self.megabytes():.0f} MB")
        self.server.stop()
        self.shown.clear()
        began = time.monotonic()
        self.start()
        await self.until(lambda: "serves" in self.server.text(), 120)
        print(f"restart: serves after {time.monotonic() - began:.1f} s")
        await asyncio.sleep(self.options.watch)
        print(f"after {self.options.watch} s: {self.probes} probes, {len(self.shown)} told, "
              f"{self.megabytes():.0f} MB")
        self.server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gateway", required=True, help="the isthmus program, a release build")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--watch", type=int, default=20, help="seconds to look on after the restart")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="subscriptions-") as work:
        asyncio.run(Bench(options, Path(work)).run())


if __name__ == "__main__":
    main()
