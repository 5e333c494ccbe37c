import Addressing
import SIPMessages
import Testing

@Suite("SIP writers")
struct SIPWriterTests {
    private func build(body: String = "hi") -> [UInt8] {
        var builder = SIPRequestBuilder(.message, uri: "sip:b@example.com")
        builder.via(transport: "UDP", sentBy: "gw.example.net", branch: "z9hG4bKabc")
        builder.address(.from, displayName: "A \"q\" \\", uri: "sip:a@example.com", tag: "t1")
        builder.address(.to, uri: "sip:b@example.com")
        builder.add(.callID, "call@x")
        builder.sequence(7)
        builder.add(.contentType, "text/plain")
        return builder.message(body: Array(body.utf8)[...])
    }

    @Test("SIP-UAC-001 SIP-PRS-022: what is written reads back, one of each")
    func requestReadsBack() throws {
        let bytes = build()
        guard case .request(let request) = try SIPReader.read(datagram: bytes) else { return }
        let essentials = try request.validate()
        #expect(request.method == .message)
        #expect(text(request.body) == "hi")
        #expect(essentials.topVia.branch == "z9hG4bKabc")
        #expect(essentials.topVia.hasResponsePort)
        #expect(essentials.from.displayName == "A \"q\" \\")
        #expect(essentials.from.tag == "t1")
        #expect(essentials.sequence == 7)
        #expect(request.headers.maxForwards == 70)
        #expect(
            request.headers.map(\.name) == [
                .via, .from, .to, .callID, .cseq, .contentType, .maxForwards, .contentLength,
            ]
        )
        #expect(Array(request.bytes) == bytes)
    }

    @Test("SIP-PRS-023 RFC 3261 §7.3.2: no value can add a line")
    func headerInjection() throws {
        let evil = "x\r\nContact: <sip:evil@x>\r\n\r\nbody"
        var builder = SIPRequestBuilder(.other("MES\r\nSAGE"), uri: "sip:b@h \(evil)")
        builder.via(transport: "UDP\(evil)", sentBy: "h\(evil)", branch: "z9hG4bK\(evil)")
        builder.address(.from, displayName: evil, uri: "sip:a@h>\(evil)", tag: evil)
        builder.address(.to, uri: "sip:b@h")
        builder.add(.callID, "i")
        builder.add(.subject, evil)
        builder.sequence(1)
        builder.add(.contentLength, "999")
        if let line = SIPHeaderLine(named: "X-Y", evil) { builder.add(line) }
        #expect(SIPHeaderLine(named: "X\r\nContact", "v") == nil)
        #expect(SIPHeaderLine(named: "", "v") == nil)
        guard case .request(let request) = try SIPReader.read(datagram: builder.message()) else { return }
        #expect(!request.headers.has(.contact))
        #expect(request.headers.count(of: .contentLength) == 1)
        #expect(request.body.isEmpty)
        #expect(request.headers.subject == "x  Contact: <sip:evil@x>    body")
        let answer = SIPResponse.answering(
            try options("X: y").headers,
            status: 200,
            reason: "OK\r\nX: y",
            toTag: "a\r\nContact: z",
            source: SIPSource(address: "1\r\nB: c", port: 1),
            extra: [SIPHeaderLine(.server, "a\nContact: b")]
        )
        guard case .response(let response) = try SIPReader.read(datagram: answer) else { return }
        #expect(!response.headers.has(.contact))
        #expect(response.headers.count == 7)
        #expect(try response.headers.to().tag == "aContact:z")
    }

    @Test("SIP-UAS-010 RFC 3261 §8.2.6.2: what an answer copies")
    func answer() throws {
        let request = try request(
            """
            MESSAGE sip:b@h SIP/2.0
            v: SIP/2.0/UDP a.example.com;branch=z9hG4bK1, SIP/2.0/TCP
             b.example.com
            Via: SIP/2.0/UDP c;branch=z9hG4bK3
            f: "x\\\0" <sip:a@h>;tag=1
            To: sip:b@h
            Call-ID: I@x
            CSeq:  0007   MESSAGE
            Timestamp: 5.25
            Record-Route: <sip:p;lr>
            Subject: not copied


            """
        )
        let source = SIPSource(address: "192.0.2.7", port: 4_000)
        let bytes = SIPResponse.answering(
            request.headers,
            status: 202,
            toTag: "us",
            source: source,
            extra: [SIPHeaderLine(.server, "isthmus")]
        )
        #expect(
            text(bytes)
                == text(
                    wire(
                        """
                        SIP/2.0 202 Accepted
                        Via: SIP/2.0/UDP a.example.com;branch=z9hG4bK1;received=192.0.2.7, SIP/2.0/TCP b.example.com
                        Via: SIP/2.0/UDP c;branch=z9hG4bK3
                        From: "x\\\0" <sip:a@h>;tag=1
                        To: sip:b@h;tag=us
                        Call-ID: I@x
                        CSeq: 0007   MESSAGE
                        Timestamp: 5.25
                        Server: isthmus
                        Content-Length: 0


                        """
                    )
                )
        )
        let trying = SIPResponse.answering(
            request.headers,
            status: 100,
            toTag: "us",
            source: nil,
            copiesRecordRoute: true
        )
        guard case .response(let response) = try SIPReader.read(datagram: trying) else { return }
        #expect(try response.headers.to().tag == nil)
        #expect(response.headers.has(.recordRoute))
        #expect(response.reason == "Trying")
    }

    @Test("SIP-TRN-005 SIP-TRN-006 RFC 3581 §4: received and rport")
    func receivedAndPort() throws {
        func top(_ via: String, from address: String) throws -> String {
            let request = try request("OPTIONS sip:h SIP/2.0\nVia: \(via)\n\n")
            let source = SIPSource(address: address, port: 40_000)
            let bytes = SIPResponse.answering(request.headers, status: 200, toTag: nil, source: source)
            guard case .response(let response) = try SIPReader.read(datagram: bytes) else { return "" }
            return response.headers.first(.via)?.text ?? ""
        }
        #expect(
            try top("SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKa", from: "127.0.0.1")
                == "SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKa"
        )
        #expect(
            try top("SIP/2.0/UDP nat.example.org;branch=z9hG4bKa", from: "127.0.0.1")
                == "SIP/2.0/UDP nat.example.org;branch=z9hG4bKa;received=127.0.0.1"
        )
        #expect(
            try top("SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKa", from: "127.0.0.1")
                == "SIP/2.0/UDP 127.0.0.1;rport=40000;branch=z9hG4bKa;received=127.0.0.1"
        )
        #expect(
            try top("SIP/2.0/UDP h;received=192.0.2.99;rport=1;branch=z9hG4bKa", from: "127.0.0.1")
                == "SIP/2.0/UDP h;rport=40000;branch=z9hG4bKa;received=127.0.0.1"
        )
        #expect(
            try top("SIP/2.0/UDP [2001:db8::1];branch=z9hG4bKa", from: "2001:db8:0::1")
                == "SIP/2.0/UDP [2001:db8::1];branch=z9hG4bKa"
        )
        #expect(
            try top("SIP/2.0/UDP [2001:db8::2];branch=z9hG4bKa", from: "2001:db8::1")
                == "SIP/2.0/UDP [2001:db8::2];branch=z9hG4bKa;received=2001:db8::1"
        )
        #expect(try top("SIP/2.0/UDP h;;,", from: "127.0.0.1") == "SIP/2.0/UDP h;;,")
    }

    @Test("RFC 3261 §8.2.6.2: a To that has a tag, or cannot be read, stays as it is")
    func toTags() throws {
        for (to, wanted) in [
            ("<sip:b@h>;tag=x", "<sip:b@h>;tag=x"), ("\"open <sip:b@h>", "\"open <sip:b@h>"),
            ("<sip:b@h>;a=b", "<sip:b@h>;a=b;tag=us"), ("<sip:b@h;tag=no>", "<sip:b@h;tag=no>;tag=us"),
        ] {
            let request = try request("OPTIONS sip:h SIP/2.0\nTo: \(to)\n\n")
            let bytes = SIPResponse.answering(request.headers, status: 200, toTag: "us", source: nil)
            guard case .response(let response) = try SIPReader.read(datagram: bytes) else { return }
            #expect(response.headers.text(.to) == wanted)
        }
    }

    @Test("RFC 3261 §8.1.3.5: the same request again with another branch and CSeq")
    func rewriting() throws {
        guard case .request(let request) = try SIPReader.read(datagram: build()) else { return }
        let again = try request.rewritten(
            branch: "z9hG4bKsecond",
            transport: "TCP",
            sentBy: "gw.example.net:5062",
            sequence: 8,
            extra: [SIPHeaderLine(.authorization, "Digest x=y")]
        )
        let wanted = text(build())
            .replacing(
                "SIP/2.0/UDP gw.example.net;branch=z9hG4bKabc",
                with: "SIP/2.0/TCP gw.example.net:5062;branch=z9hG4bKsecond"
            )
            .replacing("CSeq: 7 ", with: "CSeq: 8 ")
            .replacing("Content-Length: 2\r\n", with: "Content-Length: 2\r\nAuthorization: Digest x=y\r\n")
        #expect(text(again) == wanted)
        #expect(try request.rewritten() == build())
        let bare = try SIPMessagesTests.request("OPTIONS sip:h SIP/2.0\nv: SIP/2.0/UDP h, SIP/2.0/UDP i\n\n")
        #expect(text(try bare.rewritten(branch: "z9hG4bKx")).contains("UDP h;branch=z9hG4bKx, SIP/2.0/UDP i"))
        #expect(throws: SIPError.self) {
            try SIPMessagesTests.request("OPTIONS sip:h SIP/2.0\nX: y\n\n").rewritten(branch: "z9hG4bKx")
        }
    }

    @Test("every status has a phrase")
    func phrases() {
        #expect(SIPStatus.reason(for: 202) == "Accepted")
        #expect(SIPStatus.reason(for: 499) == "Bad Request")
        for code in 100..<700 { #expect(!SIPStatus.reason(for: code).isEmpty) }
    }
}
