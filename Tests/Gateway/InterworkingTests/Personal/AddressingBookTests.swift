import Interworking
import Testing

@Suite("AddressingBook")
struct AddressingBookTests {
    private static let feature = "http://jabber.org/protocol/address"
    private let server = "example.com"
    private let own = "example.net"

    @Test("XEP-0033 §2: a server is asked once, and what it says holds for a day")
    func answer() {
        var book = AddressingBook()
        #expect(book.takesAddresses(server, now: 0) == nil)
        #expect(book.ask(server, by: own, now: 0, id: "1") == true)
        #expect(book.takesAddresses(server, now: 1) == false)
        book.answered("1", by: server, features: ["x", Self.feature], now: 1_000)
        #expect(book.takesAddresses(server, now: 1_000 + 86_399_999) == true)
        #expect(book.takesAddresses(server, now: 1_000 + 86_400_000) == nil)
        #expect(book.count == 0)
    }

    @Test("a server that does not know addresses, refuses or is silent counts as one that does not")
    func others() {
        var book = AddressingBook()
        _ = book.ask(server, by: own, now: 0, id: "1")
        book.answered("1", by: server, features: ["x"], now: 10)
        #expect(book.takesAddresses(server, now: 3_600_000) == false)
        _ = book.ask("silent.example", by: own, now: 0, id: "2")
        #expect(book.takesAddresses("silent.example", now: 3_599_999) == false)
        #expect(book.takesAddresses("silent.example", now: 3_600_000) == nil)
    }

    @Test("only who was asked answers, and once")
    func forged() {
        var book = AddressingBook()
        _ = book.ask(server, by: own, now: 0, id: "1")
        book.answered("1", by: "eve.example", features: [Self.feature], now: 1)
        book.answered("2", by: server, features: [Self.feature], now: 1)
        #expect(book.takesAddresses(server, now: 2) == false)
        book.answered("1", by: server, features: [], now: 1)
        book.answered("1", by: server, features: [Self.feature], now: 1)
        #expect(book.takesAddresses(server, now: 2) == false)
    }

    @Test("XMP-LIM-04: so many questions are open; those that nobody answered make room")
    func questions() {
        var limits = AddressingBook.Limits()
        limits.questions = 2
        var book = AddressingBook(limits: limits)
        #expect(book.ask("a.example", by: own, now: 0, id: "1") == true)
        #expect(book.ask("b.example", by: own, now: 10_000, id: "2") == true)
        #expect(book.ask("c.example", by: own, now: 29_999, id: "3") == false)
        #expect(book.takesAddresses("c.example", now: 29_999) == nil)
        #expect(book.ask("c.example", by: own, now: 30_000, id: "4") == true)
        #expect(book.count == 2)
    }

    @Test("XMP-LIM-04: of so many servers it is known what they said")
    func servers() {
        var limits = AddressingBook.Limits()
        limits.servers = 4
        var book = AddressingBook(limits: limits)
        for number in 1...5 { _ = book.ask("\(number).example", by: own, now: 0, id: "\(number)") }
        #expect(book.takesAddresses("5.example", now: 1) == false)
        #expect(book.takesAddresses("3.example", now: 1) == false)
        #expect(book.takesAddresses("1.example", now: 1) == nil)
    }

    @Test("what was asked over a link that is lost may be asked again")
    func lostLink() {
        var book = AddressingBook()
        _ = book.ask("a.example", by: own, now: 0, id: "1")
        _ = book.ask("b.example", by: "other.example", now: 0, id: "2")
        book.linkLost(own)
        #expect(book.takesAddresses("a.example", now: 1) == nil)
        #expect(book.takesAddresses("b.example", now: 1) == false)
        #expect(book.count == 1)
    }
}
