/// Why a text is not the address it was read as.
///
/// Equality compares ``code`` and ``offset`` only; ``reason`` is for people.
public struct AddressError: Error, Equatable, Sendable {
    /// The closed list of causes.
    public enum Code: String, Sendable, CaseIterable {
        /// A part that must hold something is empty.
        case empty
        /// The text or one of its parts is longer than its named limit.
        case tooLong
        /// A byte or code point stands where the grammar or the PRECIS class does not allow it.
        case disallowed
        /// A code point is not assigned in the Unicode version of the system's tables.
        case unassigned
        /// A code point lacks the context that RFC 5892 §A demands.
        case context
        /// Right-to-left text breaks the Bidi Rule.
        case bidi
        /// The PRECIS rules do not settle on one form.
        case unstable
        /// The bytes are not well-formed UTF-8.
        case malformedUTF8
        /// A `%` is not followed by two hexadecimal digits.
        case malformedPercent
        /// The domain or host name is not one.
        case malformedDomain
        /// An IPv4 or IPv6 literal is not one.
        case malformedLiteral
        /// The port is not a number up to 65535.
        case malformedPort
        /// A parameter has no name or a misplaced byte.
        case malformedParameter
        /// A parameter name occurs twice.
        case duplicateParameter
        /// A telephone number has no digits, a misplaced byte or no context.
        case malformedNumber
        /// The text has no URI scheme.
        case missingScheme
        /// The scheme is another one than the type stands for.
        case wrongScheme
        /// The `@` between the local part and the domain is missing.
        case missingAt
    }

    /// The cause.
    public let code: Code

    /// One sentence for the person who has to repair the address.
    public let reason: String

    /// Where the fault was found: bytes from the start of the text, from 0.
    public let offset: Int

    /// Makes an error.
    public init(_ code: Code, _ reason: String, at offset: Int = 0) {
        self.code = code
        self.reason = reason
        self.offset = offset
    }

    /// Whether both name the same cause at the same place.
    public static func == (left: AddressError, right: AddressError) -> Bool {
        left.code == right.code && left.offset == right.offset
    }

    /// The same error seen from a text in which the faulty part starts at `start`.
    func shifted(by start: Int) -> AddressError {
        AddressError(code, reason, at: offset + start)
    }
}
