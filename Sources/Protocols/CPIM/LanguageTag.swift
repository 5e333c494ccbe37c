/// Checks the form of language tags.
///
/// Source: RFC 3862 §3.3; the grammar is that of BCP 47 (RFC 5646 §2.1), which takes in RFC 3066.
public enum LanguageTag {
    /// Whether text has the form of a language tag; whether its subtags are registered is not asked.
    ///
    /// - Parameter text: such as `en`, `zh-Hant-TW`, `i-default`.
    /// - Returns: whether it is well-formed.
    public static func isValid(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count <= 255 else { return false }
        var subtags = bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)[...]
        guard subtags.allSatisfy({ (1...8).contains($0.count) && $0.allSatisfy { $0.isLetter || $0.isDigit } }) else {
            return false
        }
        if irregular.contains(String(decoding: bytes.map { $0 | 0x20 }, as: UTF8.self)) { return true }
        if isPrivate(subtags) { return true }
        guard let language = subtags.popFirst(), language.count >= 2, isLetters(language) else { return false }
        if language.count <= 3 { take(&subtags, atMost: 3) { $0.count == 3 && isLetters($0) } }
        take(&subtags, atMost: 1) { $0.count == 4 && isLetters($0) }
        take(&subtags, atMost: 1) { ($0.count == 2 && isLetters($0)) || ($0.count == 3 && $0.allSatisfy(\.isDigit)) }
        take(&subtags, atMost: .max) { $0.count >= 5 || ($0.count == 4 && $0.first?.isDigit == true) }
        while let singleton = subtags.first, singleton.count == 1, !isPrivate(subtags) {
            subtags = subtags.dropFirst()
            let before = subtags.count
            take(&subtags, atMost: .max) { $0.count >= 2 }
            if subtags.count == before { return false }
        }
        return subtags.isEmpty || isPrivate(subtags)
    }

    private static func isLetters(_ subtag: ArraySlice<UInt8>) -> Bool { subtag.allSatisfy(\.isLetter) }

    /// Whether the subtags are `x` and at least one more.
    private static func isPrivate(_ subtags: ArraySlice<ArraySlice<UInt8>>) -> Bool {
        guard let first = subtags.first, first.count == 1, let letter = first.first else { return false }
        return letter | 0x20 == UInt8(ascii: "x") && subtags.count > 1
    }

    private static func take(
        _ subtags: inout ArraySlice<ArraySlice<UInt8>>,
        atMost count: Int,
        where condition: (ArraySlice<UInt8>) -> Bool
    ) {
        var taken = 0
        while taken < count, let next = subtags.first, condition(next) {
            subtags = subtags.dropFirst()
            taken += 1
        }
    }

    /// The grandfathered tags that the grammar does not cover.
    private static let irregular: Set<String> = [
        "en-gb-oed", "i-ami", "i-bnn", "i-default", "i-enochian", "i-hak", "i-klingon", "i-lux", "i-mingo", "i-navajo",
        "i-pwn",
        "i-tao", "i-tay", "i-tsu", "sgn-be-fr", "sgn-be-nl", "sgn-ch-de",
    ]
}
