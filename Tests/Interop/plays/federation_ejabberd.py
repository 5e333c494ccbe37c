"""An ejabberd of another operator and the gateway federate, with certificates both ways and without any component."""

from stage.federation import Shores

NAME = "federation-ejabberd"
TITLE = "ejabberd federates: certificates both ways, STARTTLS and direct TLS, messages and presence with pjsua2"
NEEDS = ["ejabberd", "erl", "knotd", "slixmpp", "pjsua2"]

JULIET = "juliet@example.com"


def perform(play):
    shores = Shores(play, settings={"authentication": "pkix"})
    ejabberd = play.ejabberd(shores.dns, shores.authority)
    shores.lead()
    shores.lead_to(ejabberd)
    shores.begin()
    juliet = shores.user("juliet", ejabberd)

    shores.exchange(juliet, JULIET, "STARTTLS")
    shores.watch_each_other(juliet, JULIET)
    shores.said("ejabberd takes the gateway's certificate", ejabberd,
                "Accepted inbound s2s EXTERNAL authentication example.net -> example.com")
    shores.said("the gateway takes ejabberd's certificate", ejabberd,
                "Accepted outbound s2s EXTERNAL authentication example.com -> example.net")

    ejabberd.stop()
    shores.lead(direct=True)
    shores.lead_to(ejabberd, direct=True)
    ejabberd.start()
    juliet = shores.user("juliet", ejabberd, resource="again")
    shores.exchange(juliet, JULIET, "direct TLS")
