import Foundation
import Testing

@Suite("check and describe")
struct CheckTests {
    @Test("A sound configuration passes, with proofs and the tests of the tables")
    func sound() throws {
        let run = try Site().run("check")
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output.contains("proved: errors: "))
        #expect(run.output.contains(" tests of the tables pass"))
        #expect(run.output.hasSuffix("no faults\n"))
    }

    @Test("Nothing is opened: no state directory is made")
    func opensNothing() throws {
        let site = try Site()
        #expect(try site.run("check").code == 0)
        #expect(!site.scratch.url.appending(path: "state").exists)
    }

    @Test("A domain whose users have addresses at the component of another one needs none of its own")
    func encapsulated() throws {
        let hop = "{next-hop: \"sip:127.0.0.1:5070;transport=tcp\"}"
        let others = "cpim: {sip.example.com: \(hop), example.org: \(hop), example.net"
        let configuration = Site.configuration.replacing("cpim: {example.net", with: others)
            .replacing("components: [{domain: example.net", with: "components: [{domain: sip.example.com")
        let site = try Site(configuration: configuration)
        func warned() throws -> [String] {
            let run = try site.run("check", "--json")
            #expect(run.code == 0, "\(run.errors)")
            let faults = try #require(try run.object()["faults"] as? [[String: Any]])
            return faults.filter { $0["code"] as? String == "domain-without-component" }
                .compactMap { $0["message"] as? String }
        }
        #expect(try warned().count == 2)
        try site.scratch.write(
            #"""
            format: isthmus-mapping/1
            table: addresses
            kind: addresses
            rows:
              - {id: own, overrides: same, xmpp: "{user}@example.com", cpim: "{user}@example.com"}
              - {id: org, xmpp: "{user}@example.org", cpim: "{user}@example.org"}
              - {id: others, xmpp: '{user}\40{domain}@sip.example.com', cpim: "{user}@{domain}"}
            """#,
            to: "Mappings/50-site/addresses.yaml"
        )
        // Users of example.org keep their domain, which no component has.
        #expect(try warned() == ["no component stands for \"example.org\", so XMPP users cannot write to it"])
    }

    @Test("--json says the same")
    func json() throws {
        let object = try Site().run("check", "--json").object()
        #expect((object["faults"] as? [Any])?.isEmpty == true)
        #expect((object["proofs"] as? [String])?.isEmpty == false)
        #expect(object["tests"] as? Int == object["passed"] as? Int)
    }

    @Test("An unknown key is shown with its place, its line and the nearest known key")
    func unknownKey() throws {
        let site = try Site(configuration: Site.configuration.replacing("{name:", with: "{nmae:"))
        let run = try site.run("check")
        #expect(run.code == 1)
        #expect(run.errors.contains("gateway.yaml:1:11: error: \"nmae\" is not a key of this section [unknown-key]\n"))
        #expect(run.errors.contains("did you mean \"name\"?"))
    }

    @Test("Wrong YAML is shown with its place")
    func wrongYAML() throws {
        let site = try Site(
            configuration: Site.configuration.replacing(
                "components: [",
                with: "components: ["
                    + "{domain: ["
            )
        )
        let run = try site.run("check", "--json")
        #expect(run.code == 1)
        let faults = try #require(try run.object()["faults"] as? [[String: Any]])
        #expect(faults.first?["file"] as? String == "gateway.yaml")
        #expect(faults.first?["code"] as? String == "yaml-syntax")
        #expect((faults.first?["line"] as? Int ?? 0) > 4)
    }

    @Test("Faults of all files are shown in one run, sorted")
    func allFiles() throws {
        let site = try Site(configuration: Site.configuration.replacing("sip:\n", with: "sipp:\n"))
        try site.scratch.write(
            "format: isthmus-mapping/1\ntable: loss\nkind: los\nrows: []\n",
            to: "Mappings/50-site/a.yaml"
        )
        try site.scratch.write("format: isthmus-mapping/1\nformat: again\n", to: "Mappings/50-site/b.yaml")
        let run = try site.run("check")
        #expect(run.code == 1)
        let files = run.errors.split(separator: "\n").filter { $0.contains(": error: ") }.map {
            $0.prefix { $0 != ":" }
        }
        #expect(files == files.sorted())
        #expect(
            Set(files) == ["Mappings/50-site/a.yaml", "Mappings/50-site/b.yaml", "gateway.yaml"],
            "\(run.errors)"
        )
    }

    @Test(
        "A faulty configuration hides no fault of the tables, whether or not it says where they are",
        arguments: ["check", "serve"],
        [", mappings: ../Mappings", ""]
    )
    func besideFaults(command: String, mappings: String) throws {
        let site = try Site()
        let faulty = Site.configuration.replacing("sip:\n", with: "sipp:\n")
        try site.scratch.write(faulty.replacing(", mappings: ./Mappings", with: mappings), to: "etc/gateway.yaml")
        try site.scratch.write("secret\n", to: "etc/secret")
        try site.scratch.write(
            "format: isthmus-mapping/1\ntable: loss\nkind: los\nrows: []\n",
            to: "Mappings/50-site/a.yaml"
        )
        let run = try Program.run([command, "--config", "etc/gateway.yaml"], in: site.scratch.url)
        #expect(run.code == 1)
        #expect(run.errors.contains("etc/gateway.yaml:7:1: error: "), "\(run.errors)")
        #expect(run.errors.contains("etc/../Mappings/50-site/a.yaml:3:7: error: "), "\(run.errors)")
    }

    @Test("A gateway does not start with faulty files, and opens nothing")
    func refusesToServe() throws {
        let site = try Site()
        try site.scratch.write(
            "format: isthmus-mapping/1\ntable: loss\nkind: los\nrows: []\n",
            to: "Mappings/50-site/a.yaml"
        )
        let tables = try site.run("serve")
        #expect(tables.code == 1)
        #expect(tables.errors.contains("Mappings/50-site/a.yaml:3:7: error: "), "\(tables.errors)")
        let configuration = try Site(configuration: "gateway: {name: [}\n").run("serve")
        #expect(configuration.code == 1)
        #expect(configuration.errors.hasPrefix("gateway.yaml:1:"), "\(configuration.errors)")
        #expect(!site.scratch.url.appending(path: "state").exists)
    }

    /// A configuration that leads to XMPP servers by streams.
    private static let federated = Site.configuration.replacing(
        "components: [{domain: example.net, connect: \"127.0.0.1:5347\", secret-file: secret}]",
        with: "server: {listen: [\"127.0.0.1:5269\"], certificate: server.pem, key: server.key}"
    )

    @Test("A certificate that cannot be read, or is none, is named with its reason and what to do, also as JSON")
    func certificates() throws {
        let site = try Site(configuration: Self.federated)
        let absent = try site.run("check")
        #expect(absent.code == 3)
        for file in ["server.pem", "server.key"] {
            #expect(absent.errors.contains("\(file):1:1: error: this cannot be read: "), "\(absent.errors)")
        }
        #expect(absent.errors.contains("help: name a file in PEM"))
        try site.scratch.write("no certificate\n", to: "server.pem")
        try site.scratch.write("no key\n", to: "server.key")
        let run = try site.run("check", "--json")
        #expect(run.code == 1)
        let faults = try #require(try run.object()["faults"] as? [[String: Any]])
        #expect(faults.map { $0["file"] as? String } == ["server.pem"])
        #expect(faults.first?["code"] as? String == "no-certificate")
        #expect((faults.first?["help"] as? String)?.isEmpty == false)
        let serve = try site.run("serve")
        #expect(serve.code == 1)
        #expect(serve.errors.contains("server.pem:1:1: error: "), "\(serve.errors)")
        #expect(!site.scratch.url.appending(path: "state").exists)
    }

    @Test("A secret that cannot be used is named at its line before the gateway starts, and is not shown")
    func secrets() throws {
        let site = try Site()
        try site.scratch.write("one\ntwo\n", to: "secret")
        let run = try site.run("check")
        #expect(run.code == 1)
        #expect(
            run.errors.contains(
                "gateway.yaml:6:78: error: the secret of example.net in secret is more than one line [component-secret]"
            ),
            "\(run.errors)"
        )
        #expect(run.errors.contains("secret-file: secret}]\n") && !run.errors.contains("two"))
        try FileManager.default.removeItem(at: site.scratch.url.appending(path: "secret"))
        let absent = try site.run("check")
        #expect(absent.code == 3)
        #expect(absent.errors.contains("gateway.yaml:6:78: error: "), "\(absent.errors)")
        #expect(absent.errors.contains("[unreadable]"), "\(absent.errors)")
        let folder = Site.configuration.replacing("mappings: ./Mappings", with: "mappings: ./nowhere")
        let nowhere = try Site(configuration: folder).run("check")
        #expect(nowhere.errors.contains("  help: name the directory of the tables"), "\(nowhere.errors)")
    }

    @Test("A code is explained offline, with or without its brackets, and one that is misspelled is guessed")
    func finding() throws {
        let run = try Program.run(["describe", "finding", "[unknown-override]"])
        #expect(run.code == 0)
        #expect(run.output.hasPrefix("unknown-override\n\n"), "\(run.output)")
        #expect(run.output.contains("\nTo mend it: "))
        let object = try Program.run(["describe", "finding", "unknown-override", "--json"]).object()
        #expect(object["about"] as? String == "Tables" && (object["example"] as? String)?.contains("mine.yaml") == true)
        #expect(try Program.run(["describe", "finding", "--json"]).objects().count > 80)
        #expect(try Program.run(["describe", "finding"]).output.contains("\n  shadowed-row "))
        let wrong = try Program.run(["describe", "finding", "unknown-overide"])
        #expect(wrong.code == 2 && wrong.errors.contains("did you mean \"unknown-override\"?"), "\(wrong.errors)")
    }

    @Test("The described configuration passes its own check")
    func described() throws {
        let text = try Program.run(["describe", "config"])
        #expect(text.code == 0)
        let site = try Site()
        try site.scratch.write(text.output, to: "Config/isthmus.yaml")
        try site.scratch.write("secret\n", to: "Config/component.secret")
        let run = try Program.run(["check", "--config", "Config/isthmus.yaml"], in: site.scratch.url)
        #expect(run.code == 0, "\(run.errors)")
        let object = try Program.run(["describe", "config", "--json"]).object()
        #expect(object["text"] as? String == text.output)
    }
}

extension URL {
    /// Whether something is there.
    var exists: Bool { FileManager.default.fileExists(atPath: path) }
}
