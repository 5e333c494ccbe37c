"""Relays between the gateway and a peer that do to the bytes what networks do: lose, repeat, delay, hold, cut."""

import asyncio
import random
import socket
import struct

from stage.ports import free_port

RESET = struct.pack("ii", 1, 0)  # SO_LINGER with no time: closing sends RST instead of FIN (RFC 9293 §3.6).


class StreamRelay:
    """TCP connections to `port` go on to `target`, both on 127.0.0.1, on the loop of `timeline`."""

    def __init__(self, timeline, target):
        self.timeline, self.target, self.port = timeline, target, free_port()
        self.ends, self.refusing, self.rate = [], False, None
        self.flowing = asyncio.Event()
        self.flowing.set()
        self._listener = timeline.run(asyncio.start_server(self._accept, "127.0.0.1", self.port)).result(5)

    async def _accept(self, reader, writer):
        if self.refusing:
            self._cut(writer, gently=False)
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            self._cut(writer, gently=False)
            return
        ends = [writer, far_writer]
        self.ends += ends
        await asyncio.wait([asyncio.ensure_future(self._pass(reader, far_writer, self.rate)),
                            asyncio.ensure_future(self._pass(far_reader, writer, None))],
                           return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            self._cut(end, gently=True)
            if end in self.ends:
                self.ends.remove(end)

    async def _pass(self, reader, writer, rate):
        try:
            while True:
                await self.flowing.wait()
                data = await reader.read(rate // 20 if rate else 65536)
                if not data:
                    return
                # What was read before the relay stopped goes on after it, as in a router's queue.
                await self.flowing.wait()
                writer.write(data)
                await writer.drain()
                if rate:
                    await asyncio.sleep(0.05)
        except (ConnectionError, OSError):
            return

    @staticmethod
    def _cut(writer, gently):
        if not gently:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        writer.transport.abort() if not gently else writer.close()

    def _do(self, action):
        async def act():
            return action()
        return self.timeline.run(act()).result(5)

    def hold(self):
        """No byte goes either way, and no connection ends: the cable is out."""
        self._do(self.flowing.clear)

    def release(self):
        self._do(self.flowing.set)

    def cut(self, gently):
        """Ends every connection: with FIN, or with RST."""
        def act():
            ends, self.ends = self.ends, []
            for end in ends:
                self._cut(end, gently)
        self._do(act)

    def refuse(self, refusing):
        self.refusing = refusing

    def slow(self, rate):
        """Connections from now on carry at most `rate` bytes a second away from the gateway; None for all they can."""
        self.rate = rate

    def stop(self):
        self._do(self._listener.close)


class _Ear(asyncio.DatagramProtocol):
    def __init__(self, heard):
        self.heard, self.transport = heard, None

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, source):
        self.heard(data, source)

    def error_received(self, _):
        pass  # The other side is away: what UDP does with that is to lose the datagram.


class DatagramRelay:
    """Datagrams to `port` go on to `target`; answers find their way back.

    `loss` and `repeat` are probabilities, `delay` is the longest delay in seconds; later datagrams overtake.
    """

    def __init__(self, timeline, target, seed=1):
        self.timeline, self.target, self.port = timeline, ("127.0.0.1", target), free_port()
        self.loss = self.repeat = self.delay = 0.0
        self.lost = self.repeated = self.passed = 0
        self._choice, self._upstream = random.Random(seed), {}
        self._near = self._open(self._from_client, self.port)

    def _open(self, heard, port=0):
        async def make():
            _, ear = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: _Ear(heard), local_addr=("127.0.0.1", port))
            return ear
        return self.timeline.run(make()).result(5)

    def _from_client(self, data, client):
        if client not in self._upstream:
            self._upstream[client] = None
            asyncio.ensure_future(self._begin(data, client))
        elif self._upstream[client]:
            self._send(self._upstream[client], data, self.target)

    async def _begin(self, data, client):
        _, ear = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Ear(lambda answer, _: self._send(self._near, answer, client)), local_addr=("127.0.0.1", 0))
        self._upstream[client] = ear
        self._send(ear, data, self.target)

    def _send(self, ear, data, to):
        if self._choice.random() < self.loss:
            self.lost += 1
            return
        self.passed += 1
        copies = 1
        if self._choice.random() < self.repeat:
            self.repeated += 1
            copies = 2
        for _ in range(copies):
            if self.delay:
                asyncio.get_running_loop().call_later(self._choice.random() * self.delay, ear.transport.sendto, data, to)
            else:
                ear.transport.sendto(data, to)

    def stop(self):
        async def act():
            for ear in [self._near, *self._upstream.values()]:
                if ear:
                    ear.transport.close()
        self.timeline.run(act()).result(5)
