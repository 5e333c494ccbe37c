import BridgeCore
import Foundation
import Ledger
import Loopback
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

extension GatewayTests {
    /// What becomes of a message is told to its sender, on both shores.
    @Suite("Receipts")
    struct ReceiptTests {
        static let tables = [SiteTable.switches("msg.carrier: cpim")]
        private static let request = "<request xmlns='urn:xmpp:receipts'/>"
        private static let markable = "<markable xmlns='urn:xmpp:chat-markers:0'/>"

        // MARK: Messages of the XMPP shore

        /// A message that asks for receipts reaches the phone, which answers 200.
        private func asked(
            _ stage: Stage,
            id: String = "m1",
            asks: String = request + markable
        ) async throws -> (call: Phone.Call, messageID: String) {
            try await stage.write("hello", id: id, more: asks)
            let call = try await stage.phone.calls.next()
            try await stage.phone.answer(call, 200)
            return (call, try #require(call.text.header("imdn.Message-ID")))
        }

        @Test("RFC 5438 §11.1.7: notifications of SIP users are a receipt and a marker to the device that asked")
        func notificationsCross() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                let (call, id) = try await asked(stage)
                #expect(
                    call.text.header("imdn.Disposition-Notification")
                        == "positive-delivery, negative-delivery, display"
                )
                #expect(try await stage.ask(.imdn(about: id, "delivery", "delivered", call: "n1")) == 202)
                let receipt = try await stage.server.stanzas.next()
                #expect(receipt.attribute("to") == "juliet@example.com/balcony")
                #expect(receipt.attribute("from") == "romeo@example.net")
                #expect(receipt.attribute("type") == "chat")
                #expect(receipt.first("received", "urn:xmpp:receipts")?.attribute("id") == "m1")
                #expect(receipt.first("store", "urn:xmpp:hints") != nil)
                #expect(receipt.body == nil)
                #expect(try await stage.ask(.imdn(about: id, "display", "displayed", call: "n2")) == 202)
                let marker = try await stage.server.stanzas.next()
                #expect(marker.first("displayed", "urn:xmpp:chat-markers:0")?.attribute("id") == "m1")
                try await stage.recorded(.delivered, 3)
                let records = try stage.records(.accepted).filter { $0.reason == "receipt" }
                #expect(records.count == 2)
                #expect(records.allSatisfy { $0.digest == nil && $0.leg == "sip" })
                #expect(try stage.balance().balances)
                #expect(try await stage.gateway.onLoop { $0.bridge.balance.holds })
            }
        }

        @Test("RFC 5438 §14.1: what is repeated, forged, unknown or was not asked for is answered and dropped")
        func foreignNotifications() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                let (_, id) = try await asked(stage, asks: Self.request)
                let forged = Note.imdn(about: id, "delivery", "delivered", call: "n1", from: "sip:iago@example.net")
                #expect(try await stage.ask(forged) == 202)
                #expect(try await stage.ask(.imdn(about: "unknown", "delivery", "delivered", call: "n2")) == 202)
                #expect(try await stage.ask(.imdn(about: id, "display", "displayed", call: "n3")) == 202)
                #expect(try await stage.ask(.imdn(about: id, "processing", "processed", call: "n4")) == 202)
                #expect(try await stage.ask(.imdn(about: id, "delivery", "delivered", call: "n5")) == 202)
                #expect(try await stage.ask(.imdn(about: id, "delivery", "delivered", call: "n6")) == 202)
                let receipt = try await stage.server.stanzas.next()
                #expect(receipt.first("received", "urn:xmpp:receipts") != nil)
                try await stage.recorded(.refused, 5)
                #expect(try await stage.server.stanzas.rest().isEmpty)
                #expect(
                    try stage.records(.refused).map(\.reason) == [
                        "unknown-message", "unknown-message", "unasked-notification", "unasked-notification",
                        "unknown-message",
                    ]
                )
                #expect(try stage.balance().balances)
            }
        }

        @Test("RFC 5438 §8.3: several notifications of one request are told each; a bare one counts as well")
        func several() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                let (_, id) = try await asked(stage)
                var note = Note.imdn(about: id, "delivery", "delivered", call: "n1")
                let (one, other) = (
                    Note.notification(id, "delivery", "delivered"), Note.notification(id, "display", "displayed")
                )
                note.type = "multipart/mixed;boundary=b"
                note.text =
                    [one, other].map { "--b\r\nContent-Type: message/imdn+xml\r\n\r\n\($0)\r\n" }.joined() + "--b--\r\n"
                #expect(try await stage.ask(note) == 202)
                #expect(try await stage.server.stanzas.next().first("received", "urn:xmpp:receipts") != nil)
                #expect(try await stage.server.stanzas.next().first("displayed", "urn:xmpp:chat-markers:0") != nil)
                let (_, second) = try await asked(stage, id: "m2")
                note = Note.imdn(about: second, "delivery", "delivered", call: "n2")
                note.type = "message/imdn+xml"
                note.text = Note.notification(second, "delivery", "delivered")
                #expect(try await stage.ask(note) == 202)
                #expect(
                    try await stage.server.stanzas.next().first("received", "urn:xmpp:receipts")?.attribute("id")
                        == "m2"
                )
            }
        }

        @Test("RFC 5438 §11.1.7: a failure that a SIP server reports later is an error about the message")
        func failureLater() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                let (_, id) = try await asked(stage)
                #expect(try await stage.ask(.imdn(about: id, "delivery", "failed", call: "n1")) == 202)
                let error = try await stage.server.stanzas.next()
                #expect(error.attribute("type") == "error")
                #expect(error.attribute("id") == "m1")
                #expect(error.condition == "recipient-unavailable")
            }
        }

        @Test("RFC 5438 §7.1.3: what was asked survives a restart, and is forgotten after its lifetime")
        func restarts() async throws {
            try await Stage.play(limits: "{receipt-lifetime: 2d}", tables: Self.tables) { stage in
                let (_, id) = try await asked(stage)
                try await stage.recorded(.delivered)
                try await stage.restart()
                #expect(try await stage.ask(.imdn(about: id, "delivery", "delivered", call: "n1")) == 202)
                #expect(
                    try await stage.server.stanzas.next().first("received", "urn:xmpp:receipts")?.attribute("id")
                        == "m1"
                )
                try await stage.recorded(.delivered, 2)
                // What was told is told once, after another restart too.
                try await stage.restart()
                #expect(try await stage.ask(.imdn(about: id, "delivery", "delivered", call: "n2")) == 202)
                try await stage.recorded(.refused)
                #expect(try stage.records(.refused).map(\.reason) == ["repeated-notification"])
                try await stage.restart(after: 2 * 86_400_000)
                #expect(try await stage.ask(.imdn(about: id, "display", "displayed", call: "n3")) == 202)
                try await stage.recorded(.refused, 2)
                #expect(try stage.records(.refused).last?.reason == "unknown-message")
                #expect(try await stage.server.stanzas.rest().isEmpty)
            }
        }

        @Test("A notification that cannot be read is refused: 400")
        func unreadable() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                var note = Note.imdn(about: "x", "delivery", "delivered", call: "n1")
                note.type = "message/imdn+xml"
                note.text = "<imdn>"
                let status = try await stage.ask(note)
                #expect(status == 400)
            }
        }

        // MARK: Messages of the SIP shore

        @Test("RFC 5438 §7.2.1: receipts and markers of XMPP users are notifications, once each")
        func receiptsCross() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                #expect(try await stage.ask(.asking("positive-delivery, display", id: "d1", call: "c1")) == 202)
                let stanza = try await stage.server.stanzas.next()
                #expect(stanza.attribute("id") == "d1")
                #expect(stanza.first("request", "urn:xmpp:receipts") != nil)
                #expect(stanza.first("markable", "urn:xmpp:chat-markers:0") != nil)
                for _ in 1...2 { try await stage.signal("<received xmlns='urn:xmpp:receipts' id='d1'/>") }
                let call = try await stage.phone.calls.next()
                #expect(call.contentType == "message/cpim")
                #expect(call.uri == "sip:romeo@example.net")
                #expect(call.from == "sip:juliet@example.com")
                let text = call.text
                #expect(text.contains("Content-Type: message/imdn+xml"))
                #expect(text.contains("Content-Disposition: notification"))
                #expect(text.contains("<message-id>d1</message-id>"))
                #expect(text.contains("<datetime>2026-03-01T06:16:49-05:00</datetime>"))
                #expect(text.contains("<recipient-uri>sip:juliet@example.com</recipient-uri>"))
                #expect(text.contains("<delivered"))
                #expect(!text.contains("Disposition-Notification"))
                #expect(text.header("imdn.Message-ID") != "d1")
                try await stage.phone.answer(call, 200)
                try await stage.signal("<displayed xmlns='urn:xmpp:chat-markers:0' id='d1'/>")
                let display = try await stage.phone.calls.next()
                #expect(display.text.contains("<displayed"))
                try await stage.phone.answer(display, 200)
                try await stage.recorded(.delivered, 3)
                #expect(try await stage.phone.calls.rest().isEmpty)
                #expect(try stage.records(.accepted).compactMap(\.reason) == ["receipt", "receipt"])
                #expect(try stage.balance().balances)
            }
        }

        @Test("XEP-0333 §1: a marker is about every message before it")
        func markersReachBack() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                for number in 1...3 {
                    #expect(try await stage.ask(.asking("display", id: "d\(number)", call: "c\(number)")) == 202)
                    _ = try await stage.server.stanzas.next()
                }
                try await stage.phone.answersAll(200)
                try await stage.signal("<displayed xmlns='urn:xmpp:chat-markers:0' id='d2'/>")
                for number in 1...2 {
                    #expect(try await stage.phone.calls.next().text.contains("<message-id>d\(number)<"))
                }
                try await stage.signal("<displayed xmlns='urn:xmpp:chat-markers:0' id='d3'/>")
                #expect(try await stage.phone.calls.next().text.contains("<message-id>d3<"))
            }
        }

        @Test("A receipt within a message goes beside it")
        func besideText() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                try await stage.phone.answersAll(200)
                #expect(try await stage.ask(.asking("positive-delivery", id: "d1", call: "c1")) == 202)
                _ = try await stage.server.stanzas.next()
                try await stage.write("yes", id: "r1", more: "<received xmlns='urn:xmpp:receipts' id='d1'/>")
                #expect(try await stage.phone.calls.next().text.contains("yes"))
                #expect(try await stage.phone.calls.next().text.contains("<delivered"))
            }
        }

        @Test("RFC 5438 §14.2: imdn.send says whether receipts cross")
        func sending() async throws {
            for (value, word) in [("none", ""), ("forbidden", "<forbidden")] {
                let tables = [SiteTable.switches("msg.carrier: cpim, imdn.send: \(value)")]
                try await Stage.play(tables: tables) { stage in
                    try await stage.phone.answersAll(200)
                    #expect(try await stage.ask(.asking("positive-delivery", id: "d1", call: "c1")) == 202)
                    _ = try await stage.server.stanzas.next()
                    try await stage.signal("<received xmlns='urn:xmpp:receipts' id='d1'/>")
                    try await stage.write("after", id: "m2")
                    let first = try await stage.phone.calls.next()
                    #expect(first.text.contains(word.isEmpty ? "after" : word))
                }
            }
        }

        @Test("RFC 5438 §8.1: imdn.processing reports once that a message was handed on")
        func processing() async throws {
            let tables = [SiteTable.switches("msg.carrier: cpim, imdn.processing: on")]
            try await Stage.play(tables: tables) { stage in
                #expect(try await stage.ask(.asking("processing", id: "d1", call: "c1")) == 202)
                _ = try await stage.server.stanzas.next()
                let call = try await stage.phone.calls.next()
                #expect(call.text.contains("<processed"))
                #expect(call.text.contains("<message-id>d1<"))
                try await stage.phone.answer(call, 200)
                try await stage.recorded(.delivered, 2)
                #expect(try await stage.phone.calls.rest().isEmpty)
                #expect(try stage.balance().balances)
            }
            try await Stage.play(tables: Self.tables) { stage in
                #expect(try await stage.ask(.asking("processing", id: "d1", call: "c1")) == 202)
                _ = try await stage.server.stanzas.next()
                try await stage.recorded(.delivered)
                #expect(try await stage.phone.calls.rest().isEmpty)
            }
        }

        // MARK: Failures

        @Test("RFC 5438 §8.2: a failure is told by a notification to who asked for that, and by no text")
        func failures() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                #expect(try await stage.ask(.asking("negative-delivery", id: "d1", call: "c1")) == 202)
                let stanza = try await stage.server.stanzas.next()
                #expect(stanza.first("request", "urn:xmpp:receipts") == nil)
                try await stage.recorded(.delivered)
                try await stage.bounce(stanza, "forbidden")
                let call = try await stage.phone.calls.next()
                #expect(call.contentType == "message/cpim")
                #expect(call.text.contains("<forbidden"))
                #expect(call.text.contains("<message-id>d1<"))
                try await stage.phone.answer(call, 200)
                try await stage.recorded(.delivered, 2)
                #expect(try await stage.phone.calls.rest().isEmpty)
                #expect(try stage.balance()[.failedUntold] == 0)
                #expect(try stage.balance().balances)
                // Who did not ask gets the text.
                #expect(try await stage.ask(.asking("display", id: "d2", call: "c2")) == 202)
                try await stage.bounce(try await stage.server.stanzas.next())
                #expect(
                    try await stage.phone.calls.next().text == "The message could not be delivered: item not found."
                )
            }
        }

        @Test("RFC 5438 §8.2: an error that comes after the delivery counted is still a notification")
        func lateError() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                #expect(try await stage.ask(.asking("negative-delivery", id: "d1", call: "c1")) == 202)
                let stanza = try await stage.server.stanzas.next()
                try await stage.recorded(.delivered)
                try await stage.restart(after: 60_000)
                try await stage.bounce(stanza)
                #expect(try await stage.phone.calls.next().text.contains("<failed"))
            }
        }

        @Test("RFC 5438 §12.1.3.1: what was answered with its failure gets no notification")
        func answeredFailures() async throws {
            let tables = [SiteTable.switches("msg.carrier: cpim, msg.answer: wait")]
            try await Stage.play(tables: tables) { stage in
                try await stage.server.keepPongs()
                try await stage.dial(.asking("negative-delivery", id: "d1", call: "c1"))
                let stanza = try await stage.server.stanzas.next()
                try await stage.bounce(stanza)
                #expect(try await stage.phone.responses.next().status == 604)
                try await stage.bounce(stanza)
                try await stage.write("after", id: "m2")
                #expect(try await stage.phone.calls.next().text.contains("after"))
            }
        }

        @Test("The failure of a receipt is told to nobody, and shows nothing of how messages are read")
        func failingReceipts() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                #expect(try await stage.ask(.asking("positive-delivery", id: "d1", call: "c1")) == 202)
                _ = try await stage.server.stanzas.next()
                try await stage.signal("<received xmlns='urn:xmpp:receipts' id='d1'/>")
                try await stage.phone.answer(try await stage.phone.calls.next(), 415)
                try await stage.recorded(.failed)
                #expect(try stage.balance()[.failedUntold] == 0)
                #expect(try stage.balance().balances)
                // A receipt to a user who is gone comes back as an error, which is answered with nothing.
                let (_, id) = try await asked(stage)
                #expect(try await stage.ask(.imdn(about: id, "delivery", "delivered", call: "n1")) == 202)
                try await stage.bounce(try await stage.server.stanzas.next())
                try await stage.write("after", id: "m2")
                let next = try await stage.phone.calls.next()
                #expect(next.contentType == "message/cpim")
                #expect(next.text.contains("after"))
                try await stage.phone.answer(next, 200)
                #expect(try await stage.phone.calls.rest().isEmpty)
                #expect(try await stage.server.stanzas.rest().isEmpty)
            }
        }

        @Test("A receipt waits for a neighbor that is down, goes after a restart, and is given up at its own deadline")
        func waiting() async throws {
            try await Stage.play(limits: "{receipt-deadline: 1h}", tables: Self.tables) { stage in
                var ids: [String] = []
                for number in 1...2 {
                    let (_, id) = try await asked(stage, id: "m\(number)")
                    ids.append(id)
                }
                try await stage.server.goDown()
                try await stage.eventually("the component is down") { try await !stage.gateway.isConnected() }
                #expect(try await stage.ask(.imdn(about: ids[0], "delivery", "delivered", call: "n1")) == 202)
                try await stage.pass(milliseconds: 3_600_001)
                try await stage.recorded(.expired)
                #expect(try await stage.ask(.imdn(about: ids[1], "delivery", "delivered", call: "n2")) == 202)
                try await stage.server.comeUp()
                try await stage.restart()
                let receipt = try await stage.server.stanzas.next()
                #expect(receipt.first("received", "urn:xmpp:receipts")?.attribute("id") == "m2")
                try await stage.recorded(.delivered, 3)
                #expect(try stage.balance()[.failedUntold] == 0)
                #expect(try stage.balance().balances)
            }
        }

        @Test("RFC 5438 §6.3: a copy of a notification on another branch is a duplicate")
        func copies() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                let (_, id) = try await asked(stage)
                #expect(try await stage.ask(.imdn(about: id, "delivery", "delivered", call: "n1")) == 202)
                var copy = Note.imdn(about: id, "delivery", "delivered", call: "n2")
                copy.text = copy.text.replacing("own-n2", with: "own-n1")
                #expect(try await stage.ask(copy) == 202)
                try await stage.recorded(.refused)
                _ = try await stage.server.stanzas.next()
                try await stage.recorded(.delivered, 2)
                #expect(try await stage.server.stanzas.rest().isEmpty)
                #expect(try stage.balance().balances)
            }
        }

        @Test("RFC 3261 §20.12: a packed notification is unpacked; what cannot be is refused, what is strange 415")
        func packed() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                let (_, id) = try await asked(stage)
                let body = Array(Note.notification(id, "delivery", "delivered").utf8)
                func send(_ body: [UInt8], _ coding: String, _ call: String) async throws -> SIPResponse {
                    let note = Note.imdn(about: id, "delivery", "delivered", call: call)
                    let head = note.head(port: stage.phone.port, type: "message/imdn+xml", coding: coding, body.count)
                    try await stage.phone.send(head + body, to: try #require(try stage.gateway.sipAddresses.first))
                    return try await stage.phone.responses.next()
                }
                #expect(try await send(body, "gzip", "n1").status == 415)
                let strange = try await send(body, "br", "n2")
                #expect(strange.status == 415)
                #expect(strange.headers.text(.acceptEncoding) == "identity, deflate")
                #expect(try await send(body, "deflate", "n3").status == 400)
                #expect(try await send(Packed.zeros(40), "deflate", "n4").status == 413)
                #expect(try await send(Packed.stored(body), "deflate", "n5").status == 202)
                let receipt = try await stage.server.stanzas.next()
                #expect(receipt.first("received", "urn:xmpp:receipts")?.attribute("id") == "m1")
            }
        }
    }
}

