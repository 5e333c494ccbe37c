import Loopback
import NIOConcurrencyHelpers
import NIOCore
import Testing
import XMLStreams

@testable import XMPPChannels

@Suite("XMPPConnection", .timeLimit(.minutes(1)))
struct XMPPConnectionTests {
    private let header =
        "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='é1'>"
    private let stanza = "<message to='juliet@example.com'><body>Wherefore — é &amp; 𝄞</body></message>"

    @Test("XEP-0114 §3: headers go both ways", arguments: Families.hosts)
    func headersGoBothWays(host: String) async throws {
        let (tested, peer) = try await TestedConnection.pair(host: host)
        let header = self.header
        try await tested.run { connection in
            connection.send(Array(header.utf8))
            connection.flush()
        }
        #expect(try await peer.read(through: ">") == header)
        try await peer.send(header)
        guard case .opened(let root) = try await tested.nextOfStream() else {
            Issue.record("the header was not read")
            return
        }
        #expect(root.name == "stream")
        #expect(root.attribute("id") == "é1")
        try await tested.run { $0.close() }
    }

    @Test("RFC 6120 §4.2: a stream reads the same however its bytes come")
    func splitWrites() async throws {
        let (whole, first) = try await TestedConnection.pair()
        try await first.send(header + stanza + "</stream:stream>")
        let (split, second) = try await TestedConnection.pair()
        for scalar in (header + stanza + "</stream:stream>").unicodeScalars { try await second.send(String(scalar)) }

        for _ in 1...3 {
            let expected = try await whole.nextOfStream()
            #expect(try await split.nextOfStream() == expected)
        }
        for tested in [whole, split] {
            try await tested.run { $0.close() }
            #expect(try await tested.nextEnd() == "closed by this side")
        }
    }

    @Test("RFC 6120 §4.9.3: what is not well-formed is told once, after what came before it")
    func malformed() async throws {
        let (tested, peer) = try await TestedConnection.pair()
        try await peer.send(header + stanza + "<message></presence>" + stanza)
        guard case .opened = try await tested.nextOfStream(), case .element = try await tested.nextOfStream() else {
            Issue.record("what came before the fault is missing")
            return
        }
        guard case .malformed(let error) = try await tested.events.next() else {
            Issue.record("the fault was not told")
            return
        }
        #expect(error.code == .notWellFormed)

        // Nothing more is read, but an error can still be sent.
        try await peer.send(stanza)
        try await tested.run { connection in
            connection.send(Array("</stream:stream>".utf8))
            connection.close()
        }
        #expect(try await peer.readToEnd() == "</stream:stream>")
        #expect(try await tested.nextEnd() == "closed by this side")
    }

    @Test("A stanza beyond the limit is malformed")
    func oversized() async throws {
        var limits = XML.Limits()
        limits.stanzaBytes = 1_000
        let listener = try await PeerListener.bind()
        let tested = try await TestedConnection.make(limits: limits)
        try await tested.run { $0.connect(host: "127.0.0.1", port: listener.port) }
        let peer = try await listener.accepted.next()
        try await peer.send(header + "<message><body>" + String(repeating: "x", count: 2_000))
        guard case .connected = try await tested.events.next(), case .opened = try await tested.nextOfStream(),
            case .malformed(let error) = try await tested.events.next()
        else {
            Issue.record("the stanza was not refused")
            return
        }
        #expect(error.code == .tooManyBytes)
        try await tested.run { $0.close() }
    }

    @Test("The peer's end of the connection is told once")
    func peerCloses() async throws {
        let (tested, peer) = try await TestedConnection.pair()
        try await peer.send(header)
        _ = try await tested.nextOfStream()
        try await peer.close()
        #expect(try await tested.nextEnd() == "the peer closed the connection")
        try await tested.run { connection in
            connection.send(Array("late".utf8))
            connection.flush()
            connection.close()
        }
        #expect(try await tested.events.rest().isEmpty)
    }

    @Test("What was queued leaves before the connection closes, and nothing behind it")
    func closeFlushes() async throws {
        let (tested, peer) = try await TestedConnection.pair()
        let long = String(repeating: "x", count: 4 << 20)
        try await tested.run { connection in
            connection.send(Array(long.utf8))
            connection.close()
            connection.send(Array("late".utf8))
        }
        #expect(try await peer.readToEnd().utf8.count == long.utf8.count)
        #expect(try await tested.nextEnd() == "closed by this side")
    }

    @Test("A connection that cannot be made ends at once")
    func connectFailure() async throws {
        let listener = try await PeerListener.bind()
        try await listener.close()
        let tested = try await TestedConnection.make()
        try await tested.run { $0.connect(host: "127.0.0.1", port: listener.port) }
        #expect(try await tested.nextEnd() == "127.0.0.1:\(listener.port) refuses connections")
        #expect(try await tested.events.rest().isEmpty)
    }

    @Test("A connection that is closed while it opens never tells of its opening")
    func closedWhileOpening() async throws {
        let listener = try await PeerListener.bind()
        let tested = try await TestedConnection.make()
        try await tested.run { connection in
            connection.connect(host: "127.0.0.1", port: listener.port)
            connection.close()
        }
        #expect(try await tested.nextEnd() == "closed before it was open")
        #expect(try await listener.accepted.next().readToEnd().isEmpty)
        #expect(try await tested.events.rest().isEmpty)
    }

    @Test("RFC 6120 §13.12: with a server that hands on what strangers wrote, only the stanza is refused")
    func refused() async throws {
        var limits = XML.Limits()
        limits.stanzaBytes = 1_000
        let listener = try await PeerListener.bind()
        let tested = try await TestedConnection.make(limits: limits, excess: .isRefused)
        try await tested.run { $0.connect(host: "127.0.0.1", port: listener.port) }
        let peer = try await listener.accepted.next()
        try await peer.send(
            header + "<message id='m'><body>" + String(repeating: "x", count: 2_000) + "</body></message>" + stanza
        )
        guard case .connected = try await tested.events.next(), case .opened = try await tested.nextOfStream(),
            case .refused(let tag, let error) = try await tested.nextOfStream(),
            case .element(let next) = try await tested.nextOfStream()
        else {
            Issue.record("the stanza was not refused alone")
            return
        }
        #expect(tag?.attribute("id") == "m")
        #expect(error.code == .tooManyBytes)
        #expect(next.attribute("to") == "juliet@example.com")
        try await tested.run { $0.close() }
    }

    @Test("A peer that takes nothing makes the connection not writable; when it takes again, that is told")
    func writability() async throws {
        let (tested, peer) = try await TestedConnection.pair()
        let long = String(repeating: "x", count: 2 << 20)
        let isWritable = NIOLockedValueBox(true)
        try await tested.run { connection in
            connection.send(Array(long.utf8))
            isWritable.withLockedValue { $0 = connection.isWritable }
            connection.flush()
        }
        #expect(!isWritable.withLockedValue { $0 })
        guard case .writable = try await tested.events.next() else {
            Issue.record("it was not told")
            return
        }
        try await peer.send(header)
        guard case .opened = try await tested.nextOfStream() else {
            Issue.record("nothing is read any more")
            return
        }
        try await tested.run { $0.close() }
        #expect(try await peer.readToEnd().utf8.count == long.utf8.count)
    }
}
