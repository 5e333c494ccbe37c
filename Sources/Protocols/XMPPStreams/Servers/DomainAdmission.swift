/// Which domains of others may exchange stanzas with the gateway.
///
/// It says who may knock; what proves them is ``StreamPolicy/Trust``. A name stands for itself alone, not for the
/// domains below it.
///
/// Source: RFC 6120 §4.9.3.14.
public struct DomainAdmission: Sendable, Equatable {
    /// The domains that are admitted; nil admits all that are not refused.
    public var accepted: Set<String>?
    /// The domains that are not admitted, whatever is accepted.
    public var refused: Set<String>

    /// Makes a rule; names are in the form of `DomainName.normalized`.
    ///
    /// - Parameters:
    ///   - accepted: the domains that are admitted; nil for all.
    ///   - refused: the domains that are not admitted.
    public init(accepted: Set<String>? = nil, refused: Set<String> = []) {
        self.accepted = accepted
        self.refused = refused
    }

    /// Whether a domain is admitted.
    ///
    /// - Parameter domain: in the form of `DomainName.normalized`.
    /// - Returns: true unless it is refused, or others alone are accepted.
    public func admits(_ domain: String) -> Bool {
        !refused.contains(domain) && accepted?.contains(domain) != false
    }
}
