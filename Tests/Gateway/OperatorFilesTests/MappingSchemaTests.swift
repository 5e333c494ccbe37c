import Foundation
import MappingTables
import OperatorFiles
import Testing

@Suite("MappingSchema")
struct MappingSchemaTests {
    private let validator: SchemaValidator

    init() throws { validator = try SchemaValidator(MappingSchema.text) }

    private func faults(_ text: String) throws -> [String] {
        let (root, found) = YAMLFile.read(Array(text.utf8), name: "a.yaml")
        #expect(found == [])
        return validator.faults(try #require(root))
    }

    @Test("The schema that is shipped is the one that is made; isthmus mappings schema prints it")
    func shipped() throws {
        try expectGolden(MappingSchema.text, in: Checkout.root.appendingPathComponent("Mappings/.schema.json"))
    }

    @Test("Every shipped file is valid and names the schema")
    func files() throws {
        let folder = MappingFolder(Checkout.root.appendingPathComponent("Mappings").path)
        #expect(folder.documents.count > 10)
        for document in folder.documents {
            let text = String(decoding: document.source, as: UTF8.self)
            #expect(try faults(text) == [], "\(document.path)")
            #expect(text.hasPrefix(MappingSchema.modeline(depth: 1) + "\n"), "\(document.path)")
        }
    }

    @Test("Every example of the documentation is valid")
    func examples() throws {
        let page = Checkout.root.appendingPathComponent(
            "Sources/Gateway/GatewayDaemon/Documentation.docc/Mappings.md"
        )
        let text = String(decoding: try Data(contentsOf: page), as: UTF8.self)
        let examples = text.split(separator: "```yaml\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        #expect(examples.count > 7)
        for example in examples { #expect(try faults(example) == [], "\(example)") }
    }

    private static let head = "format: isthmus-mapping/1\ntable: t\n"

    @Test(
        "What the compiler refuses is refused, at its place",
        arguments: [
            ("kind: valeus\n", "/kind: enum"),
            ("kind: loss\nrow: []\n", "/row: nothing can stand here"),
            ("kind: loss\notherwise: {profile: default}\n", "/otherwise: nothing can stand here"),
            ("kind: loss\nrows:\n  - {do: note}\n", "/rows/0: id is missing"),
            ("kind: loss\nrows:\n  - {id: message.part, do: tell}\n", "/rows/0/do: enum"),
            ("kind: loss\nrows:\n  - {id: message.prat, do: note}\n", "/rows/0/id: enum"),
            (
                "kind: loss\nrows:\n  - {id: message.part, do: note, convert: copy}\n",
                "/rows/0/convert: nothing can stand here"
            ),
            ("kind: fields\nrows:\n  - {id: a, xmpp: bdy, cpim: content}\n", "/rows/0/xmpp: anyOf"),
            ("kind: fields\nrows:\n  - {id: a, xmpp: body}\n", "/rows/0: anyOf"),
            ("kind: fields\nrows:\n  - {id: a, xmpp: body, cpim: content, convert: txt}\n", "/rows/0/convert: oneOf"),
            (
                "kind: fields\nrows:\n  - {id: a, xmpp: html, cpim: html, convert: html}\n",
                "/rows/0: on-error is missing"
            ),
            ("kind: fields\nrows:\n  - {id: a, xmpp: {element: e}, cpim: content}\n", "/rows/0/xmpp: anyOf"),
            (
                "kind: fields\nrows:\n  - {id: a, xmpp: body, cpim: content, when: {msg.thread: on}}\n",
                "/rows/0/when/msg.thread: anyOf"
            ),
            (
                "kind: values\nrows:\n  - {id: a, xmpp: {show: awya}, pidf: {}, relation: equal}\n",
                "/rows/0/xmpp/show: anyOf"
            ),
            (
                "kind: values\nrows:\n  - {id: a, xmpp: {shw: away}, pidf: {}, relation: equal}\n",
                "/rows/0/xmpp/shw: nothing can stand here"
            ),
            (
                "kind: values\nrows:\n  - {id: a, xmpp: {show: away}, pidf: {}, relation: same}\n",
                "/rows/0/relation: enum"
            ),
            ("kind: values\nunmapped: {to-pidf: {loss: presence.mood}}\n", "/unmapped/to-pidf: use is missing"),
            (
                "kind: errors\nrows:\n  - {id: a, sip: {status: 4x}, xmpp: {condition: gone}}\n",
                "/rows/0/sip/status: anyOf"
            ),
            (
                "kind: errors\nrows:\n  - {id: a, sip: {status: 404}, xmpp: {condition: lost}}\n",
                "/rows/0/xmpp/condition: enum"
            ),
            (
                "kind: errors\nrows:\n  - {id: a, gateway: loop, sip: {status: 404}, xmpp: {condition: gone}}\n",
                "/rows/0: text is missing"
            ),
            ("kind: addresses\nrows:\n  - {id: a, xmpp: 'user@x', cpim: '{user}@y'}\n", "/rows/0/xmpp: pattern"),
            ("kind: routes\nrows:\n  - {id: a}\n", "/rows/0: match is missing"),
            ("kind: routes\nrows:\n  - {id: a, match: {domain: '*x'}}\n", "/rows/0/match/domain: pattern"),
            (
                "kind: routes\nrows:\n  - {id: a, match: {domain: x}, set: {msg.carier: sip}}\n",
                "/rows/0/set/msg.carier: nothing can stand here"
            ),
            ("kind: profiles\nrows:\n  - {id: a, set: {msg.delay: soon}}\n", "/rows/0/set/msg.delay: pattern"),
            ("kind: loss\ntests:\n  - {name: x, given: {}}\n", "/tests/0: expect is missing"),
        ]
    )
    func refused(text: String, fault: String) throws {
        #expect(try faults(Self.head + text) == [fault])
    }

    @Test("A number that is a word of a switch may stand without quotes, and with them")
    func numbers() throws {
        for value in ["202", "\"202\""] {
            let text = "kind: profiles\nrows:\n  - {id: a, set: {msg.accept-status: \(value)}}\n"
            #expect(try faults(Self.head + text) == [])
        }
    }

    @Test("Every word that the language has stands in the schema")
    func words() {
        let text = MappingSchema.text
        let words =
            Converter.allCases.map(\.rawValue) + Switch.names + LossClass.allCases.map(\.rawValue)
            + ErrorVocabulary.conditions + ErrorVocabulary.refusals + Way.allCases.map(\.rawValue)
            + ConversionRemedy.allCases.map(\.rawValue) + Retry.allCases.map(\.rawValue)
            + CoreField.allCases.map(\.rawValue) + DocumentPart.allCases.map(\.rawValue)
        for word in words { #expect(text.contains("\"\(word)\""), "\(word)") }
    }
}

@Suite("ConverterDescription")
struct ConverterDescriptionTests {
    @Test("The table of the documentation is the one that isthmus mappings converters --markdown prints")
    func documentation() throws {
        let page = Checkout.root.appendingPathComponent(
            "Sources/Gateway/GatewayDaemon/Documentation.docc/Mappings.md"
        )
        let text = String(decoding: try Data(contentsOf: page), as: UTF8.self)
        #expect(text.contains("\n\n" + ConverterDescription.markdown + "\n"))
    }

    @Test("Each converter says what it does, takes and gives, whether it can fail, and where it comes from")
    func complete() {
        for converter in Converter.allCases {
            let declaration = converter.declaration
            for text in [declaration.does, declaration.takes, declaration.inward, declaration.outward] {
                #expect(!text.isEmpty && !text.contains("|") && text.last != ".", "\(converter)")
            }
            #expect(declaration.source.contains("§"), "\(converter)")
            // A table of values of its own decides what this one gives.
            #expect(converter == .values || !declaration.examples.isEmpty, "\(converter)")
        }
    }

    @Test("A converter in lines")
    func lines() {
        #expect(
            ConverterDescription.text(.delay) == """
                delay: a date-time as a delay, when it is older than msg.delay
                  takes      a date-time of RFC 3339
                  inward     the date-time in UTC, when it is old enough; else nothing
                  outward    the same
                  can fail   yes: the row says on-error
                  needs      the time of the crossing
                  reads      msg.delay
                  example    to-xmpp: "2026-03-01T11:00:00Z" gives "2026-03-01T11:00:00Z"
                  example    to-xmpp: "2026-03-01T11:59:59Z" gives nothing
                  source     XEP-0203 §2

                """
        )
        #expect(ConverterDescription.text(.line).contains(#"to-cpim: "two\nlines" gives "two lines""#))
    }
}
