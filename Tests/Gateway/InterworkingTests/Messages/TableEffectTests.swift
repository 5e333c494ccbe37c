import Addressing
import CPIM
import MappingTables
import Testing
import XMLStreams
import XMPPStanzas

@testable import Interworking
@testable import VectorSupport

/// Editing a row changes what crosses.
@Suite("Field tables")
struct TableEffectTests {
    private static let settings: [(name: String, value: String)] = [
        ("msg.carrier", "sip"), ("msg.cc", "addresses"), ("msg.unstyled-in", "on"), ("msg.type.pager", "chat"),
        ("msg.html.out", "alternative"), ("msg.nick", "messages"),
    ]

    private struct Shore {
        let translator: MessageTranslator
        let facts: Facts

        init(_ generation: Generation, _ settings: [(name: String, value: String)] = TableEffectTests.settings) throws {
            let route = try generation.route(profile: "default", settings: settings)
            translator = MessageTranslator(generation: generation, routing: .fixed(route))
            var facts = VectorRun.defaults
            facts.peer.accepts = ["multipart/alternative", "text/html"]
            self.facts = facts
        }

        /// What becomes of a stanza, as text.
        func sent(_ content: String, _ attributes: String = "") throws -> String {
            let pivot = translator.pivot(from: try MessageSamples.stanza(content, attributes), facts: facts)
            guard case .value(let value) = pivot.outcome else { return "\(pivot.outcome)" }
            let request = translator.request(from: value, identity: MessageSamples.identity, facts: facts)
            let text = request.value.map { HeaderText.text($0.bytes) } ?? "\(request.outcome)"
            let annotations = value.annotations.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
            return "\(text)\n\(annotations)\n\(value.message.dateTime.map { "\($0)" } ?? "")\n\(pivot.trace.losses)"
        }

        /// What becomes of a request, as text.
        func received(_ headers: [String], _ body: String) throws -> String {
            let request = try MessageSamples.message(headers, body: Array(body.utf8))
            let pivot = translator.pivot(from: request, facts: facts)
            guard case .value(let value) = pivot.outcome else { return "\(pivot.outcome)" }
            let stanza = translator.stanza(from: value, facts: facts, contentNamespace: "jabber:client", freshID: "f1")
            let text = stanza.value.map { HeaderText.text($0.bytes) } ?? "\(stanza.outcome)"
            let annotations = value.annotations.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
            return "\(text)\n\(annotations)\n\(value.message.dateTime.map { "\($0)" } ?? "")"
        }

        /// Everything that the shipped rows are about.
        func everything() throws -> [String] {
            let html =
                "<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'><p>h</p></body></html>"
            let content =
                "<subject>s</subject><body>hi</body><thread>t1</thread><x xmlns='jabber:x:oob'><url>https://h.example/f</url></x>"
                + "<origin-id xmlns='urn:xmpp:sid:0' id='o1'/><delay xmlns='urn:xmpp:delay' stamp='2026-03-01T11:00:00Z'/>"
                + "<nick xmlns='http://jabber.org/protocol/nick'>Jule</nick>"
            let object =
                "From: <im:romeo@example.net>\r\nTo: <im:juliet@example.com>\r\ncc: <im:nurse@example.com>\r\nDateTime: 2026-03-01T11:00:00Z\r\n"
            let id = "NS: i <urn:ietf:params:imdn>\r\ni.Message-ID: m7\r\n"
            let mime = "\r\nContent-Type: text/plain\r\nContent-ID: <c1@example.net>\r\n\r\nhi"
            return [
                try sent(content, " xml:lang='en'"), try sent("<body>hi</body>" + html),
                try received(
                    [
                        "Subject: s", "Content-Language: en", "Date: Sun, 01 Mar 2026 11:00:00 GMT", "Expires: 7200",
                        "Priority: urgent", "In-Reply-To: c0@x", "From: \"Romeo M\" <sip:romeo@example.net>;tag=r",
                    ],
                    "hi"
                ),
                try received(["Content-Type: text/html"], "<p>h</p>"),
                try received(["Content-Type: message/external-body; access-type=URL; URL=\"https://h.example/f\""], ""),
                try received(["Content-Type: message/cpim"], object + mime),
                try received(["Content-Type: message/cpim"], object + id + mime),
            ]
        }
    }

