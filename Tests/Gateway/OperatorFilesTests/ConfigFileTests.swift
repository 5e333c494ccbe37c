import Foundation
import MappingTables
import Testing

@testable import OperatorFiles

@Suite("ConfigFile")
struct ConfigFileTests {
    private func read(_ text: String, directory: String = "/etc/isthmus") -> (GatewayConfiguration?, [String]) {
        let (root, faults) = YAMLFile.read(Array(text.utf8), name: "isthmus.yaml")
        guard let root else { return (nil, faults.map(\.pin)) }
        let (configuration, diagnostics) = ConfigFile.read(root, directory: directory)
        return (configuration, diagnostics.map(\.pin))
    }

    private func change(_ line: String, _ replacement: String) -> (GatewayConfiguration?, [String]) {
        let text = FaultyFile.sound.replacingOccurrences(of: line, with: replacement)
        #expect(text != FaultyFile.sound)
        return read(text)
    }

    private func limits(_ text: String) -> (GatewayConfiguration?, [String]) {
        read(FaultyFile.sound + "limits: {\(text)}\n")
    }

    @Test("A short configuration is filled with defaults")
    func defaults() throws {
        let configuration = try #require(read(FaultyFile.sound).0)
        #expect(configuration.name == "gw.example.net")
        #expect(configuration.state == "/etc/isthmus/state")
        #expect(configuration.mappings == "/etc/isthmus/../Mappings")
        #expect(configuration.xmppDomains == ["example.com"])
        #expect(configuration.cpimDomains.map(\.name) == ["example.net"])
        #expect(configuration.cpimDomains[0].nextHop.description == "udp:127.0.0.1:5070")
        #expect(!configuration.cpimDomains[0].isCongestionSafe)
        #expect(configuration.cpimDomains[0].largestMessage == 65_536)
        #expect(configuration.components[0].server.description == "127.0.0.1:5347")
        #expect(configuration.components[0].secret == .file("/etc/isthmus/secret"))
        #expect(configuration.components[0].largestStanza == 262_144)
        #expect(configuration.listeners.map(\.description) == ["udp:127.0.0.1:5060"])
        #expect(configuration.trusted[0].domains == ["example.net"])
        #expect(!configuration.trusted[0].isIntermediary)
        #expect(configuration.bodies == .digest && configuration.audit.retention == [])
        #expect(configuration.auditFolder == configuration.state + "/audit")
        #expect(configuration.auditKey == configuration.state + "/audit.key")
        #expect(configuration.audit.places == [])
        #expect(configuration.audit.largestLag == 100_000)
        #expect(configuration.audit.refusesBehind)
        #expect(configuration.logLevel == "notice")
        #expect(!configuration.logsJSON)
        let limits = configuration.limits
        #expect(limits.items == 100_000)
        #expect(limits.bytes == 64 << 20)
        #expect(limits.itemsPerHop == 50_000)
        #expect(limits.itemsPerPair == 5_000)
        #expect(limits.openPerHop == 2_000)
        #expect(limits.deadline == 86_400_000)
        #expect(limits.held == 10_000)
        #expect(limits.heldBytes == 64 << 20)
        #expect(limits.heldDeadline == 86_400_000)
        #expect(limits.duplicateWindow == 600_000)
        #expect(limits.tellPause == 60_000)
        #expect(limits.firstPause == 1_000)
        #expect(limits.longestPause == 60_000)
        #expect(limits.attempts == 8)
        #expect(limits.retryAfter == 10_000)
        #expect(limits.recipientsPerSender == 100)
        #expect(limits.recipientsPerDomain == 100_000)
        #expect(limits.connections == 1_000)
        #expect(limits.connectionIdle == 600_000)
        #expect(limits.sipMessage == 1 << 20)
        #expect(limits.stanza == 256 << 10)
        #expect(limits.stanzaDepth == 64)
    }

