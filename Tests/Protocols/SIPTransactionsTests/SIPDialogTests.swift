import Addressing
import SIPMessages
import SIPTransactions
import Testing

@Suite("SIPDialog")
struct SIPDialogTests {
    private func request(
        _ method: String = "SUBSCRIBE",
        fromTag: String? = "ft",
        toTag: String? = nil,
        sequence: Int = 500,
        lines: String = "Contact: <sip:a@192.0.2.7:5070>"
    ) throws -> SIPRequest {
        guard
            case .request(let request) = try makeRequest(
                method,
                fromTag: fromTag,
                toTag: toTag,
                sequence: sequence,
                lines: lines
            )
        else { throw SIPError(.malformedStartLine, "not a request") }
        return request
    }

    private func response(_ lines: String) throws -> SIPResponse {
        let text = """
            SIP/2.0 200 OK
            Via: SIP/2.0/UDP gw;branch=z9hG4bKc
            From: <sip:gw@example.net>;tag=ours
            To: <sip:b@example.com>;tag=theirs
            Call-ID: call
            CSeq: 7 SUBSCRIBE
            \(lines)
            Content-Length: 0


            """
        guard case .response(let response) = try read(text) else {
            throw SIPError(.malformedStartLine, "not a response")
        }
        return response
    }

    @Test("RFC 3261 §12.1.1: the dialog of a request that is accepted")
    func accepting() throws {
        let lines = "Contact: <sip:a@192.0.2.7:5070;x=y>\nRecord-Route: <sip:p1;lr>, <sip:p2;lr>"
        var dialog = try SIPDialog(accepting: try request(lines: lines), localTag: "lt")
        #expect(dialog.remoteSequence == 500)
        #expect(dialog.localSequence == 0)
        let notify = dialog.nextRequest(.notify)
        #expect(notify.method == .notify)
        #expect(notify.uri == "sip:a@192.0.2.7:5070;x=y")
        #expect(notify.routes == ["sip:p1;lr", "sip:p2;lr"])
        #expect(notify.nextHop == "sip:p1;lr")
        #expect((notify.localURI, notify.localTag) == ("sip:b@example.com", "lt"))
        #expect((notify.remoteURI, notify.remoteTag) == ("sip:a@example.net", "ft"))
        #expect(notify.callID == "call")
        #expect(notify.sequence == 1)
        #expect(dialog.nextRequest(.notify).sequence == 2)
        #expect(dialog.key == DialogKey(callID: "call", localTag: "lt", remoteTag: "ft"))
        #expect(dialog.key != DialogKey(callID: "call", localTag: "ft", remoteTag: "lt"))
        #expect(dialog.requestKey == DialogKey(callID: "call", localTag: "lt", remoteTag: nil))
    }

