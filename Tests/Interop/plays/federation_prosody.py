"""A Prosody of another operator and the gateway federate, with certificates both ways and without any component."""

from stage.federation import Shores

NAME = "federation-prosody"
TITLE = "Prosody federates: certificates both ways, STARTTLS and direct TLS, messages and presence with pjsua2"
NEEDS = ["prosody", "prosodyctl", "lua-unbound", "knotd", "slixmpp", "pjsua2"]

JULIET = "juliet@example.com"


def perform(play):
    shores = Shores(play, settings={"authentication": "pkix"})
    prosody = play.federated_prosody(shores.dns, shores.authority, modules=("smacks",))
    shores.lead()
    shores.lead_to(prosody)
    shores.begin()
    juliet = shores.user("juliet", prosody)

    shores.exchange(juliet, JULIET, "STARTTLS")
    shores.watch_each_other(juliet, JULIET)
    shores.said("Prosody takes the gateway's certificate", prosody, "SASL EXTERNAL", "example.net")
    shores.said("Prosody's own stream is complete", prosody,
                "Outgoing s2s connection example.com->example.net complete")
    status = shores.gateway.status_of("example.com").lower()
    play.claim("link status has a stream of each direction, proved by a certificate",
               status.count("pkix") == 2 and " in " in status and " out " in status, status)
    play.claim("link diagnose finds nothing amiss", not shores.failing("example.com"), shores.failing("example.com"))
    steps = shores.working("example.com")
    play.claim("and every step in order", {"dns", "tcp", "tls", "chain", "names", "expiry", "trust", "features", "sasl",
                                           "link"} <= steps, steps)

    # Prosody's restart ends all streams; the next ones are found anew.
    prosody.stop()
    shores.lead(direct=True)
    shores.lead_to(prosody, direct=True)
    prosody.start()
    juliet = shores.user("juliet", prosody, resource="again")
    shores.exchange(juliet, JULIET, "direct TLS")
