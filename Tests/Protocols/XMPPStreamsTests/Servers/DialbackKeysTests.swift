import Digests
import Testing
import XMPPStreams

extension DialbackKeys {
    /// Keys over a secret, with the real digests.
    static func over(_ secret: String) -> DialbackKeys? {
        DialbackKeys(
            secret: Array(secret.utf8),
            sha256: { SHA256.hash($0).bytes },
            hmac: { HMAC.sha256(key: $0, message: $1).bytes }
        )
    }
}

@Suite("DialbackKeys")
struct DialbackKeysTests {
    private let stream = "D60000229F"

    @Test("XEP-0185 §3: the key of the example")
    func example() throws {
        let keys = try #require(DialbackKeys.over("s3cr3tf0rd14lb4ck"))
        let key = keys.key(receiving: "xmpp.example.com", originating: "example.org", stream: stream)
        #expect(key == "37c69b1cf07a3f67c04a5ef5902fa5114f2c76fe4a2686482ba5b89323075643")
    }

    @Test("XEP-0220 §2.1.1: the key of the example")
    func otherExample() throws {
        let keys = try #require(DialbackKeys.over("s3cr3tf0rd14lb4ck"))
        let key = keys.key(receiving: "montague.example", originating: "capulet.example", stream: stream)
        #expect(key == "b4835385f37fe2895af6c196b59097b16862406db80559900d96bf6fa7d23df3")
    }

    @Test("XEP-0220 §2.2.2: a key holds for its stream and pair, and for no other")
    func bound() throws {
        let keys = try #require(DialbackKeys.over("s3cr3tf0rd14lb4ck"))
        let key = keys.key(receiving: "a.example", originating: "b.example", stream: stream)
        #expect(keys.isValid(key, receiving: "a.example", originating: "b.example", stream: stream))
        #expect(!keys.isValid(key, receiving: "b.example", originating: "a.example", stream: stream))
        #expect(!keys.isValid(key, receiving: "a.example", originating: "c.example", stream: stream))
        #expect(!keys.isValid(key, receiving: "c.example", originating: "b.example", stream: stream))
        #expect(!keys.isValid(key, receiving: "a.example", originating: "b.example", stream: stream + "0"))
        for other in ["", "0", key + "0", String(key.dropLast()), key.uppercased()] {
            #expect(!keys.isValid(other, receiving: "a.example", originating: "b.example", stream: stream))
        }
        let others = try #require(DialbackKeys.over("another secret of length"))
        #expect(!others.isValid(key, receiving: "a.example", originating: "b.example", stream: stream))
    }

    @Test("XEP-0185 §2: every byte of a key counts")
    func everyByte() throws {
        let keys = try #require(DialbackKeys.over("s3cr3tf0rd14lb4ck"))
        let key = Array(keys.key(receiving: "a.example", originating: "b.example", stream: stream).utf8)
        for index in key.indices {
            var changed = key
            changed[index] ^= 1
            let text = String(decoding: changed, as: UTF8.self)
            #expect(!keys.isValid(text, receiving: "a.example", originating: "b.example", stream: stream))
        }
    }

    @Test("XEP-0185 §2: a secret of fewer than 128 bits is refused")
    func shortSecret() {
        #expect(DialbackKeys.over("fifteen bytes..") == nil)
        #expect(DialbackKeys.over("sixteen bytes...") != nil)
    }
}
