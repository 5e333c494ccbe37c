"""A bare SIP endpoint on UDP, for requests that no well-behaved client sends."""

import socket

from .processes import NotReady


class Endpoint:
    """One socket at a loopback address of its own choice."""

    def __init__(self, address="127.0.0.1"):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 0))
        self.name = f"{address}:{self.socket.getsockname()[1]}"

    def send(self, data, port):
        self.socket.sendto(data, ("127.0.0.1", port))

    def receive(self, seconds=5):
        """The next datagram."""
        self.socket.settimeout(seconds)
        try:
            return self.socket.recv(65536)
        except TimeoutError:
            raise NotReady(f"no answer reached {self.name} in {seconds} s") from None

    def answer(self, seconds):
        """The next datagram, or None when none comes in time."""
        try:
            return self.receive(seconds)
        except (NotReady, ConnectionRefusedError):
            return None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
