import Digests
import Testing

@testable import AuditTrail

/// Records as messages of mail.
@Suite("Journal")
struct JournalTests {
    private static func message(_ sender: String?, _ recipient: String? = nil) -> JournalMessage {
        JournalMessage(
            origin: "gw.example.net/audit",
            sequence: 7,
            time: "2026-05-04T09:08:07.006Z",
            sender: sender,
            recipient: recipient,
            event: "accepted",
            record: Array("{\"seq\":7}".utf8)
        )
    }

    @Test("RFC 5322 §3.6: a record is a message with date, originator and the record in its body")
    func message() throws {
        let bytes = try #require(JournalTests.message("juliet@example.com/balcony", "sip:romeo@example.net").bytes)
        let expected = [
            "Date: Mon, 4 May 2026 09:08:07 +0000", "From: juliet@example.com", "To: romeo@example.net",
            "Message-ID: <audit.7@gw.example.net>", "Subject: accepted 7",
            "X-Isthmus-Sender: juliet@example.com/balcony", "X-Isthmus-Recipient: sip:romeo@example.net",
            "MIME-Version: 1.0", "Content-Type: application/json", "Content-Transfer-Encoding: base64", "",
            "eyJzZXEiOjd9", "",
        ]
        #expect(String(decoding: bytes, as: UTF8.self) == expected.joined(separator: "\r\n"))
    }

    @Test("RFC 5322 §3.3: weekdays are those of the calendar")
    func dates() {
        for (time, date) in [
            ("1970-01-01T00:00:00.000Z", "Thu, 1 Jan 1970 00:00:00 +0000"),
            ("2000-02-29T23:59:59.999Z", "Tue, 29 Feb 2000 23:59:59 +0000"),
            ("2026-12-31T01:02:03.004Z", "Thu, 31 Dec 2026 01:02:03 +0000"),
        ] {
            #expect(JournalMessage.date(time) == date)
        }
        for text in ["", "2026-13-01T00:00:00.000Z", "2026-01-32T00:00:00.000Z", "yesterday"] {
            #expect(JournalMessage.date(text) == nil)
        }
    }

    @Test("RFC 5322 §3.4.1: what is no mailbox stands in a field of its own, and no field breaks its line")
    func addresses() throws {
        #expect(JournalMessage.mailbox("sip:romeo@example.net;user=phone") == "romeo@example.net")
        for text in ["example.com", "a@b@c", "a..b@example.com", "jos\u{E9}@example.com", "a b@example.com", "@b", ""] {
            #expect(JournalMessage.mailbox(text) == nil)
        }
        let wild = "jos\u{E9}\r\nBcc: x@example.org" + String(repeating: "\u{1F339}", count: 600)
        let bytes = try #require(JournalTests.message(wild).bytes)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines[1] == "From: audit@gw.example.net")
        #expect(!lines.contains { $0.hasPrefix("Bcc") })
        #expect(lines.allSatisfy { $0.utf8.count <= 78 })
        #expect(bytes.allSatisfy { $0 < 0x80 })
    }

    @Test("RFC 9162 §2.1.3.1: a tree in memory has the root and the proofs of the one that goes by")
    func levels() throws {
        let leaves = (0..<70).map { TreeEdge.leaf(Array("record \($0)".utf8)[...]) }
        for size in 0...70 {
            let levels = TreeLevels(Array(leaves[..<size]))
            var edge = TreeEdge()
            for leaf in leaves[..<size] { edge.append(leaf) }
            #expect(levels.root == edge.root)
            for index in 0..<size {
                var prover = TreeProver(inclusionOf: Int64(index), in: Int64(size))
                for leaf in leaves[..<size] { prover.append(leaf) }
                #expect(levels.proof(of: index)?.path == prover.path)
            }
            #expect(levels.proof(of: size) == nil)
        }
    }
}
