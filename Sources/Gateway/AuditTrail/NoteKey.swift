public import Digests
import MIME

/// A public key with the name under which it signs notes.
///
/// Its text is `NAME+ID+KEY`: the name, the eight hexadecimal digits of the key's ID, and in base64 the byte 1 for
/// Ed25519 with the 32 bytes of the key.
///
/// Source: the signed-note format, c2sp.org/signed-note, "Signatures" and "Ed25519 signatures".
public struct NoteKey: Sendable, Hashable, CustomStringConvertible {
    /// The longest name, in bytes.
    public static let longestName = 512

    /// Who signs: without blanks and plus signs.
    public let name: String
    /// The key.
    public let key: VerifyingKey

    /// Names a key.
    ///
    /// The result is nil for a name that is empty, longer than ``longestName``, or has a blank, a plus sign or a control
    /// character.
    ///
    /// - Parameters:
    ///   - name: who signs.
    ///   - key: the key.
    public init?(name: String, key: VerifyingKey) {
        guard NoteKey.isName(name) else { return nil }
        self.name = name
        self.key = key
    }

    /// Reads the text of a key.
    ///
    /// The result is nil unless the text is exactly what ``description`` writes.
    ///
    /// - Parameter text: `NAME+ID+KEY`.
    public init?(_ text: String) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = try? Base64.decode(Array(parts[2].utf8)[...]), bytes.first == 1,
            let key = VerifyingKey(bytes: Array(bytes.dropFirst())), NoteKey.isName(String(parts[0]))
        else { return nil }
        self.name = String(parts[0])
        self.key = key
        guard description == text else { return nil }
    }

    /// The first four bytes of the hash of name, signature type and key.
    public var identifier: [UInt8] {
        Array(SHA256.hash(Array(name.utf8) + [0x0A, 1] + key.bytes).bytes.prefix(4))
    }

    /// The text of the key.
    public var description: String {
        let text = Base64.encode(([1] + key.bytes)[...], lineLength: 0)
        return "\(name)+\(Hexadecimal.encode(identifier))+\(String(decoding: text, as: UTF8.self))"
    }

    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= longestName
            && text.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0 != "+" && $0.value >= 0x20 }
    }
}

/// A private key with the name under which it signs notes.
public struct NoteSigner: Sendable, Equatable {
    /// What verifies the signatures.
    public let publicKey: NoteKey
    private let key: SigningKey

    /// Names a key.
    ///
    /// The result is nil for a name that ``NoteKey`` does not take.
    ///
    /// - Parameters:
    ///   - name: who signs.
    ///   - key: the key.
    public init?(name: String, key: SigningKey) {
        guard let publicKey = NoteKey(name: name, key: key.publicKey) else { return nil }
        self.publicKey = publicKey
        self.key = key
    }

    /// Signs a text.
    ///
    /// - Parameter text: lines, each with its end.
    /// - Returns: the signature with the ID of the key in front of it.
    func signature(of text: String) -> NoteSignature {
        NoteSignature(
            name: publicKey.name,
            identifier: publicKey.identifier,
            signature: key.sign(Array(text.utf8))
        )
    }
}
