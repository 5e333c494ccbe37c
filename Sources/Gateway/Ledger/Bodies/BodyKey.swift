public import Digests
import Synchronization

/// A key of the file of keys without its secret: which conversation, and which day.
public struct BodyKeyEntry: Hashable, Sendable {
    /// The name of the key: a random number above 0.
    public let id: Int64
    /// Whose conversation it is.
    public let name: ConversationName
    /// The UTC day on which the items were accepted, counted from 1970-01-01.
    public let day: Int64
    /// Whether it opens texts; false once those were erased and their digests were left.
    public let opensTexts: Bool

    init(id: Int64, name: ConversationName, day: Int64, opensTexts: Bool = true) {
        self.id = id
        self.name = name
        self.day = day
        self.opensTexts = opensTexts
    }

    /// The UTC day of a moment.
    ///
    /// - Parameter milliseconds: since 1970-01-01T00:00:00Z.
    /// - Returns: days since 1970-01-01.
    public static func day(of milliseconds: Int64) -> Int64 {
        let (day, rest) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        return rest < 0 ? day - 1 : day
    }
}

/// What makes the digests and ciphertexts of one conversation's texts on one day.
///
/// Both keys are derived from 32 random bytes by HKDF; once those are erased, a digest means nothing and a ciphertext can
/// be opened by nobody. Where only texts are to go, the key of the digests takes the place of those bytes.
public final class BodyKey: Sendable {
    /// Which key it is.
    public let entry: BodyKeyEntry
    /// The random bytes; behind one byte more the key of the digests alone.
    let secret: [UInt8]
    private let stored: Atomic<Bool>
    private let digests: HMAC
    private let contents: AEAD?

    /// Draws a key at random.
    ///
    /// - Parameters:
    ///   - name: whose conversation it is.
    ///   - day: the UTC day, counted from 1970-01-01.
    public convenience init(of name: ConversationName, day: Int64) {
        let number = RandomBytes.generate(8).reduce(0) { $0 << 8 | Int64($1) } & .max
        let entry = BodyKeyEntry(id: max(1, number), name: name, day: day)
        self.init(entry, secret: RandomBytes.generate(AEAD.keyByteCount))
    }

    /// Takes a key.
    ///
    /// - Parameters:
    ///   - entry: which key it is.
    ///   - secret: its random bytes, or what is left of them.
    ///   - isStored: whether it was read from the file of keys.
    init(_ entry: BodyKeyEntry, secret: [UInt8], isStored: Bool = false) {
        self.entry = entry
        stored = Atomic(isStored)
        self.secret = secret
        guard entry.opensTexts else {
            digests = HMAC(key: Array(secret.dropFirst()))
            contents = nil
            return
        }
        digests = HMAC(key: BodyKey.digestKey(of: secret))
        guard let contents = AEAD(key: HKDF.expand(secret, purpose: Array("isthmus content of a body 1".utf8))) else {
            preconditionFailure("HKDF gives 32 bytes")
        }
        self.contents = contents
    }

    /// Whether the file of keys has it, or had it before it was erased: it need not be stored again.
    public var isStored: Bool { stored.load(ordering: .relaxed) }

    /// Notes that the file of keys has it.
    func wasStored() { stored.store(true, ordering: .relaxed) }

    /// How many bytes are stored of a key whose texts were erased.
    static let reducedByteCount = AEAD.keyByteCount + 1

    /// What is stored of a key once its texts are erased: nothing of it leads back to what opens them.
    static func reduced(_ secret: [UInt8]) -> [UInt8] { [1] + digestKey(of: secret) }

    private static func digestKey(of secret: [UInt8]) -> [UInt8] {
        HKDF.expand(secret, purpose: Array("isthmus digest of a body 1".utf8))
    }

    /// The keyed digest of a text.
    ///
    /// - Parameter text: the bytes as they crossed.
    /// - Returns: the digest, for the record.
    public func digest(of text: ArraySlice<UInt8>) -> Digest { digests.code(for: text) }

    /// Seals one form of an item.
    ///
    /// - Parameters:
    ///   - text: the bytes.
    ///   - crossing: the id of the item.
    ///   - form: which form.
    ///   - accepted: when the item was accepted, in milliseconds since 1970-01-01T00:00:00Z.
    /// - Returns: the sealed form, which can be opened as this form of this item alone.
    public func seal(_ text: [UInt8], crossing: Int64, form: BodyForm, accepted: Int64) -> SealedBody {
        guard let contents else { preconditionFailure("a key whose texts were erased is given to nobody who seals") }
        return SealedBody(
            crossing: crossing,
            form: form,
            key: entry.id,
            accepted: accepted,
            sealed: contents.seal(text, context: BodyKey.context(crossing, form))
        )
    }

    /// Opens a sealed form.
    ///
    /// - Parameter body: the sealed form.
    /// - Returns: the bytes, or nil when it was sealed by another key, or changed or put in another place since, or when
    ///   the key opens no texts.
    public func open(_ body: SealedBody) -> [UInt8]? {
        contents?.open(body.sealed, context: BodyKey.context(body.crossing, body.form))
    }

    private static func context(_ crossing: Int64, _ form: BodyForm) -> [UInt8] {
        Array("isthmus body\n\(crossing)\n\(form.name)".utf8)
    }
}

extension BodyKey: Equatable {
    /// Whether both are the same key.
    ///
    /// - Parameters:
    ///   - left: one key.
    ///   - right: the other key.
    /// - Returns: true when name, day and secret agree.
    public static func == (left: BodyKey, right: BodyKey) -> Bool {
        left === right || left.entry == right.entry && ConstantTime.equal(left.secret, right.secret)
    }
}
