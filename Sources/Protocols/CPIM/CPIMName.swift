/// The namespaces of Message/CPIM headers that this module knows.
public enum CPIMNamespace {
    /// The default namespace, with its final colon (RFC 3862 §4, §7.1; §6 misprints it).
    public static let core = "urn:ietf:params:cpim-headers:"
    /// The namespace of the headers for disposition notifications (RFC 5438 §6.1).
    public static let imdn = "urn:ietf:params:imdn"
}

/// The identity of a header or feature: a namespace URI and a local name, both compared exactly.
///
/// Source: RFC 3862 §3.4.
public struct CPIMName: Sendable, Hashable, CustomStringConvertible {
    /// The namespace URI.
    public let namespace: String
    /// The name within the namespace.
    public let local: String

    /// Makes a name.
    ///
    /// - Parameters:
    ///   - namespace: the URI, compared octet by octet.
    ///   - local: the name without a prefix.
    public init(_ namespace: String, _ local: String) {
        self.namespace = namespace
        self.local = local
    }

    /// `{namespace}local`.
    public var description: String { "{\(namespace)}\(local)" }

    /// The header RFC 5438 §6.2 defines.
    public static let dispositionNotification = CPIMName(CPIMNamespace.imdn, "Disposition-Notification")
    /// The header RFC 5438 §6.3 defines.
    public static let messageID = CPIMName(CPIMNamespace.imdn, "Message-ID")
    /// The header RFC 5438 §6.4 defines.
    public static let originalTo = CPIMName(CPIMNamespace.imdn, "Original-To")
    /// The header RFC 5438 §6.5 defines.
    public static let recordRoute = CPIMName(CPIMNamespace.imdn, "IMDN-Record-Route")
    /// The header RFC 5438 §6.6 defines.
    public static let route = CPIMName(CPIMNamespace.imdn, "IMDN-Route")

    /// The headers of RFC 3862 §4.
    public static let core: Set<CPIMName> = Set(
        ["From", "To", "cc", "DateTime", "Subject", "NS", "Require"].map { CPIMName(CPIMNamespace.core, $0) }
    )
    /// The headers of RFC 5438 §6.
    public static let imdn: Set<CPIMName> = [.dispositionNotification, .messageID, .originalTo, .recordRoute, .route]
}
