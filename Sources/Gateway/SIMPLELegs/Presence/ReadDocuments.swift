import BridgeCore
import Interworking

/// What is kept of the documents of one subscription.
struct ReadDocuments {
    /// A document that is larger is not read again when time alone changes it.
    private static let largestBody = 64 << 10

    /// The last document, while time alone can change what it says.
    private(set) var body: PresenceBody?
    /// When it says something else, in Unix milliseconds.
    var nextChange: Int64?
    /// Whether a document told only what changed, so that the whole is to be asked for.
    var isWholeWanted = false
    /// Whether the whole was asked for since the last whole document.
    var isWholeAskedFor = false
    /// The newest timestamp in the last document, in Unix milliseconds.
    private var newest: Int64?
    /// What it said of each device, hashed.
    private var said: Set<Int> = []

    /// Takes a document that was read.
    ///
    /// One is outdated when all that it says is older than the last one. One in which devices are only missing is not:
    /// they went, and took their time with them.
    ///
    /// - Returns: whether it counts.
    ///
    /// Source: RFC 3863 §6.
    mutating func take(_ reading: PresenceReading, _ body: PresenceBody, _ parts: [PresencePart]) -> Bool {
        let now = Set(parts.map(Self.hash))
        if let newest, let told = reading.newest, told < newest, !now.isSubset(of: said) { return false }
        said = reading.newest == nil ? [] : now
        newest = reading.newest ?? newest
        let isKept = reading.nextChange != nil && body.bytes.count <= Self.largestBody
        self.body = isKept ? body : nil
        nextChange = isKept ? reading.nextChange : nil
        isWholeWanted = false
        isWholeAskedFor = false
        return true
    }

    private static func hash(_ part: PresencePart) -> Int {
        var hasher = Hasher()
        hasher.combine(part.name)
        hasher.combine(part.isOpen)
        hasher.combine(part.content)
        return hasher.finalize()
    }

    /// Bytes of the document that is kept.
    var bytes: Int { body?.bytes.count ?? 0 }

    /// Time alone changes nothing any more: there is no room for the document.
    mutating func dropBody() {
        body = nil
        nextChange = nil
    }

    /// Nothing that was said holds any more.
    mutating func forget() { self = ReadDocuments() }
}
