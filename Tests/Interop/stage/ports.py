"""Free loopback ports."""

import random
import socket

LOWEST, HIGHEST = 20000, 29999  # Below the range from which the kernel takes ports for outgoing connections.
_given = set()
_choice = random.Random()


def free_port():
    """A port of 127.0.0.1 that is free for UDP and for TCP, and was not given before in this run."""
    for _ in range(1000):
        port = _choice.randint(LOWEST, HIGHEST)
        if port in _given:
            continue
        try:
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                with socket.socket(socket.AF_INET, kind) as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        _given.add(port)
        return port
    raise OSError("no free port on 127.0.0.1")
