import Foundation
import MappingTables
import Testing

@testable import OperatorFiles

@Suite("Configuration of server streams")
struct ServerConfigTests {
    private func read(_ text: String) -> (GatewayConfiguration?, [String]) {
        let (root, faults) = YAMLFile.read(Array(text.utf8), name: "isthmus.yaml")
        guard let root else { return (nil, faults.map(\.pin)) }
        let (configuration, diagnostics) = ConfigFile.read(root, directory: "/etc/isthmus")
        return (configuration, diagnostics.map(\.pin))
    }

    /// The pins of a section `server` with more keys, without their columns.
    private func faults(_ keys: String) -> [String] {
        read(FaultyFile.federated.replacingOccurrences(of: "key: b", with: "key: b, " + keys)).1.map {
            String($0.drop { $0 != " " }.dropFirst())
        }
    }

    @Test("A short section is filled with the careful defaults")
    func defaults() throws {
        let (read, pins) = read(FaultyFile.federated)
        #expect(pins == [])
        let configuration = try #require(read)
        let server = try #require(configuration.server)
        #expect(server.listeners.map(\.description) == ["[::]:5269"])
        #expect(server.directListeners == [])
        #expect(server.certificate == "/etc/isthmus/a" && server.key == "/etc/isthmus/b")
        #expect(server.trust == nil)
        #expect(server.usual == .init(authentication: .pkixOrDialback, isEncrypted: true))
        #expect(!server.isBidirectional)
        #expect(server.acknowledges)
        #expect(!server.acceptsStrangers)
        #expect(server.refused == [] && server.peers == [])
        #expect(server.dialbackSecret == nil)
        #expect(configuration.components == [])
        #expect(configuration.serverDomains == ["example.net"])
        #expect(configuration.dns == .init(servers: [], trustAnchorFile: nil, allowedAddresses: []))
    }

    @Test("Every value that is set is taken")
    func values() throws {
        let text = """
            gateway: {name: gw.example.net}
            domains:
              xmpp: {example.com: {}, bücher.example: {}}
              cpim:
                example.net: {next-hop: "sip:127.0.0.1:5070"}
                example.org: {next-hop: "sip:127.0.0.1:5070"}
            xmpp:
              components:
                - {domain: example.net, connect: "127.0.0.1:5347", secret-file: secret}
              server:
                listen: ["[::]:5269", "192.0.2.1:5269"]
                direct-tls: ["[::]:0"]
                certificate: certificates/server.pem
                key: /etc/ssl/server.key
                trust: ca.pem
                authentication: pkix
                encryption: required
                bidi: yes
                acknowledgements: no
                strangers: refuse
                refused: [bad.example, WORSE.example]
                dialback-secret-file: dialback
                peers:
                  example.com: {authentication: pkix, connect: "xmpp.example.com:15269", direct-tls: yes}
                  XN--BCHER-KVA.example: {connect: "[::1]:5269"}
            sip: {listen: ["tcp:127.0.0.1:5060"]}
            dns: {servers: ["127.0.0.1:5353", "::1"], trust-anchor-file: root.key, allow-addresses: ["127.0.0.0/8"]}
            """
        let (read, pins) = read(text)
        #expect(pins == [])
        let configuration = try #require(read)
        let server = try #require(configuration.server)
        #expect(server.listeners.map(\.description) == ["[::]:5269", "192.0.2.1:5269"])
        #expect(server.directListeners.map(\.description) == ["[::]:0"])
        #expect(server.certificate == "/etc/isthmus/certificates/server.pem")
        #expect(server.key == "/etc/ssl/server.key")
        #expect(server.trust == "/etc/isthmus/ca.pem")
        #expect(server.usual == .init(authentication: .pkix, isEncrypted: true))
        #expect(server.isBidirectional)
        #expect(!server.acknowledges)
        #expect(server.refused == ["bad.example", "worse.example"])
        #expect(server.dialbackSecret == .file("/etc/isthmus/dialback"))
        #expect(server.peers.map(\.domain) == ["example.com", "bücher.example"])
        #expect(server.peers[0].server == Endpoint("xmpp.example.com:15269"))
        #expect(server.peers[0].isDirect)
        #expect(server.peers[1].server == Endpoint("[::1]:5269"))
        #expect(!server.peers[1].isDirect)
        #expect(server.peers[1].trust == server.usual)
        #expect(configuration.serverDomains == ["example.org"])
        #expect(configuration.dns.servers.map(\.description) == ["127.0.0.1:5353", "[::1]:53"])
        #expect(configuration.dns.trustAnchorFile == "/etc/isthmus/root.key")
        #expect(configuration.dns.allowedAddresses == ["127.0.0.0/8"])
    }

