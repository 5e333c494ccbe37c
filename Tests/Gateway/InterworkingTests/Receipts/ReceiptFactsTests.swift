import Addressing
import IMDN
import Testing

@testable import Interworking

@Suite("Facts of receipts")
struct ReceiptFactsTests {
    private func facts(_ lines: String...) throws -> Facts { try FactsText(lines, defaults: VectorRun.defaults).facts }

    @Test("What is known is read back from its own lines")
    func lines() throws {
        let written = try facts(
            ReceiptSamples.sent + " request=receipt,markable told=delivery",
            ReceiptSamples.received
                + " dispositions=positive-delivery,display sender=romeo@example.net original-to=sip:l@h record-route=a record-route=b told=display",
            "chatstates juliet@example.com=yes",
            "composing romeo->juliet=active",
            "written romeo->juliet=no"
        )
        #expect(written.receipts.sent.count == 1)
        #expect(written.receipts.received.count == 1)
        #expect(written.receipts.received[0].routes == ["a", "b"])
        #expect(try FactsText(written.lines, defaults: VectorRun.defaults).facts.receipts == written.receipts)
    }

    @Test("A vector says in its own words that all was reported")
    func reported() throws {
        let found = try facts(ReceiptSamples.received + " dispositions=display (already reported)")
        #expect(found.receipts.received[0].told == Set(Disposition.Kind.allCases))
    }

    @Test(
        "What is no state, no user or no kind is a fault of its line",
        arguments: [
            "composing romeo->juliet=asleep", "composing romeo=active", "chatstates @=yes", "chatstates a@b=maybe",
            "written a->b=perhaps", "received imdn-message-id=a from=b to=c", "sent imdn-message-id=a xmpp-id=b to=c@d",
            "received imdn-message-id=a from=b to=c stanza-id=d told=everything",
        ]
    )
    func faults(line: String) {
        #expect(throws: FactsError.self) { try facts(line) }
    }

    @Test("Lines about sessions are kept as they are")
    func sessions() throws {
        let line = "sent xmpp-id=b msrp-message-id=x from=a@b/c type=chat"
        let found = try facts(line)
        #expect(found.receipts.sent.isEmpty)
        #expect(found.statements.map(\.description) == [line])
    }
}
