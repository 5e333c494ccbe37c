/// Why a domain's web server did not say which certificates its service has.
///
/// Equality compares `code`.
public struct POSHFault: Error, Sendable, Equatable {
    /// The closed list of faults.
    public enum Code: String, Sendable, CaseIterable {
        /// The document is no POSH document.
        case malformed
        /// It is longer than its limit, or names more than is read.
        case tooLarge
        /// It says that it is not to be believed any more.
        case expired
        /// A document that another one leads to leads on.
        case circular
        /// A place that is not HTTPS, or that is not followed.
        case unusableAddress
        /// More redirects than are followed.
        case tooManyRedirects
        /// The web server says that it has none.
        case absent
        /// The web server was not reached, or did not say whether it has one.
        case unreachable
        /// The web server's own certificate does not prove who it is.
        case untrusted
        /// It took too long.
        case timedOut
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
    public static func == (left: POSHFault, right: POSHFault) -> Bool { left.code == right.code }
}
