import CPIM
import MappingTables
import Testing

@testable import Interworking

/// Objects that an intermediary has put into objects of its own.
@Suite("CPIM-089: message/cpim inside message/cpim")
struct AmendedObjectTests {
    private static let inner = object(["From: <im:iago@example.net>", "To: <im:x@y.example>"], "text/plain", "inside")

    private static func object(_ headers: [String], _ type: String, _ content: String) -> String {
        (headers + ["", "Content-Type: \(type)", "", ""]).joined(separator: "\r\n") + content
    }

    private static func wrap(_ inner: String, from: String = "im:romeo@example.net", _ more: String...) -> String {
        object(["From: <\(from)>", "To: <im:juliet@example.com>"] + more, "message/cpim", inner)
    }

    private func stanza(_ body: String) throws -> Translated<OutgoingStanza> {
        try MessageSamples().stanza("Content-Type: message/cpim", body: body)
    }

    private func pivot(_ body: String) throws -> Translated<Pivot> {
        try MessageSamples().received("Content-Type: message/cpim", body: body)
    }

    @Test("the text is that of the innermost object, in the name of the outermost level")
    func innermost() throws {
        for body in [Self.wrap(Self.inner), Self.wrap(Self.wrap(Self.inner, from: "im:list@example.net"))] {
            let text = try stanza(body).text
            #expect(text.contains("from='romeo@example.net'") && text.contains("to='juliet@example.com'"))
            #expect(text.contains("<body>inside</body>"))
        }
    }

    @Test("a list names itself in its own level, which its carrier has to prove; who is inside proves nothing")
    func list() throws {
        let body = Self.wrap(Self.inner, from: "im:list@example.net")
        let text = try MessageSamples().stanza(
            "From: <sip:list@example.net>;tag=a",
            "Content-Type: message/cpim",
            body: body
        ).text
        #expect(text.contains("from='list@example.net'") && text.contains("<body>inside</body>"))
        #expect(try pivot(body).refusal?.auditCode == "identity-mismatch")
        let reversed = Self.wrap(
            Self.object(["From: <im:romeo@example.net>"], "text/plain", "x"),
            from: "im:iago@example.net"
        )
        #expect(try pivot(reversed).refusal?.auditCode == "identity-mismatch")
    }

    @Test("three objects inside each other are read, a fourth is too large")
    func depth() throws {
        let three = Self.wrap(Self.wrap(Self.inner))
        #expect(try stanza(three).text.contains("<body>inside</body>"))
        #expect(try pivot(Self.wrap(three)).refusal?.code == .oversize)
    }

    @Test("RFC 3862 §3.5: what an object inside requires has to be understood")
    func requirements() throws {
        let headers = ["From: <im:romeo@example.net>", "NS: x <urn:x>", "Require: x.y"]
        let inner = Self.object(headers, "text/plain", "inside")
        #expect(try pivot(Self.wrap(inner)).refusal?.code == .requiredFeature)
        let known = Self.object(["From: <im:romeo@example.net>", "Require: Subject"], "text/plain", "inside")
        #expect(try stanza(Self.wrap(known)).text.contains("<body>inside</body>"))
    }

    @Test("RFC 3862 §6: what the outermost object says otherwise, or not at all, is lost and recorded")
    func losses() throws {
        let inner = Self.object(
            ["From: <im:iago@example.net>", "To: <im:juliet@example.com>", "Subject: old", "NS: x <urn:x>", "x.y: z"],
            "text/plain",
            "inside"
        )
        let found = try pivot(Self.wrap(inner, "Subject: new"))
        let lost = found.trace.losses.filter { $0.lossClass == .header }.compactMap(\.detail)
        #expect(
            lost == [
                "{urn:ietf:params:cpim-headers:}From", "{urn:ietf:params:cpim-headers:}Subject", "{urn:x}y",
            ]
        )
        #expect(found.value?.message.subjects.map(\.text) == ["new"])
        let same = Self.object(["From: <im:romeo@example.net>"], "text/plain", "inside")
        #expect(try pivot(Self.wrap(same)).trace.losses.isEmpty)
    }
}
