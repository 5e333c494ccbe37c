"""Servers whose certificates nobody vouches for prove themselves by dialback inside TLS, both ways."""

from stage.federation import Shores

NAME = "federation-dialback"
TITLE = "Prosody and ejabberd with self-signed certificates: dialback both ways"
NEEDS = ["prosody", "prosodyctl", "lua-unbound", "ejabberd", "erl", "knotd", "slixmpp", "pjsua2"]


def perform(play):
    own = play.authority("nobody")
    shores = Shores(play, certificate=own.issue("example.net", own=True), shore=("example.com", "example.org"),
                    settings={"authentication": "dialback"})
    prosody = play.federated_prosody(shores.dns, shores.authority, certificate=own.issue("example.com", own=True),
                                     secure=False, dialback=True)
    ejabberd = play.ejabberd(shores.dns, shores.authority, certificate=own.issue("example.org", own=True),
                             domain="example.org", users=("rosaline",), dialback=True)
    shores.lead()
    shores.lead_to(prosody)
    shores.lead_to(ejabberd)
    shores.begin()

    juliet, rosaline = shores.user("juliet", prosody), shores.user("rosaline", ejabberd)
    shores.exchange(juliet, "juliet@example.com", "dialback with Prosody")
    shores.exchange(rosaline, "rosaline@example.org", "dialback with ejabberd")
    shores.said("ejabberd takes the gateway's key", ejabberd,
                "Accepted inbound s2s dialback authentication example.net -> example.org")
    shores.said("the gateway takes ejabberd's key", ejabberd,
                "Accepted outbound s2s dialback authentication example.org -> example.net")
    for domain in ("example.com", "example.org"):
        status = shores.gateway.status_of(domain).lower()
        play.claim(f"link status names {domain} and dialback", "dialback" in status, status)
