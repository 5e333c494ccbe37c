"""A server of one's own, made by hand: it opens streams between servers in right and in wrong ways, and takes those
that the gateway opens. It believes whoever it speaks with; what it sends and what comes back is for the plays to judge.
"""

import asyncio
import base64
import hashlib
import ssl
import xml.parsers.expat
from xml.sax.saxutils import quoteattr

from .ports import free_port
from .processes import NotReady
from .timeline import Timeline

STREAMS, SERVER, DIALBACK = "http://etherx.jabber.org/streams", "jabber:server", "jabber:server:dialback"
TLS, SASL = "urn:ietf:params:xml:ns:xmpp-tls", "urn:ietf:params:xml:ns:xmpp-sasl"
PATIENCE = 10


class Element:
    """One first-level element, or what stands in it; `name` is without its namespace."""

    __slots__ = ("namespace", "name", "attributes", "text", "children")

    def __init__(self, name, attributes):
        self.namespace, _, self.name = name.rpartition(" ")
        self.attributes, self.text, self.children = attributes, "", []

    def child(self, name):
        return next((child for child in self.children if child.name == name), None)

    def __repr__(self):
        inner = "".join(map(repr, self.children)) or self.text
        return f"<{self.name} {self.attributes}>{inner}</>"


class Stream(asyncio.Protocol):
    """One connection, opened or taken. What arrives is kept until somebody asks for it."""

    def __init__(self, on_made=None):
        self.transport, self.on_made = None, on_made
        self.arrived, self.bytes, self.layers = [], 0, 0
        self.error = None       # The condition of the stream error that came.
        self.ended = self.lost = False  # Its end tag came; its connection is gone.
        self.broken = ""        # Why what came is no XML.
        self.sink = None        # Takes all bytes from then on, unread.
        self._wake = asyncio.Event()
        self.restart()

    # What asyncio calls.

    def connection_made(self, transport):
        self.transport = transport
        if self.on_made:
            self.on_made(self)

    def data_received(self, data):
        if self.sink:
            self.sink(data)
            return
        self.bytes += len(data)
        self.raw = (self.raw + data)[-4096:]
        try:
            self.parser.Parse(data)
        except xml.parsers.expat.ExpatError as fault:
            self.broken = str(fault)
        self._wake.set()

    def connection_lost(self, _):
        self.lost = True
        self._wake.set()

    # Reading.

    def restart(self):
        """Begins a stream anew on the same connection: another parser, no header yet (RFC 6120 §4.3.3)."""
        self.parser = xml.parsers.expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._text
        self.header, self.features, self._open, self.raw = None, None, [], b""

    def _start(self, name, attributes):
        element = Element(name, attributes)
        if self.header is None:
            self.header = element
            self.layers += 1
            return
        if self._open:
            self._open[-1].children.append(element)
        self._open.append(element)

    def _text(self, text):
        if self._open:
            self._open[-1].text += text

    def _end(self, _):
        if not self._open:
            self.ended = True
            return
        element = self._open.pop()
        if self._open:
            return
        if element.namespace == STREAMS and element.name == "error":
            self.error = next((child.name for child in element.children if child.name != "text"), "")
        elif element.namespace == STREAMS and element.name == "features":
            self.features = element
        else:
            self.arrived.append(element)

    async def until(self, condition, seconds=PATIENCE, what="something"):
        """Waits until `condition` is true and returns its value."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not (value := condition()):
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), max(0.0, deadline - loop.time()))
            except TimeoutError:
                raise NotReady(f"{what} did not come in {seconds} s; the stream {self!r}") from None
        return value

    async def next(self, *names, seconds=PATIENCE):
        """The first element of one of these names; None when the stream ends before it."""
        def found():
            for element in self.arrived:
                if not names or element.name in names:
                    self.arrived.remove(element)
                    return element
            return "over" if self.over else None
        value = await self.until(found, seconds, f"<{'|'.join(names)}/>")
        return None if value == "over" else value

    @property
    def over(self):
        return self.lost or self.ended or self.error is not None or bool(self.broken)

    async def end(self, seconds=PATIENCE):
        """Waits until the connection is gone, and returns the condition of the stream error, or None."""
        await self.until(lambda: self.lost, seconds, "the end of the connection")
        return self.error

    # Writing.

    def send(self, data):
        if self.transport and not self.transport.is_closing():
            self.transport.write(data if isinstance(data, bytes) else data.encode())

    def send_header(self, sender, to, version="1.0", more="", start="<?xml version='1.0'?>"):
        """`sender` or `to` that is None stands not in it."""
        named = "".join(f" {name}={quoteattr(value)}" for name, value in
                        (("from", sender), ("to", to), ("version", version)) if value is not None)
        self.send(f"{start}<stream:stream xmlns='{SERVER}' xmlns:stream='{STREAMS}' xmlns:db='{DIALBACK}'"
                  f"{named}{more}>")

    async def open(self, sender, to, **more):
        """Sends a header and waits for the features."""
        self.restart()
        self.send_header(sender, to, **more)
        await self.until(lambda: self.features or self.over, what="a list of features")
        if not self.features:
            raise NotReady(f"no features came; the stream {self!r}")
        return self.features

    async def start_tls(self, context, name=None, is_server=False):
        """Does the handshake; what comes next is a stream of its own."""
        self.restart()
        transport = await asyncio.get_running_loop().start_tls(
            self.transport, self, context, server_side=is_server, server_hostname=None if is_server else name,
            ssl_handshake_timeout=PATIENCE)
        if transport is None:
            raise NotReady("the connection was gone before TLS")
        self.transport = transport

    def close(self):
        """Ends it as RFC 6120 §4.4 says."""
        self.send("</stream:stream>")

    def abort(self):
        if self.transport and not self.lost:
            self.transport.abort()

    def __repr__(self):
        state = [f"got {self.bytes} bytes", f"error {self.error}" if self.error else "",
                 "its end tag" if self.ended else "", "was cut" if self.lost else "is open", self.broken]
        return ", ".join(filter(None, state)) + f"; elements {self.arrived[:4]}"


class ServerPeer:
    """Some domains at one port, `port`, and at one for direct TLS, `direct_port`.

    `stanzas` has what the gateway sent; `on_proved` sees each stream of the gateway that has proved its domain.
    """

    def __init__(self, domains, certificate, trust=None, timeline=None, dialback=True, management=False, port=None):
        self.domains, self.certificate, self.trust = list(domains), certificate, trust
        self.dialback, self.management = dialback, management
        self.port, self.direct_port = port or free_port(), free_port()
        self.timeline = timeline or Timeline()
        self._own = timeline is None
        self.stanzas, self.on_proved = [], lambda stream: None
        self.streams, self.verified = [], []
        self.says = {}  # What it answers about a key: "valid", "invalid", or None for silence.
        self._tasks = set()
        self._servers = self.run(self._listen())

    def run(self, work, seconds=60):
        """Does some work on the loop and waits for its result."""
        return self.timeline.run(work).result(seconds)

    async def _listen(self):
        loop = asyncio.get_running_loop()
        made = [await loop.create_server(lambda: Stream(self._take), "127.0.0.1", self.port)]
        if self.certificate:
            made.append(await loop.create_server(lambda: Stream(self._take), "127.0.0.1", self.direct_port,
                                                 ssl=self.context(True, direct=True)))
        return made

    def context(self, is_server=False, direct=False, certificate=None):
        """What TLS is done with. As a server it asks for a certificate when it has something to check it with."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if is_server else ssl.PROTOCOL_TLS_CLIENT)
        made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
        certificate = certificate or self.certificate
        if certificate:
            made.load_cert_chain(certificate.chain, certificate.key)
        if is_server and self.trust:
            made.load_verify_locations(self.trust)
            made.verify_mode = ssl.CERT_OPTIONAL
        if direct:
            made.set_alpn_protocols(["xmpp-server"])
        return made

    # Streams that it opens.

    async def connect(self, port, context=None, name="example.net"):
        """A connection on which nothing was sent; with a context it begins with TLS."""
        _, stream = await asyncio.get_running_loop().create_connection(
            Stream, "127.0.0.1", port, ssl=context, server_hostname=name if context else None)
        self.streams.append(stream)
        return stream

    async def secured(self, port, sender=None, to="example.net", direct=False, context=None, header=True):
        """A stream inside TLS, with its features unless `header` is False; nothing is proved yet."""
        sender = sender or self.domains[0]
        context = context or self.context(direct=direct)
        if direct:
            stream = await self.connect(port, context, to)
        else:
            stream = await self.connect(port)
            await stream.open(sender, to)
            stream.send(f"<starttls xmlns='{TLS}'/>")
            if not await stream.next("proceed"):
                raise NotReady(f"no <proceed/> came; the stream {stream!r}")
            await stream.start_tls(context, to)
        if header:
            await stream.open(sender, to)
        return stream

    async def authenticate(self, stream, identity=None):
        """Tries EXTERNAL with this authorization identity, or with none, and returns the answer."""
        told = base64.b64encode(identity.encode()).decode() if identity else "="
        stream.send(f"<auth xmlns='{SASL}' mechanism='EXTERNAL'>{told}</auth>")
        return await stream.next("success", "failure")

    async def proved(self, port, sender=None, to="example.net", direct=False, context=None):
        """A stream on which the gateway takes stanzas of `sender`, by its certificate."""
        sender = sender or self.domains[0]
        stream = await self.secured(port, sender, to, direct, context)
        answer = await self.authenticate(stream)
        if answer is None or answer.name != "success":
            raise NotReady(f"EXTERNAL of {sender} was answered with {answer}; the features were {stream.features}; "
                           f"the stream {stream!r}")
        await stream.open(sender, to)
        return stream

    def key(self, receiver, sender, identifier):
        """A dialback key that it knows again; how it is made is its own matter."""
        return hashlib.sha256(f"{receiver} {sender} {identifier}".encode()).hexdigest()

    async def dial_back(self, stream, sender=None, to="example.net", key=None, seconds=PATIENCE):
        """Offers a key on a stream, by default a right one, and returns the answer; None when the stream ended."""
        sender = sender or self.domains[0]
        key = key or self.key(to, sender, stream.header.attributes.get("id", ""))
        stream.send(f"<db:result from={quoteattr(sender)} to={quoteattr(to)}>{key}</db:result>")
        return await stream.next("result", seconds=seconds)

    async def crowd(self, count, port, domain, to="example.net", at_once=24):
        """Opens `count` proved streams, each of a domain below `domain`; returns them and the faults."""
        gate, context, faults = asyncio.Semaphore(at_once), self.context(), []

        async def one(number):
            async with gate:
                try:
                    return await self.proved(port, f"n{number}.{domain}", to, context=context)
                except (NotReady, OSError, TimeoutError) as fault:
                    faults.append(f"n{number}: {fault!r}")
                    return None
        made = await asyncio.gather(*map(one, range(count)))
        return [stream for stream in made if stream], faults

    # Streams that the gateway opens.

    def _take(self, stream):
        self.streams.append(stream)
        task = asyncio.ensure_future(self._serve(stream))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer_header(self, stream, features):
        await stream.until(lambda: stream.header or stream.over, 60, "a header")
        if stream.header:
            theirs = stream.header.attributes
            identifier = f"peer-{id(stream):x}-{stream.layers}"
            stream.send_header(theirs.get("to"), theirs.get("from"), more=f" id='{identifier}'")
            stream.send(f"<stream:features>{features}</stream:features>")

    async def _serve(self, stream):
        """Answers one stream to its end. Its own words are as brief as they may be."""
        has_tls = stream.transport.get_extra_info("ssl_object") is not None
        await self._answer_header(stream, self._secured_features(stream) if has_tls else
                                  f"<starttls xmlns='{TLS}'><required/></starttls>")
        while (element := await stream.next(seconds=3600)) is not None:
            if element.namespace == TLS and element.name == "starttls":
                stream.send(f"<proceed xmlns='{TLS}'/>")
                await stream.start_tls(self.context(True), is_server=True)
                await self._answer_header(stream, self._secured_features(stream))
            elif element.namespace == SASL and element.name == "auth":
                stream.send(f"<success xmlns='{SASL}'/>")
                stream.restart()
                await self._answer_header(stream, "<sm xmlns='urn:xmpp:sm:3'/>" if self.management else "")
                self.on_proved(stream)
            elif element.namespace == DIALBACK:
                self._dialback(stream, element)
            elif element.name == "enable":
                stream.send("<enabled xmlns='urn:xmpp:sm:3'/>")
            elif element.namespace == SERVER:
                self.stanzas.append(element)
        stream.close()
        if stream.transport:
            stream.transport.close()

    def _secured_features(self, stream):
        proved = stream.transport.get_extra_info("peercert") or None
        parts = [f"<mechanisms xmlns='{SASL}'><mechanism>EXTERNAL</mechanism></mechanisms>"] if proved else []
        if self.dialback:
            parts.append("<dialback xmlns='urn:xmpp:features:dialback'><errors/></dialback>")
        return "".join(parts)

    def _dialback(self, stream, element):
        sender, to = element.attributes.get("from"), element.attributes.get("to")
        back = f"from={quoteattr(to or '')} to={quoteattr(sender or '')}"
        if element.name == "result":
            stream.send(f"<db:result {back} type='valid'/>")
            return
        identifier = element.attributes.get("id", "")
        self.verified.append((sender, to, identifier, element.text))
        verdict = "valid" if element.text == self.key(sender, to, identifier) else "invalid"
        verdict = self.says.get(to, verdict)
        if verdict:
            stream.send(f"<db:verify {back} id={quoteattr(identifier)} type='{verdict}'/>")

    def answered(self, identifier):
        """The stanza of this id that the gateway sent, or None."""
        return next((stanza for stanza in self.stanzas if stanza.attributes.get("id") == identifier), None)

    async def _end(self):
        for server in self._servers:
            server.close()
        for stream in self.streams:
            stream.abort()

    def stop(self):
        self.run(self._end())
        if self._own:
            self.timeline.stop()
