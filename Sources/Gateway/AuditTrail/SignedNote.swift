import Digests
import MIME

/// One signature of a note.
public struct NoteSignature: Sendable, Equatable {
    /// Who is said to have signed.
    public var name: String
    /// The four bytes that tell the keys of a name apart.
    public var identifier: [UInt8]
    /// The signature.
    public var signature: [UInt8]

    /// Holds a signature.
    ///
    /// - Parameters:
    ///   - name: who is said to have signed.
    ///   - identifier: the four bytes of the key's ID.
    ///   - signature: the signature.
    public init(name: String, identifier: [UInt8], signature: [UInt8]) {
        self.name = name
        self.identifier = identifier
        self.signature = signature
    }
}

/// A text with signatures: lines, a blank line, and a line for each signature.
///
/// Source: the signed-note format, c2sp.org/signed-note, "Format".
public struct SignedNote: Sendable, Equatable {
    /// The largest note that is read, in bytes (16 KiB).
    public static let largest = 16 * 1024
    /// The most signatures that a note may have; the format asks for at least so many.
    public static let mostSignatures = 16

    /// The signed lines, each with its end; no line is empty.
    public var text: String
    /// At least one.
    public var signatures: [NoteSignature]

    /// Signs a text.
    ///
    /// - Parameters:
    ///   - text: lines, each with its end, none empty.
    ///   - signers: who signs, in the order of the signatures.
    public init(_ text: String, signedBy signers: [NoteSigner]) {
        self.text = text
        signatures = signers.map { $0.signature(of: text) }
    }

    /// Reads one note, to its last byte.
    ///
    /// The result is nil for everything that ``written`` would not write: the form is strict, so that a note has one
    /// spelling only.
    ///
    /// - Parameter bytes: the note.
    public init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count <= SignedNote.largest, bytes.last == 0x0A,
            bytes.allSatisfy({ $0 >= 0x20 || $0 == 0x0A }),
            let whole = String(validating: bytes, as: UTF8.self)
        else { return nil }
        var lines = whole.split(separator: "\n", omittingEmptySubsequences: false)
        lines.removeLast()
        guard let blank = lines.firstIndex(of: ""), blank > 0 else { return nil }
        let rest = lines[(blank + 1)...]
        guard (1...SignedNote.mostSignatures).contains(rest.count) else { return nil }
        var signatures: [NoteSignature] = []
        for line in rest {
            guard let signature = NoteSignature(line: line) else { return nil }
            signatures.append(signature)
        }
        text = lines[..<blank].map { $0 + "\n" }.joined()
        self.signatures = signatures
        guard Array(written.utf8).elementsEqual(bytes) else { return nil }
    }

    /// The note as text.
    public var written: String {
        text + "\n" + signatures.map(\.line).joined()
    }

    /// Whether a key has signed.
    ///
    /// - Parameter key: the key.
    /// - Returns: true or false when a signature names the key; nil when none does.
    public func isSigned(by key: NoteKey) -> Bool? {
        let named = signatures.filter { $0.name == key.name && $0.identifier == key.identifier }
        guard !named.isEmpty else { return nil }
        return named.allSatisfy { key.key.isValid($0.signature, for: Array(text.utf8)) }
    }

    /// Reads notes that follow each other in one file.
    ///
    /// - Parameter bytes: the file.
    /// - Returns: each note with its bytes; a nil note where the bytes are none, to the end of what could be one.
    public static func all(in bytes: [UInt8]) -> [(note: SignedNote?, bytes: ArraySlice<UInt8>)] {
        var found: [(note: SignedNote?, bytes: ArraySlice<UInt8>)] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let end = length(of: rest)
            found.append((SignedNote(rest.prefix(end)), rest.prefix(end)))
            rest = rest.dropFirst(end)
        }
        return found
    }

    /// How far the first note reaches: its text, the blank line, and the lines that begin with a dash.
    private static func length(of bytes: ArraySlice<UInt8>) -> Int {
        var position = bytes.startIndex
        var isBehindBlank = false
        while position < bytes.endIndex {
            let end = bytes[position...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.endIndex
            let line = bytes[position..<end]
            if isBehindBlank, !line.starts(with: NoteSignature.dash) { break }
            if line.count == 1 { isBehindBlank = true }
            position = end
        }
        return max(position - bytes.startIndex, 1)
    }
}

extension NoteSignature {
    /// An em dash and a blank.
    static let dash = Array("\u{2014} ".utf8)

    fileprivate init?(line: Substring) {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "\u{2014}", NoteKey.isName(String(parts[1])),
            let bytes = try? Base64.decode(Array(parts[2].utf8)[...]), bytes.count > 4
        else { return nil }
        self.init(name: String(parts[1]), identifier: Array(bytes[..<4]), signature: Array(bytes[4...]))
    }

    fileprivate var line: String {
        let bytes = Base64.encode((identifier + signature)[...], lineLength: 0)
        return "\u{2014} \(name) \(String(decoding: bytes, as: UTF8.self))\n"
    }
}
