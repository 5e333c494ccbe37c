"""What a hostile server does on streams that it opens: each ends with the right error, and hurts nobody else."""

import asyncio

from stage.federation import BRISK
from stage.ports import free_port
from stage.processes import NotReady, wait_for
from stage.server_peer import DIALBACK, SASL, STREAMS, TLS, ServerPeer
from stage.sip import Message, request
from stage.wire import Endpoint

NAME = "federation-hostile"
TITLE = "a hostile server: spoofed, early, injected, endless and broken streams beside one that goes on"
NEEDS = ["knotd"]

BAD, GOOD, MUTE, US = "bad.example", "good.example", "mute.example", "example.net"
LIMIT = 2  # Seconds for the negotiation of a stream.


class Scene:
    """A gateway that takes strangers, a hostile server and one that behaves."""

    def __init__(self, play):
        self.play = play
        dns, authority = play.name_server(), play.authority()
        self.gateway = play.federated_gateway(
            dns, authority, free_port(), shore=(GOOD, MUTE), settings={"strangers": "accept"},
            limits={**BRISK, "stream-negotiation": f"{LIMIT}s", "stream-step": f"{LIMIT}s",
                    "stream-verification": "1s", "acknowledgement-batch": 10,
                    "acknowledgement-patience": "1s"})
        self.port, self.direct = self.gateway.server_port, self.gateway.direct_port
        self.good = play.keep(ServerPeer([GOOD], authority.issue(GOOD), authority.trust))
        self.bad = play.keep(ServerPeer([BAD], authority.issue(BAD), authority.trust, self.good.timeline))
        self.mute = play.keep(ServerPeer([MUTE], authority.issue(MUTE), authority.trust, self.good.timeline,
                                         management=True))
        self.own = authority.issue(BAD, own=True, file="own")
        dns.lead(MUTE, starttls=self.mute.port)
        dns.lead(GOOD, starttls=self.good.port)
        dns.lead(BAD, "unasked.example", starttls=self.bad.port)
        self.witness = self.good.run(self.good.proved(self.port, GOOD, US))
        self.number = 0

    async def goes_on(self):
        """The stream that behaves asks the gateway something, and the answer comes back."""
        self.number += 1
        name = f"witness-{self.number}"
        self.witness.send(f"<iq type='get' id='{name}' from='w@{GOOD}/x' to='{US}'><ping xmlns='urn:xmpp:ping'/></iq>")
        for _ in range(100):
            if self.good.answered(name):
                return True
            await asyncio.sleep(0.02)
        return False

    def case(self, text, work, *wanted, seconds=5):
        """Claims that a stream ends with one of these conditions; None stands for an end without any XML."""
        async def seen():
            stream = await work
            try:
                await stream.end(seconds)
            except NotReady as fault:
                return str(fault)
            return stream.error
        try:
            condition = self.good.run(seen())
        except (NotReady, OSError, TimeoutError) as fault:
            condition = repr(fault)
        self.play.claim(text, condition in wanted, condition)
        self.claim_undisturbed(text)

    def claim_undisturbed(self, text):
        if not self.good.run(self.goes_on()):
            self.play.claim(f"another stream goes on: {text}", False, self.witness)
            self.witness = self.good.run(self.good.proved(self.port, GOOD, US))

    # Streams as far as the cases need them.

    async def clear(self, *parts, header=True):
        """A stream in the clear, with some bytes behind its header."""
        stream = await self.bad.connect(self.port)
        if header:
            await stream.open(BAD, US)
        for part in parts:
            stream.send(part)
        return stream

    async def raw(self, *parts, port=None):
        """A connection with some bytes."""
        stream = await self.bad.connect(port or self.port)
        for part in parts:
            stream.send(part)
        return stream

    async def secured(self, *parts, certificate=None):
        """A stream inside TLS on which nothing is proved."""
        stream = await self.bad.secured(self.port, BAD, US, context=self.bad.context(certificate=certificate))
        for part in parts:
            stream.send(part)
        return stream

    async def proved(self, *parts):
        stream = await self.bad.proved(self.port, BAD, US)
        for part in parts:
            stream.send(part)
        return stream


def perform(play):
    scene = Scene(play)
    spoofs(scene)
    comes_early(scene)
    injects(scene)
    sends_bad_xml(scene)
    sends_too_much(scene)
    is_slow(scene)
    lies_about_keys(play, scene)
    acknowledges_badly(play, scene)
    play.claim("another stream went on beside all of it", scene.good.run(scene.goes_on()) and not scene.witness.over,
               scene.witness)
    crossed = [crossing.entry for crossing in scene.gateway.crossings()
               if any(BAD in text or GOOD in text for text in crossing.texts)]
    play.claim("nothing of it became a message", not crossed, crossed[:3])