/// Bodies in the format of zlib.
enum Packed {
    /// A body as one block that is not compressed.
    static func stored(_ body: [UInt8]) -> [UInt8] {
        var (low, high) = (UInt32(1), UInt32(0))
        for byte in body {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        let length = UInt16(body.count)
        let sizes = [length, ~length].flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        let sum = high << 16 | low
        return [0x78, 0x01, 0x01] + sizes + body + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) }
    }

    /// A zero, and so many times 258 zeros again: 13 bits for each.
    static func zeros(_ times: Int) -> [UInt8] {
        let again = "11000101" + "00000"
        let bits = Array(("110" + "00110000" + String(repeating: again, count: times) + "0000000").utf8)
        var bytes: [UInt8] = [0x78, 0x01]
        for start in stride(from: 0, to: bits.count, by: 8) {
            bytes.append(bits[start..<min(start + 8, bits.count)].reversed().reduce(0) { $0 << 1 | ($1 & 1) })
        }
        let count = UInt32(1 + 258 * times)
        return bytes + [UInt8(count % 65_521 >> 8), UInt8(truncatingIfNeeded: count % 65_521), 0, 1]
    }
}

extension Stage {
    /// Sends a stanza without text of the XMPP shore.
    func signal(
        _ content: String,
        from: String = "juliet@example.com/balcony",
        to: String = "romeo@example.net"
    ) async throws {
        try await server.send("<message type='chat' from='\(from)' to='\(to)'>\(content)</message>")
    }
}

