import Testing
import XMLStreams
import XMPPStreams

/// The example of the page on streams between servers.
private struct Connection<Stream: ServerStream & ~Copyable>: ~Copyable {
    var stream: Stream
    var parser = XML.StreamParser()
    var waiting: ArraySlice<UInt8> = []
    var isShaking = false

    init(_ stream: consuming Stream) { self.stream = stream }

    mutating func came(_ bytes: [UInt8], now: UInt64) -> [StreamAction] {
        waiting += bytes
        return happened(.heard(bytes: bytes.count), now: now)
    }

    mutating func happened(_ input: StreamInput, now: UInt64) -> [StreamAction] {
        var actions = take(input, now: now)
        while !waiting.isEmpty, !isShaking, stream.isReading {
            let piece = StreamBytes.next(&waiting)
            var events: [XML.StreamEvent] = []
            var failure: XMLStreamError?
            parser.limits.stanzaBytes = stream.elementBytes
            do throws(XMLStreamError) { try parser.feed(piece, into: &events) } catch { failure = error }
            for event in events { actions += take(.xml(event, leftover: !waiting.isEmpty), now: now) }
            if let failure { actions += take(.unreadable(failure), now: now) }
        }
        return actions
    }

    private mutating func take(_ input: StreamInput, now: UInt64) -> [StreamAction] {
        if case .secured = input { isShaking = false }
        let actions = stream.receive(input, now: now)
        for action in actions {
            switch action {
            case .restartParser: parser = XML.StreamParser()
            case .startTLS:
                isShaking = true
                waiting = []
            case .close: waiting = []
            default: break
            }
        }
        return actions
    }
}

@Suite("XMPPStreams: the example of the page on streams between servers")
struct ServerExampleTests {
    @Test("The example answers a header, stops at STARTTLS and goes on inside TLS with a fresh parser")
    func example() throws {
        let stream = ReceivingStream(
            hosts: HostedDomains("gw.example"),
            policy: StreamPolicy(),
            keys: nil,
            nonces: .counting()
        )
        var link = Connection(stream)
        _ = link.happened(.connected(nil), now: 0)
        let first = link.came(Array((peerHeader + startTLS).utf8), now: 1)
        #expect(first.contains(.startTLS("gw.example")))
        _ = link.happened(.secured(namelessFacts), now: 2)
        let second = link.came(Array(peerHeader.utf8), now: 3)
        #expect(second.first == .send(Array((ourHeader(secondID) + dialbackOnly).utf8)))
    }

    @Test("The example ends a stream whose STARTTLS is followed by a byte")
    func injected() {
        var link = Connection(Receptions.machine())
        _ = link.happened(.connected(nil), now: 0)
        let actions = link.came(Array((peerHeader + startTLS + "\n").utf8), now: 1)
        #expect(actions.last == .close(StreamEnd(.injectedBytes)))
    }
}
