import TestAuthority
import Testing

@testable import TLSChannels

@Suite("TLSCredentials and TLSContext")
struct TLSContextTests {
    private func code(_ work: () throws -> Void) -> TLSConfigurationError.Code? {
        do {
            try work()
            return nil
        } catch {
            return (error as? TLSConfigurationError)?.code
        }
    }

    @Test("Credentials name what is wrong with them")
    func faults() throws {
        let stock = try Stock.get()
        let (peer, second) = (stock.peer, stock.second)
        let cut =
            Array(peer.certificate.prefix(peer.certificate.count / 2))
            + Array("\n-----END CERTIFICATE-----\n".utf8)
        let key = stock.authority.folder + "/encrypted.key"
        try Authority.run("ec -in \(peer.keyFile) -aes128 -passout pass:secret -out \(key)")
        let encrypted = try Issued(file: peer.file, keyFile: key)
        let cases: [([UInt8], [UInt8], TLSConfigurationError.Code)] = [
            ([], peer.key, .noCertificate), (peer.key, peer.key, .noCertificate),
            (cut, peer.key, .unreadableCertificate),
            (peer.certificate, [], .unreadableKey), (peer.certificate, peer.certificate, .unreadableKey),
            (peer.certificate, encrypted.key, .encryptedKey), (peer.certificate, second.key, .keyMismatch),
            (peer.certificate + second.certificate, peer.key, .brokenChain),
        ]
        for (certificates, key, expected) in cases {
            #expect(code { _ = try TLSCredentials(certificates: certificates, key: key) } == expected)
        }
        let whole = try stock.behind.credentials(chain: [stock.intermediate, stock.authority.root])
        #expect(whole.chain.count == 3)
    }

    @Test("Dates of credentials can be read and checked")
    func dates() throws {
        let stock = try Stock.get()
        let expired = try stock.expired.credentials()
        #expect(expired.validity == 1_577_836_800...1_609_459_200)
        #expect(expired.fault(at: 1_577_836_799)?.code == .notYetValid)
        #expect(expired.fault(at: 1_577_836_800) == nil && expired.fault(at: 1_609_459_200) == nil)
        #expect(expired.fault(at: 1_609_459_201)?.code == .expired)
        #expect(expired.names.dnsNames == ["peer.example"])
    }

    @Test("Contexts name what is wrong with their configuration")
    func contexts() throws {
        let stock = try Stock.get()
        let peer = try stock.peer.credentials()
        func made(
            _ credentials: [TLSCredentials],
            _ change: (inout TLSConfiguration) -> Void
        ) -> TLSConfigurationError.Code? {
            code { _ = try TLSContext(stock.configuration(change), role: .server, credentials: credentials) }
        }
        #expect(made([peer]) { _ in } == nil)
        #expect(made([]) { _ in } == .noCredentials)
        #expect(made([try stock.weak.credentials()]) { _ in } == .weak)
        #expect(made([peer]) { $0.trustRoots = .pem(Array("nothing".utf8)) } == .unreadableTrustRoots)
        #expect(made([peer]) { $0.trustRoots = .system } == nil)
        #expect(made([peer]) { $0.ciphers = ["NO-SUCH-CIPHER"] } == .ciphers)
        #expect(made([peer]) { $0.ciphers13 = ["NO-SUCH-CIPHER"] } == .ciphers)
        #expect(made([peer]) { $0.applicationProtocols = [""] } == .applicationProtocol)
        #expect(made([peer]) { $0.applicationProtocols = [String(repeating: "a", count: 256)] } == .applicationProtocol)
        #expect(made([peer]) { $0.applicationProtocols = [String(repeating: "a", count: 255)] } == nil)
        #expect(
            made([peer]) {
                $0.minimumVersion = .tls13
                $0.maximumVersion = .tls12
            } == .versions
        )
    }

    @Test(
        "RFC 7590 §3: suites without forward secrecy, encryption or authentication cannot be configured",
        arguments: [
            "AES128-SHA", "AES128-GCM-SHA256", "NULL-SHA256", "ADH-AES128-SHA256", "DES-CBC3-SHA", "RC4-SHA",
        ]
    )
    func weakSuites(suite: String) throws {
        let stock = try Stock.get()
        let found = code { _ = try TLSContext(stock.configuration { $0.ciphers = [suite] }, role: .client) }
        #expect(found == .ciphers)
    }

    @Test("RFC 6120 §13.7.2.3: a reload changes what is shown from then on, and leaves sessions alone")
    func reload() throws {
        let stock = try Stock.get()
        let client = try TLSContext(stock.configuration(), role: .client)
        let holder = TLSContextHolder(
            try TLSContext(stock.configuration(), role: .server, credentials: [stock.peer.credentials()])
        )
        let before = try SessionPair(client: client, server: holder.current)
        #expect(try before.established().client.certificates.certificate == (try stock.peer.read))
        holder.replace(
            with: try TLSContext(stock.configuration(), role: .server, credentials: [stock.second.credentials()])
        )
        let after = try SessionPair(client: client, server: holder.current)
        #expect(try after.established().client.certificates.certificate == (try stock.second.read))
        #expect(before.client.write(Array("still".utf8)) == .complete)
        SessionPair.pass(before.client, before.server)
        #expect(before.server.read() == .bytes(Array("still".utf8)))
    }
}
