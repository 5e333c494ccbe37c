import Digests
import Testing

@testable import AuditTrail

/// Signed notes, checkpoints and keys as text.
@Suite("Signed notes")
struct NoteTests {
    /// A note of the format's first implementation.
    private static let published = """
        If you think cryptography is the answer to your problem,
        then you don't know what your problem is.

        \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=

        """
    private static let publishedKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

    private static func signer(_ name: String = "gw.example.net/audit", _ seed: UInt8 = 1) throws -> NoteSigner {
        let key = try #require(SigningKey(seed: [UInt8](repeating: seed, count: 32)))
        return try #require(NoteSigner(name: name, key: key))
    }

    @Test("A note that another program signed is read, verified and written as it was")
    func published() throws {
        let note = try #require(SignedNote(Array(NoteTests.published.utf8)[...]))
        let key = try #require(NoteKey(NoteTests.publishedKey))
        #expect(note.isSigned(by: key) == true)
        #expect(note.written == NoteTests.published)
        #expect(key.description == NoteTests.publishedKey)
        #expect(note.isSigned(by: try NoteTests.signer().publicKey) == nil)
    }

    @Test("Every byte of a note counts")
    func everyByte() throws {
        let signer = try NoteTests.signer()
        let checkpoint = Checkpoint(origin: "gw.example.net/audit", size: 12, root: SHA256.hash([1]))
        let bytes = Array(checkpoint.signed(by: signer).written.utf8)
        for index in bytes.indices {
            for bit in [1, 0x20, 0x80] as [UInt8] {
                var changed = bytes
                changed[index] ^= bit
                guard let note = SignedNote(changed[...]), let read = Checkpoint(note.text), read == checkpoint else {
                    continue
                }
                #expect(note.isSigned(by: signer.publicKey) != true, "byte \(index)")
            }
        }
        for count in 0..<bytes.count {
            #expect(SignedNote(bytes[..<count]) == nil, "the first \(count) bytes")
        }
    }

    @Test("A checkpoint is origin, size and root, and nothing else is one")
    func checkpoints() throws {
        let root = SHA256.hash([1])
        let checkpoint = Checkpoint(origin: "gw.example.net/audit", size: 12, root: root)
        #expect(checkpoint.text.hasPrefix("gw.example.net/audit\n12\n"))
        #expect(Checkpoint(checkpoint.text) == checkpoint)
        let lines = checkpoint.text.split(separator: "\n").map(String.init)
        for text in [
            "", "\n12\n\(lines[2])\n", "a\n012\n\(lines[2])\n", "a\n-1\n\(lines[2])\n", "a\n+1\n\(lines[2])\n",
            "a\n12\n\(lines[2])", "a\n12\n\(lines[2])\nmore\n", "a\n12\n\(lines[2].dropLast())\n", "a\n12\nAAAA\n",
            "a\n99999999999999999999\n\(lines[2])\n",
        ] {
            #expect(Checkpoint(text) == nil, "\(text)")
        }
    }

    @Test("A name has no blank and no plus sign, and a key's text has one spelling")
    func names() throws {
        let key = try NoteTests.signer().publicKey
        for name in ["", "a b", "a+b", "a\nb", "a\u{3000}b", String(repeating: "a", count: NoteKey.longestName + 1)] {
            #expect(NoteKey(name: name, key: key.key) == nil)
        }
        #expect(NoteKey(name: String(repeating: "a", count: NoteKey.longestName), key: key.key) != nil)
        #expect(NoteKey(key.description) == key)
        for text in ["", "a+b", key.description.uppercased(), key.description + "=", "x" + key.description] {
            #expect(NoteKey(text) == nil)
        }
    }

    @Test("A note has at most 16 signatures and 16 KiB")
    func bounds() throws {
        let signers = try (1...17).map { try NoteTests.signer("key\($0)", UInt8($0)) }
        let most = SignedNote("text\n", signedBy: Array(signers.prefix(SignedNote.mostSignatures)))
        #expect(SignedNote(Array(most.written.utf8)[...]) == most)
        #expect(SignedNote(Array(SignedNote("text\n", signedBy: signers).written.utf8)[...]) == nil)
        let rest = SignedNote("\n", signedBy: [signers[0]]).written.utf8.count
        let longest = String(repeating: "a", count: SignedNote.largest - rest) + "\n"
        #expect(SignedNote(Array(SignedNote(longest, signedBy: [signers[0]]).written.utf8)[...]) != nil)
        #expect(SignedNote(Array(SignedNote("a" + longest, signedBy: [signers[0]]).written.utf8)[...]) == nil)
    }

    @Test("Notes behind each other are told apart, and one that is none hides no other")
    func many() throws {
        let signer = try NoteTests.signer()
        let notes = (1...3).map { Checkpoint(origin: "o", size: $0, root: SHA256.hash([1])).signed(by: signer) }
        let bytes = notes.flatMap { Array($0.written.utf8) }
        #expect(SignedNote.all(in: bytes).map(\.note) == notes)
        #expect(SignedNote.all(in: bytes).flatMap { Array($0.bytes) } == bytes)
        var broken = bytes
        broken[3] = 0xFF
        #expect(SignedNote.all(in: broken).map(\.note) == [nil, notes[1], notes[2]])
        #expect(SignedNote.all(in: []).isEmpty)
    }
}
