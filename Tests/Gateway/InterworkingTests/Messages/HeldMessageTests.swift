import CPIM
import MIME
import MappingTables
import SIPMessages
import Testing

@testable import Interworking
@testable import VectorSupport

/// What the tables of a site hold; over the shipped ones nothing is held.
@Suite("Held messages")
struct HeldMessageTests {
    private static func table(_ kind: String, _ name: String, _ row: String) -> String {
        "format: isthmus-mapping/1\ntable: \(name)\nkind: \(kind)\nrows:\n  - {\(row)}\n"
    }

    private static func pivot(
        _ content: String,
        to: String = "romeo@example.net",
        _ table: String
    ) throws -> (Translated<Pivot>, Generation) {
        let generation = try ShippedTables.generation(adding: table)
        let stanza = try MessageSamples.stanza(content, to: to)
        let translator = MessageTranslator(generation: generation)
        return (translator.pivot(from: stanza, facts: VectorRun.defaults), generation)
    }

    private static let extended = "<body>hi</body><desk xmlns='urn:example:x'>4</desk>"

    @Test("A loss is held by the row of its class, which stands in the trace; a class that refuses wins")
    func loss() throws {
        let row = "id: message.extension, overrides: message.extension, do: hold"
        let (held, generation) = try Self.pivot(Self.extended, Self.table("loss", "loss", row))
        #expect(held.refusal?.code == .loss && held.refusal?.isHeld == true)
        #expect(held.trace.losses.map(\.lossClass) == [.element])
        #expect(held.trace.rows.map { generation.name(of: $0) }.contains("loss.message.extension"))

        let (plain, _) = try Self.pivot("<body>hi</body>", Self.table("loss", "loss", row))
        #expect(plain.value != nil)

        let refuse = Self.table("loss", "loss", row.replacing("do: hold", with: "do: refuse"))
        #expect(try Self.pivot(Self.extended, refuse).0.refusal?.isHeld == false)

        let both =
            Self.table("loss", "loss", row) + "  - {id: message.subject, overrides: message.subject, do: refuse}\n"
        let subjects = Self.extended + "<subject>a</subject><subject xml:lang='de'>b</subject>"
        let fields =
            "format: isthmus-mapping/1\ntable: message.xmpp\nkind: fields\nrows:\n"
            + "  - {id: subject, overrides: subject, xmpp: subject, cpim: subject, way: to-xmpp}\n"
        let tables = try ShippedTables.generation(adding: both, fields)
        let refused = MessageTranslator(generation: tables).pivot(
            from: try MessageSamples.stanza(subjects),
            facts: VectorRun.defaults
        )
        #expect(refused.refusal?.code == .loss && refused.refusal?.isHeld == false)
    }

    @Test(
        "A field that cannot be converted is held by its row, which stands in the trace",
        arguments: ["hold", "refuse"]
    )
    func field(remedy: String) throws {
        let row =
            "id: desk, xmpp: {element: desk, namespace: 'urn:example:x'}, cpim: {header: Desk, namespace: 'urn:example:x'}, "
            + "convert: date-time, on-error: \(remedy)"
        let (found, generation) = try Self.pivot(Self.extended, Self.table("fields", "message.xmpp", row))
        #expect(found.refusal?.code == .loss && found.refusal?.isHeld == (remedy == "hold"))
        #expect(found.trace.rows.map { generation.name(of: $0) }.contains("message.xmpp.desk") == (remedy == "hold"))
    }

    @Test("A refusal is held by its row in the error table, and by no other")
    func refusal() throws {
        func row(_ code: String) -> String {
            "id: gateway-\(code), overrides: gateway-\(code), gateway: \(code), do: hold, "
                + "xmpp: {condition: not-acceptable, type: modify}, sip: {status: 488}, text: Later."
        }
        let encrypted =
            "<body>x</body><encrypted xmlns='eu.siacs.conversations.axolotl'><payload>a</payload></encrypted>"
        let (held, _) = try Self.pivot(encrypted, Self.table("errors", "errors", row("encrypted")))
        #expect(held.refusal?.code == .encrypted && held.refusal?.isHeld == true)
        let (other, _) = try Self.pivot(encrypted, Self.table("errors", "errors", row("oversize")))
        #expect(other.refusal?.code == .encrypted && other.refusal?.isHeld == false)
    }

    @Test("The shipped tables hold nothing")
    func shipped() throws {
        let route = try ShippedTables.generation().route(peer: "example.net")
        #expect(ErrorVocabulary.refusals.allSatisfy { route.errors.words(for: $0)?.isHeld == false })
        #expect(LossClass.allCases.allSatisfy { route.losses.action($0) != .hold })
        #expect(!(route.messageFields.inward + route.messageFields.outward).contains { $0.remedy == .hold })
    }

    @Test("RFC 5438 §5, RFC 3994 §3.2: receipts and composing states are known, alone and in an object")
    func signals() throws {
        func isSignal(_ type: String, _ body: String) throws -> Bool {
            let request = try MessageSamples.message(["Content-Type: \(type)"], body: Array(body.utf8))
            return MessageTranslator.isSignal(request)
        }
        let object = "From: <im:romeo@example.net>\r\nTo: <im:juliet@example.com>\r\n\r\nContent-Type: "
        #expect(try isSignal("application/im-iscomposing+xml", "<isComposing/>"))
        #expect(try isSignal("message/cpim", object + "message/imdn+xml\r\n\r\n<imdn/>"))
        #expect(try !isSignal("message/cpim", object + "text/plain\r\n\r\nhi"))
        #expect(try !isSignal("message/cpim", "\u{1}"))
        #expect(try !isSignal("text/plain", "hi"))
        #expect(try !isSignal("application/x-other", "hi"))
    }

    @Test("What names no time gets that of its acceptance; what names one keeps it")
    func dated() throws {
        let (found, _) = try Self.pivot(
            "<body>hi</body>",
            Self.table(
                "fields",
                "message.xmpp",
                "id: n, xmpp: {element: n, namespace: u}, cpim: {header: N, namespace: 'urn:u'}"
            )
        )
        let pivot = try #require(found.value)
        var draft = pivot.message
        draft.dateTime = nil
        let dated = pivot.with(draft).dated(1_772_366_400_000)
        #expect(dated.message.dateTime?.milliseconds == 1_772_366_400_000)
        #expect(dated.dated(0).message.dateTime?.milliseconds == 1_772_366_400_000)
    }
}
