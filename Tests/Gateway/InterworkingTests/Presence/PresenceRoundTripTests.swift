import Addressing
import CPIM
import MappingTables
import PIDF
import PresenceSchemas
import Testing
import XMLStreams
import XMPPStanzas

@testable import Interworking
@testable import VectorSupport

@Suite("PresenceTranslator: there and back")
struct PresenceRoundTripTests {
    /// What a presence stanza says, whatever it looks like.
    private struct Statement: Equatable {
        var isAvailable: Bool
        var show: String?
        var statuses: [String]
        var priority: String?
        var idle: Int64?

        init(_ stanza: PresenceStanza) {
            isAvailable = stanza.kind == .available
            show = stanza.show?.rawValue
            statuses = stanza.statuses.map { "\($0.language ?? "")|\($0.text)" }
            let child = stanza.element.first("priority", "jabber:client")
            priority = child?.text
            let since = stanza.payload("idle", "urn:xmpp:idle:1")?.attribute("since")
            idle = since.flatMap { CPIMDateTime($0) }?.milliseconds
        }
    }

    /// Random presence whose every part has a counterpart in a document.
    private struct Chance {
        var state: UInt64

        mutating func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }

        mutating func pick<Value>(_ values: [Value]) -> Value { values[next(values.count)] }

        mutating func resource() -> String {
            let pieces = ["a", "_x0041_", " ", "é", "/", "@", "1", "ID-", "\u{1F600}", "'", "&", "<", "日"]
            return "r" + (0..<next(6)).map { _ in pick(pieces) }.joined() + "r"
        }

