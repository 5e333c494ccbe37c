import Addressing
import MappingTables
import SIPMessages
import Testing
import XMLStreams
import XMPPStanzas

@testable import Interworking
@testable import VectorSupport

/// Messages of both shores, and the translators over the shipped tables.
struct MessageSamples {
    var facts = VectorRun.defaults
    var settings: [(String, String)] = []
    var profile = "default"

    func translator() throws -> MessageTranslator {
        let routing = try ShippedTables.routing(profile: profile, settings: settings)
        return MessageTranslator(generation: try ShippedTables.generation(), routing: routing)
    }

    func errors() throws -> ErrorTranslator {
        let routing = try ShippedTables.routing(profile: profile, settings: settings)
        return ErrorTranslator(generation: try ShippedTables.generation(), routing: routing)
    }

    // MARK: From XMPP

    static func stanza(
        _ content: String,
        _ attributes: String = "",
        to: String = "romeo@example.net"
    ) throws -> MessageStanza {
        let xml =
            "<message xmlns='jabber:client' from='juliet@example.com/balcony' to='\(to)' id='m1'\(attributes)>\(content)</message>"
        return try #require(MessageStanza(try XML.DocumentReader.read(Array(xml.utf8)[...])))
    }

    /// The same stanza with another identifier.
    static func named(_ stanza: MessageStanza, _ id: String) throws -> MessageStanza {
        var writer = XML.Writer()
        writer.copy(stanza.element)
        let text = String(decoding: writer.bytes, as: UTF8.self).replacing("id='m1'", with: "id='\(id)'")
        return try #require(MessageStanza(try XML.DocumentReader.read(Array(text.utf8)[...])))
    }

    func pivot(
        _ content: String,
        _ attributes: String = "",
        to: String = "romeo@example.net"
    ) throws -> Translated<Pivot> {
        try translator().pivot(from: Self.stanza(content, attributes, to: to), facts: facts)
    }

    static let identity = RequestIdentity(
        branch: "z9hG4bKb1",
        callID: "fresh@gw.example.org",
        fromTag: "t1",
        cseq: 1,
        sentBy: "gw.example.org",
        transport: "TCP",
        messageID: "imdn1"
    )

    /// The request that a stanza becomes.
    func request(
        _ content: String,
        _ attributes: String = "",
        to: String = "romeo@example.net"
    ) throws -> Translated<OutgoingRequest> {
        let pivot = try pivot(content, attributes, to: to)
        guard let value = pivot.value else {
            let refusal = pivot.refusal
            return Translated(outcome: refusal.map { .refused($0) } ?? .nothing(reason: ""), trace: pivot.trace)
        }
        return try translator().request(from: value, identity: Self.identity, facts: facts)
    }

    /// The request that a stanza becomes, as text.
    func requestText(_ content: String, _ attributes: String = "", to: String = "romeo@example.net") throws -> String {
        HeaderText.text(try #require(try request(content, attributes, to: to).value).bytes)
    }

    // MARK: From SIP

    /// A MESSAGE of romeo@example.net to juliet@example.com; a line that begins with the name of another replaces it.
    static func message(
        _ changes: [String] = [],
        uri: String = "sip:juliet@example.com",
        body: [UInt8]
    ) throws -> SIPRequest {
        var lines = [
            "Via: SIP/2.0/TCP h.example.net;branch=z9hG4bKr1", "Max-Forwards: 70", "To: <\(uri)>",
            "From: <sip:romeo@example.net>;tag=r", "Call-ID: c1@example.net", "CSeq: 1 MESSAGE",
            "Content-Type: text/plain",
        ]
        for change in changes {
            let name = change.prefix { $0 != ":" } + ":"
            lines.removeAll { $0.hasPrefix(name) }
            if !change.hasSuffix(": -") { lines.append(change) }
        }
        let head = (["MESSAGE \(uri) SIP/2.0"] + lines + ["Content-Length: \(body.count)", "", ""]).joined(
            separator: "\r\n"
        )
        guard case .request(let request) = try SIPReader.read(datagram: Array(head.utf8) + body) else {
            throw VectorRun.Unusable("no request")
        }
        return request
    }

    func received(
        _ changes: String...,
        uri: String = "sip:juliet@example.com",
        body: String = "hi"
    ) throws -> Translated<Pivot> {
        try translator().pivot(from: Self.message(changes, uri: uri, body: Array(body.utf8)), facts: facts)
    }

    /// The stanza that a request becomes.
    func stanza(
        _ changes: String...,
        uri: String = "sip:juliet@example.com",
        body: String = "hi"
    ) throws -> Translated<OutgoingStanza> {
        let translator = try translator()
        let pivot = translator.pivot(from: try Self.message(changes, uri: uri, body: Array(body.utf8)), facts: facts)
        guard let value = pivot.value else {
            let refusal = pivot.refusal
            return Translated(outcome: refusal.map { .refused($0) } ?? .nothing(reason: ""), trace: pivot.trace)
        }
        return translator.stanza(from: value, facts: facts, contentNamespace: "jabber:client", freshID: "f1")
    }

    /// The stanza that a Message/CPIM object becomes.
    func stanza(
        cpim headers: [String],
        mime: [String] = ["Content-Type: text/plain; charset=utf-8"],
        body: String = "hi"
    ) throws -> Translated<OutgoingStanza> {
        let head = ["From: <im:romeo@example.net>", "To: <im:juliet@example.com>"] + headers + [""] + mime + ["", ""]
        let translator = try translator()
        let bytes = Array((head.joined(separator: "\r\n") + body).utf8)
        let pivot = translator.pivot(fromCPIM: bytes[...], facts: facts)
        guard let value = pivot.value else {
            let refusal = pivot.refusal
            return Translated(outcome: refusal.map { .refused($0) } ?? .nothing(reason: ""), trace: pivot.trace)
        }
        return translator.stanza(from: value, facts: facts, contentNamespace: "jabber:client", freshID: "f1")
    }
}

extension Translated where Value == OutgoingStanza {
    /// The stanza as text.
    var text: String { value.map { HeaderText.text($0.bytes) } ?? "" }
}
