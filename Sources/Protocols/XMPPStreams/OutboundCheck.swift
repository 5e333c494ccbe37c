/// The last look at a stanza before it goes to the server, for which one bad stanza would be a reason to end the link.
///
/// It reads the start tag as `XML.Writer` writes it: values between apostrophes, in which `>` is escaped.
///
/// Source: XEP-0114 §3.
enum OutboundCheck {
    /// Why a stanza may not be sent; nil when it may.
    ///
    /// - Parameters:
    ///   - stanza: the bytes.
    ///   - domain: the component's domain.
    ///   - limit: the most bytes the server takes.
    /// - Returns: the reason.
    static func fault(_ stanza: [UInt8], domain: String, limit: Int) -> ComponentStream.Rejection? {
        if stanza.count > limit { return .tooLarge }
        guard let end = stanza.firstIndex(of: 0x3E) else { return .notStanza }
        let tag = stanza[..<end]
        guard kinds.contains(where: { tag.starts(with: $0) }) else { return .notStanza }
        guard let to = value(of: to, in: tag), !to.isEmpty else { return .missingAddress }
        guard let from = value(of: from, in: tag), !from.isEmpty else { return .missingAddress }
        return host(of: from).elementsEqual(domain.utf8) ? nil : .foreignSender
    }

    private static func host(of address: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let bare = address.prefix { $0 != 0x2F }
        return bare.firstIndex(of: 0x40).map { bare[($0 + 1)...] } ?? bare
    }

    private static let kinds = ["<message ", "<presence ", "<iq "].map { Array($0.utf8) }
    private static let to = Array(" to='".utf8)
    private static let from = Array(" from='".utf8)

    private static func value(of name: [UInt8], in tag: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        // Values hold no apostrophe, so counting them tells names from values.
        var isValue = false
        for index in tag.indices {
            if tag[index] == 0x27 { isValue.toggle() }
            if !isValue, tag[index] == 0x20, tag[index...].starts(with: name) {
                return tag[(index + name.count)...].prefix { $0 != 0x27 }
            }
        }
        return nil
    }
}

extension OutboundCheck {
    /// Why a stanza may not be sent between two domains; nil when it may.
    ///
    /// - Parameters:
    ///   - stanza: the bytes.
    ///   - pair: the domains of `from` and `to`.
    ///   - limit: the most bytes.
    /// - Returns: the reason.
    ///
    /// Source: RFC 6120 §8.1.1.2, §8.1.2.2.
    static func fault(_ stanza: [UInt8], pair: DomainPair, limit: Int) -> StreamRejection? {
        if stanza.count > limit { return .tooLarge }
        guard let end = stanza.firstIndex(of: 0x3E) else { return .notStanza }
        let tag = stanza[..<end]
        guard kinds.contains(where: { tag.starts(with: $0) }) else { return .notStanza }
        guard let to = value(of: to, in: tag), !to.isEmpty else { return .missingAddress }
        guard let from = value(of: from, in: tag), !from.isEmpty else { return .missingAddress }
        let isInside = host(of: from).elementsEqual(pair.local.utf8) && host(of: to).elementsEqual(pair.remote.utf8)
        return isInside ? nil : .foreignAddress
    }
}
