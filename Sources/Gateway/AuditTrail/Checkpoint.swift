public import Digests
import MIME

/// What a signature vouches for: the size and the hash of one log.
///
/// Shape: three lines, origin, size in decimal digits, root in base64.
///
/// Source: the checkpoint format, c2sp.org/tlog-checkpoint, "Note text".
public struct Checkpoint: Sendable, Equatable, Hashable {
    /// Which log it is.
    public var origin: String
    /// How many records the log had.
    public var size: Int64
    /// The hash of the tree of these records.
    public var root: Digest

    /// Holds a checkpoint.
    ///
    /// - Parameters:
    ///   - origin: which log it is.
    ///   - size: how many records it had.
    ///   - root: the hash of the tree of these records.
    public init(origin: String, size: Int64, root: Digest) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// Reads the text of a note.
    ///
    /// The result is nil for any other text; lines of extensions are not taken, since nobody vouches for what they mean.
    ///
    /// - Parameter text: three lines, each with its end.
    public init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 4, lines[3].isEmpty, !lines[0].isEmpty, let size = Int64(lines[1]), size >= 0,
            String(size) == lines[1], let bytes = try? Base64.decode(Array(lines[2].utf8)[...]),
            let root = Digest(bytes: bytes)
        else { return nil }
        self.init(origin: String(lines[0]), size: size, root: root)
        guard self.text == text else { return nil }
    }

    /// The text that is signed.
    public var text: String {
        let hash = Base64.encode(root.bytes[...], lineLength: 0)
        return "\(origin)\n\(size)\n\(String(decoding: hash, as: UTF8.self))\n"
    }

    /// Signs the checkpoint.
    ///
    /// - Parameter signer: the key of the log.
    /// - Returns: the note.
    public func signed(by signer: NoteSigner) -> SignedNote {
        SignedNote(text, signedBy: [signer])
    }
}
