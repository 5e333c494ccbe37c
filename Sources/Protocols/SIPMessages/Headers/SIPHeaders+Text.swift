extension SIPHeaders {
    /// The first value of a header field as text on one line, what is not UTF-8 repaired; nil when there is none.
    ///
    /// For Subject, User-Agent, Server, Organization, Priority, SIP-ETag, Timestamp and their like.
    public func text(_ name: SIPHeaderName) -> String? { first(name)?.text }

    /// The Subject; nil when there is none (RFC 3261 §20.36).
    public var subject: String? { text(.subject) }

    /// The User-Agent; nil when there is none (RFC 3261 §20.41).
    public var userAgent: String? { text(.userAgent) }

    /// The Priority in lower case; nil when there is none (RFC 3261 §20.26).
    public var priority: String? { first(.priority).map { $0.value.map(\.lowered).repairedText } }
}
