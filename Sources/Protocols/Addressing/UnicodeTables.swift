import CIDN

/// The Unicode properties and normalization of the system's libunistring, over code points.
///
/// Everything non-ASCII in this module asks these tables, so that one Unicode version decides.
enum UnicodeTables {
    /// The NFC form of a string of code points; nil only when memory ran out.
    static func nfc(_ points: [UInt32]) -> [UInt32]? {
        if points.isEmpty { return [] }
        let capacity = points.count * 3 + 16
        var length = capacity
        var buffer = [UInt32](repeating: 0, count: capacity)
        // Safe: both buffers outlive the call and their true sizes are passed; a result that does not fit is
        // malloc'ed by the library, copied with the length it reports and freed here.
        return unsafe points.withUnsafeBufferPointer { source -> [UInt32]? in
            unsafe buffer.withUnsafeMutableBufferPointer { target -> [UInt32]? in
                guard let result = unsafe isthmus_nfc(source.baseAddress, source.count, target.baseAddress, &length)
                else { return nil }
                let copy = unsafe Array(UnsafeBufferPointer(start: result, count: length))
                if unsafe result != target.baseAddress { unsafe free(result) }
                return copy
            }
        }
    }

    /// The general category as a mask.
    static func category(_ point: UInt32) -> UInt32 { isthmus_general_category(point) }

    /// Whether NFKC changes the code point.
    static func hasCompatibilityForm(_ point: UInt32) -> Bool { isthmus_has_compatibility_form(point) }

    /// The code point that a fullwidth or halfwidth one stands for, else the same.
    static func widthMapped(_ point: UInt32) -> UInt32 { isthmus_width_mapped(point) }

    /// The simple lower-case form.
    static func lowercased(_ point: UInt32) -> UInt32 { uc_tolower(point) }

    /// Whether the property Default_Ignorable_Code_Point holds.
    static func isDefaultIgnorable(_ point: UInt32) -> Bool {
        uc_is_property_default_ignorable_code_point(point)
    }

    /// Whether the property Noncharacter_Code_Point holds.
    static func isNoncharacter(_ point: UInt32) -> Bool { uc_is_property_not_a_character(point) }

    /// Whether the canonical combining class is Virama.
    static func isVirama(_ point: UInt32) -> Bool { uc_combining_class(point) == 9 }

    /// The Bidi_Class.
    static func bidiClass(_ point: UInt32) -> BidiClass {
        BidiClass(rawValue: Int(uc_bidi_category(point))) ?? .other
    }

    /// The Joining_Type.
    static func joiningType(_ point: UInt32) -> JoiningType {
        JoiningType(rawValue: Int(uc_joining_type(point))) ?? .none
    }

    /// The script, as far as contextual rules ask for it.
    static func contextualScript(_ point: UInt32) -> ContextualScript {
        ContextualScript(rawValue: isthmus_contextual_script(point)) ?? .other
    }
}

/// The Bidi_Class values that the Bidi Rule names, numbered as in libunistring.
enum BidiClass: Int {
    case leftToRight = 0
    case rightToLeft = 3
    case arabicLetter = 4
    case europeanNumber = 8
    case europeanSeparator = 9
    case europeanTerminator = 10
    case arabicNumber = 11
    case commonSeparator = 12
    case nonspacingMark = 13
    case boundaryNeutral = 14
    case otherNeutral = 18
    case other = -1
}

/// The Joining_Type values that the ZERO WIDTH NON-JOINER rule names, numbered as in libunistring.
enum JoiningType: Int {
    case none = 0
    case transparent = 1
    case causing = 2
    case left = 3
    case right = 4
    case dual = 5
}

/// The scripts that contextual rules ask for.
enum ContextualScript: Int32 {
    case other = 0
    case greek = 1
    case hebrew = 2
    case hiraganaKatakanaOrHan = 3
}
