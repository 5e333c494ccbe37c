/// What became of a message, as far as a notification tells.
///
/// Source: RFC 5438 §11.1.6, §11.1.7.
public struct Disposition: Sendable, Hashable, CustomStringConvertible {
    /// The disposition types.
    ///
    /// Source: RFC 5438 §5.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Whether the message reached its recipient (RFC 5438 §5.1).
        case delivery
        /// What an intermediary did with it (RFC 5438 §5.2).
        case processing
        /// Whether somebody has seen it (RFC 5438 §5.3).
        case display

        /// The name of its element.
        public var elementName: String { rawValue + "-notification" }

        /// The statuses that it can carry.
        ///
        /// Source: RFC 5438 §11.1.7.
        public var statuses: [Status] {
            switch self {
            case .delivery: [.delivered, .failed, .forbidden, .error]
            case .processing: [.processed, .stored, .forbidden, .error]
            case .display: [.displayed, .forbidden, .error]
            }
        }
    }

    /// The results of a request.
    ///
    /// Source: RFC 5438 §11.1.7.
    public enum Status: String, Sendable, Hashable, CaseIterable {
        /// The recipient has the message.
        case delivered
        /// The recipient never gets it.
        case failed
        /// An intermediary has passed it on.
        case processed
        /// An intermediary keeps it.
        case stored
        /// Somebody has seen it.
        case displayed
        /// What was asked for is denied.
        case forbidden
        /// A server has failed.
        case error
    }

    /// The disposition type.
    public let kind: Kind
    /// The result.
    public let status: Status

    /// Makes a disposition; nil for a status that the type cannot carry.
    ///
    /// - Parameters:
    ///   - kind: the disposition type.
    ///   - status: the result.
    public init?(_ kind: Kind, _ status: Status) {
        guard kind.statuses.contains(status) else { return nil }
        self.kind = kind
        self.status = status
    }

    /// Type and status, such as `delivery/delivered`.
    public var description: String { "\(kind.rawValue)/\(status.rawValue)" }
}
