/// A document of type `application/pidf-diff+xml`.
///
/// Source: RFC 5262 §3.
public enum PartialPresence: Sendable, Hashable {
    /// The whole presence.
    case full(PresenceDocument, version: UInt32?)
    /// What changed since the document before.
    case diff(entity: String?, version: UInt32?, operations: [PatchOperation])

    /// The number of the document among those of one subscription.
    ///
    /// Source: RFC 5262 §3.1.
    public var version: UInt32? {
        switch self {
        case .full(_, let version): version
        case .diff(_, let version, _): version
        }
    }
}
