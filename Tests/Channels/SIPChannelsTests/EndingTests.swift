import Loopback
import SIPMessages
import SIPTransactions
import Testing

@testable import SIPChannels

@Suite("SIP connections from which nothing more is read", .timeLimit(.minutes(1)))
struct EndingTests {
    private static let clock = ContinuousClock()
    private static let garbage = "neither request nor status line\r\n\r\n"

    /// Ends what can be read of a peer: it sends no more, or what it sends has no framing.
    private static func endInput(of peer: Peer, byGarbage: Bool) async throws {
        if byGarbage { try await peer.send(garbage) } else { try await peer.endOutput() }
    }

    @Test("RFC 3261 §8.2: what was asked before the input ended is answered before the end", arguments: [false, true])
    func answersThatAreDue(byGarbage: Bool) async throws {
        let transport = try await TestedTransport.make()
        let peer = try await Peer.connect(to: transport.listen(.tcp))
        try await peer.send(request("one") + request("two"))
        let (_, flow) = try await transport.nextRequest()
        _ = try await transport.nextRequest()
        try await Self.endInput(of: peer, byGarbage: byGarbage)
        if byGarbage { _ = try await transport.nextMalformed() }
        let provisional = response("one").replacing("200 OK", with: "100 Trying")
        for answer in [provisional, response("one"), response("two")] {
            try await Task.sleep(for: .milliseconds(300))
            try await transport.send(answer, to: flow)
        }
        let last = Self.clock.now
        #expect(try await peer.readToEnd() == provisional + response("one") + response("two"))
        // With the last answer nothing is waited for.
        #expect(last.duration(to: Self.clock.now) < .seconds(1))
        #expect(try await transport.nextEnd() == flow)
        try await transport.close()
    }

    @Test("Where no answer is due, the end of the input is that of the connection", arguments: [false, true])
    func nothingIsDue(byGarbage: Bool) async throws {
        let transport = try await TestedTransport.make { $0.answerSeconds = 8 }
        let peer = try await Peer.connect(to: transport.listen(.tcp))
        let acknowledgement = request("one").replacing("MESSAGE", with: "ACK")
        try await peer.send(acknowledgement + request("two"))
        _ = try await transport.nextRequest()
        let (_, flow) = try await transport.nextRequest()
        try await transport.send(response("two"), to: flow)
        let start = Self.clock.now
        try await Self.endInput(of: peer, byGarbage: byGarbage)
        if byGarbage { _ = try await transport.nextMalformed() }
        #expect(try await peer.readToEnd() == response("two"))
        #expect(try await transport.nextEnd() == flow)
        #expect(start.duration(to: Self.clock.now) < .seconds(4))
        try await transport.close()
    }

    @Test("Answers that are due have `answerSeconds`", arguments: [false, true])
    func lateAnswers(byGarbage: Bool) async throws {
        let transport = try await TestedTransport.make { $0.answerSeconds = 1 }
        let peer = try await Peer.connect(to: transport.listen(.tcp))
        try await peer.send(request("one"))
        let (_, flow) = try await transport.nextRequest()
        let start = Self.clock.now
        try await Self.endInput(of: peer, byGarbage: byGarbage)
        if byGarbage { _ = try await transport.nextMalformed() }
        #expect(try await peer.readToEnd().isEmpty)
        let wait = start.duration(to: Self.clock.now)
        #expect(wait >= .milliseconds(950) && wait < .seconds(4))
        #expect(try await transport.nextEnd() == flow)
        try await transport.close()
    }

    @Test("A peer that sends no more and reads nothing is closed after `lingerSeconds`")
    func unreadAnswer() async throws {
        let transport = try await TestedTransport.make {
            $0.unreadBytes = 256 << 20
            $0.lingerSeconds = 1
        }
        let peer = try await Peer.connect(to: transport.listen(.tcp), reads: false)
        try await peer.send(request("one"))
        let (_, flow) = try await transport.nextRequest()
        try await peer.endOutput()
        try await Task.sleep(for: .milliseconds(300))
        let start = Self.clock.now
        // More than the system takes for a peer.
        try await transport.send(response("one") + String(repeating: "x", count: 64 << 20), to: flow)
        #expect(try await transport.nextEnd() == flow)
        let wait = start.duration(to: Self.clock.now)
        #expect(wait >= .milliseconds(950) && wait < .seconds(6))
        try? await peer.close()
        try await transport.close()
    }

    @Test("RFC 3261 §18.2.2: an answer that is later goes to the sent-by port on another connection")
    func answerAfterTheEnd() async throws {
        let transport = try await TestedTransport.make {
            $0.answerSeconds = 1
            $0.lingerSeconds = 30
        }
        let listener = try await PeerListener.bind()
        let peer = try await Peer.connect(to: transport.listen(.tcp), reads: false)
        try await peer.send(request("late", via: "SIP/2.0/TCP 127.0.0.1:\(listener.port)") + Self.garbage)
        let (request, flow) = try await transport.nextRequest()
        _ = try await transport.nextMalformed()
        try await Task.sleep(for: .milliseconds(1_500))
        let answering = try #require(flow.answering(try request.headers.topVia()))
        try await transport.send(response("late"), to: answering)
        #expect(try await listener.accepted.next().read(through: "\r\n\r\n") == response("late"))
        try? await peer.close()
        try await transport.close()
    }

    @Test("RFC 3261 §7.2: what ends a request is a response from 200 on")
    func finalAnswers() {
        for (text, isFinal) in [
            ("SIP/2.0 200 OK\r\n", true), ("SIP/2.0 699 X\r\n", true), ("SIP/2.0 199 X\r\n", false),
            ("SIP/2.0 100 Trying\r\n", false), ("MESSAGE sip:a@b SIP/2.0\r\n", false), ("\r\n", false),
        ] {
            #expect(SIPTransport.isFinalAnswer(Array(text.utf8)) == isFinal, "\(text)")
        }
    }
}
