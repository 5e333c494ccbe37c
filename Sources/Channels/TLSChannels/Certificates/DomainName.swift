/// A name of the DNS as certificates are compared with: A-labels, without a closing dot.
///
/// Source: RFC 6125 §6.4.
struct DomainName {
    /// The longest name of the DNS.
    static let largestCount = 253

    /// The labels, in lower case.
    let labels: [Substring]

    /// Takes a name; nil unless it has only labels of letters, digits, `-` and `_`.
    init?(_ text: some StringProtocol) {
        let text = text.hasSuffix(".") ? text.dropLast() : text.dropLast(0)
        guard !text.isEmpty, text.utf8.count <= Self.largestCount else { return nil }
        let lowered = String(decoding: text.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
        labels = lowered.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.allSatisfy(Self.isLabel) else { return nil }
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count)
            && label.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 95 }
    }

    /// Whether it is an address of IPv4, which is no name.
    var isAddress: Bool { labels.last?.utf8.allSatisfy { (48...57).contains($0) } ?? false }

    /// Whether a name of a certificate is this one, label by label without regard to case.
    ///
    /// Source: RFC 6125 §6.4.1, §6.4.2.
    func isEqual(to presented: some StringProtocol) -> Bool {
        DomainName(presented)?.labels == labels
    }

    /// Whether a name of a certificate covers this one by a `*` that is its whole left-most label.
    ///
    /// Parts of a label, more than one label, and a top-level domain behind the `*` are never covered.
    ///
    /// Source: RFC 6120 §13.7.1.2.1, RFC 6125 §6.4.3, §7.2.
    func isCovered(by presented: some StringProtocol) -> Bool {
        guard !isAddress, presented.hasPrefix("*."), let rest = DomainName(presented.dropFirst(2)) else { return false }
        return rest.labels.count >= 2 && labels.count == rest.labels.count + 1 && labels.dropFirst() == rest.labels[...]
    }

    /// The service and the domain of an SRVName, as `_xmpp-server.example.com`.
    ///
    /// Source: RFC 6125 §6.5.1.
    static func service(_ text: String) -> (service: String, domain: Substring)? {
        guard text.hasPrefix("_"), let dot = text.firstIndex(of: ".") else { return nil }
        return (text[..<dot].lowercased(), text[text.index(after: dot)...])
    }
}
