/// Why a line of the facts language cannot be read.
public struct FactsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of fault.
    public enum Code: String, Sendable, CaseIterable {
        /// The line is of no known kind.
        case unknownKind = "unknown-kind"
        /// A value that the kind needs is missing.
        case missingValue = "missing-value"
        /// A value is not of the type that the kind has.
        case malformedValue = "malformed-value"
        /// A quoted value does not end.
        case openQuote = "open-quote"
    }

    /// The kind of fault.
    public let code: Code
    /// A sentence with the offending text.
    public let reason: String
    /// The number of the line, from 0.
    public let line: Int

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: the kind of fault.
    ///   - reason: a sentence.
    ///   - line: the number of the line, from 0.
    public init(_ code: Code, _ reason: String, line: Int) {
        self.code = code
        self.reason = reason
        self.line = line
    }

    /// Whether both name the same fault in the same line.
    public static func == (one: FactsError, other: FactsError) -> Bool {
        one.code == other.code && one.line == other.line
    }

    /// The reason with its place.
    public var description: String { "line \(line + 1): \(reason) [\(code.rawValue)]" }
}
