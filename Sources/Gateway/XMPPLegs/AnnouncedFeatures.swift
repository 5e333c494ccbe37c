import Digests
import XMPPStanzas

/// How users of the other shore describe themselves under one route, and what their presence announces of that.
final class AnnouncedFeatures {
    /// What an information query is answered with.
    let description: ServiceDescription
    /// The announcement, as presence carries it.
    let bytes: [UInt8]
    /// The nodes of personal events that they are told of.
    let nodes: [String]
    /// Whether they tell anything in personal events, so that the features of those who see them matter.
    let tellsEvents: Bool
    /// Whether they are told what the cards of others say.
    let takesCards: Bool

    /// Makes the description of users who want to be told of some nodes.
    ///
    /// - Parameters:
    ///   - nodes: the nodes.
    ///   - interests: the features that say so, and those of receipts and chat states.
    ///   - node: the URI of the software.
    ///   - tellsEvents: whether the users tell anything in personal events.
    ///   - takesCards: whether they are told what the cards of others say.
    ///
    /// Source: XEP-0115 §5.1.
    init(nodes: [String], interests: [String], node: String, tellsEvents: Bool, takesCards: Bool) {
        var description = ServiceDescription(
            identities: [ServiceDescription.Identity(category: "client", type: "phone")],
            features: [XMPPNamespace.capabilities] + interests
        )
        let features = IQResponder.features(of: description)
        let announced = Self.capabilities(of: description, features, node)
        description.capabilities = announced
        self.description = description
        bytes = announced.element.bytes
        self.nodes = nodes
        self.tellsEvents = tellsEvents
        self.takesCards = takesCards
    }

    /// What stands behind an announcement.
    static func capabilities(
        of description: ServiceDescription,
        _ features: [String],
        _ node: String
    ) -> ServiceDescription.Capabilities {
        ServiceDescription.Capabilities(
            node: node,
            version: SHA1.base64(description.verificationInput(features: features))
        )
    }
}
