import Testing
import XMPPStreams

@testable import XMPPLegs

@Suite("ArrivalBook: what the ledger has of which stream")
struct ArrivalBookTests {
    /// What a stream was told.
    private final class Told {
        var numbers: [UInt64] = []
    }

    private func stream() -> (arrivals: StreamArrivals, told: Told) {
        let (arrivals, told) = (StreamArrivals(), Told())
        arrivals.tell = { told.numbers.append($0) }
        return (arrivals, told)
    }

    @Test("What came in one turn is one submission, and only the first stanza of a turn asks for it")
    func turn() {
        var book = ArrivalBook()
        let (stream, told) = stream()
        #expect(book.submit() == nil)
        #expect(book.came(1, on: stream) == true)
        #expect(book.came(2, on: stream) == true)
        #expect(book.submit() == 1)
        #expect(book.submit() == nil)
        book.stored(1).tell()
        #expect(told.numbers == [2])
    }

    @Test("XEP-0198 §4: two streams of one turn are told of their own stanzas, in the order they came")
    func twoStreams() {
        var book = ArrivalBook()
        let (one, other) = (stream(), stream())
        #expect(book.came(7, on: one.arrivals) == true)
        #expect(book.came(1, on: other.arrivals) == false)
        _ = book.came(8, on: one.arrivals)
        let number = book.submit()
        #expect(number == 1)
        let told = book.stored(1)
        #expect(told.map(\.upTo) == [8, 1])
        #expect(told.first?.arrivals === one.arrivals)
        told.tell()
        #expect(one.told.numbers == [8] && other.told.numbers == [1])
    }

    @Test("XEP-0198 §4: what is stored out of order is told when all before it is stored")
    func outOfOrder() {
        var book = ArrivalBook()
        let (stream, told) = stream()
        for number: UInt64 in 1...3 {
            _ = book.came(number, on: stream)
            #expect(book.submit() == number)
        }
        book.stored(3).tell()
        book.stored(2).tell()
        #expect(told.numbers.isEmpty && !stream.isSettled)
        book.stored(1).tell()
        #expect(told.numbers == [1, 2, 3] && stream.isSettled)
        for number: UInt64 in [1, 9] { #expect(book.stored(number).map(\.upTo) == []) }
    }

    @Test("A stream is settled once nothing of it is on its way, and then says so once")
    func settled() {
        var book = ArrivalBook()
        let (stream, _) = stream()
        var calls = 0
        stream.whenSettled = { calls += 1 }
        #expect(stream.isSettled)
        _ = book.came(1, on: stream)
        #expect(!stream.isSettled)
        _ = book.submit()
        _ = book.came(2, on: stream)
        book.stored(1).tell()
        #expect(!stream.isSettled && calls == 0)
        _ = book.submit()
        #expect(!stream.isSettled)
        book.stored(2).tell()
        #expect(stream.isSettled && calls == 1)
        _ = book.came(3, on: stream)
        _ = book.submit()
        book.stored(3).tell()
        #expect(calls == 1)
    }
}
