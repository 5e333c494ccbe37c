/// From which record on a key signs the checkpoints of a log.
///
/// The first epoch is signed by its own key; each later one by its own and the one before, so that who knows the first
/// key knows them all.
///
/// Shape: five lines: `isthmus audit key`, origin, number of the epoch, size of the log at its beginning, text of the key.
public struct KeyEpoch: Sendable, Equatable {
    /// The first line.
    static let title = "isthmus audit key"

    /// Which log it is.
    public var origin: String
    /// Counted from 1.
    public var number: Int64
    /// How many records the log had when the key came into force.
    public var size: Int64
    /// The key.
    public var key: NoteKey

    /// Holds an epoch.
    ///
    /// - Parameters:
    ///   - origin: which log it is.
    ///   - number: counted from 1.
    ///   - size: how many records the log had when the key came into force.
    ///   - key: the key.
    public init(origin: String, number: Int64, size: Int64, key: NoteKey) {
        self.origin = origin
        self.number = number
        self.size = size
        self.key = key
    }

    /// Reads the text of a note; the result is nil for any other text.
    ///
    /// - Parameter text: five lines, each with its end.
    public init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 6, lines[0] == KeyEpoch.title, let number = Int64(lines[2]), number > 0,
            let size = Int64(lines[3]), size >= 0, let key = NoteKey(String(lines[4]))
        else { return nil }
        self.init(origin: String(lines[1]), number: number, size: size, key: key)
        guard self.text == text else { return nil }
    }

    /// The text that is signed.
    public var text: String {
        "\(KeyEpoch.title)\n\(origin)\n\(number)\n\(size)\n\(key)\n"
    }

    /// Signs the epoch.
    ///
    /// - Parameters:
    ///   - signer: the key of the epoch.
    ///   - before: the key of the epoch before; nil for the first.
    /// - Returns: the note.
    public func signed(by signer: NoteSigner, before: NoteSigner?) -> SignedNote {
        SignedNote(text, signedBy: (before.map { [$0] } ?? []) + [signer])
    }
}
