import Foundation
import MappingTables
import OperatorFiles
import TLSChannels
import TestAuthority
import Testing

@testable import GatewayDaemon

/// The files of streams between servers, as `check`, the start and a reload read them.
@Suite("ServerFiles")
struct ServerFilesTests {
    private static let day: Int64 = 86_400

    private func stock() throws -> ServerStock { try ServerStock.shared.get() }

    private func read(
        _ configuration: GatewayConfiguration,
        now: Int64 = ServerStock.now
    ) throws -> ServerFiles.Reading {
        ServerFiles.read(try #require(configuration.server), domains: configuration.serverDomains, now: now)
    }

    /// What is found, as `FILE SEVERITY CODE`; each finding has a remedy.
    private func pins(_ diagnostics: [Diagnostic]) -> [String] {
        for diagnostic in diagnostics { #expect(diagnostic.help?.isEmpty == false, "\(diagnostic)") }
        return diagnostics.map {
            let file = $0.position.file.split(separator: "/").last ?? ""
            return "\(file) \($0.severity.rawValue) \($0.code)"
        }
    }

    @Test(
        "XEP-0178 §3, XEP-0368 §3: certificates are asked for, ALPN is xmpp-server, and the file's roots are believed"
    )
    func sound() throws {
        let stock = try stock()
        let reading = try read(try stock.configuration())
        #expect(reading.diagnostics == [])
        let files = try #require(reading.files)
        #expect(files.accepting.role == .server && files.connecting.role == .client)
        for context in [files.accepting, files.connecting] {
            #expect(context.configuration.clientCertificate == .requested)
            #expect(context.configuration.applicationProtocols == ["xmpp-server"])
            #expect(context.configuration.trustRoots == .pem(stock.authority.root.certificate))
            #expect(context.credentials.map(\.names.dnsNames) == [["example.net"]])
        }
        let usual = try ServerStock.configuration(certificate: stock.server.file, key: stock.server.keyFile)
        #expect(try read(usual).files?.accepting.configuration.trustRoots == .system)
    }

    @Test("RFC 6120 §13.7.2: two ends by these files prove themselves to each other, with ALPN; a stranger does not")
    func handshake() throws {
        let stock = try stock()
        let files = try #require(try read(try stock.configuration()).files)
        let peers = try #require(try read(try stock.configuration(stock.renewed)).files)
        let (there, here) = try Self.meet(client: peers.connecting, server: files.accepting)
        #expect(there.certificates.verdict == .valid && here.certificates.verdict == .valid)
        #expect(there.certificates.certificate == (try stock.server.read))
        #expect(here.certificates.certificate == (try stock.renewed.read))
        #expect(there.certificates.check(.xmpp("example.net", .server)).isMatch)
        #expect(there.applicationProtocol == "xmpp-server" && here.applicationProtocol == "xmpp-server")
        let elsewhere = try Authority("elsewhere")
        let stranger = try elsewhere.issue("stranger", names: ["DNS:example.net"])
        // The files are removed with their authority.
        let foreign = try withExtendedLifetime(elsewhere) {
            try #require(try read(try stock.configuration(stranger)).files)
        }
        let (_, judged) = try Self.meet(client: foreign.connecting, server: files.accepting)
        #expect(judged.certificates.certificate == (try stranger.read))
        #expect(judged.certificates.verdict == .unknownIssuer)
    }

    /// Joins two ends without a socket; what each learned of the other.
    private static func meet(client: TLSContext, server: TLSContext) throws -> (client: TLSPeer, server: TLSPeer) {
        let ends = (try TLSSession(context: client, name: "example.net"), try TLSSession(context: server, name: nil))
        _ = ends.0.handshake()
        for _ in 0..<6 {
            ends.1.receive(ends.0.takeOutput())
            _ = ends.1.handshake()
            ends.0.receive(ends.1.takeOutput())
            _ = ends.0.handshake()
        }
        return (try #require(ends.0.peer), try #require(ends.1.peer))
    }

    @Test("RFC 6120 §13.7.2: a file that no TLS can be made of is named, with its fault and what to do")
    func faults() throws {
        let stock = try stock()
        let authority = stock.authority
        let folder = authority.folder
        func write(_ name: String, _ bytes: [UInt8]) throws -> String {
            try Data(bytes).write(to: URL(filePath: "\(folder)/\(name)"))
            return "\(folder)/\(name)"
        }
        let garbage = try write("garbage.pem", Array("no certificate\n".utf8))
        let broken = try write(
            "broken.pem",
            Array("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8)
        )
        let chain = try write("chain.pem", stock.server.certificate + stock.renewed.certificate)
        let large = try write("large.pem", [UInt8](repeating: 0x0A, count: ServerFiles.largest + 1))
        let encrypted = "\(folder)/encrypted.key"
        try Authority.run("pkey -in \(stock.server.keyFile) -aes128 -passout pass:x -out \(encrypted)")
        let weak = try authority.issue("weak", names: ["DNS:example.net"], key: .weak)
        let (file, key) = (stock.server.file, stock.server.keyFile)
        let cases: [(certificate: String, key: String, trust: String, pins: [String])] = [
            ("\(folder)/none.pem", key, "", ["none.pem error unreadable"]),
            (folder, key, "", ["\(folder.split(separator: "/").last ?? "") error unreadable"]),
            (file, "\(folder)/none.key", "", ["none.key error unreadable"]),
            (
                "\(folder)/none.pem", "\(folder)/none.key", "\(folder)/none.ca",
                ["none.pem error unreadable", "none.key error unreadable", "none.ca error unreadable"]
            ),
            (large, key, "", ["large.pem error file-too-large"]),
            (garbage, key, "", ["garbage.pem error no-certificate"]),
            (broken, key, "", ["broken.pem error unreadable-certificate"]),
            (chain, key, "", ["chain.pem error broken-chain"]),
            (file, file, "", ["server.pem error unreadable-key"]),
            (file, encrypted, "", ["encrypted.key error encrypted-key"]),
            (file, stock.renewed.keyFile, "", ["renewed.key error key-mismatch"]),
            (weak.file, weak.keyFile, "", ["weak.pem error weak"]),
            (file, key, garbage, ["garbage.pem error unreadable-trust-roots"]),
            (file, key, "\(folder)/none.ca", ["none.ca error unreadable"]),
        ]
        for (certificate, key, trust, expected) in cases {
            let configuration = try ServerStock.configuration(
                certificate: certificate,
                key: key,
                more: trust.isEmpty ? "" : ", trust: \"\(trust)\""
            )
            let reading = try read(configuration)
            #expect(reading.files == nil, "\(expected)")
            #expect(pins(reading.diagnostics) == expected)
        }
    }

    @Test("RFC 6120 §13.7.2.3: a certificate out of its time is a fault, and one with less than 14 days is warned of")
    func dates() throws {
        let stock = try stock()
        let issued = try stock.authority.issue(
            "brief",
            names: ["DNS:example.net"],
            dates: ("20260301000000Z", "20260401000000Z")
        )
        let configuration = try stock.configuration(issued)
        // 2026-03-01T00:00:00Z and 2026-04-01T00:00:00Z.
        let (start, end): (Int64, Int64) = (1_772_323_200, 1_775_001_600)
        let cases: [(Int64, [String])] = [
            (start - 1, ["brief.pem error not-yet-valid"]), (start, []), (end - 14 * Self.day, []),
            (end - 14 * Self.day + 1, ["brief.pem warning expiring"]), (end, ["brief.pem warning expiring"]),
            (end + 1, ["brief.pem error expired"]),
        ]
        for (now, expected) in cases {
            let reading = try read(configuration, now: now)
            #expect(pins(reading.diagnostics) == expected)
            #expect((reading.files == nil) == expected.contains { $0.contains("error") })
        }
        let soon = try read(configuration, now: end - Self.day - 1).diagnostics.map(\.message)
        #expect(soon == ["the certificate or its chain expires in 1 day"])
    }

    @Test("RFC 6120 §13.7.1.2.1: a served domain that the certificate does not name is warned of")
    func names() throws {
        let authority = try stock().authority
        let service = "otherName:1.3.6.1.5.5.7.8.7;IA5STRING:_xmpp-"
        let cases: [(names: [String], domain: String, isFor: Bool)] = [
            (["DNS:example.net"], "example.net", true),
            (["DNS:other.example", "DNS:example.net"], "example.net", true),
            ([service + "server.example.net"], "example.net", true),
            ([service + "client.example.net"], "example.net", false),
            (["DNS:*.example.net"], "example.net", false),
            (["DNS:*.example.net"], "chat.example.net", true),
            (["DNS:xn--bcher-kva.example"], "bücher.example", true),
            (["DNS:gw.example.net"], "example.net", false),
            ([], "server", false),
        ]
        for (index, (names, domain, isFor)) in cases.enumerated() {
            let credentials = try authority.issue("names\(index)", names: names).credentials()
            let found = CertificateCheck.findings(
                credentials,
                in: "server.pem",
                domains: [domain],
                now: ServerStock.now
            )
            #expect(pins(found) == (isFor ? [] : ["server.pem warning certificate-name"]), "\(names) \(domain)")
        }
        let two = CertificateCheck.findings(
            try stock().server.credentials(),
            in: "server.pem",
            domains: ["example.net", "example.org"],
            now: ServerStock.now
        )
        #expect(two.map(\.message).first?.contains("is for DNS:example.net, and not for example.org") == true)
        #expect(two.count == 1)
    }

    @Test("XEP-0185 §2: a dialback secret is read without its line break, and one that is too short is refused")
    func secrets() throws {
        let folder = try stock().authority.folder
        let file = GatewayConfiguration.Secret.file(folder + "/dialback")
        func put(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: folder + "/dialback")) }
        func secret(_ text: String) throws -> [UInt8] {
            try put(text)
            return try DialbackSecret.read(file)
        }
        #expect(try secret("0123456789abcdef\r\n") == Array("0123456789abcdef".utf8))
        #expect(try secret(String(repeating: "x", count: 4_096)).count == 4_096)
        for text in ["0123456789abcde\n", "", String(repeating: "x", count: 4_097)] {
            try put(text)
            do {
                _ = try DialbackSecret.read(file)
                Issue.record("\(text.utf8.count) bytes were taken")
            } catch {
                #expect(pins([error.diagnostic]) == ["dialback error dialback-secret"])
                #expect(!error.diagnostic.description.contains("0123"))
            }
        }
        for (place, pin) in [
            (GatewayConfiguration.Secret.file(folder + "/none"), "none error unreadable"),
            (.environment("ISTHMUS_TEST_UNSET"), "$ISTHMUS_TEST_UNSET error unset"),
        ] {
            do {
                _ = try DialbackSecret.read(place)
                Issue.record("\(place) was taken")
            } catch {
                #expect(pins([error.diagnostic]) == [pin])
            }
        }
    }

    @Test("check looks at every file that a configuration names for these streams, and at none where there are none")
    func check() throws {
        let stock = try stock()
        let folder = stock.authority.folder
        try Data("short".utf8).write(to: URL(filePath: folder + "/short"))
        let faulty = try stock.configuration(
            stock.authority.issue("other", names: ["DNS:other.example"]),
            more: ", dialback-secret-file: \"\(folder)/short\"",
            others: "dns: {trust-anchor-file: \"\(folder)/none.anchors\"}"
        )
        #expect(
            pins(ServerCheck.diagnostics(of: faulty, now: ServerStock.now)) == [
                "other.pem warning certificate-name", "short error dialback-secret", "none.anchors error unreadable",
            ]
        )
        try Data("no anchors\n".utf8).write(to: URL(filePath: folder + "/junk.anchors"))
        let junk = try stock.configuration(others: "dns: {trust-anchor-file: \"\(folder)/junk.anchors\"}")
        #expect(pins(ServerCheck.diagnostics(of: junk, now: ServerStock.now)) == ["junk.anchors error wrong-value"])
        let environment = try stock.configuration(more: ", dialback-secret-environment: ISTHMUS_TEST_UNSET")
        #expect(ServerCheck.diagnostics(of: environment, now: ServerStock.now) == [])
        var without = faulty
        without.server = nil
        #expect(ServerCheck.diagnostics(of: without, now: ServerStock.now) == [])
    }

    @Test(
        "RFC 1035 §5.1: a record of trust anchors has its type behind the owner, with or without lifetime and class",
        arguments: [
            (". IN DS 20326 8 2 E06D44B8", true), (". 86400 IN DNSKEY 257 3 8 AwEAAa", true),
            ("; c\n. DS 1 8 2 AB\n", true),
            ("a.example.\tin\tds\t1 8 2 AB ; c\r\n", true), ("", false), ("; . IN DS 20326 8 2 E06D", false),
            (". IN DS", false), (". IN A 192.0.2.1", false), (". 1 2 IN DS 1 8 2 AB", false), ("DS 1 8 2 AB", false),
            ("<html>not found</html>", false),
        ]
    )
    func anchors(text: String, areIn: Bool) {
        #expect(TrustAnchors.areIn(Array(text.utf8)) == areIn)
    }
}
