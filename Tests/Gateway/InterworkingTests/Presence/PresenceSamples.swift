import Addressing
import MappingTables
import SIPMessages
import Testing
import XMLStreams
import XMPPStanzas

@testable import Interworking

/// Presence of both shores, and the translator over the shipped tables.
struct PresenceSamples {
    var facts = VectorRun.defaults
    var settings: [(String, String)] = []
    var profile = "default"

    func translator() throws -> PresenceTranslator {
        let routing = try ShippedTables.routing(profile: profile, settings: settings)
        return PresenceTranslator(generation: try ShippedTables.generation(), routing: routing)
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
