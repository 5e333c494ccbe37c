/// Decodes character references of HTML.
enum HTMLReferences {
    /// The names of U+00A0 to U+00FF in order.
    private static let latin1 = """
        nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute \
        micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig \
        Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash \
        Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute \
        ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc \
        uuml yacute thorn yuml
        """

    private static let names: [String: Unicode.Scalar] = {
        var names: [String: Unicode.Scalar] = [
            "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "euro": "\u{20AC}", "hellip": "\u{2026}",
            "mdash": "\u{2014}", "ndash": "\u{2013}", "lsquo": "\u{2018}", "rsquo": "\u{2019}", "sbquo": "\u{201A}",
            "ldquo": "\u{201C}", "rdquo": "\u{201D}", "bdquo": "\u{201E}", "lsaquo": "\u{2039}", "rsaquo": "\u{203A}",
            "bull": "\u{2022}", "trade": "\u{2122}", "dagger": "\u{2020}", "permil": "\u{2030}", "ensp": "\u{2002}",
            "emsp": "\u{2003}", "thinsp": "\u{2009}", "zwnj": "\u{200C}", "zwj": "\u{200D}", "lrm": "\u{200E}",
            "rlm": "\u{200F}", "larr": "\u{2190}", "uarr": "\u{2191}", "rarr": "\u{2192}", "darr": "\u{2193}",
            "hearts": "\u{2665}", "minus": "\u{2212}", "ne": "\u{2260}", "le": "\u{2264}", "ge": "\u{2265}",
            "infin": "\u{221E}", "OElig": "\u{152}", "oelig": "\u{153}", "Scaron": "\u{160}", "scaron": "\u{161}",
        ]
        for (offset, name) in latin1.split(separator: " ").enumerated() {
            names[String(name)] = Unicode.Scalar(UInt8(0xA0 + offset))
        }
        return names
    }()

    /// The names that are known without their semicolon, in text only: in addresses `&copy=1` is a parameter.
    private static let bare = ["amp", "lt", "gt", "quot", "nbsp"]

    /// Numbers of Windows-1252, which HTML takes for its characters.
    private static let windows: [UInt32: UInt32] = [
        0x80: 0x20AC, 0x82: 0x201A, 0x84: 0x201E, 0x85: 0x2026, 0x8B: 0x2039, 0x91: 0x2018, 0x92: 0x2019, 0x93: 0x201C,
        0x94: 0x201D, 0x95: 0x2022, 0x96: 0x2013, 0x97: 0x2014, 0x99: 0x2122, 0x9B: 0x203A,
    ]

    /// The text of a piece of HTML without tags.
    static func decoded(_ bytes: ArraySlice<UInt8>, isAttribute: Bool) -> String {
        guard bytes.contains(UInt8(ascii: "&")) else { return String(decoding: bytes, as: UTF8.self) }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == UInt8(ascii: "&"), let (scalar, end) = reference(bytes[index...], isAttribute) {
                result += Array(String(Character(scalar)).utf8)
                index = end
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func reference(_ bytes: ArraySlice<UInt8>, _ isAttribute: Bool) -> (Unicode.Scalar, Int)? {
        let body = bytes.dropFirst()
        if body.first == UInt8(ascii: "#") { return number(body.dropFirst()) }
        let name = body.prefix(8).prefix { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 }
        let text = String(decoding: name, as: UTF8.self)
        let isEnded = name.endIndex < bytes.endIndex && bytes[name.endIndex] == UInt8(ascii: ";")
        if isEnded, let scalar = names[text] { return (scalar, name.endIndex + 1) }
        guard !isAttribute, let known = bare.first(where: { text.hasPrefix($0) }), let scalar = names[known] else {
            return nil
        }
        return (scalar, name.startIndex + known.utf8.count)
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> (Unicode.Scalar, Int)? {
        let isHexadecimal = bytes.first.map { $0 | 0x20 } == UInt8(ascii: "x")
        let digits = (isHexadecimal ? bytes.dropFirst() : bytes).prefix { byte in
            byte &- 0x30 < 10 || isHexadecimal && (byte | 0x20) &- 0x61 < 6
        }
        guard !digits.isEmpty else { return nil }
        let value = UInt32(String(decoding: digits.prefix(12), as: UTF8.self), radix: isHexadecimal ? 16 : 10) ?? 0
        let isEnded = digits.endIndex < bytes.endIndex && bytes[digits.endIndex] == UInt8(ascii: ";")
        let scalar = value == 0 ? nil : Unicode.Scalar(windows[value] ?? value)
        return (scalar ?? "\u{FFFD}", digits.endIndex + (isEnded ? 1 : 0))
    }
}
