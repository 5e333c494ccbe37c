import BridgeCore
import Digests
import Ledger
import Loopback
import SIPMessages
import Testing
import XMLStreams
import XMPPStanzas

@testable import GatewayDaemon

extension GatewayTests {
    /// What users tell beside their presence, through a whole gateway.
    @Suite("Personal events")
    struct PersonalTests {
        private static let mood = "http://jabber.org/protocol/mood"
        private static let caps = "http://jabber.org/protocol/caps"
        private static let info = "http://jabber.org/protocol/disco#info"
        private static let on = [SiteTable.switches("rich.pep: on, cipid: on")]

        /// The answer of a device that wants moods and names, and its hash.
        private static let answer =
            "<query xmlns='\(info)'><identity category='client' type='pc'/><feature var='\(mood)+notify'/>"
            + "<feature var='http://jabber.org/protocol/nick+notify'/></query>"
        private static let version = SHA1.base64(
            Array("client/pc//<\(mood)+notify<http://jabber.org/protocol/nick+notify<".utf8)
        )
        private static let announcement = "<c xmlns='\(caps)' hash='sha-1' node='http://x.example' ver='\(version)'/>"

        /// A document of Romeo with something of the person.
        private static func document(_ person: String, _ tuples: String = Stage.tuple("orchard")) -> String {
            Stage.document(
                tuples
                    + "<dm:person xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model' id='p' "
                    + "xmlns:r='urn:ietf:params:xml:ns:pidf:rpid' xmlns:c='urn:ietf:params:xml:ns:pidf:cipid'>"
                    + "\(person)</dm:person>"
            )
        }

        /// Brings Juliet to where she sees Romeo, with what his first document says.
        private func watchRomeo(_ stage: Stage, _ body: String) async throws -> Phone.Call {
            try await stage.say("subscribe", from: "juliet@example.com", id: "s1")
            let subscribe = try await stage.request()
            try await stage.phone.answer(subscribe, 200, [(.expires, "600")])
            #expect(try await stage.notify(subscribe, body: body) == 200)
            #expect(try await stage.shown().kind == "subscribed romeo@example.net juliet@example.com")
            return subscribe
        }

        /// Juliet's device says that it is there, and what it wants when it is asked.
        private func announce(_ stage: Stage, _ device: String = "balcony", answer: String = answer) async throws {
            try await stage.say(from: "juliet@example.com/\(device)", Self.announcement)
            let question = try await stage.server.stanzas.next()
            #expect(question.attribute("to") == "juliet@example.com/\(device)")
            #expect(question.first("query", Self.info)?.attribute("node") == "http://x.example#" + Self.version)
            try await stage.server.send(
                "<iq type='result' from='juliet@example.com/\(device)' to='romeo@example.net' "
                    + "id='\(question.attribute("id") ?? "")'>\(answer)</iq>"
            )
        }

        private func event(_ stage: Stage) async throws -> (to: String, payload: XML.Element?) {
            let message = try await stage.server.stanzas.next()
            #expect(message.name == "message" && message.attribute("type") == "headline")
            #expect(message.attribute("from") == "romeo@example.net")
            let items = message.first("event", "http://jabber.org/protocol/pubsub#event")?.children.first {
                $0.name == "items"
            }
            let payload = items?.children.first { $0.name == "item" }?.children.first { _ in true }
            #expect(items?.attribute("node") == payload?.namespace)
            return (message.attribute("to") ?? "", payload)
        }

        // MARK: A watcher of the XMPP shore

        @Test("RPID-008, RPID-010, RPID-011: a mood is told to the device that wants it, once, and its end as well")
        func moodOut() async throws {
            try await Stage.play(tables: Self.on) { stage in
                let happy = Self.document("<r:mood><r:happy/></r:mood>")
                let subscribe = try await watchRomeo(stage, happy)
                let shown = try await stage.shown()
                #expect(shown.kind == "available romeo@example.net/orchard juliet@example.com")
                #expect(shown.element.children.map(\.name) == ["c"])
                try await announce(stage)
                let first = try await event(stage)
                #expect(first.to == "juliet@example.com/balcony")
                #expect(first.payload?.children.map(\.name) == ["happy"])
                // A device without wishes is there as well, and the same mood comes again: nobody is told.
                try await stage.say(from: "juliet@example.com/chamber")
                try await stage.say(nil, "<show>away</show>" + Self.announcement)
                try await stage.wait(seconds: 6)
                #expect(try await stage.notify(subscribe, cseq: 2, body: happy) == 200)
                #expect(try await stage.notify(subscribe, cseq: 3, body: Self.document("")) == 200)
                let last = try await event(stage)
                #expect(last.to == "juliet@example.com/balcony")
                #expect(last.payload?.is("mood", Self.mood) == true && last.payload?.elementCount == 1)
                try await stage.wait(seconds: 6)
                #expect(try await stage.notify(subscribe, cseq: 4, body: happy) == 200)
                #expect(try await event(stage).payload?.children.map(\.name) == ["happy"])
            }
        }