    @Test("Every value that is set is taken")
    func values() throws {
        let text = """
            gateway: {name: GW.Example.NET, state: /var/lib/isthmus, mappings: tables}
            domains:
              xmpp: {bücher.example: {}, example.com: {}}
              cpim:
                example.net:
                  next-hop: "sip:[2001:db8::1]:5080;transport=tcp"
                  via: sip
                  congestion-safe: yes
                  largest-message: 1MiB
            xmpp:
              components:
                - {domain: example.net, connect: "[::1]:5347", secret-environment: SECRET, largest-stanza: 10000B}
              contacts:
                abuse: ["mailto:abuse@example.net", "xmpp:abuse@example.net"]
                admin: ["https://example.net/admin"]
                security: ["MAILTO:security@example.net?subject=a%20b"]
                support: ["tel:+1-201-555-0123"]
            sip:
              listen: ["tcp:[::]:0"]
              trusted: [{address: "2001:db8::2", domains: [example.net], intermediary: yes}]
            audit:
              bodies: metadata
              retention: [{domain: example.net, kind: text, days: 90}, {days: 365}]
              folder: log
              signing-key: /etc/isthmus/audit.key
              checkpoints-to: ["file:/mnt/checkpoints", "file:near", "https://witness.example:8443/log", syslog]
              witness-trust: witness.pem
              largest-lag: 7
              when-behind: go-on
            limits:
              {items: 7, items-per-hop: 6, items-per-pair: 5, deadline: 2d, stanza-depth: 8, recipients-per-sender: 0,
              recipients-per-domain: 12}
            log: {level: debug, format: json}
            """
        let (read, pins) = read(text)
        #expect(pins == [])
        let configuration = try #require(read)
        #expect(configuration.name == "gw.example.net")
        #expect(configuration.state == "/var/lib/isthmus")
        #expect(configuration.mappings == "/etc/isthmus/tables")
        #expect(configuration.xmppDomains == ["bücher.example", "example.com"])
        let hop = configuration.cpimDomains[0]
        #expect(hop.nextHop.description == "tcp:[2001:db8::1]:5080")
        #expect(hop.isCongestionSafe)
        #expect(hop.largestMessage == 1 << 20)
        #expect(configuration.components[0].secret == .environment("SECRET"))
        #expect(configuration.components[0].server == Endpoint("[::1]:5347"))
        #expect(configuration.components[0].largestStanza == 10_000)
        #expect(configuration.listeners[0].description == "tcp:[::]:0")
        #expect(configuration.trusted[0].isIntermediary)
        #expect(configuration.bodies == .metadata)
        #expect(configuration.audit.retention.map(\.domain) == ["example.net", nil])
        #expect(configuration.audit.retention.map(\.days) == [90, 365])
        #expect(configuration.audit.retention.map(\.kind) == [.text, nil])
        #expect(configuration.auditFolder.hasSuffix("log"))
        #expect(configuration.auditKey == "/etc/isthmus/audit.key")
        #expect(configuration.audit.places.count == 4)
        #expect(configuration.audit.places[2] == WitnessURL("https://witness.example:8443/log").map { .witness($0) })
        #expect(configuration.audit.witnessTrust?.hasSuffix("/witness.pem") == true)
        #expect(configuration.audit.places.first == .file("/mnt/checkpoints"))
        #expect(configuration.audit.places.last == .syslog)
        #expect(configuration.audit.largestLag == 7)
        #expect(!configuration.audit.refusesBehind)
        #expect(configuration.logsJSON)
        #expect(configuration.logLevel == "debug")
        #expect(configuration.contacts.abuse == ["mailto:abuse@example.net", "xmpp:abuse@example.net"])
        #expect(configuration.contacts.admin == ["https://example.net/admin"])
        #expect(configuration.contacts.security == ["MAILTO:security@example.net?subject=a%20b"])
        #expect(configuration.contacts.support == ["tel:+1-201-555-0123"])
        #expect(configuration.limits.recipientsPerSender == 0)
        #expect(configuration.limits.recipientsPerDomain == 12)
        #expect(configuration.limits.itemsPerPair == 5)
        #expect(configuration.limits.deadline == 172_800_000)
        #expect(configuration.limits.stanzaDepth == 8)
    }