        mutating func content(isAvailable: Bool) -> String {
            var text = ""
            let show = pick(["", "away", "xa", "dnd", "chat"])
            if isAvailable, !show.isEmpty { text += "<show>\(show)</show>" }
            for language in ["", "en", "cs", "zh-Hant"] where next(2) == 0 {
                let attribute = language.isEmpty ? "" : " xml:lang='\(language)'"
                let words = pick(["Wooing Juliet", "a  b\nc", "&lt;&amp;\"'", "Dvořím se", "\u{1F600}", "x]]&gt;"])
                text += "<status\(attribute)>\(words)</status>"
            }
            if isAvailable, next(2) == 0 { text += "<priority>\(next(128))</priority>" }
            if isAvailable, next(2) == 0 {
                text +=
                    "<idle xmlns='urn:xmpp:idle:1' since='20\(10 + next(15))-02-1\(next(10))T02:56:15+0\(next(10)):00'/>"
            }
            return text
        }
    }

    private func stanza(_ content: String, _ language: String?, isAvailable: Bool) throws -> PresenceStanza {
        let type = isAvailable ? "" : " type='unavailable'"
        let language = language.map { " xml:lang='\($0)'" } ?? ""
        return try #require(PresenceStanza(try PresenceSamples.element(content, type + language)))
    }

    @Test("Show, statuses, priority and idleness of every presence come back, and so does its resource")
    func comesBack() throws {
        let samples = PresenceSamples()
        let translator = try samples.translator()
        var chance = Chance(state: 20)
        for _ in 0..<1_500 {
            let isAvailable = chance.next(5) > 0
            let resource = chance.resource()
            let language = chance.next(2) == 0 ? nil : chance.pick(["de", "fr"])
            let sent = try stanza(chance.content(isAvailable: isAvailable), language, isAvailable: isAvailable)
            let name = try JID("juliet@example.com").bare.with(resource: resource).resource
            let presence = ResourcePresence(
                resource: name,
                element: sent.element,
                seen: samples.facts.now,
                isAvailable: isAvailable
            )
            let document = try #require(try samples.document([presence]).value)
            let body = try #require(try samples.body(document).value)
            let found = translator.presences(from: body, of: PresenceSamples.juliet, facts: samples.facts).value
            let told = try #require(found)
            #expect(told.map(\.resource) == [name])
            let received = try stanza(
                HeaderText.text(told[0].payload),
                told[0].language,
                isAvailable: told[0].isAvailable
            )
            var expected = Statement(sent)
            expected.statuses = expected.statuses.sorted()
            var actual = Statement(received)
            actual.statuses = actual.statuses.sorted()
            #expect(actual == expected, "\(HeaderText.text(body.bytes))")
        }
    }

    @Test("What goes out comes back the same when it goes out again")
    func settles() throws {
        let samples = PresenceSamples()
        let translator = try samples.translator()
        var chance = Chance(state: 3)
        for _ in 0..<300 {
            let resources = try (0...chance.next(4)).map { index in
                let isAvailable = chance.next(4) > 0
                let sent = try stanza(chance.content(isAvailable: isAvailable), nil, isAvailable: isAvailable)
                return ResourcePresence(
                    resource: "\(index)\(chance.resource())",
                    element: sent.element,
                    seen: samples.facts.now + Int64(index),
                    isAvailable: isAvailable
                )
            }
            let document = try #require(try samples.document(resources).value)
            let body = try #require(try samples.body(document).value)
            let reading = translator.reading(of: body, about: PresenceSamples.juliet, facts: samples.facts)
            let told = try #require(reading.value?.presences)
            #expect(Set(told.map(\.resource)) == Set(resources.map(\.resource)))
            let again = try told.map { presence in
                let text = HeaderText.text(presence.payload)
                let sent = try stanza(text, presence.language, isAvailable: presence.isAvailable)
                return ResourcePresence(
                    resource: presence.resource,
                    element: sent.element,
                    seen: samples.facts.now,
                    isAvailable: presence.isAvailable
                )
            }
            var second = try #require(try samples.document(again).value)
            var first = document
            for index in first.tuples.indices { first.tuples[index].timestamp = nil }
            for index in second.tuples.indices { second.tuples[index].timestamp = nil }
            #expect(first == second, "\(HeaderText.text(PIDFWriter.write(second)))")
        }
    }

    @Test("RFC 3863 §4.4, RFC 4479 §5, RFC 4480 §5: every document is valid, under every profile")
    func valid() throws {
        var chance = Chance(state: 11)
        for profile in ["default", "stox", "rfc3922"] {
            let settings = profile == "default" ? [("rich.pep", "on"), ("cipid", "on"), ("rich.geo", "on")] : []
            let samples = PresenceSamples(settings: settings, profile: profile)
            let translator = try samples.translator()
            for _ in 0..<60 {
                let resources = try (0..<chance.next(4)).map { index in
                    let isAvailable = chance.next(4) > 0
                    let content = chance.content(isAvailable: isAvailable)
                    let sent = try stanza(content, nil, isAvailable: isAvailable)
                    return ResourcePresence(
                        resource: chance.next(9) == 0 ? nil : "\(index)\(chance.resource())",
                        element: sent.element,
                        seen: samples.facts.now + Int64(chance.next(2_000)),
                        isAvailable: isAvailable
                    )
                }
                let events = [
                    "<mood xmlns='http://jabber.org/protocol/mood'><tired/><text>long day</text></mood>",
                    "<activity xmlns='http://jabber.org/protocol/activity'><exercising><cycling/></exercising></activity>",
                    "<nick xmlns='http://jabber.org/protocol/nick'>Ishmael</nick>",
                    "<geoloc xmlns='http://jabber.org/protocol/geoloc'><tzo>-05:00</tzo></geoloc>",
                ]
                let document = translator.document(
                    of: PresenceSamples.juliet,
                    resources: resources,
                    events: try events.map { try XML.DocumentReader.read(Array($0.utf8)[...]) },
                    for: PresenceSamples.romeo,
                    facts: samples.facts
                )
                let bytes = PIDFWriter.write(try #require(document.value))
                let fault = SchemaValidator.fault(in: bytes)
                #expect(fault == nil, "\(fault ?? "") \(HeaderText.text(bytes))")
                #expect(!HeaderText.text(bytes).contains("mustUnderstand"))
                // PIDF-028, RFC 3863 §4.2.4: other values of a status are only added to the basic one.
                for tuple in try PIDFReader().read(bytes[...]).tuples
                where tuple.status.contains(where: { ["show", "im"].contains($0.name) }) {
                    #expect(tuple.basic == .open)
                }
            }
        }
    }
}
