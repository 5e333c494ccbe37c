import SIPMessages
import Testing

@Suite("SIPStreamReader")
struct SIPStreamReaderTests {
    static func message(_ number: Int, body: String) -> [UInt8] {
        wire("MESSAGE sip:b@h SIP/2.0\nVia: SIP/2.0/TCP h;branch=z9hG4bK\(number)\nl: \(body.utf8.count)\n\n")
            + Array(body.utf8)
    }

    private func events(_ chunks: [[UInt8]], limits: SIPLimits = SIPLimits()) -> ([SIPStreamReader.Event], SIPError?) {
        var reader = SIPStreamReader(limits: limits)
        var events: [SIPStreamReader.Event] = []
        do throws(SIPError) {
            for chunk in chunks {
                reader.feed(chunk[...])
                while let event = try reader.next() { events.append(event) }
            }
            return (events, nil)
        } catch {
            return (events, error)
        }
    }

    private func bodies(_ events: [SIPStreamReader.Event]) -> [String] {
        events.compactMap { if case .message(let message) = $0 { text(message.body) } else { nil } }
    }

    @Test("SIP-TRN-003 RFC 3261 §18.3: any split gives the same messages")
    func splits() {
        let wanted = ["hellö\r\n\r\n", "", "MESSAGE sip:x SIP/2.0\r\n\r\n"]
        let stream = wanted.enumerated().flatMap { Self.message($0.offset, body: $0.element) }
        #expect(bodies(events([stream]).0) == wanted)
        #expect(bodies(events(stream.map { [$0] }).0) == wanted)
        for cut in 1..<stream.count {
            let (found, error) = events([Array(stream[..<cut]), Array(stream[cut...])])
            #expect(bodies(found) == wanted && error == nil, "cut at \(cut)")
        }
        var generator = Generator(state: 18)
        for _ in 0..<200 {
            var chunks: [[UInt8]] = []
            var rest = stream[...]
            while !rest.isEmpty {
                let count = min(rest.count, 1 + generator.next(below: 40))
                chunks.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            #expect(bodies(events(chunks).0) == wanted)
        }
    }

    @Test("SIP-TRN-003: fifty messages at once are fifty messages")
    func coalesced() {
        let stream = (0..<50).flatMap { Self.message($0, body: String($0)) }
        #expect(bodies(events([stream]).0) == (0..<50).map(String.init))
    }

    @Test("SIP-PRS-019 RFC 3261 §7.5: line ends before a start line are skipped")
    func leadingLineEnds() {
        let ends: [UInt8] = (0..<40_000).map { $0 % 2 == 0 ? 0x0D : 0x0A }
        let (found, error) = events([ends + Self.message(1, body: "x")])
        #expect(bodies(found) == ["x"])
        #expect(error == nil)
        // An answer never outweighs what asked for it.
        #expect(found.count <= 10_001)
        #expect(bodies(events([[0x0D, 0x0A] + Self.message(1, body: "x")]).0) == ["x"])
    }

    @Test("SIP-TRN-012 RFC 5626 §4.4.1: a double line end asks for an answer, a single one does not")
    func keepAlive() {
        let ping: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
        #expect(events([ping]).0 == [.keepAlive])
        #expect(events(ping.map { [$0] }).0 == [.keepAlive])
        #expect(events([[0x0D, 0x0A]]).0 == [])
        #expect(events([ping, ping]).0 == [.keepAlive, .keepAlive])
        let (found, _) = events([Self.message(1, body: "a") + ping + Self.message(2, body: "b")])
        #expect(found.count == 3)
        #expect(found[1] == .keepAlive)
        // A single line end after each of two messages is no double one.
        let single = Self.message(1, body: "a") + [0x0D, 0x0A] + Self.message(2, body: "b") + [0x0D, 0x0A]
        #expect(events([single]).0.contains(.keepAlive) == false)
    }

    @Test("SIP-TRN-004 RFC 4475 §3.1.2.3: a framing error ends the stream")
    func framingErrors() {
        for length in ["Content-Length: -5", "l: five", "l: 5\nl: 50", "Subject: none", "l: 99999999"] {
            let broken = wire("OPTIONS sip:h SIP/2.0\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\n\(length)\n\n")
            let (found, error) = events([Self.message(1, body: "a") + broken + Self.message(2, body: "b")])
            #expect(bodies(found) == ["a"])
            #expect(error?.status == (length == "l: 99999999" ? 413 : 400))
            #expect(error?.headers?.has(.via) == true)
        }
        var reader = SIPStreamReader()
        reader.feed(wire("OPTIONS sip:h SIP/2.0\nl: x\n\n")[...])
        #expect(throws: SIPError.self) { try reader.next() }
        reader.feed(Self.message(2, body: "b")[...])
        #expect(throws: SIPError.self) { try reader.next() }
        #expect(reader.bufferedBytes == 0)
    }

    @Test("a wrong start line with a known length is answered, and the stream goes on")
    func recoverable() {
        let wrong = wire("OPTIONS sip:h SIP/3.0\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\nl: 0\n\n")
        let (found, error) = events([wrong + Self.message(2, body: "b")])
        #expect(error == nil)
        #expect(bodies(found) == ["b"])
        guard case .malformed(let fault)? = found.first else {
            Issue.record("no error")
            return
        }
        #expect(fault.status == 505)
    }

    @Test(
        "RFC 3261 §18.3: any split gives the same where a wrong version meets a fault of the head",
        arguments: [
            ("OPTIONS sip:h@example.com SIP/3.0\nl: 0\n\n", SIPError.Code.startLineTooLong),
            ("OPTIONS sip:h SIP/3.0\nl: 0\nX: 45678901234567890123\n\n", .headerTooLong),
            ("OPTIONS sip:h SIP/3.0\nl: 0\nA: 1\nB: 2\nC: 3\nD: 4\nE: 5\nF: 6\n\n", .headersTooLong),
        ]
    )
    func splitsOfFaults(head: String, code: SIPError.Code) {
        let limits = SIPLimits(startLineBytes: 22, headerBytes: 20, headersBytes: 60)
        let stream = wire(head) + Self.message(2, body: "b")
        for cut in 1..<stream.count {
            let (found, error) = events([Array(stream[..<cut]), Array(stream[cut...])], limits: limits)
            #expect(found == [], "cut at \(cut)")
            #expect(error?.code == code, "cut at \(cut)")
        }
        #expect(events(stream.map { [$0] }, limits: limits).1?.code == code)
    }

    @Test("SIP-PRS-020: what a peer can make the reader keep is bounded")
    func boundedMemory() {
        let limits = SIPLimits(startLineBytes: 100, headersBytes: 1_000)
        for endless in ["A", "OPTIONS sip:h SIP/2.0\nX: "] {
            var reader = SIPStreamReader(limits: limits)
            var thrown: SIPError?
            reader.feed(wire(endless)[...])
            for _ in 0..<3_000 {
                reader.feed([0x61])
                do throws(SIPError) {
                    _ = try reader.next()
                } catch {
                    thrown = error
                    break
                }
                #expect(reader.bufferedBytes <= 1_001)
            }
            #expect(thrown != nil)
            #expect(reader.bufferedBytes == 0)
        }
        for start in ["\n", "\r\r", "(", "\0"] {
            #expect(events([Array(start.utf8)]).1?.code == .malformedStartLine)
        }
    }
}