    private static let rows: [(table: String, row: String)] = ShippedTables.files.flatMap {
        file -> [(table: String, row: String)] in
        guard let table = file.root["table"]?.text, table.hasPrefix("message.") else { return [] }
        return (file.root["rows"]?.elements ?? []).compactMap { row in row["id"]?.text.map { (table, $0) } }
    }

    private static let everything = Result { try everything(try ShippedTables.generation()) }

    /// What the rows make of it, and what those do that stand in for others.
    private static func everything(_ generation: Generation) throws -> [String] {
        let other = try Shore(generation, settings + [("msg.thread", "conversation-id")])
        return try Shore(generation).everything() + [try other.sent("<body>hi</body><thread>t1</thread>")]
    }

    @Test("A field whose row is deleted does not cross", arguments: rows)
    func deletedRows(table: String, row: String) throws {
        let all = try Self.everything.get()
        let without = try Self.everything(try ShippedTables.generation(without: row, of: table))
        #expect(all != without, "nothing depends on \(table).\(row)")
    }

    @Test("An element gets a header by a row alone, and comes back")
    func addedRows() throws {
        let generation = try ShippedTables.generation(
            adding: """
                format: isthmus-mapping/1
                table: message.xmpp
                kind: fields
                rows:
                  - {id: urgency, xmpp: {element: urgency, namespace: "urn:example:x"}, cpim: {header: Urgency, namespace: "urn:example:h"}}
                """
        )
        let shore = try Shore(generation, [("msg.carrier", "cpim")])
        let text = try shore.sent("<body>hi</body><urgency xmlns='urn:example:x'>high</urgency>")
        #expect(text.contains("\r\nNS: x <urn:example:h>\r\nx.Urgency: high\r\n"))
        let object =
            "From: <im:romeo@example.net>\r\nNS: y <urn:example:h>\r\ny.Urgency: high\r\n\r\nContent-Type: text/plain\r\n\r\nhi"
        #expect(
            try shore.received(["Content-Type: message/cpim"], object).contains(
                "<urgency xmlns='urn:example:x'>high</urgency>"
            )
        )
    }

    @Test("RFC 5438 §6.3: a row that asks for notifications gives the message a Message-ID")
    func messageIDs() throws {
        let generation = try ShippedTables.generation(
            adding: """
                format: isthmus-mapping/1
                table: message.xmpp
                kind: fields
                rows:
                  - {id: notify, xmpp: {element: notify, namespace: "urn:example:x"}, cpim: disposition-notification, way: to-cpim}
                """
        )
        func request(_ content: String, _ carrier: String) throws -> OutgoingRequest {
            let shore = try Shore(generation, [("msg.carrier", carrier)])
            let pivot = shore.translator.pivot(from: try MessageSamples.stanza(content), facts: shore.facts)
            let value = try #require(pivot.value)
            let identity = MessageSamples.identity
            return try #require(shore.translator.request(from: value, identity: identity, facts: shore.facts).value)
        }
        let asking = "<body>hi</body><notify xmlns='urn:example:x'>display</notify>"
        let asked = try request(asking, "cpim")
        #expect(asked.messageID == "imdn1")
        #expect(HeaderText.text(asked.bytes).contains("\r\nimdn.Message-ID: imdn1\r\n"))
        #expect(try request(asking, "sip").messageID == nil)
        #expect(try request("<body>hi</body>", "cpim").messageID == nil)
    }

    @Test("RFC 3261 §8.2.2.3: a required extension is 420 and named")
    func requiredExtensions() throws {
        let shore = try Shore(try ShippedTables.generation())
        let request = try MessageSamples.message(["Require: 100rel, foo"], body: Array("hi".utf8))
        let refusal = try #require(shore.translator.pivot(from: request, facts: shore.facts).refusal)
        #expect(refusal.sipStatus == 420 && refusal.headers == [.init("Unsupported", "100rel, foo")])
        #expect(!refusal.text.contains("recipients"))
    }

    @Test("Routes are found by the domain on the CPIM shore, whichever way a message goes")
    func routes() throws {
        let generation = try ShippedTables.generation(
            adding: """
                format: isthmus-mapping/1
                table: routes
                kind: routes
                rows:
                  - {id: net, match: {domain: example.net}, set: {msg.carrier: cpim, msg.type.pager: chat}}
                """
        )
        let translator = MessageTranslator(generation: generation)
        let pivot = translator.pivot(from: try MessageSamples.stanza("<body>hi</body>"), facts: VectorRun.defaults)
        let value = try #require(pivot.value)
        let request = translator.request(from: value, identity: MessageSamples.identity, facts: VectorRun.defaults)
        #expect(request.value?.carrier == .cpim)
        let message = try MessageSamples.message(body: Array("hi".utf8))
        let arrived = try #require(translator.pivot(from: message, facts: VectorRun.defaults).value)
        let stanza = translator.stanza(
            from: arrived,
            facts: VectorRun.defaults,
            contentNamespace: "jabber:client",
            freshID: "f"
        )
        #expect(stanza.text.contains("type='chat'"))
    }

    // MARK: Losses

    private func refusing(_ lossClass: LossClass) throws -> Generation {
        try ShippedTables.generation(
            adding: """
                format: isthmus-mapping/1
                table: loss
                kind: loss
                rows:
                  - {id: \(lossClass.rawValue), overrides: \(lossClass.rawValue), do: refuse}
                """
        )
    }

    private static let lostFromStanzas: [(LossClass, String)] = [
        (.element, "<body>hi</body><x xmlns='http://example.org/ns'/>"),
        (.body, "<body>hi</body><body xml:lang='cs'>ahoj</body>"),
        (.subject, "<subject>a</subject><subject xml:lang='cs'>b</subject><body>hi</body>"),
        (
            .html,
            "<body>hi</body><html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>h</body></html>"
        ),
        (.value, "<body xml:lang='en us'>hi</body>"),
        (.reactions, "<reactions xmlns='urn:xmpp:reactions:0' id='x'><reaction>x</reaction></reactions>"),
    ]

    @Test(
        "MSG-083: what a stanza loses is named, and refuses the message where the loss table says so",
        arguments: lostFromStanzas
    )
    func lossesOfStanzas(lossClass: LossClass, content: String) throws {
        let plain: [(name: String, value: String)] = [("msg.carrier", "sip")]
        func outcome(_ generation: Generation) throws -> (trace: [LossClass], refusal: Refusal?) {
            let shore = try Shore(generation, plain)
            let pivot = shore.translator.pivot(from: try MessageSamples.stanza(content), facts: shore.facts)
            guard let value = pivot.value else { return (pivot.trace.losses.map(\.lossClass), pivot.refusal) }
            let request = shore.translator.request(from: value, identity: MessageSamples.identity, facts: shore.facts)
            return ((pivot.trace.losses + request.trace.losses).map(\.lossClass), request.refusal)
        }
        let noted = try outcome(try ShippedTables.generation())
        #expect(noted.trace == [lossClass] && noted.refusal == nil)
        let refused = try #require(try outcome(try refusing(lossClass)).refusal)
        #expect(refused.code == .loss && refused.condition == .notAcceptable && refused.sipStatus == 488)
    }

    private static let lostFromRequests: [(LossClass, String, String)] = [
        (
            .copies, "message/cpim",
            "From: <im:romeo@example.net>\r\ncc: <im:a@b.example>\r\n\r\nContent-Type: text/plain\r\n\r\nhi"
        ),
        (
            .header, "message/cpim",
            "From: <im:romeo@example.net>\r\nX-Foo: bar\r\n\r\nContent-Type: text/plain\r\n\r\nhi"
        ),
        (.characters, "text/plain", "bell\u{7}"),
        (.part, "multipart/mixed; boundary=b", "--b\r\n\r\nhi\r\n--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--"),
    ]

    @Test(
        "MSG-083: what a request loses is named, and refuses the message where the loss table says so",
        arguments: lostFromRequests
    )
    func lossesOfRequests(lossClass: LossClass, type: String, body: String) throws {
        func outcome(_ generation: Generation) throws -> Translated<OutgoingStanza> {
            let shore = try Shore(generation, [])
            let request = try MessageSamples.message(["Content-Type: \(type)"], body: Array(body.utf8))
            let pivot = try #require(shore.translator.pivot(from: request, facts: shore.facts).value)
            return shore.translator.stanza(
                from: pivot,
                facts: shore.facts,
                contentNamespace: "jabber:client",
                freshID: "f"
            )
        }
        let noted = try outcome(try ShippedTables.generation())
        #expect(noted.trace.losses.map(\.lossClass) == [lossClass] && noted.value != nil)
        #expect(try outcome(try refusing(lossClass)).refusal?.code == .loss)
    }
}
