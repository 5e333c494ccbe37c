import BridgeCore
import Digests
import Interworking
import Loopback
import NIOCore
import SIPMessages
import Synchronization
import Testing
import XMLStreams

@testable import GatewayDaemon
@testable import XMPPChannels

extension PictureBook {
    /// Pictures of users of one domain.
    fileprivate mutating func want(
        _ address: String,
        for key: WatchKey,
        now: Int64
    ) -> (picture: ContactPicture?, isToBeFetched: Bool) {
        want(address, for: key, of: "example.net", now: now)
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

extension GatewayTests {
    /// Pictures of users of the SIP shore, through a whole gateway.
    @Suite("Pictures")
    struct PictureTests {
        private static let caps = "http://jabber.org/protocol/caps"
        private static let info = "http://jabber.org/protocol/disco#info"
        private static let metadata = "urn:xmpp:avatar:metadata"
        private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1]
        private static let version = SHA1.base64(Array("client/pc//<\(metadata)+notify<".utf8))

        /// The addresses that a gateway wanted.
        private final class Wanted: Sendable {
            private let addresses = Mutex<[String]>([])
            var all: [String] { addresses.withLock { $0 } }
            func append(_ address: String) { addresses.withLock { $0.append(address) } }
        }

        private static func document(_ icon: String) -> String {
            Stage.document(
                Stage.tuple("orchard")
                    + "<dm:person xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model' id='p' "
                    + "xmlns:c='urn:ietf:params:xml:ns:pidf:cipid'><c:icon>\(icon)</c:icon></dm:person>"
            )
        }

        /// Web servers are played: each address has the same picture.
        private func play(_ fetch: String, _ body: (Stage, Wanted) async throws -> Void) async throws {
            let tables = [SiteTable.switches("cipid: on, avatar.fetch: \(fetch)")]
            try await Stage.play(tables: tables) { stage in
                let wanted = Wanted()
                let picture = try Picture(Self.png, said: "image/png")
                try await stage.gateway.onLoop { gateway in
                    let loop = gateway.eventLoop
                    gateway.pictureSource = { address, deliver in
                        wanted.append(address)
                        loop.execute { deliver(.success(picture)) }
                    }
                }
                try await stage.say("subscribe", from: "juliet@example.com", id: "s1")
                let subscribe = try await stage.request()
                try await stage.phone.answer(subscribe, 200, [(.expires, "600")])
                let body1 = Self.document("https://a.example/me.png")
                #expect(try await stage.notify(subscribe, body: body1) == 200)
                #expect(try await stage.shown().kind == "subscribed romeo@example.net juliet@example.com")
                _ = try await stage.shown()
                try await body(stage, wanted)
            }
        }

        private func ask(_ stage: Stage, _ payload: String) async throws -> XML.Element {
            try await stage.server.send(
                "<iq type='get' from='juliet@example.com/balcony' to='romeo@example.net' id='v1'>\(payload)</iq>"
            )
            return try await stage.server.stanzas.next()
        }

        @Test(
            "CIPID-005: with avatar.fetch on a picture that a document names is told of, stands in the card and is had"
        )
        func fetched() async throws {
            try await play("on") { stage, wanted in
                // What is told keeps to its pace.
                try await stage.wait(seconds: 6)
                try await stage.say(
                    nil,
                    "<c xmlns='\(Self.caps)' hash='sha-1' node='http://x.example' ver='\(Self.version)'/>"
                )
                let question = try await stage.server.stanzas.next()
                try await stage.server.send(
                    "<iq type='result' from='juliet@example.com/balcony' to='romeo@example.net' "
                        + "id='\(question.attribute("id") ?? "")'><query xmlns='\(Self.info)'>"
                        + "<identity category='client' type='pc'/><feature var='\(Self.metadata)+notify'/>"
                        + "</query></iq>"
                )
                let message = try await stage.server.stanzas.next()
                let event = message.first("event", "http://jabber.org/protocol/pubsub#event")
                let items = event?.children.first { _ in true }
                #expect(items?.attribute("node") == Self.metadata)
                let told = items?.children.first { _ in true }?.first("metadata", Self.metadata)
                let id = SHA1.hexadecimal(Self.png)
                #expect(told?.first("info", Self.metadata)?.attribute("id") == id)
                #expect(wanted.all == ["https://a.example/me.png"])
                let card = try await ask(stage, "<vCard xmlns='vcard-temp'/>").first("vCard", "vcard-temp")
                let photo = try #require(card?.first("PHOTO", "vcard-temp"))
                #expect(photo.children.map(\.text) == ["image/png", "iVBORw0KGgoB"])
                let answer = try await ask(
                    stage,
                    "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:avatar:data'>"
                        + "<item id='\(id)'/></items></pubsub>"
                )
                #expect(answer.attribute("type") == "result" && answer.description.contains("iVBORw0KGgoB"))
            }
        }

        private static let watch = WatchKey(
            watcher: "juliet@example.com",
            presentity: "romeo@example.net",
            target: .cpim
        )

        private static func card(_ icon: String) -> [PersonalItem] {
            let photo = "<PHOTO><EXTVAL>\(icon)</EXTVAL></PHOTO>"
            return [PersonalItem(node: "vcard-temp", payload: Array("<vCard xmlns='vcard-temp'>\(photo)</vCard>".utf8))]
        }

        @Test("XEP-0084 §4.2: who asks for a node is told of that one, the data under the name of what is held")
        func known() async throws {
            try await play("on") { stage, _ in
                let nodes = ["vcard-temp", Self.metadata, "urn:xmpp:avatar:data", "urn:example:none"]
                let later: [UInt8] = Self.png + [2]
                let known = try await stage.gateway.onLoop { gateway in
                    _ = gateway.pictures.fetched(
                        "https://a.example/me.png",
                        ContactPicture(id: SHA1.hexadecimal(later), type: "image/png", bytes: later),
                        isGone: false
                    )
                    return (nodes + [nil]).map { node in
                        gateway.acquaintance(
                            of: Self.watch.watcher,
                            with: Self.watch.presentity,
                            device: nil,
                            node: node
                        )
                    }
                }
                #expect(known.map { $0?.items.map(\.node) } == nodes.prefix(3).map { [$0] } + [[], []])
                #expect(known[2]?.pictureID == SHA1.hexadecimal(later))
                let told = try #require(known[1]?.items.first)
                let event = PersonalEvent(node: told.node, payload: told.payload)
                #expect(event.pictureID == SHA1.hexadecimal(Self.png))
            }
        }

        @Test("CIPID-005: a picture that there was no room to fetch is fetched at the next occasion")
        func overloaded() async throws {
            try await play("on") { stage, _ in
                let asked = try await stage.gateway.onLoop { gateway in
                    var asked = 0
                    gateway.pictureSource = { _, deliver in
                        asked += 1
                        deliver(.failure(POSHFault(.overloaded, "too many")))
                    }
                    for _ in 1...2 { gateway.personal(Self.card("https://a.example/other.png"), of: Self.watch) }
                    return asked
                }
                #expect(asked == 2)
            }
        }

        @Test("CIPID-005: the users of one domain have 30 pictures fetched in a minute")
        func pace() async throws {
            try await play("on") { stage, wanted in
                try await stage.gateway.onLoop { gateway in
                    for number in 1...40 {
                        gateway.personal(Self.card("https://a.example/\(number).png"), of: Self.watch)
                    }
                }
                #expect(wanted.all.count == 30 && wanted.all.last == "https://a.example/29.png")
            }
        }

        @Test("CIPID-005: with avatar.fetch off nothing is fetched; the card names the address")
        func off() async throws {
            try await play("off") { stage, wanted in
                let card = try await ask(stage, "<vCard xmlns='vcard-temp'/>").first("vCard", "vcard-temp")
                let photo = try #require(card?.first("PHOTO", "vcard-temp"))
                #expect(photo.children.map(\.text) == ["https://a.example/me.png"])
                #expect(wanted.all.isEmpty)
            }
        }
    }
}
