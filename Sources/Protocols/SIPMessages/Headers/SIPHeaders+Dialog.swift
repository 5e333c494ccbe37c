public import Addressing

extension SIPHeaders {
    /// The Expires value; nil when there is none.
    ///
    /// - Throws: ``SIPError`` with `.malformedHeader`, where ``expires`` is nil.
    ///
    /// Source: RFC 3261 §20.19.
    public func duration() throws(SIPError) -> UInt32? {
        guard let entry = entry(.expires) else { return nil }
        guard let value = DeltaSeconds.value(bytes[entry.value]) else {
            throw SIPError(
                .malformedHeader,
                "The Expires is not a number.",
                at: entry.value.lowerBound,
                header: .expires
            )
        }
        return value
    }

    /// Where the peer of a dialog is reached: the URI of the one Contact that a request or response making one has.
    ///
    /// - Throws: ``SIPError`` with `.missingHeader`, `.duplicateHeader` when there are two, `.malformedHeader` or
    ///   `.malformedURI` when it is no sip: or sips: URI.
    ///
    /// Source: RFC 3261 §12.1.1, §8.1.1.8.
    public func remoteTarget() throws(SIPError) -> SIPURI {
        let bytes = try remoteTargetBytes()
        do throws(AddressError) {
            return try SIPURI(bytes: bytes)
        } catch {
            throw SIPError(.malformedURI, error.reason, at: bytes.startIndex + error.offset, header: .contact)
        }
    }

    /// The bytes of ``remoteTarget()``, which may be those of no URI.
    ///
    /// - Throws: ``SIPError`` with `.missingHeader`, `.duplicateHeader` or `.malformedHeader`.
    ///
    /// Source: RFC 3261 §12.1.1.
    public func remoteTargetBytes() throws(SIPError) -> ArraySlice<UInt8> {
        let contacts = try addresses(.contact)
        guard let contact = contacts.first, !isContactWildcard else {
            throw SIPError(.missingHeader, "There is no Contact with an address.", header: .contact)
        }
        guard contacts.count == 1 else {
            let start = contact.uriBytes.startIndex
            throw SIPError(.duplicateHeader, "There is more than one Contact.", at: start, header: .contact)
        }
        return contact.uriBytes
    }

    /// Whether the peer takes a media type in answer, by its Accept header fields.
    ///
    /// The most specific range decides, and one with `q=0` refuses.
    ///
    /// - Parameters:
    ///   - mediaType: `type/subtype` in lower case.
    ///   - isDefault: whether the type is taken when there is no Accept.
    /// - Returns: whether it does.
    /// - Throws: ``SIPError`` with `.malformedHeader`.
    ///
    /// Source: RFC 3261 §20.1.
    public func accepts(_ mediaType: String, isDefault: Bool) throws(SIPError) -> Bool {
        guard has(.accept) else { return isDefault }
        let anySubtype = mediaType.prefix { $0 != "/" } + "/*"
        var rank = 0
        var weight = 0
        for range in try tokens(.accept) {
            let name = range.name.utf8.map(\.lowered).repairedText
            let found = name == mediaType ? 3 : name == anySubtype ? 2 : name == "*/*" ? 1 : 0
            if found > rank || found == rank && range.weight > weight { (rank, weight) = (found, range.weight) }
        }
        return rank > 0 && weight > 0
    }
}
