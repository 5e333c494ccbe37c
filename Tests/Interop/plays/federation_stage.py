"""A check of the stage itself, without the gateway: Prosody and ejabberd federate over its DNS and its authority."""

from stage.actors import xmpp_user

NAME = "federation-stage"
TITLE = "the stage itself: Prosody and ejabberd federate with certificates, by STARTTLS and by direct TLS"
NEEDS = ["prosody", "prosodyctl", "erl", "ejabberd", "knotd", "lua-unbound", "slixmpp"]


def perform(play):
    dns, authority = play.name_server(), play.authority()
    prosody = play.federated_prosody(dns, authority, level="debug")
    ejabberd = play.ejabberd(dns, authority, domain="example.org", users=("romeo",))
    dns.lead("example.com", starttls=prosody.server_port, host="localhost")
    dns.lead("example.org", direct=ejabberd.direct_port)
    juliet, romeo = xmpp_user(play, "juliet", prosody), xmpp_user(play, "romeo", ejabberd, domain="example.org")

    juliet.send("romeo@example.org", "by direct TLS")
    play.attempt("a message of Prosody reaches ejabberd", lambda: romeo.expect("message", text="by direct TLS"))
    romeo.send("juliet@example.com", "by STARTTLS")
    play.attempt("a message of ejabberd reaches Prosody", lambda: juliet.expect("message", text="by STARTTLS"))

    # What is proved once is not asked again, so the change shows only at a server that starts anew.
    prosody.stop()
    dns.forget("example.org")
    prosody.start()
    again = xmpp_user(play, "juliet", prosody, resource="again")
    again.send("romeo@example.org", "to nowhere", id="nowhere")
    error = play.attempt("a message to a domain that was taken out of the DNS comes back",
                         lambda: again.expect("error", id="nowhere"))
    play.claim("with remote-server-not-found", error and error["condition"] == "remote-server-not-found", error)
