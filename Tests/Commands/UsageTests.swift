import Foundation
import Testing

/// What holds for every command.
@Suite("Usage")
struct UsageTests {
    static let commands = [
        ["serve"], ["try"], ["check"], ["describe", "config"], ["describe", "finding"], ["translate"],
        ["mappings", "check"],
        ["mappings", "test"],
        ["mappings", "explain"], ["mappings", "try"], ["address", "lookup"], ["address", "list"], ["address", "add"],
        ["address", "remove"], ["address", "import"], ["address", "export"], ["messages", "list"],
        ["messages", "show"], ["messages", "reprocess"], ["messages", "drop"],
        ["subscriptions", "list"], ["subscriptions", "show"], ["subscriptions", "repair"], ["subscriptions", "drop"],
        ["audit", "search"], ["audit", "show"], ["audit", "reindex"], ["audit", "erase"], ["audit", "hold", "add"],
        ["audit", "hold", "list"], ["audit", "hold", "lift"], ["status"], ["link", "status"], ["link", "diagnose"],
    ]

    @Test("--help teaches with an example and offers --json", arguments: commands)
    func help(_ command: [String]) throws {
        let run = try Program.run(command + ["--help"])
        #expect(run.code == 0)
        #expect(run.output.contains("Example: isthmus \(command.joined(separator: " "))"), "\(run.output)")
        #expect(run.output.contains("--json"))
        #expect(run.errors.isEmpty)
    }

    @Test("An unknown option is wrong usage", arguments: commands)
    func unknownOption(_ command: [String]) throws {
        let run = try Program.run(command + ["--no-such-option"])
        #expect(run.code == 2)
        #expect(run.errors.hasPrefix("error: "))
        #expect(run.output.isEmpty)
    }

    @Test("An unknown command is wrong usage")
    func unknownCommand() throws {
        let run = try Program.run(["serv"])
        #expect(run.code == 2)
        #expect(run.errors.hasPrefix("error: "))
    }

    @Test(
        "A configuration that is not there is out of reach",
        arguments: [
            ["check"], ["serve"], ["address", "list"], ["messages", "list"], ["subscriptions", "list"],
            ["subscriptions", "repair", "--all"], ["audit", "search"], ["status"], ["link", "status"],
            ["link", "diagnose", "example.com"],
        ]
    )
    func missingConfiguration(_ command: [String]) throws {
        let run = try Program.run(command + ["--config", "no-such-file.yaml"])
        #expect(run.code == 3)
        #expect(run.errors.hasPrefix("no-such-file.yaml:1:1: error: "), "\(run.errors)")
    }

    @Test(
        "A store that is not there is out of reach, and is not made",
        arguments: [
            ["address", "list"], ["messages", "list"], ["audit", "search"], ["status"], ["address", "export"],
            ["subscriptions", "list"], ["subscriptions", "repair", "--all"],
        ]
    )
    func missingStore(_ command: [String]) throws {
        let site = try Site()
        let run = try Program.run(command + site.config, in: site.scratch.url)
        #expect(run.code == 3)
        #expect(run.errors.contains("isthmus.db: there is no store"), "\(run.errors)")
        #expect(!site.scratch.url.appending(path: "state").exists)
    }

    @Test(
        "Output that cannot be written is said and ends with 3; what is printed never gets into another file",
        arguments: [
            (["describe", "config"], ">/dev/full", "No space left on device"),
            (["describe", "config", "--json"], ">/dev/full", "No space left on device"),
            (["--help"], ">/dev/full", "No space left on device"),
            (["mappings", "check", "--mappings", "Mappings"], ">/dev/full", "No space left on device"),
            (["describe", "config"], ">&-", "Bad file descriptor"),
            (["mappings", "check", "--mappings", "Mappings"], ">&-", "Bad file descriptor"),
        ]
    )
    func fullOutput(_ command: [String], _ redirection: String, _ reason: String) throws {
        let run = try Program.shell("exec \"$@\" \(redirection)", command)
        #expect(run.code == 3)
        #expect(run.errors.contains("standard output cannot be written: \(reason)"), "\(run.errors)")
    }

    @Test("A reader that has seen enough is no fault")
    func closedPipe() throws {
        let run = try Program.shell("\"$@\" | true", ["describe", "config"])
        #expect(run.code == 0 && run.errors.isEmpty, "\(run.errors)")
    }

    @Test("A store that cannot be looked for is not one that is missing")
    func hiddenStore() throws {
        let site = try Site()
        try site.scratch.write("no folder\n", to: "state")
        for command in [["status"], ["messages", "list"], ["address", "lookup", "romeo@example.net"]] {
            let run = try Program.run(command + site.config, in: site.scratch.url)
            #expect(run.code == 3)
            #expect(run.errors.hasSuffix("state cannot be read: Not a directory\n"), "\(run.errors)")
        }
    }