    @Test("Every fault comes in one run, in the order of the file")
    func allFaults() {
        let text = """
            gateway: {state: "", nam: x}
            domains: {xmpp: [], cpim: {example.net: {via: smtp}}}
            xmpp: {servr: {}, components: [{domain: exa mple, connect: here, secret-file: s}]}
            sip: {listen: ["udp:localhost:5060"], trusted: [{address: 300.1.1.1, domains: [example.org]}]}
            limits: {items: 0, deadline: 1, bytes: 5MB, stanza: 9999B}
            lgo: {}
            """
        #expect(
            read(text).1 == [
                "1:10 missing-key", "1:18 wrong-value", "1:22 unknown-key", "2:17 wrong-type", "2:41 missing-key",
                "2:47 wrong-value", "3:8 unknown-key", "3:41 wrong-value", "3:60 wrong-value", "4:16 wrong-value",
                "4:59 wrong-value", "4:80 unknown-domain", "5:17 wrong-value", "5:30 wrong-value", "5:40 wrong-value",
                "5:53 wrong-value", "6:1 unknown-key",
            ]
        )
    }

    @Test(
        "What the design has and this gateway has not is refused in these words",
        arguments: [
            ("sip:\n", "msrp: {listen: [\"tls:[::]:2855\"]}\nsip:\n"), ("sip:\n", "admin: {}\nsip:\n"),
            ("  listen:", "  certificate: c\n  listen:"), ("  listen:", "  key: c\n  listen:"),
            ("\"udp:127.0.0.1:5060\"", "\"tls:127.0.0.1:5061\""),
            ("sip:127.0.0.1:5070", "sip:proxy.example.net"), ("sip:127.0.0.1:5070", "sips:127.0.0.1:5070"),
            ("sip:127.0.0.1:5070", "sip:127.0.0.1;transport=tls"),
        ]
    )
    func planned(_ line: String, _ replacement: String) {
        let (configuration, pins) = change(line, replacement)
        #expect(configuration == nil)
        #expect(pins.map { $0.hasSuffix(" not-supported") } == [true], "\(pins)")
    }

    @Test(
        "XMP-ENT-10: whom users turn to is named by URIs; nobody need be",
        arguments: ["abuse@example.net", "mailto:", ":x", "1a:x", "mailto:a b", "mailto:<a@example.net>", "mailto:ä@b"]
    )
    func contacts(text: String) throws {
        let section = "\nxmpp:\n  contacts: {abuse: [\"\(text)\"]}\n"
        #expect(change("\nxmpp:\n", section).1.map { $0.hasSuffix(" wrong-value") } == [true])
        let configuration = try #require(read(FaultyFile.sound).0)
        #expect(configuration.contacts == .init(abuse: [], admin: [], security: [], support: []))
    }

    @Test("Unknown keys name the nearest known key")
    func nearest() throws {
        let root = try yamlRoot(FaultyFile.sound + "limits: {dedline: 1h}\n")
        let diagnostic = try #require(ConfigFile.read(root, directory: ".").diagnostics.first)
        let help = try #require(diagnostic.help)
        #expect(help.hasPrefix("did you mean \"deadline\"? known keys: items, bytes, "))
        // A section of eighty keys is not a help.
        #expect(help.split(separator: ",").count == 24)
        #expect(help.hasSuffix(" …"))
        #expect(diagnostic.length == 7)
    }

    @Test(
        "Units are read and ranges kept",
        arguments: [
            ("deadline: 1s", 1_000), ("deadline: 1000ms", 1_000), ("deadline: 90min", 5_400_000),
            ("deadline: 24h", 86_400_000), ("deadline: 30d", 2_592_000_000),
        ]
    )
    func durations(_ text: String, _ expected: Int) {
        #expect(limits(text).0?.limits.deadline == expected)
    }

    @Test("Sizes are read", arguments: [("10000B", 10_000), ("64KiB", 65_536), ("16MiB", 16 << 20)])
    func sizes(_ text: String, _ expected: Int) {
        #expect(limits("stanza: \(text)").0?.limits.stanza == expected)
    }

    @Test(
        "Other quantities are refused",
        arguments: [
            "deadline: 999ms", "deadline: 31d", "deadline: 10", "deadline: s", "deadline: 1 h", "deadline: -1h",
            "deadline: 1H", "deadline: 1.5h", "deadline: 99999999999999999999d", "deadline: 9223372036854775807d",
            "deadline: ١h", "stanza: 64KB", "stanza: 9999B", "stanza: 17MiB", "items: 0", "items: 1e3",
            "items: 10000001", "duplicate-window: 31s", "stanza-depth: 251",
        ]
    )
    func refusedQuantities(_ text: String) {
        #expect(limits(text).1.map { $0.hasSuffix(" wrong-value") } == [true])
    }

    @Test(
        "Endpoints are a host and digits",
        arguments: ["h", "h:", ":1", "h:65536", "h:+1", "h: 1", "::1:5347", "[::1:5347", "[h]:1", "[127.0.0.1]:1"]
    )
    func refusedEndpoints(_ text: String) {
        #expect(Endpoint(text) == nil)
    }

    @Test(
        "Listeners are addresses",
        arguments: ["udp:h:1", "sctp:127.0.0.1:1", "127.0.0.1:1", "udp:127.0.0.1", "UDP:127.0.0.1:1", "udp:[::]"]
    )
    func refusedListeners(_ text: String) {
        #expect(SIPListener(text) == nil)
    }

    @Test("RFC 3261 §19.1.2: the port of a next hop is 5060 unless it has one")
    func nextHopPort() {
        #expect(NextHop("sip:127.0.0.1")?.port == 5_060)
        #expect(NextHop("sip:127.0.0.1")?.transport == "udp")
        #expect(NextHop("sip:[::1]:5080;transport=TCP")?.description == "tcp:[::1]:5080")
        #expect(NextHop("sip:juliet@127.0.0.1") == nil)
        #expect(NextHop("sip:127.0.0.1;transport=sctp") == nil)
    }

    @Test("A component has one place for its secret")
    func secrets() {
        #expect(change("secret-file: secret", "secret-file: a, secret-environment: B").1 == ["9:7 component-secret"])
        #expect(change(", secret-file: secret", "").1 == ["9:7 component-secret"])
    }

    @Test("A secret in the file is shown nowhere", arguments: ["secret", "password", "Password", "shared-secret"])
    func secretsAreNotPrinted(_ key: String) {
        let text = FaultyFile.sound.replacingOccurrences(
            of: "connect: \"127.0.0.1:5347\", secret-file: secret",
            with: "connect: nowhere, \(key): hunter2"
        )
        let bytes = Array(text.utf8)
        let root = YAMLFile.read(bytes, name: "isthmus.yaml").root
        let diagnostics = root.map { ConfigFile.read($0, directory: ".").diagnostics } ?? []
        #expect(diagnostics.map(\.code) == ["component-secret", "wrong-value", "secret-in-file"])
        let report = DiagnosticReport(diagnostics, sources: ["isthmus.yaml": bytes])
        #expect(!report.text.contains("hunter2"))
        #expect(!report.json.contains("hunter2"))
        #expect(report.text.contains("<redacted>"))
    }

    @Test(
        "A line with a secret is shown nowhere, also in a file that cannot be read",
        arguments: ["secret: \"hunter2", "'Password' : [hunter2", "- {x: y: , shared-secret: hunter2}"]
    )
    func secretsOfBrokenFiles(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        let diagnostics = YAMLFile.read(bytes, name: "a.yaml").diagnostics
        #expect(diagnostics.count == 1)
        let text = DiagnosticReport(diagnostics, sources: ["a.yaml": bytes]).text
        #expect(!text.contains("hunter2"))
        #expect(!SecretLines.isSecret(line: "secret-file: secret"))
    }

    @Test("Domains are compared as they are normalized")
    func domains() {
        #expect(change("example.com: {}", "example.com: {}\n    Example.COM: {}").1 == ["5:5 duplicate-key"])
        #expect(change("example.com: {}", "EXAMPLE.NET: {}").1 == ["6:5 domain-on-both-shores"])
    }

    @Test("Trust by address over UDP is warned of outside loopback, and the configuration is taken")
    func udpTrust() {
        let (configuration, pins) = change("address: 127.0.0.1", "address: 192.0.2.1")
        #expect(configuration != nil)
        #expect(pins == ["13:17 udp-trust"])
        let tcp = FaultyFile.sound.replacingOccurrences(of: "udp:", with: "tcp:")
            .replacingOccurrences(of: "address: 127.0.0.1", with: "address: 192.0.2.1")
        #expect(read(tcp).1 == [])
    }

    @Test("Paths start from the directory of the file")
    func load() throws {
        let directory = try TemporaryDirectory()
        try directory.write("isthmus.yaml", FaultyFile.sound)
        let loaded = ConfigFile.load(path: directory.path + "/isthmus.yaml")
        #expect(loaded.diagnostics == [])
        #expect(loaded.configuration?.state == directory.path + "/state")
        #expect(loaded.sources == [directory.path + "/isthmus.yaml": Array(FaultyFile.sound.utf8)])
        #expect(read(FaultyFile.sound, directory: ".").0?.state == "state")
    }

    @Test(
        "A number with a unit says what is wrong with the unit",
        arguments: [
            ("24 h", "has a blank before its unit"), ("24\th", "has a blank before its unit"),
            ("24 hours", "has an unknown unit"), ("24x", "has an unknown unit"), ("24", "has no unit"),
            ("24 ", "has an unknown unit"),
        ]
    )
    func units(text: String, reason: String) {
        switch ConfigQuantity.durations.read(text, within: 0...Int.max) {
        case .success: Issue.record("\(text) was taken")
        case .failure(let fault): #expect(fault.reason == reason)
        }
    }

    @Test("A file that is not there is named")
    func unreadable() throws {
        let directory = try TemporaryDirectory()
        let absent = ConfigFile.load(path: directory.path + "/none.yaml")
        #expect(absent.configuration == nil)
        #expect(absent.diagnostics.map(\.code) == ["unreadable"])
        #expect(absent.diagnostics.first?.help?.contains("--config") == true)
        #expect(
            ConfigFile.load(path: directory.path).diagnostics.map(\.message) == [
                "this cannot be read: it is not a file"
            ]
        )
    }

    @Test("An empty file names every section that is missing")
    func empty() {
        #expect(read("").1 == Array(repeating: "1:1 missing-key", count: 4))
        #expect(read("text").1 == ["1:1 wrong-type"])
    }
}
