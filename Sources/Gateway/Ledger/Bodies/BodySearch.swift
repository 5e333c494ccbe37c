/// Looks for a text in what a person wrote or read in a period, by opening it piece by piece.
///
/// Nothing that is opened is stored. A step is bounded, so that a caller can stop, or say how far it is.
public struct BodySearch {
    /// An item whose text has what was looked for.
    public struct Match: Sendable, Equatable {
        /// The id of the item.
        public let crossing: Int64
        /// When it was accepted: milliseconds since 1970-01-01T00:00:00Z.
        public let accepted: Int64
    }

    /// Texts that one step opens at most.
    public static let step = 100

    private let ledger: LedgerReader
    private let keys: BodyKeyReader
    private let scope: BodyScope
    private let days: ClosedRange<Int64>
    private let needle: String
    private var entry: BodyKeyEntry?
    private var key: BodyKey?
    private var crossing: Int64 = 0
    /// Whether everything was looked at.
    public private(set) var isDone = false
    /// How many texts were opened.
    public private(set) var opened = 0
    /// Keys of the period without a text to open, because digests alone are kept.
    public private(set) var withoutText = 0

    /// Begins a search.
    ///
    /// - Parameters:
    ///   - text: what is looked for; letters of either case.
    ///   - scope: a person or a conversation.
    ///   - days: the UTC days of acceptance, counted from 1970-01-01.
    ///   - ledger: where the ciphertexts are.
    ///   - keys: where the keys are.
    public init(
        _ text: String,
        in scope: BodyScope,
        days: ClosedRange<Int64>,
        _ ledger: LedgerReader,
        _ keys: BodyKeyReader
    ) {
        needle = text.lowercased()
        self.scope = scope
        self.days = days
        self.ledger = ledger
        self.keys = keys
    }

    /// Opens the next texts.
    ///
    /// - Returns: the items among them that have the text.
    /// - Throws: ``LedgerError`` when a database cannot be read.
    public mutating func next() throws(LedgerError) -> [Match] {
        guard let key = try current() else { return [] }
        let bodies = try ledger.sealedBodies(
            under: key.entry.id,
            form: .canonical,
            after: crossing,
            limit: BodySearch.step
        )
        if bodies.isEmpty, crossing == 0 { withoutText += 1 }
        if bodies.count < BodySearch.step { self.key = nil } else { crossing = bodies.last?.crossing ?? 0 }
        var matches: [Match] = []
        for body in bodies {
            guard let text = key.open(body) else { continue }
            opened += 1
            if String(decoding: text, as: UTF8.self).lowercased().contains(needle) {
                matches.append(Match(crossing: body.crossing, accepted: body.accepted))
            }
        }
        return matches
    }

    /// The key whose texts are next.
    private mutating func current() throws(LedgerError) -> BodyKey? {
        while key == nil {
            guard let next = try keys.entries(scope, days: days, after: entry, limit: 1).first else {
                isDone = true
                return nil
            }
            (entry, crossing) = (next, 0)
            // One that was erased meanwhile is passed over.
            key = try keys.key(next.id)
        }
        return key
    }
}
