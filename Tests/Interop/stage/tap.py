"""A tap: a small relay between two SIP neighbors that keeps what crosses, over UDP and TCP at one port.

The next hop of the gateway, or the proxy of a client, is the tap's port; it passes everything on to one target.
Responses find their way back because both sides use rport (RFC 3581) or the connection they came by.
"""

import selectors
import socket
import threading
import time

from .ports import free_port
from .processes import wait_for
from .sip import Cutter, Message


class Seen:
    """One message that crossed the tap."""

    def __init__(self, message, transport, forward):
        self.at = time.monotonic()
        self.message, self.transport, self.forward = message, transport, forward

    def __repr__(self):
        return f"{'>' if self.forward else '<'} {self.transport} {self.message!r}"


class Tap:
    """Listens at `port`, passes on to `target`, both on 127.0.0.1."""

    def __init__(self, target, port=None, registers=False):
        self._registers = registers
        self.port, self.target = port or free_port(), ("127.0.0.1", target)
        self.seen, self._lock = [], threading.Lock()
        self._selector = selectors.DefaultSelector()
        self._udp = self._bound(socket.SOCK_DGRAM)
        self._tcp = self._bound(socket.SOCK_STREAM)
        self._tcp.listen(16)
        self._clients = {}  # UDP: the client's address to the socket that speaks for it.
        self._sockets = [self._udp, self._tcp]
        self._selector.register(self._udp, selectors.EVENT_READ, self._from_client)
        self._selector.register(self._tcp, selectors.EVENT_READ, self._accept)
        self._wake, self._woken = socket.socketpair()
        self._selector.register(self._woken, selectors.EVENT_READ, None)
        self._open = True
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _bound(self, kind):
        made = socket.socket(socket.AF_INET, kind)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(("127.0.0.1", self.port))
        made.setblocking(False)
        return made

    def _keep(self, message, transport, forward):
        with self._lock:
            self.seen.append(Seen(message, transport, forward))

    def _run(self):
        while self._open:
            for key, _ in self._selector.select():
                if key.data is None:
                    return
                try:
                    key.data(key.fileobj)
                except (ConnectionError, BlockingIOError):
                    pass

    def _from_client(self, _):
        data, client = self._udp.recvfrom(65536)
        if self._registers and data.startswith(b"REGISTER "):
            self._udp.sendto(registered(data), client)
            return
        if client not in self._clients:
            upstream = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            upstream.bind(("127.0.0.1", 0))
            upstream.setblocking(False)
            self._clients[client] = upstream
            self._sockets.append(upstream)
            self._selector.register(upstream, selectors.EVENT_READ, lambda made: self._from_target(made, client))
        if data.strip():
            self._keep(Message(data), "udp", True)
        self._clients[client].sendto(data, self.target)

    def _from_target(self, upstream, client):
        data, _ = upstream.recvfrom(65536)
        if data.strip():
            self._keep(Message(data), "udp", False)
        self._udp.sendto(data, client)

    def _accept(self, _):
        near, _ = self._tcp.accept()
        far = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            far.connect(self.target)
        except OSError:
            near.close()
            far.close()
            return
        for source, sink, forward in ((near, far, True), (far, near, False)):
            source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets.append(source)
            cutter = Cutter()
            self._selector.register(
                source, selectors.EVENT_READ,
                lambda made, sink=sink, forward=forward, cutter=cutter: self._pass(made, sink, forward, cutter))

    def _pass(self, source, sink, forward, cutter):
        try:
            data = source.recv(65536)
        except ConnectionError:
            data = b""
        if not data:
            for end in (source, sink):
                try:
                    self._selector.unregister(end)
                except (KeyError, ValueError):
                    pass
                end.close()
            return
        for message in cutter.feed(data):
            self._keep(message, "tcp", forward)
        sink.settimeout(5)
        sink.sendall(data)

    def requests(self, method="MESSAGE"):
        """The requests that went towards the target, in order."""
        with self._lock:
            return [seen for seen in self.seen if seen.forward and seen.message.is_request
                    and seen.message.method == method]

    def back(self, method):
        """The requests that came back from the target, as those of a dialog do."""
        with self._lock:
            return [seen for seen in self.seen if not seen.forward and seen.message.is_request
                    and seen.message.method == method]

    def carrying(self, text, seconds=10):
        """The first MESSAGE towards the target that carries `text`."""
        def found():
            return next((seen for seen in self.requests() if text in seen.message.text), None)
        return wait_for(found, seconds, lambda: f"the tap saw no MESSAGE with {text[:60]!r}; it saw {self.seen}")

    def answer(self, request, seconds=10):
        """The final response to a request that was seen."""
        def found():
            with self._lock:
                return next((seen for seen in self.seen if not seen.forward and not seen.message.is_request
                             and seen.message.code >= 200 and seen.message.branch == request.branch), None)
        return wait_for(found, seconds, lambda: f"the tap saw no final response to {request}; it saw {self.seen}")

    def stop(self):
        self._open = False
        self._wake.send(b"x")
        self._thread.join(5)
        for one in self._sockets + [self._wake, self._woken]:
            one.close()


def registered(request):
    """The answer of a registrar that takes everybody, over UDP."""
    kept = [line for line in request.split(b"\r\n\r\n")[0].split(b"\r\n")
            if line.split(b":")[0].lower() in (b"via", b"from", b"to", b"call-id", b"cseq", b"contact")]
    kept = [line + b";tag=tap" if line.lower().startswith(b"to:") else line for line in kept]
    return b"\r\n".join([b"SIP/2.0 200 OK", *kept, b"Expires: 3600", b"Content-Length: 0", b"", b""])
