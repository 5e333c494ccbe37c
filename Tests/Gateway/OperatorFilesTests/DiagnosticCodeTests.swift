import Foundation
import MappingTables
import OperatorFiles
import Testing

/// A file with one fault.
struct FaultyFile: CustomTestStringConvertible, Sendable {
    let code: String
    /// `LINE:COLUMN`.
    let place: String
    let text: String
    let isConfiguration: Bool

    static func yaml(_ code: String, _ place: String, _ text: String) -> FaultyFile {
        FaultyFile(code: code, place: place, text: text, isConfiguration: false)
    }

    /// A sound configuration with a line of it replaced, or with lines behind it.
    static func config(_ code: String, _ place: String, _ line: String, _ replacement: String) -> FaultyFile {
        let text = line.isEmpty ? sound + replacement : sound.replacingOccurrences(of: line, with: replacement)
        return FaultyFile(code: code, place: place, text: text, isConfiguration: true)
    }

    static let sound = """
        gateway: {name: gw.example.net}
        domains:
          xmpp:
            example.com: {}
          cpim:
            example.net: {next-hop: "sip:127.0.0.1:5070"}
        xmpp:
          components:
            - {domain: example.net, connect: "127.0.0.1:5347", secret-file: secret}
        sip:
          listen: ["udp:127.0.0.1:5060"]
          trusted:
            - {address: 127.0.0.1, domains: [example.net]}

        """

    var testDescription: String { code }

    var report: DiagnosticReport {
        let bytes = Array(text.utf8)
        let name = isConfiguration ? "isthmus.yaml" : "50-site/presence.yaml"
        let (root, faults) = YAMLFile.read(bytes, name: name)
        let others = isConfiguration ? root.map { ConfigFile.read($0, directory: ".").diagnostics } ?? [] : []
        return DiagnosticReport(faults + others, sources: [name: bytes])
    }

    static let all: [FaultyFile] = [
        .yaml("yaml-syntax", "2:7", "show: away\n  note: x\n"),
        .yaml("yaml-anchor", "1:7", "show: &default away\n"),
        .yaml("yaml-alias", "1:7", "show: *default\n"),
        .yaml("yaml-tag", "1:7", "show: !!str away\n"),
        .yaml("yaml-merge", "1:1", "<<: {show: away}\n"),
        .yaml("yaml-key", "1:1", "[show]: away\n"),
        .yaml("yaml-directive", "1:1", "%YAML 1.2\n---\nshow: away\n"),
        .yaml("yaml-documents", "2:1", "show: away\n---\nshow: chat\n"),
        .yaml("duplicate-key", "3:1", "show: away\nnote: x\nshow: chat\n"),
        .yaml("control-character", "1:8", "show: a\u{1B}[31mway\n"),
        .yaml("too-deep", "1:17", String(repeating: "[", count: 17) + String(repeating: "]", count: 17)),
        .config("unknown-key", "1:33", "net}", "net, mapings: ../Mappings}"),
        .config("wrong-type", "11:11", "[\"udp:127.0.0.1:5060\"]", "udp:127.0.0.1:5060"),
        .config("wrong-value", "11:12", "udp:", "sctp:"),
        .config("missing-key", "1:10", "name: gw.example.net", ""),
        .config("empty", "11:11", "[\"udp:127.0.0.1:5060\"]", "[]"),
        .config("not-supported", "14:1", "", "msrp: {listen: [\"tls:[::]:2855\"]}\n"),
        .config("secret-in-file", "9:56", "secret-file: secret", "secret: hunter2"),
        .config("component-secret", "9:7", ", secret-file: secret", ""),
        .config(
            "component-twice",
            "10:16",
            "sip:\n",
            "    - {domain: example.net, connect: \"[::1]:1\", secret-file: s}\nsip:\n"
        ),
        .config("domain-on-both-shores", "6:5", "example.com: {}", "example.net: {}"),
        .config(
            "domain-without-component",
            "7:5",
            "xmpp:\n  comp",
            "    example.org: {next-hop: \"sip:127.0.0.1\"}\nxmpp:\n  comp"
        ),
        .config("unknown-domain", "13:38", "[example.net]", "[exmaple.net]"),
        .config("listener-twice", "11:34", "5060\"]", "5060\", \"udp:127.0.0.1:5060\"]"),
        .config("trusted-twice", "14:17", "", "    - {address: 127.0.0.1, domains: [example.net]}\n"),
        .config("component-in-clear", "9:38", "127.0.0.1:5347", "xmpp.example.com:5347"),
        .config("udp-trust", "13:17", "address: 127.0.0.1", "address: 192.0.2.1"),
        .config("limit-above-limit", "14:23", "", "limits: {first-pause: 2min}\n"),
        .config("no-xmpp-link", "7:7", Self.links, "xmpp: {}\n"),
        .server("no-listener", "8:11", "listen: [\"[::]:5269\"], ", ""),
        .config("server-without-domain", "8:11", "  components", "  \(Self.server)  components"),
        .server(
            "dialback-secret",
            "8:113",
            "key: b",
            "key: b, dialback-secret-file: c, dialback-secret-environment: D"
        ),
        .server("encryption-optional", "8:71", "key: b", "key: b, encryption: optional"),
        .server("dialback-alone", "8:75", "key: b", "key: b, authentication: dialback"),
        .server("strangers-accepted", "8:70", "key: b", "key: b, strangers: accept"),
        .server("refused-domain", "8:69", "key: b", "key: b, refused: [example.com]"),
        .server("own-domain", "8:67", "key: b", "key: b, peers: {example.net: {}}"),
        .server(
            "direct-tls-alone",
            "8:93",
            "key: b",
            "key: b, peers: {example.com: {direct-tls: yes}}"
        ),
        .server(
            "peer-weakened",
            "8:93",
            "key: b",
            "key: b, peers: {example.com: {encryption: optional}}"
        ),
    ]

