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
                        deliver(.failure(HTTPSFault(.overloaded, "too many")))
                    }
                    for _ in 1...2 { gateway.personal(Self.card("https://a.example/other.png"), of: Self.watch) }
                    return asked
                }
                #expect(asked == 2)
            }
        }

        @Test("CIPID-005: what was told of a picture stands while it is being fetched anew, and no longer")
        func anew() async throws {
            try await play("on") { stage, _ in
                let told = try await stage.gateway.onLoop { gateway in
                    var answer: (Result<Picture, HTTPSFault>) -> Void = { _ in }
                    gateway.pictureSource = { answer = $1 }
                    gateway.pictures = PictureBook()
                    let isTold = {
                        gateway.personal.items(of: Self.watch).contains { $0.node == Self.metadata }
                    }
                    var told = [isTold()]
                    gateway.personal(Self.card("https://a.example/me.png"), of: Self.watch)
                    told.append(isTold())
                    answer(.failure(HTTPSFault(.absent, "none")))
                    return told + [isTold()]
                }
                #expect(told == [true, true, false])
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