    @Test("A peer has its own trust where it says so, and the usual one where it does not")
    func exceptions() throws {
        let keys =
            "key: b, authentication: dialback, encryption: optional, peers: {example.com: {authentication: pkix}}"
        let (configuration, pins) = read(FaultyFile.federated.replacingOccurrences(of: "key: b", with: keys))
        // Stricter than usual: nothing is weakened by it.
        #expect(pins.map { $0.drop { $0 != " " } } == [" dialback-alone", " encryption-optional"])
        let server = try #require(configuration?.server)
        #expect(server.usual == .init(authentication: .dialback, isEncrypted: false))
        #expect(server.peers.map(\.trust) == [.init(authentication: .pkix, isEncrypted: false)])
    }

    @Test(
        "RFC 7590 §3.4: what is weakened is warned of, for all and for one peer",
        arguments: [
            ("encryption: optional", ["encryption-optional"]),
            ("authentication: dialback", ["dialback-alone"]),
            ("strangers: accept", ["strangers-accepted"]),
            ("peers: {example.com: {encryption: optional}}", ["peer-weakened"]),
            ("peers: {example.com: {authentication: dialback}}", ["peer-weakened"]),
            ("authentication: pkix, peers: {example.com: {authentication: pkix-or-dialback}}", ["peer-weakened"]),
            ("authentication: pkix, encryption: required, strangers: refuse", []),
            ("peers: {example.com: {authentication: pkix, encryption: required}}", []),
            ("encryption: optional, peers: {example.com: {encryption: optional}}", ["encryption-optional"]),
            ("authentication: dialback, peers: {example.com: {authentication: dialback}}", ["dialback-alone"]),
        ]
    )
    func weakened(_ keys: String, _ codes: [String]) {
        #expect(faults(keys) == codes)
        let text = FaultyFile.federated.replacingOccurrences(of: "key: b", with: "key: b, " + keys)
        #expect(read(text).0 != nil)
    }

