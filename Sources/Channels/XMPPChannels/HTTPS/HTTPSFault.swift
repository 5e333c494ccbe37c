/// Why a web server did not give what it was asked for: the certificates of a domain's service, or a picture.
///
/// Equality compares `code`.
public struct HTTPSFault: Error, Sendable, Equatable {
    /// The closed list of faults.
    public enum Code: String, Sendable, CaseIterable {
        /// The document is not of the kind that was asked for.
        case malformed
        /// It is longer than its limit, or holds more than is read.
        case tooLarge = "too-large"
        /// It says that it is not to be believed any more.
        case expired
        /// A document that another one leads to leads on.
        case circular
        /// A place that is not HTTPS, or that is not followed.
        case unusableAddress = "unusable-address"
        /// More redirects than are followed.
        case tooManyRedirects = "too-many-redirects"
        /// The web server says that it has no such document.
        case absent
        /// The web server was not reached, or did not say whether it has such a document.
        case unreachable
        /// The web server's own certificate does not prove who it is.
        case untrusted
        /// It took too long.
        case timedOut = "timed-out"
        /// Too many are retrieved at this time.
        case overloaded
    }

    /// What is wrong.
    public let code: Code
    /// A sentence without its period, for operators.
    public let reason: String

    /// Makes a fault.
    ///
    /// - Parameters:
    ///   - code: what is wrong.
    ///   - reason: a sentence without its period.
    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    /// Whether two faults are of one kind.
    ///
    /// - Parameters:
    ///   - left: one fault.
    ///   - right: the other fault.
    /// - Returns: true when their codes agree.
    public static func == (left: HTTPSFault, right: HTTPSFault) -> Bool { left.code == right.code }
}
