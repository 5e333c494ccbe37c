/// The version of XMPP that a stream header names.
///
/// Source: RFC 6120 §4.7.5.
public struct StreamVersion: Sendable, Equatable, Comparable {
    /// Raised by changes that older software cannot follow.
    public let major: UInt32
    /// Raised by changes that it can ignore.
    public let minor: UInt32

    /// The version that is spoken here.
    public static let current = StreamVersion(major: 1, minor: 0)

    init(major: UInt32, minor: UInt32) {
        self.major = major
        self.minor = minor
    }

    /// Reads two numbers with a dot between them; nil for anything else.
    ///
    /// - Parameter text: the attribute.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        guard parts.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }) else { return nil }
        guard let major = UInt32(parts[0]), let minor = UInt32(parts[1]) else { return nil }
        self.init(major: major, minor: minor)
    }

    /// Compares the two numbers, never the text.
    ///
    /// - Parameters:
    ///   - left: a version.
    ///   - right: another.
    /// - Returns: whether the first one is lower.
    public static func < (left: StreamVersion, right: StreamVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
