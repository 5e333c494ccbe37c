/// The six conditions on strings with right-to-left code points.
///
/// Source: RFC 5893 §2, applied by RFC 8265 §3.3.1.
enum BidiRule {
    /// Checks the string when it holds a right-to-left code point; other strings always pass.
    ///
    /// - Throws: ``AddressError`` with `.bidi` and offset 0, since the rule is about the whole string.
    static func check(_ points: [UInt32]) throws(AddressError) {
        let classes = points.map(UnicodeTables.bidiClass)
        guard classes.contains(where: { $0 == .rightToLeft || $0 == .arabicLetter || $0 == .arabicNumber }) else {
            return
        }
        guard let first = classes.first, first == .rightToLeft || first == .arabicLetter || first == .leftToRight else {
            throw AddressError(.bidi, "Right-to-left text starts with a character of no direction.")
        }
        if first == .leftToRight {
            // Conditions 5 and 6 exclude every right-to-left class, and the string holds one.
            throw AddressError(.bidi, "Left-to-right text holds a right-to-left character.")
        }
        guard classes.allSatisfy(allowedRightToLeft) else {
            throw AddressError(.bidi, "Right-to-left text holds a left-to-right character.")
        }
        let last = classes.last { $0 != .nonspacingMark }
        guard last == .rightToLeft || last == .arabicLetter || last == .europeanNumber || last == .arabicNumber else {
            throw AddressError(.bidi, "Right-to-left text ends with a character of no direction.")
        }
        guard !(classes.contains(.europeanNumber) && classes.contains(.arabicNumber)) else {
            throw AddressError(.bidi, "Right-to-left text mixes European and Arabic numbers.")
        }
    }

    private static func allowedRightToLeft(_ kind: BidiClass) -> Bool {
        switch kind {
        case .rightToLeft, .arabicLetter, .arabicNumber, .europeanNumber, .europeanSeparator, .commonSeparator,
            .europeanTerminator, .otherNeutral, .boundaryNeutral, .nonspacingMark:
            true
        case .leftToRight, .other: false
        }
    }
}
