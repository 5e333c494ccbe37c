import Testing

@testable import GatewayDaemon

/// The keys under which items are known when they come again.
@Suite("Secrets of the store")
struct StoreSecretsTests {
    private let secrets = StoreSecrets([UInt8](repeating: 7, count: 32))

    @Test("A fingerprint is the same again, and another for other texts, bytes, purposes and secrets")
    func fingerprints() {
        let key = secrets.fingerprint("seen", ["a", "b"], [1, 2])
        let same = StoreSecrets([UInt8](repeating: 7, count: 32))
        let other = StoreSecrets([UInt8](repeating: 8, count: 32))
        #expect(key == same.fingerprint("seen", ["a", "b"], [0, 1, 2][1...]))
        #expect(key != other.fingerprint("seen", ["a", "b"], [1, 2]))
        #expect(key != secrets.fingerprint("token", ["a", "b"], [1, 2]))
        #expect(key != secrets.fingerprint("seen", ["ab", ""], [1, 2]))
        #expect(key != secrets.fingerprint("seen", ["a", "b"], [2, 1]))
        #expect(key != secrets.fingerprint("seen", ["a", "b", "\u{1}\u{2}"]))
    }

    @Test("Bytes that are empty are not the same as none")
    func emptyContent() {
        #expect(secrets.fingerprint("seen", ["a"], []) != secrets.fingerprint("seen", ["a"]))
    }
}
