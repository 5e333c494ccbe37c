/// The contextual rules for code points that are valid only beside certain others.
///
/// Source: RFC 5892 §A.
///
/// What the rules ask about the whole string is found out once, so that checking every code point stays linear.
struct ContextualRules {
    private let points: [UInt32]
    private let hasKanaOrHan: Bool
    private let hasArabicDigits: Bool
    private let hasExtendedDigits: Bool

    init(_ points: [UInt32]) {
        self.points = points
        hasKanaOrHan = points.contains { UnicodeTables.contextualScript($0) == .hiraganaKatakanaOrHan }
        hasArabicDigits = points.contains { (0x660...0x669).contains($0) }
        hasExtendedDigits = points.contains { (0x6F0...0x6F9).contains($0) }
    }

    /// Whether the rule of the code point at `index` holds; a code point without rule never passes.
    func holds(at index: Int) -> Bool {
        let before = index > 0 ? points[index - 1] : nil
        let after = index + 1 < points.count ? points[index + 1] : nil
        switch points[index] {
        case 0x200C:
            guard let before else { return false }
            return UnicodeTables.isVirama(before) || joins(around: index)
        case 0x200D:
            guard let before else { return false }
            return UnicodeTables.isVirama(before)
        case 0xB7:
            return before == 0x6C && after == 0x6C
        case 0x375:
            guard let after else { return false }
            return UnicodeTables.contextualScript(after) == .greek
        case 0x5F3, 0x5F4:
            guard let before else { return false }
            return UnicodeTables.contextualScript(before) == .hebrew
        case 0x30FB:
            return hasKanaOrHan
        case 0x660...0x669:
            return !hasExtendedDigits
        case 0x6F0...0x6F9:
            return !hasArabicDigits
        default:
            return false
        }
    }

    /// The ZERO WIDTH NON-JOINER breaks a cursive connection between its neighbors, transparent marks skipped.
    private func joins(around index: Int) -> Bool {
        var left = index - 1
        while left >= 0, UnicodeTables.joiningType(points[left]) == .transparent { left -= 1 }
        var right = index + 1
        while right < points.count, UnicodeTables.joiningType(points[right]) == .transparent { right += 1 }
        guard left >= 0, right < points.count else { return false }
        let before = UnicodeTables.joiningType(points[left])
        let after = UnicodeTables.joiningType(points[right])
        return (before == .left || before == .dual) && (after == .right || after == .dual)
    }
}