        @Test("RPID-008: without the switch nobody is asked and nobody is told")
        func moodOff() async throws {
            try await Stage.play { stage in
                let subscribe = try await watchRomeo(stage, Self.document("<r:mood><r:happy/></r:mood>"))
                _ = try await stage.shown()
                try await stage.say(nil, Self.announcement)
                try await stage.wait(seconds: 6)
                #expect(
                    try await stage.notify(subscribe, cseq: 2, body: Self.document("", Stage.tuple("garden"))) == 200
                )
                #expect(try await stage.shown().kind == "available romeo@example.net/garden juliet@example.com")
            }
        }

        @Test("XEP-0115 §9.3: who poisons an announcement is told nothing, and the next device is asked")
        func poisoned() async throws {
            try await Stage.play(tables: Self.on) { stage in
                _ = try await watchRomeo(stage, Self.document("<r:mood><r:happy/></r:mood>"))
                _ = try await stage.shown()
                let poison = Self.answer.replacing("</query>", with: "<feature var='urn:x'/></query>")
                try await announce(stage, "balcony", answer: poison)
                try await announce(stage, "chamber")
                #expect(try await event(stage).to == "juliet@example.com/chamber")
            }
        }

        @Test("XMP-ENT-03: what a contact announces is the hash of what it answers; servers learn it as well")
        func features() async throws {
            try await Stage.play(tables: Self.on) { stage in
                _ = try await watchRomeo(stage, Stage.document(Stage.tuple("orchard")))
                let element = try #require(try await stage.shown().element.first("c", Self.caps))
                let version = element.attribute("ver") ?? ""
                for asker in ["juliet@example.com/balcony", "example.com"] {
                    try await stage.server.send(
                        "<iq type='get' from='\(asker)' to='romeo@example.net/orchard' id='d1'><query "
                            + "xmlns='\(Self.info)' node='\(element.attribute("node") ?? "")#\(version)'/></iq>"
                    )
                    let answer = try await stage.server.stanzas.next()
                    let query = try #require(answer.first("query", Self.info))
                    let information = try #require(ServiceInformation(query))
                    #expect(SHA1.base64(information.verificationInput) == version)
                    #expect(information.features.contains(Self.mood + "+notify"))
                }
            }
        }

        @Test("CIPID-001, CIPID-006: a name is told to who wants names, and stands in the card")
        func names() async throws {
            try await Stage.play(tables: Self.on) { stage in
                let person =
                    "<c:display-name>Alice Lewis</c:display-name><c:homepage>http://example.com/~a</c:homepage>"
                _ = try await watchRomeo(stage, Self.document(person))
                _ = try await stage.shown()
                try await announce(stage)
                #expect(try await event(stage).payload?.text == "Alice Lewis")
                try await stage.server.send(
                    "<iq type='get' from='juliet@example.com/balcony' to='romeo@example.net' id='v1'>"
                        + "<vCard xmlns='vcard-temp'/></iq>"
                )
                let card = try #require(try await stage.server.stanzas.next().first("vCard", "vcard-temp"))
                #expect(card.children.map(\.name) == ["FN", "URL", "JABBERID"])
                #expect(card.children.map(\.text) == ["Alice Lewis", "http://example.com/~a", "romeo@example.net"])
                // A wish of the same contact without a name of its own goes under that name.
                let wish = Stage.Wish(name: nil)
                #expect(try await stage.watch(wish).status == 200)
                let ask = try await stage.shown()
                #expect(ask.kind == "subscribe romeo@example.net juliet@example.com")
                #expect(ask.element.first("nick", "http://jabber.org/protocol/nick")?.text == "Alice Lewis")
            }
        }

        @Test(
            "CIPID-001, RFC 4482 §3.2: of names in several languages a watcher sees the one in its own",
            arguments: [
                ("de", "Liesl"), ("fr", "Elise"), ("it", "Alice"), ("de-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaaa", "Liesl"),
                ("de-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaaaa", "Alice"),
            ]
        )
        func languages(language: String, name: String) async throws {
            try await Stage.play(tables: Self.on) { stage in
                try await stage.server.send(
                    "<presence from='juliet@example.com/balcony' to='romeo@example.net' xml:lang='\(language)'/>"
                )
                // What names no language says nothing of it.
                try await stage.say()
                let names = [("", "Alice"), (" xml:lang='fr'", "Elise"), (" xml:lang='de'", "Liesl")].map {
                    "<c:display-name\($0)>\($1)</c:display-name>"
                }
                _ = try await watchRomeo(stage, Self.document(names.joined()))
                _ = try await stage.shown()
                try await announce(stage)
                #expect(try await event(stage).payload?.text == name)
            }
        }

