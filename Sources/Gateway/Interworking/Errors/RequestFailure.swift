public import SIPMessages

/// How a request to the CPIM shore failed.
public enum RequestFailure: Sendable {
    /// A final response that is no success.
    case response(SIPResponse)
    /// No final response came.
    ///
    /// Source: RFC 3261 §17.1.2.2.
    case timeout
    /// The request could not be sent.
    ///
    /// Source: RFC 3261 §8.1.3.1.
    case transport
}