extension String {
    /// The value of the first header line with a name.
    func header(_ name: String) -> String? {
        split(whereSeparator: \.isNewline).first { $0.hasPrefix(name + ": ") }.map {
            String($0.dropFirst(name.count + 2))
        }
    }
}

extension Note {
    private static let names = "NS: imdn <urn:ietf:params:imdn>\r\n"

    /// A message that asks for notifications.
    static func asking(_ values: String, id: String, call: String) -> Note {
        var note = Note("", call: call)
        note.type = "message/cpim"
        note.text =
            "From: <\(note.from)>\r\nTo: <\(note.to)>\r\nDateTime: 2026-03-01T06:16:49-05:00\r\n\(names)"
            + "imdn.Message-ID: \(id)\r\nimdn.Disposition-Notification: \(values)\r\n\r\n"
            + "Content-Type: text/plain\r\n\r\nHello \(call)"
        return note
    }

    /// A notification.
    static func imdn(
        about id: String,
        _ kind: String,
        _ status: String,
        call: String,
        from: String = "sip:romeo@example.net"
    ) -> Note {
        var note = Note("", call: call)
        note.from = from
        note.type = "message/cpim"
        note.text =
            "From: <\(from)>\r\nTo: <\(note.to)>\r\n\(names)imdn.Message-ID: own-\(call)\r\n\r\n"
            + "Content-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n\r\n"
            + notification(id, kind, status)
        return note
    }

    static func notification(_ id: String, _ kind: String, _ status: String) -> String {
        "<imdn xmlns='urn:ietf:params:xml:ns:imdn'><message-id>\(id)</message-id>"
            + "<datetime>2026-03-01T11:00:00Z</datetime><\(kind)-notification><status><\(status)/></status>"
            + "</\(kind)-notification></imdn>"
    }

    /// The head of a request with a body that is no text.
    func head(port: Int, type: String, coding: String, _ length: Int) -> [UInt8] {
        let lines = [
            "MESSAGE \(to) SIP/2.0", "Via: SIP/2.0/UDP 127.0.0.1:\(port);branch=\(branch);rport", "Max-Forwards: 70",
            "From: <\(from)>;tag=t-\(callID)", "To: <\(to)>", "Call-ID: \(callID)", "CSeq: \(cseq) MESSAGE",
            "Content-Encoding: \(coding)", "Content-Type: \(type)", "Content-Length: \(length)", "", "",
        ]
        return Array(lines.joined(separator: "\r\n").utf8)
    }
}