def message(sender=f"x@{BAD}", to=f"romeo@{US}", more=""):
    return f"<message from='{sender}' to='{to}'{more}><body>hello</body></message>"


def spoofs(scene):
    for sender in (f"x@{GOOD}", f"x@sub.{BAD}", f"x@evil{BAD}", f"{GOOD}/x@{BAD}"):
        scene.case(f"a stanza of {sender} is invalid-from", scene.proved(message(sender)), "invalid-from")
    scene.case("a stanza for another server is host-unknown", scene.proved(message(to="x@elsewhere.example")),
               "host-unknown")
    scene.case("a stanza without a sender is improper-addressing",
               scene.proved(f"<message to='romeo@{US}'><body/></message>"), "improper-addressing")

    async def as_us():
        stream = await scene.bad.connect(scene.port)
        stream.send_header(US, US)
        return stream

    async def renewed():
        stream = await scene.secured()
        await scene.bad.authenticate(stream)
        stream.restart()
        stream.send_header(GOOD, US)
        return stream

    async def identity():
        stream = await scene.secured()
        answers = [await scene.bad.authenticate(stream, GOOD) for _ in range(3)]
        conditions = [answer and answer.children[0].name for answer in answers]
        scene.play.claim("another's authorization identity is invalid-authzid", conditions == ["invalid-authzid"] * 3,
                         conditions)
        return stream
    scene.case("a header from the gateway's own domain is invalid-from", as_us(), "invalid-from")
    scene.case("a header of another domain after EXTERNAL is invalid-from", renewed(), "invalid-from")
    scene.case("three failures to authenticate are policy-violation", identity(), "policy-violation")


def comes_early(scene):
    scene.case("a stanza in the clear is not-authorized", scene.clear(message()), "not-authorized")
    scene.case("a stanza before any proof is not-authorized", scene.secured(message()), "not-authorized")
    scene.case("a stanza between <success/> and the header ends the stream", early(scene), "not-authorized",
               "not-well-formed", "invalid-namespace", "bad-format", "invalid-xml", "unsupported-stanza-type")

    async def auth():
        stream = await scene.clear(f"<auth xmlns='{SASL}' mechanism='EXTERNAL'>=</auth>")
        answer = await stream.next("failure")
        scene.play.claim("EXTERNAL in the clear is encryption-required",
                         answer and answer.child("encryption-required"), answer)
        stream.close()
        return stream
    scene.case("and the stream can still be closed", auth(), None)


async def early(scene):
    stream = await scene.secured()
    await scene.bad.authenticate(stream)
    stream.restart()
    stream.send(message())
    return stream


def injects(scene):
    async def behind():
        stream = await scene.clear()
        before = stream.layers
        stream.send(f"<starttls xmlns='{TLS}'/><stream:stream xmlns='jabber:server' xmlns:stream='{STREAMS}' "
                    f"from='{GOOD}' to='{US}' version='1.0'>" + message(f"x@{GOOD}"))
        await stream.end(5)
        scene.play.claim("and nothing of them is answered",
                         stream.layers == before and not any(one.name == "proceed" for one in stream.arrived), stream)
        return stream
    scene.case("bytes behind <starttls/> end the connection", behind(), None)
    scene.case("no TLS behind <proceed/> ends the connection without XML", no_tls(scene), None)
    scene.case("a header in the clear at the port of direct TLS is not answered",
               scene.raw(f"<stream:stream xmlns='jabber:server' xmlns:stream='{STREAMS}' to='{US}' version='1.0'>",
                         port=scene.direct), None)

    async def again():
        stream = await scene.secured(f"<starttls xmlns='{TLS}'/>")
        answer = await stream.next("failure", "proceed")
        scene.play.claim("TLS inside TLS is refused", answer and answer.name == "failure", answer)
        return stream
    scene.case("and the stream is closed", again(), None)


async def no_tls(scene):
    stream = await scene.clear(f"<starttls xmlns='{TLS}'/>")
    await stream.next("proceed")
    stream.restart()
    stream.send(b"\x80\x2e\x01\x00 this is no ClientHello " * 20)
    await stream.end(5)
    if b"<" in stream.raw:
        stream.error = f"XML: {bytes(stream.raw)}"
    return stream


HEADER = f"<stream:stream xmlns='jabber:server' xmlns:stream='{STREAMS}' from='{BAD}' to='{US}' version='1.0'"


