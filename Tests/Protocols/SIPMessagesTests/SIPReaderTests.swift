import SIPMessages
import Testing

@Suite("SIPReader")
struct SIPReaderTests {
    @Test("SIP-PRS-004 RFC 3261 §7.3.1: names compare without case, compact forms equal long ones")
    func compactForms() throws {
        let pairs: [(String, SIPHeaderName)] = [
            ("v", .via), ("f", .from), ("t", .to), ("i", .callID), ("m", .contact), ("l", .contentLength),
            ("c", .contentType), ("k", .supported), ("s", .subject), ("e", .contentEncoding), ("o", .event),
            ("u", .allowEvents), ("r", .referTo), ("b", .referredBy), ("x", .sessionExpires), ("a", .acceptContact),
            ("j", .rejectContact), ("d", .requestDisposition),
        ]
        for (compact, name) in pairs {
            #expect(SIPHeaderName(compact) == name)
            #expect(SIPHeaderName(compact.uppercased()) == name)
            #expect(name.compactForm.map(String.init) == compact)
        }
        for name in SIPHeaderName.allCases where name != .other {
            #expect(SIPHeaderName(name.rawValue) == name)
            #expect(SIPHeaderName(name.rawValue.uppercased()) == name)
            #expect(SIPHeaderName(name.rawValue.lowercased()) == name)
            #expect(SIPHeaderName(name.rawValue + "x") == .other)
        }
        #expect(SIPHeaderName("") == .other)
        #expect(SIPHeaderName("n") == .other)
    }

    @Test("SIP-PRS-005 RFC 3261 §7.3.1: a fold reads as one space")
    func folding() throws {
        let headers = try options("Subject: a\n b\n\tc\nMax-Forwards:\n  0068\nExpires   : 5").headers
        #expect(headers.subject == "a b c")
        #expect(headers.maxForwards == 68)
        #expect(headers.expires == 5)
        #expect(headers.first(.subject)?.isFolded == true)
        #expect(text(headers.first(.subject)?.rawValue ?? []) == "a\r\n b\r\n\tc")
    }

    @Test("SIP-PRS-016 RFC 3261 §7.3: unknown header fields stay in order")
    func unknownFields() throws {
        let headers = try options("X-One: 1\nSubject: s\nx-two: ;;,,;\nX-One: 3").headers
        #expect(headers.map(\.nameText).suffix(4) == ["X-One", "Subject", "x-two", "X-One"])
        #expect(headers.all(named: "x-one").map(\.text) == ["1", "3"])
        #expect(headers[named: "X-Two"] == ";;,,;")
    }

    @Test("SIP-PRS-017 RFC 3261 §8.2.2: what is not needed may be malformed")
    func uselessFields() throws {
        var bytes = wire(
            """
            OPTIONS sip:example.com SIP/2.0
            Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa
            From: <sip:a@example.com>;tag=1
            no colon here
            To: <sip:b@example.com>
            Call-ID: a
            CSeq: 1 OPTIONS
            Date: yesterday
            Subject: #


            """
        )
        if let place = bytes.firstIndex(of: UInt8(ascii: "#")) { bytes[place] = 0xFF }
        guard case .request(let request) = try SIPReader.read(datagram: bytes) else { return }
        try request.validate()
        #expect(request.headers.count == 8)
        #expect(request.headers[2].nameBytes.isEmpty)
        #expect(request.headers[2].text == "no colon here")
        #expect(request.headers.subject == "\u{FFFD}")
    }

    @Test("SIP-PRS-007 RFC 3261 §20: equal Content-Lengths pass, different ones do not")
    func repeatedContentLength() throws {
        #expect(try options("Content-Length: 0\nl: 00").headers.contentLength() == 0)
        #expect(throws: SIPError(.malformedContentLength, "", at: 186)) { try options("Content-Length: 0\nl: 1") }
    }

