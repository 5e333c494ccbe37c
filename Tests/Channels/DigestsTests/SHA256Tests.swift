import Digests
import Testing

@Suite("SHA256")
struct SHA256Tests {
    private static let known: [(String, String)] = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ]

    @Test("FIPS 180-4: the published examples", arguments: known)
    func publishedExamples(input: String, digest: String) {
        #expect(SHA256.hash(Array(input.utf8)).hexadecimal == digest)
        #expect(SHA256.hash(Array(input.utf8)[...]).hexadecimal == digest)
    }

    @Test("FIPS 180-4: a million times the letter a, added in uneven parts")
    func millionInParts() {
        var hash = SHA256()
        var left = 1_000_000
        var part = 1
        while left > 0 {
            let count = min(part, left)
            hash.update([UInt8](repeating: UInt8(ascii: "a"), count: count))
            left -= count
            part = part * 3 + 1
        }
        #expect(
            hash.finalize().hexadecimal == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        )
    }

    @Test("Every split into two parts gives the same digest")
    func splitsAgree() {
        let input = (0..<130).map { UInt8($0) }
        let whole = SHA256.hash(input)
        for cut in 0...input.count {
            var hash = SHA256()
            hash.update(input[..<cut])
            hash.update(input[cut...])
            #expect(hash.finalize() == whole)
        }
    }

    @Test("RFC 9162 §2.1: the leaf of an empty entry")
    func emptyLeaf() {
        #expect(
            SHA256.hash(prefix: 0, []).hexadecimal
                == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        )
    }

    @Test("A prefix byte is hashed before the bytes")
    func prefixGoesFirst() {
        let record = Array("record".utf8)
        #expect(SHA256.hash(prefix: 0, record) == SHA256.hash([0] + record))
        #expect(SHA256.hash(prefix: 1, record) == SHA256.hash([1] + record))
        var hash = SHA256()
        hash.update(UInt8(1))
        hash.update(record)
        #expect(hash.finalize() == SHA256.hash(prefix: 1, record))
    }
}
