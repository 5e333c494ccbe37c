"""One stream for both directions (XEP-0288): the side that did not open it cannot find the other."""

from stage.federation import Shores

NAME = "federation-bidi"
TITLE = "Prosody federates over one stream for both directions, opened by either side"
NEEDS = ["prosody", "prosodyctl", "lua-unbound", "knotd", "slixmpp", "pjsua2"]

JULIET = "juliet@example.com"


def perform(play):
    shores = Shores(play, settings={"authentication": "pkix", "bidi": "yes"})
    prosody = play.federated_prosody(shores.dns, shores.authority, modules=("smacks", "s2s_bidi"))
    shores.lead()
    shores.begin()
    juliet = shores.user("juliet", prosody)
    # The user writes first, and the DNS does not know her domain.
    shores.exchange(juliet, JULIET, "on Prosody's stream")

    prosody.stop()
    shores.dns.forget("example.net")
    shores.lead_to(prosody)
    prosody.start()
    juliet = shores.user("juliet", prosody, resource="again")
    shores.romeo.send(f"sip:{JULIET}", "Speak again, bright angel!")
    play.attempt("the gateway's stream brings a message of the SIP user",
                 lambda: juliet.expect("message", text="Speak again, bright angel!"))
    # And the gateway's domain is gone from the DNS.
    shores.exchange(juliet, JULIET, "on the gateway's stream")