    @Test(
        "SIP-PRS-009 RFC 3261 §20.14: Content-Length is digits alone",
        arguments: [
            "-1", "+5", "0x5", "5 5", "5, 5", "", "five", "5.0", "18446744073709551621",
            "0000000000000000000018446744073709551616", "9999999999999999999999999999999999999999",
        ]
    )
    func badContentLength(value: String) {
        do {
            _ = try options("Content-Length: \(value)")
            Issue.record("accepted \(value)")
        } catch let error as SIPError {
            #expect(error.status == 400 || error.status == 413)
            #expect(error.headers?.has(.via) == true)
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test("SIP-PRS-009 RFC 3261 §20.14: leading zeros and white space are no harm")
    func goodContentLength() throws {
        #expect(try options("Content-Length: 00000").headers.contentLength() == 0)
        #expect(try options("Content-Length:\n   0   ").headers.contentLength() == 0)
    }

    @Test("SIP-TRN-002 RFC 3261 §18.3: the body of a datagram")
    func datagramBody() throws {
        let head = "MESSAGE sip:b@example.com SIP/2.0\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\n"
        #expect(text(try request(head + "\nhello").body) == "hello")
        #expect(text(try request(head + "l: 4\n\nhello").body) == "hell")
        do {
            _ = try request(head + "l: 6\n\nhello")
            Issue.record("accepted")
        } catch let error as SIPError {
            #expect(error.code == .truncatedBody)
            #expect(error.status == 400)
        }
        let response = wire("SIP/2.0 200 OK\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\nl: 6\n\nhello")
        #expect(throws: SIPError(.truncatedBody, "", at: response.count)) {
            do throws(SIPError) {
                _ = try SIPReader.read(datagram: response)
            } catch {
                #expect(error.status == nil)
                throw error
            }
        }
    }

    @Test("RFC 3261 §7.1: the version in any case, and no other one")
    func versions() throws {
        #expect(try request("OPTIONS sip:a SIP/2.0\n\n").method == .options)
        #expect(try request("OPTIONS sip:a sip/2.0\n\n").method == .options)
        for (line, code) in [
            ("OPTIONS sip:a SIP/2.1", SIPError.Code.unsupportedVersion),
            ("OPTIONS sip:a SIP/22.0", .unsupportedVersion),
            ("OPTIONS sip:a SIP/02.0", .unsupportedVersion), ("OPTIONS sip:a SIP/2", .malformedStartLine),
            ("OPTIONS sip:a HTTP/1.1", .malformedStartLine), ("OPTIONS sip:a", .malformedStartLine),
            ("OPTIONS  SIP/2.0", .malformedStartLine), (" OPTIONS sip:a SIP/2.0", .malformedStartLine),
            ("OPT(IONS sip:a SIP/2.0", .malformedStartLine), ("OPTIONS sip:\u{E9} SIP/2.0", .malformedURI),
            ("SIP/2.0 99 x", .malformedStartLine), ("SIP/2.0 700 x", .malformedStartLine),
            ("SIP/2.0 2000 x", .malformedStartLine), ("SIP/2.0 20", .malformedStartLine),
            ("SIP/3.0 200 OK", .unsupportedVersion),
        ] {
            do {
                _ = try SIPReader.read(datagram: wire(line + "\nVia: SIP/2.0/UDP h\n\n"))
                Issue.record("accepted \(line)")
            } catch {
                #expect(error.code == code, "\(line)")
                #expect((error.status == nil) == line.hasPrefix("SIP/"), "\(line)")
                #expect(error.headers?.has(.via) == true)
            }
        }
    }

    @Test("RFC 3261 §8.2.7: nothing answers an ACK")
    func acknowledgementErrors() {
        for line in ["ACK sip:a SIP/3.0", "ACK sip:a b SIP/2.0"] {
            do {
                _ = try SIPReader.read(datagram: wire(line + "\nVia: SIP/2.0/UDP h\n\n"))
                Issue.record("accepted \(line)")
            } catch {
                #expect(error.status == nil)
            }
        }
    }

    @Test("SIP-PRS-020: each bound holds at its edge")
    func limits() throws {
        func code(_ head: String, _ limits: SIPLimits, body: Int = 0) -> SIPError.Code? {
            do throws(SIPError) {
                let bytes = wire(head) + Array(repeating: 0x61, count: body)
                if case .request(let request) = try SIPReader.read(datagram: bytes, limits: limits) {
                    try request.validate(limits: limits)
                }
                return nil
            } catch {
                return error.code
            }
        }
        let good = """
            OPTIONS sip:h SIP/2.0
            Via: SIP/2.0/UDP h;branch=z9hG4bK1
            From: <sip:a@h>
            To: <sip:b@h>
            Call-ID: i
            CSeq: 1 OPTIONS


            """
        #expect(code(good, SIPLimits()) == nil)
        #expect(code(good, SIPLimits(startLineBytes: 21)) == nil)
        #expect(code(good, SIPLimits(startLineBytes: 20)) == .startLineTooLong)
        #expect(code(good, SIPLimits(headerBytes: 34)) == nil)
        #expect(code(good, SIPLimits(headerBytes: 33)) == .headerTooLong)
        let size = wire(good).count - 2
        #expect(code(good, SIPLimits(headersBytes: size)) == nil)
        #expect(code(good, SIPLimits(headersBytes: size - 1)) == .headersTooLong)
        #expect(code(good, SIPLimits(headerFields: 5)) == nil)
        #expect(code(good, SIPLimits(headerFields: 4)) == .tooManyHeaders)
        let vias = good.replacing("Via: ", with: "Via: SIP/2.0/TCP a, SIP/2.0/TCP b, ")
        #expect(code(vias, SIPLimits(viaValues: 3)) == nil)
        #expect(code(vias, SIPLimits(viaValues: 2)) == .tooManyHeaders)
        #expect(code(good, SIPLimits(bodyBytes: 10), body: 10) == nil)
        #expect(code(good, SIPLimits(bodyBytes: 10), body: 11) == .bodyTooLarge)
        #expect(code(good, SIPLimits(messageBytes: size + 12), body: 10) == nil)
        #expect(code(good, SIPLimits(messageBytes: size + 12), body: 11) == .bodyTooLarge)
    }

    @Test("RFC 3261 §8.1.1: the header fields that every request has")
    func mandatoryFields() throws {
        let lines = [
            "Via: SIP/2.0/UDP h;branch=z9hG4bK1", "From: <sip:a@h>;tag=1", "To: <sip:b@h>", "Call-ID: i",
            "CSeq: 1 OPTIONS",
        ]
        for missing in lines.indices {
            let rest = lines.indices.filter { $0 != missing }.map { lines[$0] }.joined(separator: "\n")
            let request = try request("OPTIONS sip:h SIP/2.0\n\(rest)\n\n")
            do {
                try request.validate()
                Issue.record("accepted without \(lines[missing])")
            } catch {
                #expect(error.code == .missingHeader)
                #expect(error.header == SIPHeaderName(String(lines[missing].prefix { $0 != ":" })))
                #expect(error.status == 400)
            }
        }
        for twice in lines.dropFirst() {
            let all = (lines + [twice]).joined(separator: "\n")
            let request = try request("OPTIONS sip:h SIP/2.0\n\(all)\n\n")
            #expect(throws: SIPError.self) { try request.validate() }
        }
    }

    @Test("SIP-PRS-008 RFC 3261 §20.16: CSeq is a 32-bit number and the method of the request line")
    func sequence() throws {
        func cseq(_ value: String) throws -> CSeq {
            let request = try request(
                "OPTIONS sip:h SIP/2.0\nVia: SIP/2.0/UDP h\nFrom: <sip:a@h>\nTo: <sip:b@h>\nCall-ID: i\nCSeq: \(value)\n\n"
            )
            try request.validate()
            return try request.headers.cseq()
        }
        #expect(try cseq("0009  \n OPTIONS").number == 9)
        #expect(try cseq("4294967295 OPTIONS").number == UInt32.max)
        for bad in [
            "4294967296 OPTIONS", "36893488147419103232 OPTIONS", "8 INVITE", "8 options", "OPTIONS", "8", "8OPTIONS",
            "-8 OPTIONS", "8 OPTIONS x", "",
        ] {
            #expect(throws: SIPError.self, "\(bad)") { try cseq(bad) }
        }
    }

    @Test("every prefix of a message fails or reads without its body")
    func prefixes() throws {
        let bytes = wire(
            """
            MESSAGE sip:b@example.com SIP/2.0
            Via: SIP/2.0/UDP h;branch=z9hG4bK1
            From: "A" <sip:a@h>;tag=1
            To: <sip:b@h>
            Call-ID: i
            CSeq: 1 MESSAGE
            Content-Type: text/plain
            Content-Length: 5

            hello
            """
        )
        for end in 0..<bytes.count {
            #expect(throws: SIPError.self) { try SIPReader.read(datagram: Array(bytes[..<end])) }
        }
        guard case .request(let request) = try SIPReader.read(datagram: bytes) else { return }
        #expect(Array(request.bytes) == bytes)
    }

    @Test("Codes are words of lower-case letters, digits and hyphens")
    func codes() {
        for code in SIPError.Code.allCases {
            #expect(code.rawValue.allSatisfy { $0 == "-" || $0.isLowercase || $0.isNumber }, "\(code)")
        }
    }
}
