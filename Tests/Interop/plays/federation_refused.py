"""Links that must not come up, and what the operator is told about each."""

import shutil

from stage.federation import CONTACT, Shores
from stage.processes import NotReady
from stage.server_peer import ServerPeer

NAME = "federation-refused"
TITLE = "links that must not come up: expired, mismatched and foreign certificates, refused domains, strangers"
NEEDS = ["prosody", "prosodyctl", "lua-unbound", "ejabberd", "erl", "knotd", "slixmpp", "pjsua2"]

JULIET, ROSALINE = "juliet@example.com", "rosaline@example.org"
NO_WAY = ("remote-server-not-found", "remote-server-timeout", "internal-server-error", "service-unavailable",
          "not-authorized", "not-allowed", "policy-violation", "recipient-unavailable")


def perform(play):
    shores = Shores(play, shore=("example.com", "example.org"),
                    settings={"authentication": "pkix", "refused": "[refused.example]"})
    authority = shores.authority
    expired = authority.issue("example.com", days=-2, file="expired")
    prosody = play.federated_prosody(shores.dns, authority, certificate=expired, modules=("smacks",))
    ejabberd = play.ejabberd(shores.dns, authority, certificate=authority.issue("other.example", file="mismatched"),
                             domain="example.org", users=("rosaline",))
    shores.lead()
    shores.lead_to(prosody)
    shores.lead_to(ejabberd)
    shores.begin()
    juliet, rosaline = shores.user("juliet", prosody), shores.user("rosaline", ejabberd)

    for user, address, kind, word in (
            (juliet, JULIET, "an expired certificate", "expired"),
            (rosaline, ROSALINE, "a certificate of another name", "other.example")):
        domain = address.partition("@")[2]
        user.send(CONTACT, f"with {kind}", id="refused")
        error = play.attempt(f"{kind}: a message of its server comes back",
                             lambda user=user: user.expect("error", id="refused", seconds=30))
        play.claim(f"{kind}: with an error of the server", error and error["condition"] in NO_WAY, error)
        shores.logged(f"{kind}: the log says whose stream was refused and why", "a stream of a server ended", domain,
                      word)
        shores.romeo.send(f"sip:{address}", f"to {kind}")
        shores.reported(f"{kind} of {domain} is refused", domain, word)
        found = shores.failing(domain)
        play.claim(f"{kind}: link diagnose says so", word in found, found)
        play.claim(f"{kind}: nothing crosses", not user.quiet(0.3) and not shores.romeo.quiet(0.1),
                   (user.past[-3:], shores.romeo.past[-3:]))

    is_kept_out(play, shores)

    # The other way round: Prosody is as it should be, and the gateway's certificate is of no authority it knows.
    shores.gateway.stop()
    shores.romeo.stop()
    prosody.stop()
    good, foreign = authority.issue("example.com"), play.authority("foreign").issue("example.net")
    for new, old in ((good, expired), (foreign, shores.gateway.certificate)):
        shutil.copy(new.chain, old.chain)
        shutil.copy(new.key, old.key)
    prosody.start()
    shores.begin()
    shores.romeo.send(f"sip:{JULIET}", "from a foreign gateway")
    shores.reported("the peer's refusal of the gateway's certificate is told", "example.com", "not-authorized")
    found = shores.failing("example.com")
    play.claim("link diagnose names the peer's refusal", "not-authorized" in found, found)


def is_kept_out(play, shores):
    """Domains that prove themselves and are not wanted."""
    domains = ["refused.example", "stranger.example"]
    peer = play.keep(ServerPeer(domains, shores.authority.issue(*domains), shores.authority.trust))
    shores.dns.lead(*domains, starttls=peer.port)

    async def tries(domain):
        try:
            stream = await peer.proved(shores.gateway.server_port, domain)
            stream.send(f"<message from='x@{domain}' to='romeo@example.net'><body>from {domain}</body></message>")
            return await stream.end()
        except NotReady:
            return (await settled(peer)).error

    for domain, what in zip(domains, ("a refused domain", "a domain that is not on the XMPP shore")):
        condition = peer.run(tries(domain))
        play.claim(f"{what} gets policy-violation and is closed", condition == "policy-violation", condition)
        shores.logged(f"{what}: the log says so", "a stream of a server ended", domain, "not admitted")
        status = shores.gateway.command("link", "status")
        play.claim(f"{what}: link status says so", f"{domain}, is not admitted" in status, status)
        found = shores.failing(domain)
        play.claim(f"{what}: link diagnose says so", "policy" in found and "refuse" in found, found)
    play.claim("nothing of them crosses", not shores.romeo.quiet(0.3), shores.romeo.past[-3:])


async def settled(peer):
    """The last stream of the peer, once its connection is gone."""
    await peer.streams[-1].end()
    return peer.streams[-1]
