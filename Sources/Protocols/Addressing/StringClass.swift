/// The two string classes of PRECIS and the derived property of a code point.
///
/// Source: RFC 8264 §4, §8, §9.
enum StringClass {
    /// Letters, digits and printable ASCII.
    case identifier
    /// Also spaces, symbols, punctuation and code points with compatibility forms.
    case freeform

    /// The derived property values, without the empty ones.
    enum Property: Equatable {
        case valid
        case freeformOnly
        case contextual
        case disallowed
        case unassigned
    }

    private static let letterDigits: UInt32 = 0x1 | 0x2 | 0x8 | 0x10 | 0x20 | 0x40 | 0x100
    private static let otherLetterDigits: UInt32 = 0x4 | 0x80 | 0x200 | 0x400
    private static let punctuation: UInt32 = 0x3_F800
    private static let symbols: UInt32 = 0x3C_0000
    private static let spaces: UInt32 = 0x40_0000
    private static let controls: UInt32 = 0x200_0000
    private static let unassigned: UInt32 = 0x2000_0000

    /// Whether the code point is a space separator.
    static func isSpace(_ point: UInt32) -> Bool {
        point == 0x20 || (point > 0x7F && UnicodeTables.category(point) & spaces != 0)
    }

    /// Checks every code point, in order, with its contextual rule.
    ///
    /// - Parameters:
    ///   - points: the string after width mapping.
    ///   - source: the same string as it was given, code point by code point, for the offset.
    /// - Throws: ``AddressError`` with `.disallowed`, `.unassigned` or `.context`.
    func check(_ points: [UInt32], spelledAs source: [UInt32]) throws(AddressError) {
        var rules: ContextualRules?
        for (index, point) in points.enumerated() {
            let code: AddressError.Code
            switch StringClass.property(of: point) {
            case .valid: continue
            case .freeformOnly:
                if self == .freeform { continue }
                code = .disallowed
            case .contextual:
                let found = rules ?? ContextualRules(points)
                rules = found
                if found.holds(at: index) { continue }
                code = .context
            case .disallowed: code = .disallowed
            case .unassigned: code = .unassigned
            }
            let name = "U+" + String(repeating: "0", count: max(0, 4 - String(point, radix: 16).utf8.count))
            throw AddressError(
                code,
                "The code point \(name)\(String(point, radix: 16, uppercase: true)) cannot stand here.",
                at: CodePoints.utf8Offset(source, index)
            )
        }
    }

    /// The derived property, in the order of tests that RFC 8264 §8 prescribes.
    static func property(of point: UInt32) -> Property {
        if let exception = exception(point) { return exception }
        if point >= 0x21 && point <= 0x7E { return .valid }
        let category = UnicodeTables.category(point)
        let isNoncharacter = UnicodeTables.isNoncharacter(point)
        if category & unassigned != 0 && !isNoncharacter { return .unassigned }
        if point == 0x200C || point == 0x200D { return .contextual }
        if isConjoiningJamo(point) || isNoncharacter || UnicodeTables.isDefaultIgnorable(point)
            || category & controls != 0
        {
            return .disallowed
        }
        if UnicodeTables.hasCompatibilityForm(point) { return .freeformOnly }
        if category & letterDigits != 0 { return .valid }
        return category & (otherLetterDigits | spaces | symbols | punctuation) != 0 ? .freeformOnly : .disallowed
    }

    /// RFC 5892 §2.6.
    private static func exception(_ point: UInt32) -> Property? {
        switch point {
        case 0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007: .valid
        case 0xB7, 0x375, 0x5F3, 0x5F4, 0x30FB, 0x660...0x669, 0x6F0...0x6F9: .contextual
        case 0x640, 0x7FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: .disallowed
        default: nil
        }
    }

    /// Hangul_Syllable_Type L, V or T (RFC 5892 §2.9).
    private static func isConjoiningJamo(_ point: UInt32) -> Bool {
        switch point {
        case 0x1100...0x11FF, 0xA960...0xA97C, 0xD7B0...0xD7C6, 0xD7CB...0xD7FB: true
        default: false
        }
    }
}