    @Test("SIP-UAS-015 RFC 3261 §12.1.1: without one usable Contact there is no dialog")
    func contact() throws {
        for lines in [
            "Contact: *", "Contact: <sip:a@h>, <sip:b@h>", "Contact: <<x", "X: y", "Contact: <mailto:a@h>",
            "Contact: <sip:a@h>\nRecord-Route: <http:p>", "Contact: <sip:a@h>\nRecord-Route: p",
        ] {
            #expect(throws: SIPError.self, "\(lines)") {
                try SIPDialog(accepting: try request(lines: lines), localTag: "lt")
            }
        }
        let long = String(repeating: "r", count: 1_000)
        let routes = (0..<4).map { "Record-Route: <sip:\(long)\($0);lr>" }.joined(separator: "\n")
        #expect(throws: SIPError.self) {
            try SIPDialog(accepting: try request(lines: "Contact: <sip:a@h>\n" + routes), localTag: "lt")
        }
    }

    @Test("RFC 3261 §12.1.2: the dialog of a response has its route set reversed")
    func response() throws {
        var dialog = try SIPDialog(
            response: try response("Contact: <sip:b@h2?x=y>\nRecord-Route: <sip:p1;lr>\nRecord-Route: <sip:p2;lr>")
        )
        #expect(dialog.localSequence == 7)
        #expect(dialog.remoteSequence == nil)
        let refresh = dialog.nextRequest(.subscribe)
        #expect(refresh.sequence == 8)
        #expect(refresh.uri == "sip:b@h2")
        #expect(refresh.routes == ["sip:p2;lr", "sip:p1;lr"])
        #expect((refresh.localTag, refresh.remoteTag) == ("ours", "theirs"))
        #expect(refresh.localURI == "sip:gw@example.net")
    }

    @Test("SIP-UAC-007 RFC 6665 §4.4.1: the dialog of a NOTIFY takes its route set in order")
    func notify() throws {
        let first = try request(
            "NOTIFY",
            fromTag: "theirs",
            toTag: "ours",
            sequence: 31,
            lines: "Contact: <sip:b@h2>\nRecord-Route: <sip:p1;lr>, <sip:p2;lr>"
        )
        var dialog = try SIPDialog(notify: first, localSequence: 1)
        #expect(dialog.remoteSequence == 31)
        #expect(dialog.key == DialogKey(received: first))
        #expect(dialog.requestKey == DialogKey(following: first))
        let refresh = dialog.nextRequest(.subscribe)
        #expect(refresh.routes == ["sip:p1;lr", "sip:p2;lr"])
        #expect(refresh.sequence == 2)
        #expect((refresh.localTag, refresh.remoteTag) == ("ours", "theirs"))
        #expect((refresh.localURI, refresh.remoteURI) == ("sip:b@example.com", "sip:a@example.net"))
    }

    @Test("RFC 3261 §12.2.1.1: a NOTIFY without Contact makes a dialog with who sent it, until it says where it is")
    func notifyWithoutContact() throws {
        let first = try request("NOTIFY", fromTag: "theirs", toTag: "ours", sequence: 31, lines: "X: y")
        var dialog = try SIPDialog(notify: first, localSequence: 1)
        #expect(dialog.nextRequest(.subscribe).uri == "sip:a@example.net")
        dialog.refreshTarget(from: try response("Contact: <sip:b@h>").headers)
        #expect(dialog.nextRequest(.subscribe).uri == "sip:b@h")
        let useless = try request("NOTIFY", fromTag: "theirs", toTag: "ours", sequence: 31, lines: "Contact: *")
        #expect(throws: SIPError.self) { try SIPDialog(notify: useless, localSequence: 1) }
    }

    @Test("SIP-UAC-006 RFC 3261 §12.2.1.1: strict routers get the Request-URI, and the target is the last route")
    func strictRouting() throws {
        func made(_ routes: String) throws -> DialogRequest {
            var dialog = try SIPDialog(
                accepting: try request(lines: "Contact: <sip:t@h>\nRecord-Route: \(routes)"),
                localTag: "lt"
            )
            return dialog.nextRequest(.notify)
        }
        let loose = try made("<sip:p1;lr>,<sip:p2>")
        #expect((loose.uri, loose.nextHop) == ("sip:t@h", "sip:p1;lr"))
        #expect(loose.routes == ["sip:p1;lr", "sip:p2"])
        let strict = try made("<sip:p1;method=NOTIFY;x=1?a=b>,<sip:p2;lr>")
        #expect((strict.uri, strict.nextHop) == ("sip:p1;x=1", "sip:p1;x=1"))
        #expect(strict.routes == ["sip:p2;lr", "sip:t@h"])
        var plain = try SIPDialog(accepting: try request(), localTag: "lt")
        let direct = plain.nextRequest(.notify)
        #expect(direct.routes == [])
        #expect(direct.nextHop == direct.uri)
    }

    @Test("RFC 3261 §12.2.1.1: the request that a dialog begins can be read")
    func begins() throws {
        var dialog = try SIPDialog(
            accepting: try request(lines: "Contact: <sip:t@h>\nRecord-Route: <sip:p1;lr>,<sip:p2;lr>"),
            localTag: "lt"
        )
        var builder = dialog.nextRequest(.notify).begin(transport: "TCP", sentBy: "gw:5060", branch: "z9hG4bK7")
        builder.add(.contact("sip:gw"))
        guard case .request(let request) = try SIPReader.read(datagram: builder.message()) else {
            Issue.record("no request")
            return
        }
        let essentials = try request.validate()
        #expect(text(request.uriBytes) == "sip:t@h")
        #expect(try request.headers.addresses(.route).map { text($0.uriBytes) } == ["sip:p1;lr", "sip:p2;lr"])
        #expect((essentials.from.tag, essentials.to.tag) == ("lt", "ft"))
        #expect(essentials.sequence == 1)
        #expect(try request.headers.callID() == "call")
        #expect(try request.headers.remoteTarget().host.description == "gw")
    }

    @Test("RFC 3261 §12.1.1: a peer without a tag has an empty one")
    func noTag() throws {
        var dialog = try SIPDialog(accepting: try request(fromTag: nil), localTag: "lt")
        #expect(dialog.receive(try request(fromTag: nil, toTag: "lt", sequence: 501)) == .inOrder)
        let bytes = dialog.nextRequest(.notify).begin(transport: "UDP", sentBy: "gw", branch: "z9hG4bK7").message()
        #expect(text(bytes).contains("To: <sip:a@example.net>\r\n"))
    }

    @Test("SIP-UAS-014 RFC 3261 §12.2.2: lower numbers are out of order, gaps are not")
    func order() throws {
        var dialog = try SIPDialog(accepting: try request(), localTag: "lt")
        func receive(_ sequence: Int, fromTag: String = "ft", toTag: String = "lt") throws -> SIPDialog.Reception {
            dialog.receive(try request(fromTag: fromTag, toTag: toTag, sequence: sequence))
        }
        #expect(try receive(499) == .outOfOrder)
        #expect(try receive(500) == .outOfOrder)
        #expect(try receive(501) == .inOrder)
        #expect(try receive(900) == .inOrder)
        #expect(try receive(899) == .outOfOrder)
        #expect(try receive(901, fromTag: "x") == .foreign)
        #expect(try receive(901, toTag: "x") == .foreign)
        #expect(dialog.remoteSequence == 900)
    }

    @Test("RFC 3261 §12.2.2: a request in order may move the peer, a wrong Contact does not")
    func targetRefresh() throws {
        var dialog = try SIPDialog(accepting: try request(), localTag: "lt")
        func target(after sequence: Int, _ lines: String, method: String = "SUBSCRIBE") throws -> String {
            _ = dialog.receive(try request(method, toTag: "lt", sequence: sequence, lines: lines))
            return dialog.nextRequest(.notify).uri
        }
        #expect(try target(after: 501, "Contact: <sip:new@h>") == "sip:new@h")
        #expect(try target(after: 502, "X: y") == "sip:new@h")
        #expect(try target(after: 503, "Contact: *") == "sip:new@h")
        #expect(try target(after: 400, "Contact: <sip:old@h>") == "sip:new@h")
        #expect(try target(after: 504, "Contact: <sip:m@h>", method: "MESSAGE") == "sip:new@h")
        #expect(try target(after: 505, "Contact: <sip:a@example.net>") == "sip:a@example.net")
        let long = String(repeating: "r", count: 5_000)
        #expect(try target(after: 506, "Contact: <sip:\(long)@h>") == "sip:a@example.net")
        dialog.refreshTarget(from: try response("Contact: <sip:r@h>").headers)
        #expect(dialog.nextRequest(.notify).uri == "sip:r@h")
    }

    @Test("Stored dialogs are the same when they are read")
    func storage() throws {
        let lines = [
            "Contact: <sip:a@192.0.2.7:5070>", "Contact: <sip:a@example.net>",
            "Contact: <sip:t@h>\nRecord-Route: <sip:p1;lr>,<sip:p2>",
        ]
        for line in lines {
            var dialog = try SIPDialog(accepting: try request(lines: line), localTag: "lt")
            _ = dialog.nextRequest(.notify)
            let stored = dialog.stored
            #expect(SIPDialog(stored: stored) == dialog)
            for end in 0..<40 where end < stored.count { #expect(SIPDialog(stored: stored.prefix(end)) == nil) }
            #expect(SIPDialog(stored: [2] + stored.dropFirst()) == nil)
        }
        let sent = try SIPDialog(response: try response("Contact: <sip:b@h>"))
        #expect(SIPDialog(stored: sent.stored) == sent)
        #expect(SIPDialog(stored: [1] + [UInt8](repeating: 0x0A, count: 6_000)) == nil)
    }

    @Test("Bytes that version 1 stored can be read for ever")
    func storedVersion1() throws {
        let head: [UInt8] = [1, 0, 0, 1, 2, 1, 0x80, 0, 0, 5]
        let parts = "call\nlt\nsip:b@example.com\nft\nsip:a@example.net\n\nsip:p1;lr\nsip:p2;lr"
        var dialog = try #require(SIPDialog(stored: head + Array(parts.utf8)))
        #expect(dialog.localSequence == 0x102)
        #expect(dialog.remoteSequence == 0x8000_0005)
        #expect(dialog.stored == head + Array(parts.utf8))
        let request = dialog.nextRequest(.notify)
        #expect((request.uri, request.callID, request.sequence) == ("sip:a@example.net", "call", 0x103))
        #expect(request.routes == ["sip:p1;lr", "sip:p2;lr"])
        let unheard: [UInt8] = [1, 0, 0, 0, 7, 0, 0, 0, 0, 0]
        var last = try #require(SIPDialog(stored: [1, 255, 255, 255, 255] + unheard[5...] + Array(parts.utf8)))
        #expect(last.nextRequest(.notify).sequence == 2_147_483_647)
        #expect(last.nextRequest(.notify).sequence == 2_147_483_647)
        #expect(SIPDialog(stored: unheard + Array("c\nl\nsip:b@h\n\nsip:a@h\nsip:t@h".utf8))?.remoteSequence == nil)
        #expect(SIPDialog(stored: unheard + Array("c\nl\nsip:b@h\n\nsip:a@h".utf8)) == nil)
        #expect(SIPDialog(stored: unheard + Array("\nl\nsip:b@h\n\nsip:a@h\n".utf8)) == nil)
    }
}
