#!/usr/bin/env python3
"""Stands between gwbench and a gateway that speaks with other servers.

To gwbench it is the component; to the gateway it is the server of the users' domain, with a certificate, one stream
for each direction. Once these are negotiated it passes bytes on unread: stanzas name no namespace of their own, so
they are the same on both sides.
"""

import argparse
import asyncio
import hashlib
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Interop"))

from stage.authority import Certificate  # noqa: E402
from stage.server_peer import ServerPeer, Stream  # noqa: E402


async def component(port, domain, secret):
    """A component of gwbench, which may not listen yet."""
    while True:
        try:
            _, stream = await asyncio.get_running_loop().create_connection(Stream, "127.0.0.1", port)
            break
        except ConnectionRefusedError:
            await asyncio.sleep(0.05)
    stream.send(f"<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
                f"xmlns:stream='http://etherx.jabber.org/streams' to='{domain}'>")
    await stream.until(lambda: stream.header, what="gwbench's header")
    digest = hashlib.sha1((stream.header.attributes["id"] + secret).encode()).hexdigest()
    stream.send(f"<handshake>{digest}</handshake>")
    await stream.next("handshake")
    return stream


async def relay(options, peer):
    """Negotiates, relays until one of both ends, and says so."""
    loop = asyncio.get_running_loop()
    waiting, ended = [], loop.create_future()
    outward = None

    def from_gateway(data):
        if outward:
            outward.transport.write(data)
        else:
            waiting.append(data)

    def proved(stream):
        stream.sink = from_gateway
    peer.on_proved = proved
    inward = await peer.proved(options.gateway, options.users, options.served)
    outward = await component(options.gwbench, options.served, options.secret)
    for data in waiting:
        outward.transport.write(data)
    outward.sink = inward.transport.write
    for stream in (inward, outward):
        stream.connection_lost = lambda _: ended.done() or ended.set_result(None)
    print("relaying", flush=True)
    await ended


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gateway", type=int, required=True, help="the port where the gateway takes servers")
    parser.add_argument("--gwbench", type=int, required=True, help="the port where gwbench takes components")
    parser.add_argument("--listen", type=int, required=True, help="the port where the gateway finds this server")
    parser.add_argument("--certificate", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--trust", required=True)
    parser.add_argument("--users", default="xmpp.example", help="the domain of the users")
    parser.add_argument("--served", default="sip.example", help="the gateway's domain")
    parser.add_argument("--secret", default="secret", help="gwbench's")
    options = parser.parse_args()
    peer = ServerPeer([options.users], Certificate(options.certificate, options.key), options.trust,
                      dialback=False, port=options.listen)
    try:
        peer.run(relay(options, peer), None)
    finally:
        peer.stop()


if __name__ == "__main__":
    main()
