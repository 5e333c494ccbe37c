extension SIPHeaders {
    /// The SIP-ETag; nil when there is none.
    ///
    /// - Throws: ``SIPError`` with `.malformedHeader` when it is no token, and `.duplicateHeader` when there are two.
    ///
    /// Source: RFC 3903 §11.3.1.
    public func entityTag() throws(SIPError) -> String? { try word(.entityTag) }

    /// The SIP-If-Match; nil when there is none.
    ///
    /// - Throws: ``SIPError`` with `.malformedHeader` when it is not one token, and `.duplicateHeader` when there are
    ///   two.
    ///
    /// Source: RFC 3903 §11.3.2.
    public func ifMatch() throws(SIPError) -> String? { try word(.ifMatch) }

    private func word(_ name: SIPHeaderName) throws(SIPError) -> String? {
        guard let entry = entry(name) else { return nil }
        guard count(of: name) == 1 else {
            throw SIPError(
                .duplicateHeader,
                "There is more than one \(name.rawValue).",
                at: entry.value.lowerBound,
                header: name
            )
        }
        var cursor = HeaderCursor(bytes, entry.value, of: name)
        let token = cursor.token()
        guard !token.isEmpty else { throw cursor.fault("An entity-tag is missing.") }
        try cursor.finish()
        return bytes[token].repairedText
    }
}