def sends_bad_xml(scene):
    bomb = "".join(f"<!ENTITY e{number + 1} '{f'&e{number};' * 10}'>" for number in range(9))
    for text, parts in (
            ("an entity declaration", ["<!DOCTYPE x [<!ENTITY e0 'ha'>" + bomb + "]>", HEADER + ">"]),
            ("an external entity", ["<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>", HEADER + ">"]),
            ("a comment", [HEADER + "><!-- x -->"]),
            ("a processing instruction", [HEADER + "><?php 1?>"])):
        scene.case(f"{text} is restricted-xml", scene.raw(*parts), "restricted-xml")
    scene.case("an entity that nobody declared is restricted-xml", scene.proved("<message>&foo;</message>"),
               "restricted-xml")
    scene.case("another encoding is unsupported-encoding",
               scene.raw("<?xml version='1.0' encoding='ISO-8859-1'?>" + HEADER + ">"), "unsupported-encoding")
    scene.case("bytes that are no UTF-8 are not taken", scene.proved(b"<message x='\xe2\x82'/><message/>"),
               "not-well-formed", "unsupported-encoding")
    scene.case("a prefix that is not bound is not-well-formed", scene.proved("<foo:bar/>"), "not-well-formed")
    scene.case("an element that nobody knows is unsupported-stanza-type", scene.proved("<pubsub/>"),
               "unsupported-stanza-type")
    scene.case("an element of another content namespace ends the stream",
               scene.proved(f"<message xmlns='jabber:client' from='x@{BAD}' to='r@{US}'/>"), "invalid-namespace",
               "unsupported-stanza-type")
    scene.case("a content namespace of clients is invalid-namespace",
               scene.raw(HEADER.replace("jabber:server", "jabber:client") + ">"), "invalid-namespace")
    scene.case("a header without a version is unsupported-version",
               scene.raw(HEADER.replace(" version='1.0'", "") + ">"), "unsupported-version")
    scene.case("a domain that is not served is host-unknown",
               scene.raw(HEADER.replace(f"to='{US}'", "to='unknown.example'") + ">"), "host-unknown")


def sends_too_much(scene):
    def within(inner):
        return f"<message from='x@{BAD}' to='romeo@{US}'>{inner}</message>"
    scene.case("200,000 nested elements are policy-violation", scene.proved("<message>" + "<a>" * 200_000),
               "policy-violation", seconds=10)
    attributes = "".join(f" a{number}=''" for number in range(10_000))
    scene.case("10,000 attributes are policy-violation", scene.proved(f"<message{attributes}/>"), "policy-violation")
    scene.case("an attribute of 2 MB is policy-violation", scene.proved(f"<message x='{'a' * 2_000_000}'/>"),
               "policy-violation", seconds=10)
    scene.case("60,000 children are policy-violation", scene.proved(within("<a/>" * 60_000)), "policy-violation",
               seconds=10)
    scene.case("a start tag of 64 kB before any proof is policy-violation", scene.clear("<message x='" + "a" * 65_536),
               "policy-violation")
    scene.case("a body of 2 MB is policy-violation", scene.proved(within(f"<body>{'a' * 2_000_000}</body>")),
               "policy-violation", seconds=10)
    names_without_end(scene)


def names_without_end(scene):
    """10,000 element names, 50 in each of 200 stanzas, on one stream that goes on."""
    async def run():
        stream = await scene.proved()
        before = scene.gateway.memory()
        for number in range(200):
            inner = "".join(f"<n{number}x{part} xmlns='urn:n:{number}:{part}' a{number}x{part}='1'/>"
                            for part in range(50))
            stream.send(f"<iq type='get' id='names-{number}' from='x@{BAD}' to='{US}'>{inner}</iq>")
            if number % 20 == 19:
                await asyncio.sleep(0.05)
        stream.send(f"<iq type='get' id='names' from='x@{BAD}' to='{US}'><ping xmlns='urn:xmpp:ping'/></iq>")
        for _ in range(300):
            if scene.bad.answered("names") or stream.over:
                break
            await asyncio.sleep(0.02)
        grown = scene.gateway.memory() - before
        return scene.bad.answered("names") is not None, grown, stream
    answered, grown, stream = scene.good.run(run())
    scene.play.claim("10,000 element names do not end a stream", answered, stream)
    scene.play.claim("nor do they stay in memory: it grows by less than 10 MB", grown < 10_240, f"{grown} kB")
    scene.play.figure("growth of memory with 10,000 element names", f"{grown} kB")
    scene.claim_undisturbed("10,000 element names")


def is_slow(scene):
    async def half():
        stream = await scene.clear()
        stream.transport.write_eof()
        return stream

    async def dribbles():
        stream = await scene.bad.connect(scene.port)
        began = asyncio.get_running_loop().time()
        for letter in HEADER + " x='" + "y" * 200:
            if stream.over:
                break
            stream.send(letter)
            await asyncio.sleep(0.05)
        await stream.end(2)
        took = asyncio.get_running_loop().time() - began
        scene.play.claim(f"whoever dribbles is cut at the limit of {LIMIT} s", LIMIT - 0.5 < took < LIMIT + 2, took)
        return stream

    async def silent():
        stream = await scene.secured()
        return stream
    ends = (None, "connection-timeout", "policy-violation", "not-authorized")
    scene.case("a socket that is half closed is closed", half(), *ends, seconds=LIMIT + 2)
    scene.case("a header byte by byte ends", dribbles(), *ends)
    scene.case("silence inside TLS ends at the same limit", silent(), *ends, seconds=LIMIT + 2)


