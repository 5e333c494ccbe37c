import CPIM
import MIME
import Testing

@Suite("CPIM namespaces")
struct CPIMNamespaceTests {
    private let reader = CPIMReader()

    @Test("RFC 3862 §3.4, §4: the default namespace can be left and named by a prefix")
    func defaultNamespace() throws {
        let message = try SampleObjects.read("075-cpim-ns-default-in")
        #expect(message.subjects == [CPIMSubject("one"), CPIMSubject("trois", language: "fr")])
        let wily = "http://id.acme.widgets/wily-headers/"
        #expect(message.first(CPIMName(wily, "runner-trap"))?.unescapedValue == "set")
        #expect(message.first(CPIMName(wily, "Subject"))?.unescapedValue == "two")
        #expect(message.warnings.isEmpty)
    }

    @Test("RFC 3862 §3.4: NS and Require stay known after the default namespace changed")
    func framework() throws {
        let message = try reader.read(
            object(
                "NS: <u:x>",
                "NS: c <urn:ietf:params:cpim-headers:>",
                "Require: a",
                "c.DateTime: 2026-03-01T12:00:00Z",
                "DateTime: no"
            )
        )
        #expect(message.require.map(\.identity) == [CPIMName("u:x", "a")])
        #expect(message.dateTime?.utcText == "2026-03-01T12:00:00Z")
        #expect(message.warnings.isEmpty)
    }

    @Test("RFC 3862 §3.4, RFC 5438 §6.1: headers are known by namespace and name, never by prefix")
    func anyPrefix() throws {
        let message = try reader.read(
            object("NS: q <urn:ietf:params:imdn>", "q.Message-ID: 1", "NS: imdn <u:y>", "imdn.Message-ID: 2")
        )
        #expect(message.all(.messageID).map(\.unescapedValue) == ["1"])
        #expect(message.first(CPIMName("u:y", "Message-ID"))?.unescapedValue == "2")
    }

    @Test("RFC 3862 §3.4: a prefix is declared before its use; a later declaration counts for the headers after it")
    func order() throws {
        let message = try reader.read(object("a.x: 0", "NS: a <u:1>", "a.x: 1", "NS: a <u:2>", "a.x: 2"))
        #expect(message.headers.filter { $0.name == "x" }.map(\.namespace) == [nil, "u:1", "u:2"])
        #expect(message.warnings == [CPIMWarning(.undeclaredPrefix, at: 59)])
        #expect(message.headers.first { $0.name == "x" }?.identity == nil)
    }

    @Test("RFC 5438 §6.1: the prefix imdn is known without a declaration only when the reader is told so")
    func implicitPrefix() throws {
        let object = object(
            "imdn.Message-ID: 1",
            "Require: imdn.Disposition-Notification",
            "NS: imdn <u:x>",
            "imdn.Message-ID: 2"
        )
        let plain = try reader.read(object)
        #expect(plain.first(.messageID) == nil)
        #expect(kinds(plain) == [.undeclaredPrefix, .undeclaredPrefix])
        let told = try CPIMReader(knowsIMDNPrefix: true).read(object)
        #expect(told.all(.messageID).map(\.unescapedValue) == ["1"])
        #expect(told.unmetRequirements(implemented: CPIMName.imdn).isEmpty)
        #expect(kinds(told) == [.implicitPrefix, .implicitPrefix])
    }

    @Test("RFC 3862 §4.6: NS is read with and without a space; what is no declaration is skipped")
    func syntax() throws {
        let message = try reader.read(object("NS: imdn<urn:ietf:params:imdn>", "imdn.Message-ID: 1"))
        #expect(message.first(.messageID) != nil)
        #expect(message.warnings.isEmpty)
        for line in [
            "NS: a urn:x", "NS: a <x>", "NS: a <u:x#y>", "NS: a <u:x", "NS: a <u:>", "NS: a.b <u:x>", "NS: a b <u:x>",
            "NS:", "NS: <>",
        ] {
            let message = try reader.read(object(line, "a.x: 1", "Subject: s"))
            #expect(message.tolerated(.malformedNamespace), "\(line)")
            #expect(message.tolerated(.undeclaredPrefix))
            #expect(message.subjects.count == 1)
        }
        #expect(throws: CPIMError(.strict(.malformedNamespace), "", at: 59)) {
            try CPIMReader(isStrict: true).read(object("NS: a urn:x"))
        }
    }

    @Test("RFC 3862 §3.5, §4.7: Require is split at commas and several are one list")
    func require() throws {
        let message = try reader.read(
            object(
                "NS: a <u:a>",
                "NS: b <u:b>",
                "Require: a.x, b.y,",
                "Require: c.z,Subject",
                "NS: c <u:c>",
                "Require: a.b.c"
            )
        )
        #expect(message.require.map(\.text) == ["a.x", "b.y", "c.z", "Subject", "a.b.c"])
        #expect(
            message.require.map(\.identity) == [
                CPIMName("u:a", "x"), CPIMName("u:b", "y"), nil, CPIMName(CPIMNamespace.core, "Subject"), nil,
            ]
        )
        #expect(kinds(message) == [.undeclaredPrefix, .malformedFeature])
        let unmet = message.unmetRequirements(implemented: CPIMName.core.union([CPIMName("u:a", "x")]))
        #expect(unmet.map(\.text) == ["b.y", "c.z", "a.b.c"])
    }

    @Test("RFC 3862 §3.5: a Require of implemented headers is met")
    func met() throws {
        let message = try reader.read(object("NS: i <urn:ietf:params:imdn>", "Require: i.Disposition-Notification"))
        #expect(message.unmetRequirements(implemented: CPIMName.core.union(CPIMName.imdn)).isEmpty)
    }

    @Test("RFC 5438 §6: what linphone sends is understood")
    func linphone() throws {
        let message = try SampleObjects.read("linphone-5.1.65-message-cpim-text-2")
        #expect(message.first(.messageID)?.unescapedValue == "l5GFOWDKFPm4")
        #expect(
            message.first(.dispositionNotification)?.unescapedValue == "positive-delivery, negative-delivery, display"
        )
        #expect(try message.content.decodedText().text == "Ünïcödé 日本 👋")
        #expect(message.warnings.isEmpty)
    }
}
