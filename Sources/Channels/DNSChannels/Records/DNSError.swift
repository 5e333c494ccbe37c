/// Why bytes are no answer of the DNS, or a text is no name.
public struct DNSError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong.
    public enum Code: Sendable, Equatable {
        /// The bytes end before the value does.
        case truncated
        /// A value has bytes behind its end.
        case trailingBytes
        /// A name has an empty label, one that is too long, or one of a kind that does not exist.
        case malformedName
        /// A name is longer than 255 bytes.
        case nameTooLong
        /// A compressed name points forward or to itself.
        case forwardPointer
        /// The message answers another question, or none.
        case notTheAnswer
        /// There are more records than ``DNSLimits/records``.
        case tooManyRecords
        /// The aliases go in a circle, or are more than ``DNSLimits/aliases``.
        case endlessAliases
    }

    /// What is wrong.
    public let code: Code
    /// A sentence for people.
    public let reason: String
    /// The place, in bytes from 0.
    public let offset: Int

    /// Makes an error, for comparison.
    public init(code: Code, reason: String = "", offset: Int = 0) {
        self.init(code, reason, at: offset)
    }

    init(_ code: Code, _ reason: String, at offset: Int = 0) {
        self.code = code
        self.reason = reason
        self.offset = offset
    }

    /// The reason with its place.
    public var description: String { "\(reason) (byte \(offset))" }

    /// Whether code and place are the same.
    public static func == (one: Self, other: Self) -> Bool { one.code == other.code && one.offset == other.offset }
}

/// Bounds of what is read from one answer.
public struct DNSLimits: Sendable, Equatable {
    /// Records in the answer, aliases included.
    public var records = 512
    /// Aliases from the name that was asked for to the one that has the records.
    public var aliases = 16
    /// Seconds that records count, whatever their TTL says.
    public var positiveSeconds: UInt32 = 3_600
    /// Seconds that the lack of records counts.
    public var negativeSeconds: UInt32 = 30

    /// The defaults.
    public init() {}
}
