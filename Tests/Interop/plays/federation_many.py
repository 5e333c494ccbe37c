"""A thousand streams that other servers opened, held at once, and the listener as openssl sees it."""

import resource
import subprocess
import time

from stage.federation import BRISK
from stage.ports import free_port
from stage.server_peer import ServerPeer

NAME = "federation-many"
TITLE = "1,000 inbound streams held at once, their memory, and openssl s_client against the listeners"
NEEDS = ["knotd", "openssl"]

COUNT, TARGET = 1000, 60  # Streams, and kB for each of them.
CROWD, GOOD = "crowd.example", "good.example"


def perform(play):
    raise_limit()
    dns, authority = play.name_server(), play.authority()
    gateway = play.federated_gateway(
        dns, authority, free_port(), shore=(GOOD,), settings={"strangers": "accept", "authentication": "pkix"},
        limits={**BRISK, "server-connections-per-address": 5000, "server-strangers-per-address": 500,
                "server-strangers-per-minute": 5000})
    good = play.keep(ServerPeer([GOOD], authority.issue(GOOD), authority.trust))
    crowd = play.keep(ServerPeer([CROWD], authority.issue(f"*.{CROWD}", file="crowd"), authority.trust, good.timeline))
    dns.lead(GOOD, starttls=good.port)
    witness = good.run(good.proved(gateway.server_port, GOOD))
    play.claim("one stream is answered", asks(good, witness, "before"), witness)
    s_client(play, gateway, authority)

    # The first streams make what all share.
    first, faults = good.run(crowd.crowd(50, gateway.server_port, "first." + CROWD), 60)
    first, faults = good.run(crowd.crowd(50, gateway.server_port, CROWD), 60)
    before, began = gateway.memory(), time.monotonic()
    streams, faults = good.run(crowd.crowd(COUNT, gateway.server_port, CROWD), 120)
    took = time.monotonic() - began
    play.claim(f"{COUNT} streams are opened and proved", len(streams) == COUNT, faults[:5])
    time.sleep(1)
    each = (gateway.memory() - before) / max(len(streams), 1)
    play.figure("memory of an idle stream, target", f"{each:.1f} kB, {TARGET} kB")
    play.figure("streams opened a second", f"{len(streams) / took:.0f}")
    play.claim(f"an idle stream takes less than {TARGET} kB", each < TARGET, f"{each:.1f} kB")
    play.claim(f"beside {COUNT} streams one is answered", asks(good, witness, "beside"), witness)
    play.claim("all of them are still open", not any(stream.over for stream in streams),
               [stream for stream in streams if stream.over][:3])
    good.run(close(streams))
    play.claim("all of them end when they are ended", all(stream.lost for stream in streams),
               sum(not stream.lost for stream in streams))
    play.claim("and one is answered after them", asks(good, witness, "after"), witness)


def raise_limit():
    """A connection takes a descriptor here and one in the gateway, which gets this limit too."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def asks(peer, stream, name):
    """Whether the gateway answers a ping of the peer within two seconds."""
    stream.send(f"<iq type='get' id='{name}' from='w@{GOOD}/x' to='example.net'><ping xmlns='urn:xmpp:ping'/></iq>")
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        if peer.answered(name):
            return True
        time.sleep(0.01)
    return False


async def close(streams):
    for stream in streams:
        stream.close()
    for stream in streams:
        await stream.end(10)


def s_client(play, gateway, authority):
    """What openssl says of both listeners."""
    def run(*words, typed="", port=gateway.direct_port):
        done = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", "example.net", "-CAfile",
             str(authority.trust), *words], input=typed, capture_output=True, text=True, timeout=20, check=False)
        return done.stdout + done.stderr

    said = run("-alpn", "xmpp-server", "-verify_return_error", "-verify_hostname", "example.net")
    play.claim("direct TLS: the chain and the name are as they should be", "Verify return code: 0 (ok)" in said, said)
    play.claim("direct TLS: it is TLS 1.3 and speaks xmpp-server",
               "TLSv1.3" in said and "ALPN protocol: xmpp-server" in said, said)
    play.claim("direct TLS: it asks for a certificate", "Acceptable client certificate CA names" in said
               or "Client Certificate Types" in said or "Requested Signature Algorithms" in said, said)
    said = run("-starttls", "xmpp-server", "-xmpphost", "example.net", "-verify_return_error", "-verify_hostname",
               "example.net", port=gateway.server_port)
    play.claim("STARTTLS: the chain and the name are as they should be", "Verify return code: 0 (ok)" in said, said)
    play.claim("TLS 1.2 is spoken", "Protocol  : TLSv1.2" in run("-tls1_2"))
    said = run("-tls1_1", "-cipher", "ALL:@SECLEVEL=0")
    play.claim("TLS 1.1 is not", "Cipher is (NONE)" in said, said)
    for cipher in ("aNULL:eNULL:@SECLEVEL=0", "AES128-SHA", "RC4:3DES:@SECLEVEL=0"):
        said = run("-tls1_2", "-cipher", cipher)
        play.claim(f"nor a cipher of {cipher.partition(':@')[0]}",
                   "Cipher is (NONE)" in said or "no cipher match" in said, said)
    said = run("-tls1_2", typed="R\n")
    play.claim("a renegotiation is not answered with XML", "RENEGOTIATING" in said
               and "<" not in said.partition("RENEGOTIATING")[2].replace("<stdin>", ""), said)
