import Addressing
import BridgeCore
import Interworking
import MappingTables
import XMLStreams
import XMPPStanzas

/// Whether servers of this shore know addresses beside a message, where a route names copies.
extension XMPPLeg {
    /// The beginning of the ids of questions to servers.
    static let serverPrefix = "server-"

    /// Whether the server of a message's recipient knows addresses; nil when nobody wants to know.
    ///
    /// A server of which nothing is known is asked, and counts as one that does not until it has answered.
    ///
    /// Source: XEP-0033 §2.
    func takesAddresses(for pivot: Pivot, over link: any XMPPLink) -> Bool? {
        guard !pivot.copies.isEmpty, host.generation.route(peer: pivot.sender.domain).switches.isSet(.cc, "addresses")
        else { return nil }
        let server = pivot.recipient.jid.domain
        if let known = addressing.takesAddresses(server, now: now.wall) { return known }
        let id = Self.serverPrefix + host.freshToken()
        guard link.isOpen, addressing.ask(server, by: link.domain, now: now.wall, id: id) else { return false }
        var writer = XML.Writer(inherited: XMPPNamespace.component)
        writer.startStanza(.iq, to: server, from: link.domain, id: id, type: "get")
        writer.element("query", XMPPNamespace.discoInfo)
        writer.end()
        link.write(writer.bytes, to: server)
        return false
    }

    /// Takes the answer to a question to a server.
    func receivedServer(_ iq: IQStanza, _ id: String, of server: JID) {
        guard server.local == nil, server.resource == nil else { return }
        let information = iq.kind == .result ? iq.payload.flatMap { ServiceInformation($0) } : nil
        addressing.answered(id, by: server.domain, features: information?.features ?? [], now: now.wall)
    }
}
