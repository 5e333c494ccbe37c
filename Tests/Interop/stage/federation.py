"""What the plays of federation have in common: what a user of another server and a SIP user do with each other."""

from .actors import pjsua_user, xmpp_user
from .ports import free_port
from .processes import wait_for

ROMEO, CONTACT = "sip:romeo@example.net", "romeo@example.net"
# A link that was cut comes back at once.
BRISK = {"presence-pace": "0ms", "server-first-pause": "100ms", "server-longest-pause": "1s"}


class Shores:
    """A gateway with streams to other servers, and Romeo on pjsua2 behind it."""

    def __init__(self, play, certificate=None, limits=None, **options):
        self.play, self.dns, self.authority = play, play.name_server(), play.authority()
        port = free_port()
        self.gateway = play.federated_gateway(self.dns, self.authority, port, certificate=certificate, start=False,
                                              limits={**BRISK, **(limits or {})}, **options)
        self.romeo_port = port
        self.romeo = None

    def begin(self):
        """Starts the gateway and Romeo."""
        self.gateway.start()
        self.romeo = pjsua_user(self.play, ROMEO, self.gateway.port, self.romeo_port)

    def lead(self, direct=False):
        """Leads other servers to the gateway, by one kind of TLS only."""
        kind = {"direct": self.gateway.direct_port} if direct else {"starttls": self.gateway.server_port}
        self.dns.lead("example.net", host="localhost", **kind)

    def lead_to(self, server, direct=False):
        """Leads the gateway to another server, by one kind of TLS only."""
        kind = {"direct": server.direct_port} if direct else {"starttls": server.server_port}
        self.dns.lead(server.domain, **kind)

    def user(self, name, server, resource="play"):
        return xmpp_user(self.play, name, server, domain=server.domain, resource=resource)

    def exchange(self, user, address, how):
        """One message each way; `how` tells what stands below it."""
        play, romeo = self.play, self.romeo
        text = f"{address} writes: {how} 🌹"
        user.send(CONTACT, text)
        seen = play.attempt(f"{how}: a message of {address} reaches the SIP user",
                            lambda: romeo.expect("message", text=text))
        play.claim(f"{how}: it comes from {address}", seen and f"sip:{address}" in seen["sender"], seen)
        text = f"romeo writes to {address}: {how} 🌹"
        romeo.send(f"sip:{address}", text)
        seen = play.attempt(f"{how}: a message of the SIP user reaches {address}",
                            lambda: user.expect("message", text=text))
        play.claim(f"{how}: it comes from {CONTACT}", seen and seen["sender"].split("/")[0] == CONTACT, seen)

    def watch_each_other(self, user, address):
        """Subscriptions and presence, both ways."""
        play, romeo = self.play, self.romeo
        romeo.tell(do="status", online=True)
        user.tell(do="presence", to=CONTACT, kind="subscribe")
        play.attempt(f"the SIP user admits {address}",
                     lambda: user.expect("presence", bare=CONTACT, kind="subscribed"))
        play.attempt(f"{address} sees the SIP user online",
                     lambda: user.expect("presence", bare=CONTACT, kind="available", show=""))
        romeo.tell(do="status", online=True, activity="away", note="Gone to Mantua")
        play.attempt(f"{address} sees the SIP user away, with a note",
                     lambda: user.expect("presence", bare=CONTACT, show="away", status="Gone to Mantua"))
        romeo.tell(do="watch", to=f"sip:{address}", wanted=True)
        play.attempt(f"the SIP user's request reaches {address}",
                     lambda: user.expect("presence", bare=CONTACT, kind="subscribe"))
        user.tell(do="presence", to=CONTACT, kind="subscribed")
        play.attempt(f"{address} admits the SIP user, who sees the user online",
                     lambda: romeo.expect("buddy", subscription="ACTIVE", status="online"))
        user.tell(do="presence", show="dnd", status="Wooing")
        play.attempt(f"the SIP user sees {address} busy, with a text",
                     lambda: romeo.expect("buddy", activity="busy", note="Wooing"))

    def said(self, text, server, *words, seconds=10):
        """Claims that a line of another server's log has all of these words."""
        def found():
            return any(all(word in line for word in words) for line in server.said().splitlines())
        self.play.attempt(text, lambda: wait_for(
            found, seconds, lambda: f"no line has {words}:\n" + "\n".join(server.said().splitlines()[-12:])))

    def logged(self, text, what, domain, word, seconds=10):
        """Claims that a line of the gateway's log tells `what`, names a domain, and has this word."""
        def found():
            return any(what in line and domain in line and word in line.lower()
                       for line in self.gateway.server.text().splitlines())
        self.play.attempt(text, lambda: wait_for(
            found, seconds, lambda: f"no line has {what!r}, {domain} and {word!r}:\n{self.gateway.server.tail(12)}"))

    def reported(self, text, domain, word, seconds=10):
        """Claims that both the gateway's log and `link status` say this word of a domain to which no stream leads."""
        self.logged(f"{text}: the log says so", "there is no stream to a server", domain, word, seconds)
        self.play.attempt(f"{text}: link status says so", lambda: wait_for(
            lambda: word in self.gateway.status_of(domain).lower(), seconds,
            lambda: f"no {word!r} in:\n{self.gateway.command('link', 'status')}", pause=0.2))

    def failing(self, domain):
        """What `link diagnose` finds amiss with a domain: its lines that say so, in small letters."""
        lines = self.gateway.command("link", "diagnose", domain).lower().splitlines()
        return "\n".join(line for line in lines if line.startswith("fail"))

    def working(self, domain):
        """The steps that `link diagnose` finds in order."""
        lines = self.gateway.command("link", "diagnose", domain).splitlines()
        return {line.split()[1] for line in lines if line.startswith("ok")}