    @Test("Who may not enter the state directory is told whose command it is", .enabled(if: getuid() != 0))
    func foreignStore() throws {
        let site = try Site()
        try site.storeCrossings()
        let state = site.scratch.url.appending(path: "state").path
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: state)
        defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: state) }
        let run = try site.run("status")
        #expect(run.code == 3)
        #expect(run.errors.hasSuffix("Permission denied; run this as the user of the gateway, or as root\n"))
    }

    @Test("Sentences of help have one blank between their words, and break where the line is full", arguments: commands)
    func sentences(_ command: [String]) throws {
        let help = try Program.run(command + ["--help"]).output
        let overview = try #require(help.split(separator: "USAGE:").first)
        let prose = overview.split(separator: "\n\n").filter { !$0.hasPrefix("Example:") }
        for paragraph in prose {
            #expect(!paragraph.contains("   "))
            let lines = paragraph.split(separator: "\n")
            for (line, next) in zip(lines, lines.dropFirst()) {
                let word = next.prefix { $0 != " " }
                #expect(line.count + 1 + word.count > 70, "\(line)")
            }
        }
    }

    @Test(
        "A word that is no command is blamed, whatever stands behind it",
        arguments: [
            (["mapping", "check"], "'mapping'; did you mean \"mappings\"? known: serve, try, "),
            (["nope", "--json"], "'nope'; known: serve, try, "),
            (["mappings", "chek", "x", "--json"], "'chek'; did you mean \"check\"? known: check, test, "),
        ]
    )
    func wrongWord(_ words: [String], _ hint: String) throws {
        let run = try Program.run(words)
        #expect(run.code == 2)
        let object = try? JSONSerialization.jsonObject(with: Data(run.errors.utf8)) as? [String: Any]
        let error = words.contains("--json") ? object?["error"] as? String ?? "" : run.errors
        #expect(error.contains("Unexpected argument \(hint)"), "\(run.errors)")
    }

    @Test("Before the first start the log's commands say what to do")
    func missingLog() throws {
        let site = try Site()
        for command in [
            ["audit", "prove", "1"], ["audit", "reindex"],
            ["audit", "export", "--format", "csv", "--reason", "r", "--out", "out"],
        ] {
            let run = try Program.run(command + site.config, in: site.scratch.url)
            #expect(run.code == 3)
            #expect(run.errors.hasSuffix("; start the gateway once with isthmus serve\n"), "\(run.errors)")
        }
        #expect(!site.scratch.url.appending(path: "out").exists && !site.scratch.url.appending(path: "state").exists)
        let folder = try Program.run(["audit", "prove", "1", "--dir", "nowhere"], in: site.scratch.url)
        #expect(folder.code == 3 && folder.errors == "error: nowhere cannot be read: No such file or directory\n")
    }

    @Test(
        "With --json an error is one line of JSON on standard error, in one shape",
        arguments: [
            (["mappings", "check", "--config", "nope.yaml"], 3, ["unreadable"]),
            (["serve", "--config", "nope.yaml"], 3, ["unreadable"]),
            (["status", "--config", "gateway.yaml"], 3, []), (["status"], 2, []), (["nope"], 2, []),
            (["mappings", "test", "--config", "gateway.yaml"], 1, ["unknown-value"]),
            (["mappings", "try", "--row", "{", "--table", "errors"], 1, ["yaml-syntax"]),
            (["translate", "--from", "xmpp", "--to", "sip"], 1, nil),
            (["translate", "--from", "xmpp", "--to", "sip", "--facts", "now=never"], 1, nil),
            (["describe", "finding", "nope"], 2, []),
        ] as [([String], Int, [String]?)]
    )
    func errorsAsJSON(_ command: [String], _ code: Int, _ codes: [String]?) throws {
        let site = try Site()
        if command.prefix(2) == ["mappings", "test"] {
            let file = "format: isthmus-mapping/1\ntable: loss\nkind: los\nrows: []\n"
            try site.scratch.write(file, to: "Mappings/50-site/a.yaml")
        }
        let run = try Program.run(command + ["--json"], in: site.scratch.url)
        #expect(run.code == code && run.output.isEmpty)
        #expect(run.errors.hasSuffix("\n") && run.errors.count { $0 == "\n" } == 1, "\(run.errors)")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(run.errors.utf8)) as? [String: Any],
            "\(run.errors)"
        )
        #expect(Set(object.keys) == ["code", "error", "faults"])
        #expect(object["code"] as? Int == code && (object["error"] as? String)?.isEmpty == false)
        let faults = try #require(object["faults"] as? [[String: Any]])
        if let codes { #expect(faults.map { $0["code"] as? String } == codes) } else { #expect(faults.count == 1) }
    }
}
