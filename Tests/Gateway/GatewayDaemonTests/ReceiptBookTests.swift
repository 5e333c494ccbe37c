import Addressing
import IMDN
import Interworking
import Ledger
import Testing

@testable import GatewayDaemon

/// What is kept of messages whose senders want to hear of them.
@Suite("ReceiptBook")
struct ReceiptBookTests {
    private static let key = ReceiptBook.Key(
        way: .received,
        sender: "romeo@example.net",
        recipient: "juliet@example.com"
    )

    private func message(_ id: String, asks: Set<DispositionRequest> = [.display]) -> AskedMessage {
        .received(
            ReceivedMessage(
                messageID: id,
                stanzaID: "stanza \(id)",
                from: "im:romeo@example.net",
                to: "im:juliet@example.com",
                dateTime: "2026-03-01T06:16:49-05:00",
                asks: asks
            )
        )
    }

    private func ids(_ book: ReceiptBook, _ key: ReceiptBook.Key = key, now: Int64 = 0) -> [String] {
        book.messages(key, now: now).map(\.messageID)
    }

    @Test("A pair keeps so many messages, and the oldest is forgotten, in the store too")
    func pairs() {
        var limits = ReceiptBook.Limits()
        limits.messagesPerPair = 2
        var book = ReceiptBook(limits: limits)
        _ = book.insert(message("a"), Self.key, now: 0)
        let result1 = book.insert(message("b"), Self.key, now: 1)
        #expect(result1.count == 1)
        let changes = book.insert(message("c"), Self.key, now: 2)
        #expect(ids(book) == ["b", "c"])
        #expect(changes.first == .forget(Self.key, messageID: "a"))
        #expect(changes.first?.row.expires == 0)
        #expect(book.count == 2)
    }

    @Test("The book keeps so many messages in all, and the oldest is forgotten")
    func capacity() {
        var limits = ReceiptBook.Limits()
        limits.messages = 3
        var book = ReceiptBook(limits: limits)
        for number in 0..<9 {
            let key = ReceiptBook.Key(way: .sent, sender: "u\(number)@example.com", recipient: "romeo@example.net")
            let changes = book.insert(message("m"), key, now: Int64(number))
            #expect(changes.count == (number < 3 ? 1 : 2))
            #expect(book.count == min(3, number + 1))
        }
    }

    @Test("RFC 5438 §7.1.3: a message is forgotten after its lifetime")
    func lifetime() {
        var limits = ReceiptBook.Limits()
        limits.lifetime = 100
        var book = ReceiptBook(limits: limits)
        _ = book.insert(message("a"), Self.key, now: 0)
        #expect(ids(book, now: 99) == ["a"])
        #expect(ids(book, now: 100).isEmpty)
        let result2 = book.insert(message("b"), Self.key, now: 100)
        #expect(result2.contains(.forget(Self.key, messageID: "a")))
        #expect(book.count == 1)
    }

    @Test("A message whose sender has had all is forgotten")
    func settled() {
        var book = ReceiptBook()
        _ = book.insert(message("a", asks: [.display, .positiveDelivery, .negativeDelivery]), Self.key, now: 0)
        let changes = book.apply(.reported(messageID: "a", kind: .display), Self.key)
        guard case .keep(_, let entry)? = changes.first else { return #expect(Bool(false), "it is kept") }
        #expect(entry.asked.line.contains("told=display"))
        let result3 = book.apply(.reported(messageID: "a", kind: .delivery), Self.key)
        #expect(result3 == [.forget(Self.key, messageID: "a")])
        #expect(book.count == 0)
        let result4 = book.apply(.reported(messageID: "b", kind: .delivery), Self.key)
        #expect(result4.isEmpty)
    }

    @Test("What strangers make too large is not kept; up to the edge it is")
    func large() {
        var limits = ReceiptBook.Limits()
        limits.line = message("a").line.utf8.count
        var book = ReceiptBook(limits: limits)
        let result5 = book.insert(message("aa"), Self.key, now: 0)
        #expect(result5.isEmpty)
        let result6 = book.insert(message("a"), Self.key, now: 0)
        #expect(result6.count == 1)
        #expect(book.count == 1)
    }

    @Test("Rows bring back what was kept, in its order, and are no threads")
    func storage() throws {
        var book = ReceiptBook()
        var rows: [ConversationThread] = []
        for (place, id) in ["z", "a", "m n\"\\"].enumerated() {
            rows += book.insert(message(id), Self.key, now: Int64(place)).map(\.row)
        }
        rows.sort { $0.key < $1.key }
        #expect(rows.allSatisfy { ReceiptBook.holds($0) })
        var again = ReceiptBook()
        let result7 = again.restore(rows, now: 5)
        #expect(result7.isEmpty)
        #expect(again.messages(Self.key, now: 5) == book.messages(Self.key, now: 5))
        #expect(ids(again) == ["z", "a", "m n\"\\"])
        let thread = ConversationThread(key: "a@b\nc@d\nx", callID: "x", tag: "", cseq: 0, thread: "t", expires: 9)
        #expect(!ReceiptBook.holds(thread))
    }
}

/// Who is followed while writing.
@Suite("ComposingBook")
struct ComposingBookTests {
    private let writer: JID

    init() throws { writer = try JID("u1@example.com/phone") }

    private func pair(_ number: Int) -> ComposingBook.Pair {
        ComposingBook.Pair(writer: "u\(number)@example.com", reader: "romeo@example.net")
    }

    @Test("So many users are followed; of others nothing is told")
    func capacity() {
        var book = ComposingBook(capacity: 2)
        let result8 = book.told(outward: pair(1), from: writer, .active, now: 0)
        #expect(result8)
        let result9 = book.told(outward: pair(2), from: writer, .active, now: 0)
        #expect(result9)
        let result10 = book.told(outward: pair(3), from: writer, .active, now: 0)
        #expect(!result10)
        let result11 = book.told(outward: pair(1), from: writer, .active, now: 0)
        #expect(result11)
        book.wrote(pair(1))
        let result12 = book.told(outward: pair(3), from: writer, .active, now: 0)
        #expect(result12)
        #expect(book.toldOutward(pair(1)) == .idle)
        let hasWritten = book.hasWritten(pair(1))
        #expect(hasWritten)
    }

    @Test("RFC 3994 §3.2: time is looked at when something is due")
    func time() {
        var book = ComposingBook(capacity: 2)
        #expect(book.deadline == nil)
        _ = book.told(outward: pair(1), from: writer, .active, now: 0)
        #expect(book.deadline == 90_000)
        let result13 = book.advance(now: 89_999)
        #expect(result13.isEmpty)
        let result14 = book.advance(now: 90_000)
        #expect(result14 == [.outward(pair(1), from: writer, .active)])
        let result15 = book.advance(now: 300_000)
        #expect(result15 == [.outward(pair(1), from: writer, .idle)])
        #expect(book.deadline == nil)
    }
}