    /// The section of the sound configuration that leads to XMPP servers.
    static let links = """
        xmpp:
          components:
            - {domain: example.net, connect: "127.0.0.1:5347", secret-file: secret}

        """

    /// A section that leads there by streams between servers.
    static let server = "server: {listen: [\"[::]:5269\"], certificate: a, key: b}\n"

    /// A sound configuration whose domains are reached by streams between servers.
    static let federated = sound.replacingOccurrences(of: links, with: "xmpp:\n  \(server)")

    /// The same with a part of it replaced.
    static func server(_ code: String, _ place: String, _ part: String, _ replacement: String) -> FaultyFile {
        let text = federated.replacingOccurrences(of: part, with: replacement)
        return FaultyFile(code: code, place: place, text: text, isConfiguration: true)
    }
}

@Suite("Diagnostic codes")
struct DiagnosticCodeTests {
    @Test("Each code stands at its place, and its whole text is pinned", arguments: FaultyFile.all)
    func codes(_ file: FaultyFile) throws {
        let report = file.report
        let pins = report.diagnostics.map { "\($0.position.line):\($0.position.column) \($0.code)" }
        #expect(pins.contains("\(file.place) \(file.code)"), "\(pins)")
        try expectGolden(report.text, in: Self.folder.appendingPathComponent(file.code + ".txt"))
    }

    @Test("The configuration that the faults are put into is sound")
    func soundConfiguration() {
        #expect(FaultyFile.config("none", "", "", "").report.diagnostics == [])
        #expect(FaultyFile.server("none", "", "-", "-").report.diagnostics == [])
    }

    @Test("Every code that the sources give has its test, and every snapshot its code")
    func everyCode() throws {
        // Those of folders and of large files stand in tests of their own.
        let elsewhere: Set<String> = [
            "unknown-file", "unknown-folder", "missing-folder", "peer-domain", "too-many-files", "unreadable",
            "invalid-utf-8", "file-too-large", "too-many-nodes",
        ]
        let tested = Set(FaultyFile.all.map(\.code))
        var given: Set<String> = ["secret-in-file", "not-supported", "wrong-value", "domain-without-component"]
        let sources = Checkout.root.appendingPathComponent("Sources/Gateway/OperatorFiles")
        for case let url as URL in FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
            ?? .init()
        where url.pathExtension == "swift" {
            let text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
            for match in text.matches(of: /(?:error|fault|warning)\(\s*(?:\w+,\s*)?"([a-z0-9]+(?:-[a-z0-9]+)*)"/) {
                given.insert(String(match.1))
            }
        }
        #expect(given == tested.union(elsewhere).union(["unreadable"]))
        let stored = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(stored) == Set(tested.map { $0 + ".txt" } + ["folder.txt", "Mappings"]))
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Snapshots")
}
