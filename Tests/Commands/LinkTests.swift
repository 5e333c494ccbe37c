import Foundation
import Testing

@testable import GatewayDaemon

@Suite("link")
struct LinkTests {
    /// A gateway with streams to other servers, whose certificate is its own authority.
    private static func site(_ more: String = "") throws -> Site {
        let server = """
            xmpp:
              server:
                listen: ["127.0.0.1:0"]
                certificate: server.pem
                key: server.key
                trust: server.pem
            \(more)
            """
        let components = #"  components: [{domain: example.net, connect: "127.0.0.1:5347", secret-file: secret}]"#
        let site = try Site(
            configuration: Site.configuration.replacing("xmpp:\n\(components)", with: server)
        )
        let made = try run(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 300 -subj /CN=gateway "
                + "-addext subjectAltName=DNS:example.net -addext basicConstraints=critical,CA:FALSE "
                + "-keyout server.key -out server.pem",
            in: site.scratch.url
        )
        #expect(made == 0)
        return site
    }

    private static func run(_ line: String, in directory: URL) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = line.split(separator: " ").map(String.init)
        process.currentDirectoryURL = directory
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test("Links of a gateway that does not run are out of reach, and diagnosing is named")
    func notRunning() throws {
        let run = try Site().run("link", "status")
        #expect(run.code == 3)
        #expect(run.errors.contains("this gateway does not run; isthmus link diagnose"), "\(run.errors)")
    }

    @Test("A gateway of components alone has no server to diagnose")
    func noServer() throws {
        let run = try Site().run("link", "diagnose", "example.com")
        #expect(run.code == 1)
        #expect(run.errors.contains("give it a section xmpp: server"), "\(run.errors)")
        #expect(run.output.isEmpty)
    }

    @Test("RFC 6120 §3.2.3: what is found stands on a line each with what to do, and a failure ends with 1")
    func diagnose() throws {
        // Port 9 of loopback is not served; where it is, it is no XMPP server.
        let site = try Self.site(#"    peers: {example.com: {connect: "127.0.0.1:9"}}"#)
        let run = try site.run("link", "diagnose", "Example.COM.", "--timeout", "20s")
        #expect(run.code == 1, "\(run.errors)")
        #expect(run.errors.isEmpty)
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(lines.first?.hasPrefix("warn  policy            the store has no secret yet") == true, "\(run.output)")
        #expect(lines.contains { $0.hasPrefix("ok    own               the gateway shows ") }, "\(run.output)")
        #expect(
            lines.contains(
                "ok    dns               the configuration names 127.0.0.1:9; no SRV record is asked for"
            )
        )
        #expect(lines.contains { $0.hasPrefix("FAIL  tcp               127.0.0.1:9") }, "\(run.output)")
        #expect(lines.contains { $0.hasPrefix("                        → ") })
        #expect(lines.contains { $0.hasPrefix("FAIL  link              no stanza would go: ") })
        #expect(!site.scratch.url.appending(path: "state").exists)

        let object = try site.run("link", "diagnose", "example.com", "--from", "example.net", "--json").object()
        #expect(object["from"] as? String == "example.net")
        #expect(object["to"] as? String == "example.com")
        let findings = try #require(object["findings"] as? [[String: Any]])
        #expect(findings.map { $0["step"] as? String } == ["policy", "own", "dns", "tcp", "link"])
        #expect(findings.map { $0["outcome"] as? String } == ["warning", "ok", "ok", "failure", "failure"])
        #expect(findings[3]["server"] as? String == "127.0.0.1:9")
        #expect(findings[3]["remedy"] != nil)
    }

    @Test("Domains that the configuration does not let through are told before anything else")
    func forbidden() throws {
        func first(_ domain: String, _ more: String) throws -> [String: Any]? {
            // Nobody answers there.
            let site = try Self.site(more + "dns: {servers: [\"127.0.0.1:9\"]}\n")
            let run = try site.run("link", "diagnose", domain, "--timeout", "300ms", "--json")
            #expect(run.code == 1, "\(run.errors)")
            return try (run.object()["findings"] as? [[String: Any]])?.first
        }
        let refused = try first("bad.example", "    refused: [bad.example]\n")
        #expect(refused?["sentence"] as? String == "the configuration refuses bad.example")
        #expect(refused?["outcome"] as? String == "failure")
        let stranger = try first("example.org", "")
        #expect(stranger?["sentence"] as? String == "example.org is not under domains: xmpp, and strangers are refused")
        #expect(
            stranger?["remedy"] as? String == "write it under domains: xmpp, or set xmpp: server: strangers to accept"
        )
        #expect(try first("example.org", "    strangers: accept\n")?["outcome"] as? String != "failure")
    }

    @Test("A certificate that cannot be read is told like other faults of files")
    func files() throws {
        let site = try Self.site()
        try site.scratch.write("no certificate", to: "server.pem")
        let run = try site.run("link", "diagnose", "example.com")
        #expect(run.code == 1)
        #expect(run.errors.contains("server.pem:1:1: error: "), "\(run.errors)")
        #expect(run.output.isEmpty)
    }

    @Test(
        "Wrong words are wrong usage, with the right ones named",
        arguments: [
            (["status", "--peer", "a@b"], "\"a@b\" is no domain"), (["diagnose"], "domain"),
            (["diagnose", "example.com", "--timeout", "0s"], "timeout"),
            (["diagnose", "example.com", "--timeout", "61min"], "timeout"),
            (["diagnose", "example.com", "--timeout", "5"], "timeout"),
            (["diagnose", "a b"], "\"a b\" is no domain"),
            (["diagnose", "example.net"], "example.net is a domain of this gateway"),
            (["diagnose", "example.com", "--from", "example.org"], "--from is one of: example.net"),
        ]
    )
    func wrongUsage(_ words: [String], _ hint: String) throws {
        let site = try Self.site()
        let run = try Program.run(["link"] + words + site.config, in: site.scratch.url)
        #expect(run.code == 2, "\(run.errors)")
        #expect(run.errors.contains(hint), "\(run.errors)")
        #expect(run.output.isEmpty)
    }

    @Test("RFC 6120 §3.2: the pair of domains is the first that is served and the one that is named")
    func pair() throws {
        let served = ["gw.example", "other.example"]
        let usual = try LinkQuestion.pair(to: "Bücher.Example.", from: nil, served: served, others: [])
        #expect("\(usual)" == "gw.example <-> bücher.example")
        let other = try LinkQuestion.pair(to: "peer.example", from: "OTHER.example", served: served, others: [])
        #expect("\(other)" == "other.example <-> peer.example")
        let cases: [(String, String?, String)] = [
            ("not a domain", nil, "is no domain"), ("a@peer.example", nil, "is no domain"), ("", nil, "is no domain"),
            ("gw.example", nil, "is a domain of this gateway"), ("Sip.Example", nil, "is a domain of this gateway"),
            ("peer.example", "peer.example", "--from is one of: gw.example, other.example"),
        ]
        for (domain, local, words) in cases {
            let fault = #expect(throws: LinkQuestionFault.self) {
                try LinkQuestion.pair(to: domain, from: local, served: served, others: ["sip.example"])
            }
            #expect(fault?.kind == .usage)
            #expect(fault?.description.contains(words) == true, "\(fault?.description ?? "")")
        }
    }
}
