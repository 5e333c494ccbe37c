import Addressing
import BridgeCore
import Interworking
import MappingTables
import XMLStreams
import XMPPStanzas

extension XMPPLeg {
    /// Gives a message to the store to be held, where the tables say so; its sender hears nothing before its end.
    ///
    /// - Returns: whether it is held; otherwise it is refused.
    func hold(
        _ message: MessageStanza,
        _ refusal: Interworking.Refusal,
        from: JID,
        to: JID,
        trace: RuleTrace,
        on link: any XMPPLink
    ) -> Bool {
        guard refusal.isHeld, Self.isWorthHolding(message, refusal) else { return false }
        var writer = XML.Writer()
        writer.copy(message.element)
        var arrival = HeldArrival(
            sender: from.bare.description,
            recipient: to.bare.description,
            source: writer.bytes,
            origin: Self.origin(of: message, on: link),
            account: account(of: message, from: from.domain, on: link),
            refusal: refusal,
            trace: trace
        )
        arrival.duplicateMarks = Self.duplicateMarks(of: message)
        return host.hold(arrival, from: .xmpp)
    }

    /// A composing state or a receipt is worth nothing later, and what asks not to be stored is not.
    ///
    /// Source: XEP-0334 §4.
    private static func isWorthHolding(_ message: MessageStanza, _ refusal: Interworking.Refusal) -> Bool {
        if isNotToBeStored(message) { return false }
        switch refusal.code {
        case .encrypted, .reactions: return true
        default: return message.bodyBytes != nil || !message.subjects.isEmpty
        }
    }
}
