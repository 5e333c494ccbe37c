"""Many SIP watchers of one user behind one UDP socket, each with a dialog of its own (RFC 6665)."""

import socket
import threading
import time

from .sip import Message, request, response


class Watchers:
    """Subscribes when told, answers every NOTIFY with 200 and keeps it with its time."""

    def __init__(self, count, presentity, port, domain="example.net", names=None):
        self.presentity, self.port = presentity, port
        self.names = names or [f"w{number}" for number in range(count)]
        self.domain = domain
        self.answers, self.notifies = {}, {name: [] for name in self.names}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self._socket.bind(("127.0.0.1", 0))
        self.own = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._lock, self._open = threading.Lock(), True
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def subscribe(self, names=None, sequence=1, expires=3600):
        """Sends a SUBSCRIBE of each watcher: the first of its dialog, or one in it."""
        for name in names or self.names:
            uri, first = f"sip:{name}@{self.domain}", self.answers.get((name, 1))
            target = first.header("contact").strip("<>") if first else self.presentity
            self._socket.sendto(request(
                "SUBSCRIBE", target, uri, self.presentity, self.own, f"z9hG4bK{name}.{sequence}",
                f"{name}@{self.own}", cseq=sequence, tag=name, to_tag=first.tag("to") if first else None,
                extra=("Event: presence", "Accept: application/pidf+xml", f"Contact: <sip:{name}@{self.own}>",
                       f"Expires: {expires}")), ("127.0.0.1", self.port))

    def _run(self):
        while self._open:
            data, source = self._socket.recvfrom(65536)
            if not data.strip():
                continue
            message = Message(data)
            name = (message.call_id or "").partition("@")[0]
            with self._lock:
                if not message.is_request:
                    self.answers[name, int(message.header("cseq").split()[0])] = message
                elif message.method == "NOTIFY" and name in self.notifies:
                    self._socket.sendto(response(message, 200, "OK"), source)
                    known = self.notifies[name]
                    if all(one.header("cseq") != message.header("cseq") for _, one in known):
                        known.append((time.monotonic(), message))

    def last(self):
        """The last NOTIFY of each watcher that has one: the one with the highest number (RFC 3261 §12.2.2)."""
        def number(seen):
            return int(seen[1].header("cseq").split()[0])
        with self._lock:
            return {name: max(seen, key=number)[1] for name, seen in self.notifies.items() if seen}

    def told(self):
        """Every NOTIFY of each watcher, with its time."""
        with self._lock:
            return {name: list(seen) for name, seen in self.notifies.items()}

    def all_told(self, holds):
        """Whether the last NOTIFY of every watcher is as `holds` says."""
        last = self.last()
        return len(last) == len(self.names) and all(map(holds, last.values()))

    def stop(self):
        self._open = False
        self._socket.sendto(b"\r\n", ("127.0.0.1", self._socket.getsockname()[1]))
        self._thread.join(5)
        self._socket.close()
