import Addressing
import MappingTables
import PIDF
import SIPMessages
import Testing
import XMLStreams
import XMPPStanzas

@testable import Interworking
@testable import VectorSupport

/// Presence of both shores, and the translator over the shipped tables.
struct PresenceSamples {
    var facts = VectorRun.defaults
    var settings: [(String, String)] = []
    var profile = "default"
    /// The tables; nil for the shipped ones.
    var tables: Generation?

    func translator() throws -> PresenceTranslator {
        let generation = try tables ?? ShippedTables.generation()
        let settings = settings.map { (name: $0.0, value: $0.1) }
        let route = try generation.route(profile: profile, settings: settings)
        return PresenceTranslator(generation: generation, routing: .fixed(route))
    }

    static let juliet = Correspondent(jid: known("juliet@example.com"), uri: knownURI("sip:juliet@example.com"))
    static let romeo = Correspondent(jid: known("romeo@example.net"), uri: knownURI("sip:romeo@example.net"))

    private static func known(_ text: String) -> JID {
        do { return try JID(text) } catch { preconditionFailure("\(text) is no JID") }
    }

    private static func knownURI(_ text: String) -> SIPURI {
        do { return try SIPURI(text) } catch { preconditionFailure("\(text) is no URI") }
    }

    // MARK: Stanzas

    static func element(
        _ content: String = "",
        _ attributes: String = "",
        namespace: String = "jabber:client"
    ) throws
        -> XML.Element
    {
        let xml = "<presence xmlns='\(namespace)'\(attributes)>\(content)</presence>"
        return try XML.DocumentReader.read(Array(xml.utf8)[...])
    }

    func operation(
        _ content: String = "",
        type: String? = nil,
        from: String = "juliet@example.com/balcony",
        to: String = "romeo@example.net"
    ) throws -> Translated<PresenceOperation> {
        let type = type.map { " type='\($0)'" } ?? ""
        let element = try Self.element(content, " from='\(from)' to='\(to)' id='p1'\(type)")
        return try translator().operation(from: try #require(PresenceStanza(element)), facts: facts)
    }

    // MARK: Documents out

    /// One resource of juliet@example.com.
    static func resource(
        _ name: String?,
        _ content: String = "",
        _ attributes: String = "",
        isAvailable: Bool = true,
        seen: Int64 = VectorRun.defaults.now,
        namespace: String = "jabber:client"
    ) throws -> ResourcePresence {
        let type = isAvailable ? "" : " type='unavailable'"
        let from = " from='juliet@example.com\(name == nil ? "" : "/x")'"
        let element = try element(content, from + type + " " + attributes, namespace: namespace)
        return ResourcePresence(resource: name, element: element, seen: seen, isAvailable: isAvailable)
    }

    /// The document of resources of juliet@example.com for romeo@example.net.
    func document(_ resources: [ResourcePresence]) throws -> Translated<PresenceDocument> {
        try translator().document(of: Self.juliet, resources: resources, for: Self.romeo, facts: facts)
    }

    /// The one tuple of the document of one resource.
    func tuple(_ content: String, _ attributes: String = "", isAvailable: Bool = true) throws -> PresenceTuple {
        let resource = try Self.resource("balcony", content, attributes, isAvailable: isAvailable)
        let document = try #require(try document([resource]).value)
        #expect(document.tuples.count == 1)
        return try #require(document.tuples.first)
    }

    func body(
        _ document: PresenceDocument,
        accepts: [String] = []
    ) throws -> Translated<PresenceBody> {
        let translator = try translator()
        return Crossing.run(translator.setting(facts, Self.romeo)) { crossing throws(Refusal) in
            .value(
                try PresenceTranslator.body(of: document, from: Self.juliet, to: Self.romeo, accepts, crossing)
            )
        }
    }

    // MARK: Documents in

    /// A document about romeo@example.net with all prefixes that the samples use.
    static func pidf(_ content: String, entity: String? = "pres:romeo@example.net") -> String {
        let names = [
            "dm": PresenceNamespace.dataModel, "r": PresenceNamespace.rpid, "im": PresenceNamespace.im,
            "c": PresenceNamespace.cipid, "x": "http://example.org/x",
        ]
        let prefixes = names.sorted { $0.key < $1.key }.map { " xmlns:\($0.key)='\($0.value)'" }.joined()
        let entity = entity.map { " entity='\($0)'" } ?? ""
        return "<?xml version='1.0' encoding='UTF-8'?>"
            + "<presence xmlns='\(PresenceNamespace.pidf)'\(prefixes)\(entity)>\(content)</presence>"
    }

    /// An open tuple.
    static func tuple(_ content: String = "", id: String = "a", status: String = "<basic>open</basic>") -> String {
        "<tuple id='\(id)'><status>\(status)</status>\(content)</tuple>"
    }

    func reading(
        _ content: String,
        entity: String? = "pres:romeo@example.net",
        type: String = "application/pidf+xml",
        language: String? = nil
    ) throws -> Translated<PresenceReading> {
        let body = PresenceBody(type: type, language: language, bytes: Array(Self.pidf(content, entity: entity).utf8))
        return try translator().reading(of: body, about: Self.romeo, facts: facts)
    }

    /// What a document tells, as `RESOURCE +` or `RESOURCE -` with the children of the stanza.
    func told(_ content: String, language: String? = nil) throws -> [String] {
        try reading(content, language: language).value?.presences.map { presence in
            "\(presence.resource ?? "") \(presence.isAvailable ? "+" : "-")\(HeaderText.text(presence.payload))"
        } ?? []
    }

    // MARK: Requests

    /// A SUBSCRIBE of romeo@example.net to juliet@example.com; a line that begins with the name of another replaces it.
    static func subscribe(_ changes: [String] = [], uri: String = "sip:juliet@example.com") throws -> SIPRequest {
        var lines = [
            "Via: SIP/2.0/TCP h.example.net;branch=z9hG4bKr1", "Max-Forwards: 70", "To: <\(uri)>",
            "From: <sip:romeo@example.net>;tag=r", "Call-ID: c1@example.net", "CSeq: 1 SUBSCRIBE", "Event: presence",
            "Contact: <sip:romeo@192.0.2.7>",
        ]
        for change in changes {
            let name = change.prefix { $0 != ":" } + ":"
            lines.removeAll { $0.hasPrefix(name) }
            lines.append(change)
        }
        let head = (["SUBSCRIBE \(uri) SIP/2.0"] + lines + ["Content-Length: 0", "", ""]).joined(separator: "\r\n")
        guard case .request(let request) = try SIPReader.read(datagram: Array(head.utf8)) else {
            throw VectorRun.Unusable("no request")
        }
        return request
    }

    func subscribed(
        _ changes: String...,
        uri: String = "sip:juliet@example.com"
    ) throws
        -> Translated<PresenceOperation>
    {
        try translator().operation(from: try Self.subscribe(changes, uri: uri), facts: facts)
    }
}