def lies_about_keys(play, scene):
    own, us = scene.own, US

    def offers(text, wanted, *, sender=BAD, key=None, conditions=(None,), says=None, after=None):
        async def run():
            stream = await scene.secured(certificate=own)
            if says is not None:
                scene.bad.says[sender] = says
            answer = await scene.bad.dial_back(stream, sender, us, key, seconds=LIMIT + 4)
            scene.bad.says.clear()
            kind = answer and answer.attributes.get("type")
            condition = [answer.child("error").children[0].name] if kind == "error" else []
            play.claim(f"{text}: {wanted}", [kind, *condition] == wanted.split(), answer or stream)
            stream.send(after or message(f"x@{sender}"))
            return stream
        scene.case(f"{text}: and a stanza behind it ends the stream", run(), *conditions)

    offers("a wrong key is invalid", "invalid", key="0" * 64)
    offers("a key that its server denies is invalid", "invalid", says="invalid")
    offers("a key about which its server is silent is an error", "error remote-server-timeout", says="",
           conditions=(None, "not-authorized"))
    offers("a domain that does not exist is an error", "error remote-server-not-found", sender="nowhere.example",
           conditions=(None, "not-authorized"))
    offers("the gateway's own domain as a sender is an error", "error not-acceptable", sender=us,
           conditions=("not-authorized",))

    async def verdict():
        stream = await scene.secured(f"<db:result xmlns:db='{DIALBACK}' from='{GOOD}' to='{us}' type='valid'/>",
                                     f"<db:verify xmlns:db='{DIALBACK}' from='{GOOD}' to='{us}' id='x' type='valid'/>",
                                     message(f"x@{GOOD}"), certificate=own)
        return stream
    scene.case("a verdict that nobody asked for proves nothing", verdict(), "not-authorized")

    async def unasked():
        stream = await scene.secured(certificate=own)
        identifier = stream.header.attributes["id"]
        other = await scene.secured(certificate=own)
        scene.bad.says["unasked.example"] = ""
        key = scene.bad.key(us, "unasked.example", identifier)
        stream.send(f"<db:result from='unasked.example' to='{us}'>{key}</db:result>")
        await asyncio.sleep(0.3)
        other.send(f"<db:verify from='unasked.example' to='{us}' id='{identifier}' type='valid'/>")
        stream.send(message("x@unasked.example"))
        other.abort()
        return stream
    scene.case("a verdict on another connection than the question proves nothing", unasked(), "not-authorized")

    async def asks():
        stream = await scene.secured(certificate=own)
        stream.send(f"<db:verify from='{BAD}' to='{us}' id='x'>{'0' * 64}</db:verify>")
        answer = await stream.next("verify")
        stream.send(f"<db:verify from='{BAD}' to='unknown.example' id='x'>{'0' * 64}</db:verify>")
        other = await stream.next("verify")
        play.claim("a key that the gateway never made is invalid", answer and answer.attributes["type"] == "invalid",
                   answer)
        play.claim("a key of a domain that is not served is an error", other and other.attributes["type"] == "error",
                   other)
        stream.close()
        return stream
    scene.case("questions about keys leave a stream that ends as it should", asks(), None)


def acknowledges_badly(play, scene):
    """A server that takes messages and acknowledges none of them, or more than there were (XEP-0198)."""
    proved = []
    scene.mute.on_proved = proved.append
    with Endpoint() as romeo:
        for number in range(30):
            romeo.send(request("MESSAGE", f"sip:x{number}@{MUTE}", f"sip:romeo@{US}", f"sip:x{number}@{MUTE}",
                               romeo.name, f"z9hG4bKmute{number}", f"mute-{number}", body=b"hello"), scene.gateway.port)
        codes = [Message(romeo.receive()).code for _ in range(30)]
    play.claim("a message for a server that may not acknowledge it is taken", codes == [202] * 30, codes)

    async def first():
        return proved[0]
    wait_for(lambda: proved, 10, "the gateway opened no stream")
    scene.case("whoever acknowledges nothing is left with policy-violation", first(), "policy-violation")

    async def second():
        proved[-1].send("<a xmlns='urn:xmpp:sm:3' h='99999'/>")
        return proved[-1]
    wait_for(lambda: len(proved) > 1, 10, "the gateway opened no second stream")
    scene.case("whoever acknowledges more than there was gets undefined-condition", second(), "undefined-condition")
