import BridgeCore
import Interworking
import Testing

@testable import GatewayDaemon

extension PictureBook {
    /// Pictures of users of one domain.
    fileprivate mutating func want(
        _ address: String,
        for key: WatchKey,
        now: Int64
    ) -> (picture: ContactPicture?, isToBeFetched: Bool) {
        let wanted = want(address, for: key, of: "example.net", now: now)
        return (wanted.picture, wanted.isToBeFetched)
    }
}

@Suite("PictureBook")
struct PictureBookTests {
    private static let picture = ContactPicture(id: "ab", type: "image/png", bytes: [1])
    private static let address = "https://a.example/me.png"

    private static func key(_ watcher: String = "juliet") -> WatchKey {
        WatchKey(watcher: "\(watcher)@example.com", presentity: "romeo@example.net", target: .cpim)
    }

    @Test("A picture is fetched once for all who want it, and told to those who waited")
    func once() {
        var book = PictureBook()
        #expect(book.want(Self.address, for: Self.key(), now: 0) == (nil, true))
        #expect(book.want(Self.address, for: Self.key("nurse"), now: 1) == (nil, false))
        #expect(book.want(Self.address, for: Self.key(), now: 2) == (nil, false))
        #expect(book.fetched(Self.address, Self.picture, isGone: false) == [Self.key(), Self.key("nurse")])
        #expect(book.want(Self.address, for: Self.key("paris"), now: 3) == (Self.picture, false))
        #expect(book.fetched(Self.address, Self.picture, isGone: false) == [])
    }

    @Test("After a while it is fetched again, and stays meanwhile, unless the web server has it no more")
    func again() {
        var book = PictureBook(limits: PictureBook.Limits(pause: 100))
        _ = book.want(Self.address, for: Self.key(), now: 0)
        #expect(book.fetched(Self.address, nil, isGone: false) == [Self.key()])
        #expect(book.want(Self.address, for: Self.key(), now: 99) == (nil, false))
        #expect(book.want(Self.address, for: Self.key(), now: 100) == (nil, true))
        _ = book.fetched(Self.address, Self.picture, isGone: false)
        #expect(book.want(Self.address, for: Self.key(), now: 200) == (Self.picture, true))
        _ = book.fetched(Self.address, nil, isGone: false)
        #expect(book[Self.address] == Self.picture)
        #expect(book.want(Self.address, for: Self.key(), now: 300) == (Self.picture, true))
        _ = book.fetched(Self.address, nil, isGone: true)
        #expect(book[Self.address] == nil)
    }

    @Test("Of one domain 30 are fetched in a minute; the next one waits for the next minute, other domains do not")
    func pace() {
        var book = PictureBook()
        for number in 1...30 {
            #expect(book.want("https://a.example/\(number)", for: Self.key(), now: 59_999).isToBeFetched)
        }
        #expect(book.want(Self.address, for: Self.key(), now: 59_999) == (nil, false))
        // Nothing is known of it, so that nobody waits for an answer.
        #expect(book.fetched(Self.address, Self.picture, isGone: false) == [])
        #expect(book.want("https://b.example/", for: Self.key(), of: "example.org", now: 59_999).isToBeFetched)
        #expect(book.want(Self.address, for: Self.key(), now: 60_000) == (nil, true))
        #expect(book.fetched(Self.address, Self.picture, isGone: false) == [Self.key()])
    }

    @Test("Fetching again keeps to the pace as well; the picture stays meanwhile")
    func paceAgain() {
        var book = PictureBook(limits: PictureBook.Limits(pause: 100, pace: 1))
        _ = book.want(Self.address, for: Self.key(), now: 0)
        _ = book.fetched(Self.address, Self.picture, isGone: false)
        #expect(book.want(Self.address, for: Self.key(), now: 59_999) == (Self.picture, false))
        #expect(book.want(Self.address, for: Self.key(), now: 60_000) == (Self.picture, true))
    }

    @Test("For how many domains the pace is kept is bounded")
    func domains() {
        var book = PictureBook(limits: PictureBook.Limits(pace: 1, domains: 2))
        _ = book.want("https://a.example/1", for: Self.key(), of: "1.example", now: 0)
        #expect(!book.want("https://a.example/2", for: Self.key(), of: "1.example", now: 0).isToBeFetched)
        for number in 2...3 {
            _ = book.want("https://a.example/\(number)", for: Self.key(), of: "\(number).example", now: 0)
        }
        #expect(book.want("https://a.example/4", for: Self.key(), of: "1.example", now: 0).isToBeFetched)
    }

    @Test("A picture that is looked at is kept, be it by who wants it or by who asks for it", arguments: [true, false])
    func kept(isWanted: Bool) {
        var book = PictureBook(limits: PictureBook.Limits(addresses: 4))
        _ = book.want(Self.address, for: Self.key(), now: 0)
        _ = book.fetched(Self.address, Self.picture, isGone: false)
        for number in 1...8 {
            _ = book.want("https://a.example/\(number)", for: Self.key(), now: 1)
            let held = isWanted ? book.want(Self.address, for: Self.key(), now: 2).picture : book[Self.address]
            #expect(held == Self.picture, "\(number)")
        }
    }

    @Test("A picture is awaited while it is being fetched, or waits for the pace, and not once there is none")
    func awaited() {
        var book = PictureBook(limits: PictureBook.Limits(pace: 1))
        #expect(book.want(Self.address, for: Self.key(), of: "example.net", now: 0).isAwaited)
        #expect(book.want(Self.address, for: Self.key(), of: "example.net", now: 1).isAwaited)
        #expect(book.want("https://a.example/1", for: Self.key(), of: "example.net", now: 1).isAwaited)
        _ = book.fetched(Self.address, nil, isGone: true)
        #expect(!book.want(Self.address, for: Self.key(), of: "example.net", now: 2).isAwaited)
    }

    @Test("What could not be asked is asked at the next occasion, and takes nothing back")
    func notAsked() {
        var book = PictureBook(limits: PictureBook.Limits(pause: 100))
        _ = book.want(Self.address, for: Self.key(), now: 0)
        book.notAsked(Self.address)
        #expect(book.want(Self.address, for: Self.key(), now: 1) == (nil, true))
        _ = book.fetched(Self.address, Self.picture, isGone: false)
        #expect(book.want(Self.address, for: Self.key(), now: 101) == (Self.picture, true))
        book.notAsked(Self.address)
        #expect(book.want(Self.address, for: Self.key("nurse"), now: 102) == (Self.picture, true))
        #expect(book.fetched(Self.address, Self.picture, isGone: false) == [Self.key("nurse")])
    }

    @Test("Addresses and those who wait are bounded")
    func bounds() {
        var book = PictureBook(limits: PictureBook.Limits(addresses: 4, waiting: 2))
        for number in 1...3 { _ = book.want(Self.address, for: Self.key("\(number)"), now: 0) }
        #expect(book.fetched(Self.address, Self.picture, isGone: false).count == 2)
        for number in 1...4 { _ = book.want("https://a.example/\(number)", for: Self.key(), now: 0) }
        #expect(book[Self.address] == nil)
        #expect(book.fetched("https://a.example/1", Self.picture, isGone: false) == [])
        #expect(book.fetched("https://a.example/4", Self.picture, isGone: false) == [Self.key()])
    }
}