        private func last(_ stage: Stage, from: String = "juliet@example.com/x", to: String) async throws -> String {
            try await stage.server.send(
                "<iq type='get' from='\(from)' to='\(to)' id='l1'><query xmlns='jabber:iq:last'/></iq>"
            )
            let answer = try await stage.server.stanzas.next()
            return answer.condition ?? answer.first("query", "jabber:iq:last")?.attribute("seconds") ?? "nothing"
        }

        @Test("PRES-078, XMP-ENT-05, XEP-0012 §3: who may see a contact is told when it left; nobody else is")
        func lastActivity() async throws {
            try await Stage.play { stage in
                #expect(try await last(stage, to: "romeo@example.net") == "forbidden")
                let subscribe = try await watchRomeo(stage, Stage.document(Stage.tuple("orchard")))
                _ = try await stage.shown()
                #expect(try await last(stage, to: "romeo@example.net") == "forbidden")
                #expect(try await last(stage, to: "romeo@example.net/orchard") == "forbidden")
                try await stage.wait(seconds: 6)
                #expect(
                    try await stage.notify(subscribe, cseq: 2, body: Stage.document(Stage.tuple("orchard", "closed")))
                        == 200
                )
                #expect(try await stage.shown().kind == "unavailable romeo@example.net/orchard juliet@example.com")
                try await stage.wait(seconds: 13)
                #expect(try await last(stage, to: "romeo@example.net") == "13")
                for contact in ["romeo", "nobody"] {
                    #expect(
                        try await last(stage, from: "eve@example.com/x", to: contact + "@example.net") == "forbidden"
                    )
                }
                #expect(try await last(stage, to: "example.net") == "19")
            }
        }

        @Test("PRES-078, XEP-0012 §4: a device that says since when it is idle is asked for that")
        func idle() async throws {
            try await Stage.play { stage in
                let now = stage.time.clock.read().wall / 1_000
                let since = EntityTime.utc((now - 60) * 1_000)
                let input =
                    "<user-input xmlns='urn:ietf:params:xml:ns:pidf:rpid' last-input='\(since)'>idle</user-input>"
                _ = try await watchRomeo(stage, Stage.document(Stage.tuple("orchard", "open", input)))
                _ = try await stage.shown()
                #expect(try await last(stage, to: "romeo@example.net/orchard") == "60")
                #expect(try await last(stage, to: "romeo@example.net") == "forbidden")
            }
        }

        // MARK: A watcher of the SIP shore

        private func tell(_ stage: Stage, _ node: String, _ payload: String) async throws {
            try await stage.server.send(
                "<message type='headline' from='juliet@example.com' to='romeo@example.net/orchard'>"
                    + "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='\(node)'>"
                    + "<item id='current'>\(payload)</item></items></event></message>"
            )
        }

        /// Brings Romeo to where he sees Juliet.
        private func watchJuliet(_ stage: Stage) async throws {
            try await stage.phone.answersAll(200)
            _ = try await stage.watch()
            _ = try await stage.notification()
            _ = try await stage.shown()
            try await stage.say("subscribed", from: "juliet@example.com")
            _ = try await stage.notification()
            try await stage.wait(seconds: 5)
            try await stage.say()
            #expect(!(try await stage.notification().text.contains("mood")))
        }

        @Test("RPID-009, RPID-010, CIPID-002: events are merged into the next document, and their end as well")
        func moodIn() async throws {
            try await Stage.play(tables: Self.on) { stage in
                try await watchJuliet(stage)
                let happy = "<mood xmlns='\(Self.mood)'><happy/><text>I see him</text></mood>"
                try await tell(stage, Self.mood, happy)
                try await tell(
                    stage,
                    "http://jabber.org/protocol/nick",
                    "<nick xmlns='http://jabber.org/protocol/nick'>Ishmael</nick>"
                )
                try await stage.eventually("both are kept") {
                    try stage.records(.presence).filter { $0.reason == "event" }.count == 2
                }
                try await stage.wait(seconds: 5)
                let told = try await stage.notification()
                #expect(told.contentType == "application/pidf+xml")
                #expect(told.text.contains("<rpid:mood><rpid:note>I see him</rpid:note><rpid:happy/></rpid:mood>"))
                #expect(told.text.contains("<c:display-name>Ishmael</c:display-name>"))
                // The same again is no news; the next NOTIFY is that of the end.
                try await tell(stage, Self.mood, happy)
                try await tell(stage, Self.mood, "<mood xmlns='\(Self.mood)'/>")
                try await stage.eventually("the end is known") {
                    try stage.records(.presence).contains { $0.reason == "event-stopped" }
                }
                try await stage.wait(seconds: 5)
                let after = try await stage.notification()
                #expect(!after.text.contains("mood") && after.text.contains("Ishmael"))
            }
        }

        @Test("XEP-0163 §4.3.2: who begins to see a contact that saw it before is asked anew what it wants to be told")
        func watchedFirst() async throws {
            try await Stage.play(tables: [SiteTable.switches("rich.pep: on")]) { stage in
                try await watchJuliet(stage)
                try await stage.say("subscribe", from: "juliet@example.com", id: "s1")
                let subscribe = try await stage.request()
                let happy = Self.document("<r:mood><r:happy/></r:mood>")
                #expect(try await stage.notify(subscribe, body: happy) == 200)
                var kinds: Set<String> = []
                for _ in 1...3 { kinds.insert(try await stage.shown().kind) }
                #expect(
                    kinds == [
                        "probe romeo@example.net juliet@example.com", "subscribed romeo@example.net juliet@example.com",
                        "available romeo@example.net/orchard juliet@example.com",
                    ]
                )
                try await announce(stage)
                #expect(try await event(stage).payload?.children.map(\.name) == ["happy"])
            }
        }

        @Test("CIPID-007: the page in the card of a user stands in its document")
        func page() async throws {
            try await Stage.play(tables: [SiteTable.switches("cipid: on")]) { stage in
                try await watchJuliet(stage)
                let question = try await stage.server.stanzas.next()
                #expect(question.first("vCard", "vcard-temp") != nil)
                #expect(question.attribute("to") == "juliet@example.com")
                #expect(question.attribute("from") == "romeo@example.net")
                try await stage.server.send(
                    "<iq type='result' from='juliet@example.com' to='romeo@example.net' "
                        + "id='\(question.attribute("id") ?? "")'><vCard xmlns='vcard-temp'>"
                        + "<FN>Juliet</FN><URL>http://example.com/~juliet</URL></vCard></iq>"
                )
                try await stage.eventually("it is kept") {
                    try stage.records(.presence).contains { $0.reason == "event" }
                }
                try await stage.wait(seconds: 5)
                let told = try await stage.notification()
                #expect(told.text.contains("<c:homepage>http://example.com/~juliet</c:homepage>"))
            }
        }

        @Test("RPID-009: what the route does not take, and what strangers tell, is written down and crosses as nothing")
        func dropped() async throws {
            try await Stage.play { stage in
                try await tell(stage, Self.mood, "<mood xmlns='\(Self.mood)'><happy/></mood>")
                try await stage.eventually("it is written down") {
                    try stage.records(.refused).map(\.reason) == ["event-not-taken"]
                }
            }
            try await Stage.play(tables: Self.on) { stage in
                try await tell(stage, Self.mood, "<mood xmlns='\(Self.mood)'><happy/></mood>")
                try await stage.eventually("it is written down") {
                    try stage.records(.refused).map(\.reason) == ["event-of-stranger"]
                }
                #expect(try stage.records(.accepted).isEmpty)
            }
        }

        @Test("An event for which there is no room is counted as refused and written down")
        func overflow() async throws {
            try await Stage.play(tables: Self.on) { stage in
                try await watchJuliet(stage)
                let text = String(repeating: "x", count: 17_000)
                try await tell(stage, Self.mood, "<mood xmlns='\(Self.mood)'><happy/><text>\(text)</text></mood>")
                try await stage.recorded(.refused)
                #expect(try stage.records(.refused).map(\.reason) == ["event-overflow"])
                #expect(try stage.balance()[.refused] == 1)
                let live = try await stage.gateway.onLoop { $0.bridge.balance }
                #expect(live.refused == 1 && live.holds)
            }
        }

        @Test("RPID-009, RFC 3903 §4: what is published has the events as well")
        func published() async throws {
            let tables = [SiteTable.switches("rich.pep: on, pres.mode: publish")]
            try await Stage.play(tables: tables) { stage in
                try await stage.say()
                let initial = try await stage.request()
                #expect(initial.request.method == .publish)
                try await stage.phone.answer(initial, 200, [(.entityTag, "one"), (.expires, "3600")])
                try await stage.eventually("the publication is stored") { try stage.reader().usages().count == 1 }
                try await tell(stage, Self.mood, "<mood xmlns='\(Self.mood)'><happy/></mood>")
                try await stage.eventually("it is kept") {
                    try stage.records(.presence).contains { $0.reason == "event" }
                }
                try await stage.wait(seconds: 5)
                let next = try await stage.request()
                #expect(next.request.method == .publish && next.text.contains("<rpid:happy/>"))
            }
        }
    }
}
