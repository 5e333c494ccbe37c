/// Which neighbors a route takes: one domain, or with `*.` all domains below one.
struct DomainPattern: Sendable, Hashable {
    let suffix: String
    let isBelow: Bool

    init?(_ text: String) {
        let lowered = text.lowercased()
        isBelow = lowered.hasPrefix("*.")
        suffix = isBelow ? String(lowered.dropFirst(2)) : lowered
        guard !suffix.isEmpty, !suffix.contains("*"), !suffix.contains(" ") else { return nil }
    }

    /// The pattern in its normal form.
    var text: String { isBelow ? "*." + suffix : suffix }

    func matches(_ domain: String) -> Bool {
        isBelow ? domain.hasSuffix("." + suffix) : domain == suffix
    }

    /// Whether every domain that another pattern takes is taken by this one.
    func covers(_ other: DomainPattern) -> Bool {
        if self == other { return true }
        return isBelow && (other.suffix.hasSuffix("." + suffix) || other.isBelow && other.suffix == suffix)
    }
}