    @Test("RFC 7673, RFC 7711, RFC 7712 §4: what proves a domain beside an authority")
    func proofs() throws {
        func server(_ keys: String) throws -> GatewayConfiguration.Server {
            let text = FaultyFile.federated.replacingOccurrences(of: "key: b", with: "key: b" + keys)
            return try #require(read(text).0?.server)
        }
        let usual = try server("")
        #expect(usual.usesDANE && !usual.usesPOSH)
        let digits = String(repeating: "0f", count: 32)
        let colons = [String](repeating: "F0", count: 32).joined(separator: ":")
        let keys = ", dane: no, posh: yes, peers: {example.com: {certificate-sha256: [\(digits), \"\(colons)\"]}}"
        let other = try server(keys)
        #expect(!other.usesDANE && other.usesPOSH)
        #expect(
            other.peers.map(\.pins) == [[[UInt8](repeating: 0x0F, count: 32), [UInt8](repeating: 0xF0, count: 32)]]
        )
        for wrong in [String(digits.dropLast()), digits + "0", digits.replacingOccurrences(of: "f", with: "g"), "a:b"] {
            #expect(
                faults("peers: {example.com: {certificate-sha256: [\"\(wrong)\"]}}") == ["wrong-value"],
                "\(wrong)"
            )
        }
    }

    @Test(
        "What contradicts itself is refused",
        arguments: [
            ("peers: {example.net: {}}", ["own-domain"]),
            ("refused: [example.net]", ["own-domain"]),
            ("refused: [example.com]", ["refused-domain"]),
            (
                "strangers: accept, peers: {a.example: {}}, refused: [a.example]",
                ["strangers-accepted", "refused-domain"]
            ),
            ("strangers: accept, peers: {a.example: {}}", ["strangers-accepted"]),
            ("peers: {a.example: {}}", ["unknown-domain"]),
            ("peers: {example.com: {}, Example.COM: {}}", ["duplicate-key"]),
            ("peers: {example.com: {direct-tls: yes}}", ["direct-tls-alone"]),
            ("direct-tls: [\"[::]:5269\"]", ["listener-twice"]),
            ("direct-tls: [\"127.0.0.1:0\", \"127.0.0.1:0\"]", []),
            ("dialback-secret-file: a, dialback-secret-environment: B", ["dialback-secret"]),
        ]
    )
    func contradictions(_ keys: String, _ codes: [String]) {
        #expect(faults(keys) == codes)
    }

    @Test("A SIP listener's address and port are not those of a server listener")
    func portOfSIP() {
        let text = FaultyFile.federated.replacingOccurrences(of: "[::]:5269", with: "127.0.0.1:5060")
        #expect(read(text).1 == [])
        #expect(read(text.replacingOccurrences(of: "udp:", with: "tcp:")).1 == ["8:21 listener-twice"])
    }

    @Test("The file leads to XMPP by components, by server streams, or by both; other domains are served by the server")
    func links() throws {
        let both = FaultyFile.sound.replacingOccurrences(
            of: "xmpp:\n  comp",
            with: "    example.org: {next-hop: \"sip:127.0.0.1\"}\nxmpp:\n  \(FaultyFile.server)  comp"
        )
        let (configuration, pins) = read(both)
        #expect(pins == [])
        #expect(configuration?.serverDomains == ["example.org"])
        #expect(read(FaultyFile.sound).0?.server == nil)
        // A key that is there and at fault is told of once.
        let faulty = FaultyFile.sound.replacingOccurrences(of: FaultyFile.links, with: "xmpp: {server: here}\n")
        #expect(read(faulty).1 == ["7:16 wrong-type"])
    }

    @Test("What is missing in the section is named")
    func missing() {
        let text = FaultyFile.sound.replacingOccurrences(of: FaultyFile.links, with: "xmpp: {server: {}}\n")
        #expect(read(text).1 == ["7:16 missing-key", "7:16 missing-key", "7:16 no-listener"])
    }

    @Test(
        "Sockets, DNS servers and ranges are addresses",
        arguments: [
            (ConfigScalar.socket, ["[::]:5269", "192.0.2.1:0"], ["localhost:1", "::1:1", "192.0.2.1", "[::1]", ":1"]),
            (
                .nameServer, ["192.0.2.1", "::1", "[::1]:5353", "192.0.2.1:53"],
                ["dns.example", "dns.example:53", "192.0.2.1:0", "[::1]", "192.0.2.1:"]
            ),
            (
                .addressBlock, ["127.0.0.0/8", "::1", "2001:db8::/32", "0.0.0.0/0", "::/128"],
                ["127.0.0.0/33", "::/129", "127.0.0.0/", "127.0.0.0/+8", "127/8", "a.example"]
            ),
        ]
    )
    func addresses(_ kind: ConfigScalar, _ good: [String], _ bad: [String]) {
        for text in good { #expect(throws: Never.self, "\(text)") { try kind.read(text).get() } }
        for text in bad { #expect(throws: ConfigScalar.Fault.self, "\(text)") { try kind.read(text).get() } }
    }

    @Test(
        "Every bound of server streams is taken from its own key",
        arguments: ConfigKeys.serverLimits.map(\.name)
    )
    func limits(_ name: String) throws {
        let usual = try #require(read(FaultyFile.federated).0).limits.server
        let key = try #require(ConfigKeys.serverLimits.first { $0.name == name })
        guard case .scalar(let kind) = key.shape else { throw Unexpected() }
        let (text, number) =
            switch kind {
            case .integer(let range): ("\(range.lowerBound)", range.lowerBound)
            case .size(let range): ("\(range.lowerBound)B", range.lowerBound)
            case .duration(let range): ("\(range.lowerBound)ms", range.lowerBound)
            default: throw Unexpected()
            }
        // What another bound is compared with goes down with it.
        let others =
            switch name {
            case "server-connections": ", server-connections-per-address: 1, server-strangers-per-address: 1"
            case "server-connections-per-address": ", server-strangers-per-address: 1"
            case "server-longest-pause": ", server-first-pause: 1ms"
            case "stream-negotiation": ", stream-step: 1s"
            default: ""
            }
        let set = try #require(read(FaultyFile.federated + "limits: {\(name): \(text)\(others)}\n").0).limits.server
        #expect(set != usual)
        let values = Set(Self.values(usual)).symmetricDifference(Self.values(set)).map(\.value)
        #expect(values.contains(number), "\(values)")
    }

    struct Unexpected: Error {}

    struct Bound: Hashable {
        let name: String
        let value: Int
    }

    /// All numbers with their names.
    private static func values(_ limits: ConfigServerLimits) -> [Bound] {
        func list(_ value: Any, _ path: String) -> [Bound] {
            Mirror(reflecting: value).children.flatMap { child in
                let name = path + "." + (child.label ?? "")
                return (child.value as? Int).map { [Bound(name: name, value: $0)] } ?? list(child.value, name)
            }
        }
        return list(limits, "")
    }

    @Test("A bound that is above the one it is part of is never reached")
    func limitsAboveLimits() {
        for keys in [
            "server-connections-per-address: 10001", "server-strangers-per-address: 1001", "server-first-pause: 2min",
            "stream-step: 31s",
        ] {
            let pins = read(FaultyFile.federated + "limits: {\(keys)}\n").1
            #expect(pins.map { $0.hasSuffix("limit-above-limit") } == [true])
        }
    }
}
