import Interworking
import Testing

@Suite("CardBook")
struct CardBookTests {
    private let juliet = "juliet@example.com"
    private let romeo = "romeo@example.net"

    @Test("A card is asked for once, and again after a while")
    func pause() {
        var book = CardBook()
        #expect(book.isToBeAsked(juliet, by: romeo, now: 1_000, id: "1") == true)
        #expect(book.isToBeAsked(juliet, by: romeo, now: 1_000 + 3_599_999, id: "2") == false)
        #expect(book.isToBeAsked(juliet, by: "paris@example.net", now: 1_000, id: "3") == true)
        #expect(book.isToBeAsked(juliet, by: romeo, now: 1_000 + 3_600_000, id: "4") == true)
    }

    @Test("Only who was asked answers, and once")
    func answers() {
        var book = CardBook()
        _ = book.isToBeAsked(juliet, by: romeo, now: 1_000, id: "1")
        #expect(book.answered("1", by: "eve@example.com") == nil)
        #expect(book.answered("2", by: juliet) == nil)
        #expect(book.answered("1", by: juliet) == romeo)
        #expect(book.answered("1", by: juliet) == nil)
        #expect(book.count == 0)
    }

    @Test("XMP-LIM-04: so many questions are open; those that nobody answered make room")
    func questions() {
        var limits = CardBook.Limits()
        limits.questions = 2
        var book = CardBook(limits: limits)
        #expect(book.isToBeAsked("a@example.com", by: romeo, now: 0, id: "1") == true)
        #expect(book.isToBeAsked("b@example.com", by: romeo, now: 10_000, id: "2") == true)
        #expect(book.isToBeAsked("c@example.com", by: romeo, now: 29_999, id: "3") == false)
        #expect(book.isToBeAsked("c@example.com", by: romeo, now: 30_000, id: "4") == true)
        #expect(book.count == 2)
        #expect(book.answered("1", by: "a@example.com") == nil)
    }

    @Test("XMP-LIM-04: of so many pairs it is known when they were asked for")
    func asked() {
        var limits = CardBook.Limits()
        limits.asked = 4
        var book = CardBook(limits: limits)
        for number in 1...8 {
            #expect(book.isToBeAsked("\(number)@example.com", by: romeo, now: 0, id: "\(number)") == true)
        }
        #expect(book.isToBeAsked("8@example.com", by: romeo, now: 0, id: "9") == false)
        #expect(book.isToBeAsked("1@example.com", by: romeo, now: 0, id: "10") == true)
    }

    @Test("Of a link that is lost nobody answers, and what was asked over it may be asked again; of others not")
    func lostLink() {
        var book = CardBook()
        let user = "juliet@example.com"
        func ask(_ contact: String, _ id: String) -> Bool { book.isToBeAsked(user, by: contact, now: 0, id: id) }
        let first = [ask("romeo@example.net", "a"), ask("romeo@example.org", "b")]
        #expect(first == [true, true])
        book.linkLost("example.net")
        #expect(book.count == 1)
        let answers = [book.answered("a", by: user)]
        let again = [ask("romeo@example.net", "c"), ask("romeo@example.org", "d")]
        #expect(answers == [nil] && again == [true, false])
        let other = book.answered("b", by: user)
        #expect(other == "romeo@example.org")
    }
}
