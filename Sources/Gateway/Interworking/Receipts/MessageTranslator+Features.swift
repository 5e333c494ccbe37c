public import Addressing
import MappingTables

extension MessageTranslator {
    /// The features by which a user of the CPIM shore says that receipts, markers and chat states mean something to it.
    ///
    /// A route that never carries Message/CPIM has no receipts, and one whose rows tell of nobody's writing no states.
    ///
    /// - Parameter contact: the user.
    /// - Returns: the namespaces, in order.
    ///
    /// Source: XEP-0184 §6, XEP-0333 §3, XEP-0085 §4.
    public func signalFeatures(of contact: BareJID) -> [String] {
        let route = route(AddressTranslator.peerDomain(of: contact, generation.addresses))
        var features: [String] = []
        if route.switches.text(.carrier) != "sip" {
            features += [SignalElements.receiptsNamespace, SignalElements.markersNamespace]
        }
        let answer = route.values(SignalTables.composing)?.answer(["chat-state": ["composing"]], to: .cpim)
        if answer?["composing"] != nil { features.append(SignalElements.chatStatesNamespace) }
        return features
    }
}
