/// A set of bytes, kept as 256 bits.
public struct ByteSet: Sendable, Hashable {
    private let words: InlineBits

    private struct InlineBits: Sendable, Hashable {
        var first: UInt64 = 0
        var second: UInt64 = 0
        var third: UInt64 = 0
        var fourth: UInt64 = 0

        mutating func insert(_ byte: UInt8) {
            let bit: UInt64 = 1 << UInt64(byte & 63)
            switch byte >> 6 {
            case 0: first |= bit
            case 1: second |= bit
            case 2: third |= bit
            default: fourth |= bit
            }
        }
    }

    /// Makes the set of the given bytes.
    public init(_ bytes: some Sequence<UInt8>) {
        var words = InlineBits()
        for byte in bytes { words.insert(byte) }
        self.words = words
    }

    /// Makes the set of the UTF-8 bytes of a text.
    public init(_ text: String) {
        self.init(text.utf8)
    }

    private init(words: InlineBits) {
        self.words = words
    }

    /// Whether the byte is in the set.
    @inline(__always)
    public func contains(_ byte: UInt8) -> Bool {
        let word =
            byte < 128
            ? (byte < 64 ? words.first : words.second)
            : (byte < 192 ? words.third : words.fourth)
        return word >> UInt64(byte & 63) & 1 == 1
    }

    /// The bytes of either set.
    public func union(_ other: ByteSet) -> ByteSet {
        var result = InlineBits()
        result.first = words.first | other.words.first
        result.second = words.second | other.words.second
        result.third = words.third | other.words.third
        result.fourth = words.fourth | other.words.fourth
        return ByteSet(words: result)
    }
}

extension ByteSet {
    /// ASCII letters and digits.
    public static let alphanumeric = ByteSet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")

    /// The characters that never need escaping in a URI (RFC 3986 §2.3).
    public static let unreserved = alphanumeric.union(ByteSet("-._~"))

    /// The `unreserved` rule of SIP: alphanumeric and mark (RFC 3261 §25.1, after RFC 2396).
    public static let sipUnreserved = alphanumeric.union(ByteSet("-_.!~*'()"))

    /// What the `user` rule of a SIP URI allows unescaped (RFC 3261 §25.1).
    public static let sipUser = sipUnreserved.union(ByteSet("&=+$,;?/"))

    /// What the `password` rule of a SIP URI allows unescaped (RFC 3261 §25.1).
    public static let sipPassword = sipUnreserved.union(ByteSet("&=+$,"))

    /// What `paramchar` of a SIP URI allows unescaped (RFC 3261 §25.1).
    public static let sipParameter = sipUnreserved.union(ByteSet("[]/:&+$"))

    /// What `hname` and `hvalue` of a SIP URI allow unescaped (RFC 3261 §25.1).
    public static let sipHeader = sipUnreserved.union(ByteSet("[]/?:+$"))

    /// What is safe unescaped in the local part of im: and pres: URIs under every reading of the mapping memos.
    public static let imSafe = alphanumeric.union(ByteSet("-._~!$*+="))

    /// What RFC 3922 §3.2 step 4 leaves unescaped in im: and pres: URIs.
    public static let imRFC3922 = alphanumeric.union(ByteSet("!$*.?_~+="))

    /// What RFC 7247 §6.2 Table 1 and §6.5 step 5 leave unescaped in im: and pres: URIs.
    ///
    /// It contains `#`, `%` and `?`, which other readers of the URI take for something else.
    public static let imRFC7247 = alphanumeric.union(ByteSet("!#$%&'*+-/=?^_`{|}~"))

    /// What the node identifier of an xmpp: URI allows unescaped.
    public static let xmppNode = unreserved.union(ByteSet("!$()*+,;="))

    /// What the resource identifier of an xmpp: URI allows unescaped.
    public static let xmppResource = unreserved.union(ByteSet("!$&'()*+,:;="))
}
