"""A small XMPP server that knows only the component protocol (XEP-0114): the other end of a load.

It answers pings in order, as a server that reads one stream in order does, and keeps what it is sent.
"""

import asyncio
import hashlib
import xml.parsers.expat
from xml.sax.saxutils import quoteattr

from .ports import free_port
from .processes import wait_for
from .timeline import Timeline


class Stanza:
    """One stanza as it arrived."""

    __slots__ = ("name", "attributes", "body", "children")

    def __init__(self, name, attributes):
        self.name, self.attributes, self.body, self.children = name, attributes, "", []


class Stream:
    """One connection of the gateway."""

    def __init__(self, server, reader, writer):
        self.server, self.reader, self.writer = server, reader, writer
        self.parser = xml.parsers.expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._text
        self.depth, self.stanza, self.digest = 0, None, ""
        self.ready, self.identifier = False, f"s{server.opened}"

    async def run(self):
        try:
            while True:
                data = await self.reader.read(65536)
                if not data:
                    return
                self.parser.Parse(data)
        except (ConnectionError, xml.parsers.expat.ExpatError):
            pass
        finally:
            if self.server.stream is self:
                self.server.stream = None
            self.writer.close()

    def write(self, text):
        """Hands bytes to the socket; says whether it was still open."""
        if self.writer.transport.is_closing():
            return False
        self.writer.write(text.encode())
        return True

    def _start(self, name, attributes):
        self.depth += 1
        local = name.rsplit(" ", 1)[-1]
        if self.depth == 1:
            self.write("<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
                       "xmlns:stream='http://etherx.jabber.org/streams' "
                       f"from={quoteattr(attributes.get('to', ''))} id='{self.identifier}'>")
        elif self.depth == 2:
            self.stanza = Stanza(local, attributes)
        else:
            self.stanza.children.append(name)

    def _text(self, text):
        if self.depth == 2 and self.stanza.name == "handshake":
            self.digest += text
        elif self.depth == 3 and self.stanza.children and self.stanza.children[-1].endswith(" body"):
            self.stanza.body += text

    def _end(self, _):
        self.depth -= 1
        if self.depth == 0:  # Who ends a stream is answered with its end (RFC 6120 §4.4).
            self.write("</stream:stream>")
            self.writer.close()
        elif self.depth == 1:
            stanza, self.stanza = self.stanza, None
            self._whole(stanza)

    def _whole(self, stanza):
        if stanza.name == "handshake":
            wanted = hashlib.sha1((self.identifier + self.server.secret).encode()).hexdigest()
            if self.digest.strip() == wanted:
                self.write("<handshake/>")
                self.ready, self.server.stream = True, self
                self.server.connections += 1
            else:
                self.writer.close()
        elif stanza.name == "message":
            self.server.arrived(stanza)
        elif stanza.name == "iq" and stanza.attributes.get("type") in ("get", "set"):
            back = (f" id={quoteattr(stanza.attributes.get('id', ''))}"
                    f" from={quoteattr(stanza.attributes.get('to', ''))}"
                    f" to={quoteattr(stanza.attributes.get('from', ''))}")
            if "urn:xmpp:ping ping" in stanza.children:
                self.write(f"<iq type='result'{back}/>")
            else:
                self.write(f"<iq type='error'{back}><error type='cancel'><service-unavailable "
                           "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>")


class ComponentServer:
    """Listens on loopback in a thread of its own."""

    def __init__(self, secret="globe"):
        self.component_port, self.secret = free_port(), secret
        self.stream, self.opened, self.connections = None, 0, 0
        self.on_message = lambda stanza: None
        self.timeline = Timeline()
        self.loop = self.timeline.loop
        self._server = self.timeline.run(
            asyncio.start_server(self._accept, "127.0.0.1", self.component_port)).result(5)

    async def _accept(self, reader, writer):
        self.opened += 1
        await Stream(self, reader, writer).run()

    def arrived(self, stanza):
        self.on_message(stanza)

    def mark(self):
        """A number for `await_component`: connections after it count."""
        return self.connections

    def await_component(self, seconds=20, after=0):
        """Waits until the gateway has authenticated as the component."""
        wait_for(lambda: self.connections > after and self.stream, seconds,
                 "the gateway did not connect as the component")

    def stop(self):
        self.timeline.stop()
