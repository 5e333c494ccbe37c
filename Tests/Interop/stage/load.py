"""Numbered messages both ways, fast, with a ledger of one's own: what was sent, answered, delivered and returned.

Texts are their own names: `KIND-ROUND-NUMBER`. A pair is one sender and one recipient; towards SIP recipients a
pair has one open MESSAGE at a time (RFC 3428 §8).
"""

import asyncio
import time
from collections import defaultdict, deque

from .sip import Message, response

FIRST_RETRY, LONGEST_RETRY, GIVE_UP = 0.5, 4.0, 32.0
PAIRS = 50


class Request:
    """One MESSAGE of the client, until its final response."""

    __slots__ = ("name", "pair", "data", "sent", "due", "pause", "code")

    def __init__(self, name, pair, data, now):
        self.name, self.pair, self.data, self.sent = name, pair, data, now
        self.pause, self.due, self.code = FIRST_RETRY, now + FIRST_RETRY, None


class SIPNeighbor(asyncio.DatagramProtocol):
    """A SIP client that retransmits, and a SIP server that answers 200 and knows repeats by their branch."""

    def __init__(self, port, gateway_port, recipient):
        self.port, self.gateway, self.recipient = port, ("127.0.0.1", gateway_port), recipient
        self.open, self.codes, self.delivered = {}, {}, defaultdict(list)
        self.repeats = self.altered = self.resent = 0
        self.answer_after = 0.0  # Seconds from a request to its response.
        self.hasty = 0  # Refusals for want of room that do not say when to come again.
        # When each message was first sent and first heard, and how long its answer took.
        self.began, self.arrived, self.answered = {}, {}, {}
        self.waiting, self.busy_pairs = defaultdict(deque), set()
        self.transport, self.last = None, time.monotonic()

    def connection_made(self, transport):
        self.transport = transport

    def error_received(self, _):
        pass  # The gateway is down for a moment; the timers do the rest.

    def datagram_received(self, data, source):
        if not data.strip():
            return
        self.last = time.monotonic()
        if data.startswith(b"SIP/2.0 "):
            self._response(data)
        else:
            self._request(Message(data), source)

    def _request(self, message, source):
        if message.method != "MESSAGE":
            self.transport.sendto(response(message, 200, "OK"), source)
            return
        copies = self.delivered[message.text]
        repeated = next((copy for copy in copies if copy.branch == message.branch), None)
        if repeated:
            self.repeats += 1
            self.altered += repeated.raw != message.raw
        else:
            copies.append(message)
            self.arrived.setdefault(message.text, self.last)
        answer = response(message, 200, "OK")
        if self.answer_after:
            asyncio.get_running_loop().call_later(self.answer_after, self.transport.sendto, answer, source)
        else:
            self.transport.sendto(answer, source)

    def _response(self, data):
        code = int(data[8:11])
        self.hasty += code == 503 and b"\r\nRetry-After:" not in data
        start = data.find(b"branch=z9hG4bKload-") + 19
        name = data[start:start + 64].split(b";", 1)[0].split(b"\r", 1)[0].split(b",", 1)[0].decode()
        request = self.open.get(name)
        if not request:
            return
        if code < 200:
            request.pause, request.due = LONGEST_RETRY, time.monotonic() + LONGEST_RETRY
            return
        self._settle(request, code)

    def _settle(self, request, code):
        del self.open[request.name]
        self.codes[request.name] = code
        self.answered[request.name] = time.monotonic() - request.sent
        self.busy_pairs.discard(request.pair)
        if self.waiting[request.pair]:
            self._launch(request.pair, self.waiting[request.pair].popleft())

    def submit(self, name, number):
        """Sends a message as soon as its pair is free."""
        pair = number % PAIRS
        if pair in self.busy_pairs:
            self.waiting[pair].append(name)
        else:
            self._launch(pair, name)

    def _launch(self, pair, name):
        self.busy_pairs.add(pair)
        body, recipient = name.encode(), self.recipient.format(pair=pair)
        data = (f"MESSAGE {recipient} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{self.port}"
                f";branch=z9hG4bKload-{name};rport\r\nMax-Forwards: 70\r\nFrom: <sip:s{pair}@example.net>;tag=l{name}"
                f"\r\nTo: <{recipient}>\r\nCall-ID: {name}@load\r\nCSeq: 1 MESSAGE\r\n"
                f"Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body
        self.open[name] = Request(name, pair, data, time.monotonic())
        self.began[name] = self.open[name].sent
        self.transport.sendto(data, self.gateway)

    def tick(self):
        """Retransmits what is due; ends what has waited for 32 s."""
        now = time.monotonic()
        for request in list(self.open.values()):
            if now - request.sent > GIVE_UP:
                self._settle(request, 408)
            elif now >= request.due:
                self.resent += 1
                request.pause = min(request.pause * 2, LONGEST_RETRY)
                request.due = now + request.pause
                self.transport.sendto(request.data, self.gateway)

    @property
    def idle(self):
        return not self.open and not any(self.waiting.values())


async def paced(start, number, rate):
    """Waits until the moment at which message `number` is due."""
    ahead = start + number / rate - asyncio.get_running_loop().time()
    if ahead > 0.002:
        await asyncio.sleep(ahead)
    elif number % 50 == 0:
        await asyncio.sleep(0)


class SIPLoad:
    """The SIP neighbor on a loop that runs in another thread."""

    def __init__(self, loop, port, gateway_port, recipient="sip:x{pair}@example.com"):
        self.loop, self.sip = loop, SIPNeighbor(port, gateway_port, recipient)
        asyncio.run_coroutine_threadsafe(
            loop.create_datagram_endpoint(lambda: self.sip, local_addr=("127.0.0.1", port)), loop).result(10)
        self._ticker = self.run(self._tick())

    def run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    async def _tick(self):
        while True:
            await asyncio.sleep(0.05)
            self.sip.tick()

    async def flood(self, round_number, count, rate):
        start = self.loop.time()
        for number in range(count):
            self.sip.submit(f"sip-{round_number}-{number}", number)
            await paced(start, number, rate)

    def stop(self):
        self._ticker.cancel()
        self.loop.call_soon_threadsafe(self.sip.transport.close)
        self.run(asyncio.sleep(0.01)).result(5)  # The loop sees both before it may be stopped.


class Load(SIPLoad):
    """Both neighbors of the gateway: the SIP one, and the users of a component server."""

    def __init__(self, server, sip_port, gateway_port):
        self.server = server
        self.stanzas, self.returned, self.written, self.shown = defaultdict(list), {}, {}, {}
        self.last = time.monotonic()
        server.on_message = self._stanza
        super().__init__(server.loop, sip_port, gateway_port)

    def _stanza(self, stanza):
        self.last = time.monotonic()
        if stanza.attributes.get("type") == "error":
            self.returned.setdefault(stanza.attributes.get("id"), stanza)
        elif stanza.body:
            self.stanzas[stanza.body].append(stanza)
            self.shown.setdefault(stanza.body, self.last)

    def begin(self, round_number, count, rate):
        """Starts `count` messages each way at `rate` a second; returns the two floods."""
        return (self.run(self.flood(round_number, count, rate)),
                self.run(self.flood_stanzas(round_number, count, rate)))

    async def flood_stanzas(self, round_number, count, rate):
        start = self.loop.time()
        for number in range(count):
            name, pair = f"xmpp-{round_number}-{number}", number % PAIRS
            stanza = (f"<message from='x{pair}@example.com/load' to='s{pair}@example.net' type='chat' id='{name}'>"
                      f"<body>{name}</body></message>")
            while not (self.server.stream and self.server.stream.write(stanza)):
                await asyncio.sleep(0.01)  # A server does not write to a component that is away.
                start += 0.01
            self.written[name] = time.monotonic()
            await paced(start, number, rate)

    @property
    def crossed(self):
        """How many messages have arrived anywhere."""
        return len(self.stanzas) + len(self.sip.delivered)

    def quiet(self, seconds):
        """Whether nothing has arrived for so long and no request of the client is open."""
        now = time.monotonic()
        return self.sip.idle and now - self.last > seconds and now - self.sip.last > seconds
