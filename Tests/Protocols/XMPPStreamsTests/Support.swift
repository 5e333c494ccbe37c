import Testing
import XMLStreams
import XMPPStreams

let second: UInt64 = 1_000_000_000

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// What a server's bytes mean.
func events(_ markup: String) throws -> [XML.StreamEvent] {
    let parser = XML.StreamParser()
    var events: [XML.StreamEvent] = []
    try parser.feed(Array(markup.utf8)[...], into: &events)
    return events
}

let serverHeader = """
    <?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' \
    xmlns='jabber:component:accept' from='plays.shakespeare.lit' id='3BF96D32'>
    """

let clientHeader = """
    <?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' \
    xmlns:stream='http://etherx.jabber.org/streams' to='plays.shakespeare.lit'>
    """

/// The first-level element of a component stream.
func element(_ markup: String) throws -> XML.Element {
    guard case .element(let element) = try events(serverHeader + markup).last else {
        throw XMLStreamError(.incomplete, markup, offset: 0)
    }
    return element
}

/// A machine with its server's half played from text.
struct Link: ~Copyable {
    var stream: ComponentStream
    private let parser = XML.StreamParser()

    init(target: String? = "shakespeare.lit", limits: ComponentStream.Limits = .init()) {
        stream = ComponentStream(
            domain: "plays.shakespeare.lit",
            secret: "test",
            pingSeed: "seed",
            pingTarget: target,
            limits: limits
        )
    }

    /// Connects, opens and proves at time 0; the timer stands at the handshake's end.
    static func opened(target: String? = "shakespeare.lit", limits: ComponentStream.Limits = .init()) throws -> Link {
        var link = Link(target: target, limits: limits)
        _ = link.stream.connected(now: 0)
        _ = try link.server(serverHeader, now: 0)
        #expect(try link.server("<handshake/>", now: 0) == [.open])
        #expect(link.stream.isOpen == true)
        return link
    }

    /// The server sends something.
    mutating func server(_ markup: String, now: UInt64) throws -> [ComponentStream.Action] {
        var events: [XML.StreamEvent] = []
        try parser.feed(Array(markup.utf8)[...], into: &events)
        var actions: [ComponentStream.Action] = []
        stream.heard(now: now)
        for event in events { actions += stream.receive(event, now: now) { "hash(\($0))" } }
        return actions
    }
}

func stanza(_ id: Int, from: String = "romeo@plays.shakespeare.lit") -> [UInt8] {
    Array("<message from='\(from)' to='juliet@shakespeare.lit' id='\(id)'/>".utf8)
}

func ping(_ number: Int, to: String = "shakespeare.lit") -> ComponentStream.Action {
    .send(
        Array(
            """
            <iq from='plays.shakespeare.lit' to='\(to)' id='seed-\(number)' type='get'>\
            <ping xmlns='urn:xmpp:ping'/></iq>
            """.utf8
        )
    )
}

func pong(_ number: Int, from: String = "shakespeare.lit") -> String {
    "<iq from='\(from)' to='plays.shakespeare.lit' id='seed-\(number)' type='result'/>"
}

func send(_ markup: String) -> ComponentStream.Action { .send(Array(markup.utf8)) }

let endTag = send("</stream:stream>")
