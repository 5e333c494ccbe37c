import Foundation
import Ledger
import Testing

@Suite("subscriptions")
struct SubscriptionTests {
    private static func pairs(_ objects: [[String: Any]]) -> [String] {
        objects.map { "\($0["watcher"] ?? "") → \($0["presentity"] ?? "")" }
    }

    @Test("Who watches whom is listed with direction, state, devices and dialogs")
    func list() throws {
        let site = try Site()
        try site.storeWatches()
        let all = try site.run("subscriptions", "list", "--json").objects()
        #expect(
            Self.pairs(all) == [
                "juliet@example.com → mercutio@example.net", "juliet@example.com → romeo@example.net",
                "romeo@example.net → juliet@example.com",
            ]
        )
        #expect(all.map { $0["direction"] as? String } == ["to-cpim", "to-cpim", "to-xmpp"])
        #expect(all.map { $0["state"] as? String } == ["asked", "approved", "approved"])
        #expect(all.map { $0["openDevices"] as? Int } == [0, 1, 1])
        #expect(all.map { ($0["dialogs"] as? [Any])?.count } == [0, 1, 1])
        #expect(all[1]["expires"] as? String == "2026-03-01T13:00:00.000Z")
        let table = try site.run("subscriptions", "list")
        #expect(table.output.contains("1 until 2026-03-01T13:00:00.000Z"), "\(table.output)")
    }

    @Test(
        "Subscriptions are found by user, direction, state and place",
        arguments: [
            (["--user", "mercutio@example.net"], ["juliet@example.com → mercutio@example.net"]),
            (["--user", "sip:mercutio@example.net"], ["juliet@example.com → mercutio@example.net"]),
            (["--direction", "to-xmpp"], ["romeo@example.net → juliet@example.com"]),
            (["--state", "asked"], ["juliet@example.com → mercutio@example.net"]),
            (["--state", "leaving"], []), (["--state", "refused"], []), (["--user", "nobody@example.com"], []),
            (["--limit", "1"], ["juliet@example.com → mercutio@example.net"]),
            (
                ["--limit", "1", "--after", "juliet@example.com", "mercutio@example.net"],
                ["juliet@example.com → romeo@example.net"]
            ),
            (["--limit", "1", "--state", "approved"], ["juliet@example.com → romeo@example.net"]),
        ]
    )
    func find(_ options: [String], _ expected: [String]) throws {
        let site = try Site()
        try site.storeWatches()
        let run = try Program.run(["subscriptions", "list", "--json"] + options + site.config, in: site.scratch.url)
        #expect(run.code == 0, "\(run.errors)")
        #expect(try Self.pairs(run.objects()) == expected)
        #expect(
            run.errors.contains("go on with --after \(expected.last?.replacing(" → ", with: " ") ?? "-")")
                == options.contains("--limit")
        )
    }

    @Test(
        "Wrong words are wrong usage, with the right ones named",
        arguments: [
            (["list", "--state", "pending"], "asked"), (["list", "--direction", "out"], "to-cpim"),
            (["list", "--limit=-1"], "--limit is 0 or more"),
            (["list", "--after", "a@example.com"], "--after takes"),
            (["list", "--user", "example.com"], "is no bare JID"), (["repair"], "--all"),
            (["repair", "a@example.com"], "--all"), (["repair", "a@example.com", "b@example.net", "--all"], "--all"),
            (["show", "juliet", "romeo@example.net"], "is no bare JID"), (["drop", "a@example.com"], "presentity"),
        ]
    )
    func wrongUsage(_ words: [String], _ hint: String) throws {
        let site = try Site()
        try site.storeWatches()
        let run = try Program.run(["subscriptions"] + words + site.config, in: site.scratch.url)
        #expect(run.code == 2)
        #expect(run.errors.contains(hint), "\(run.errors)")
        #expect(run.output.isEmpty)
    }

    @Test("Everything that is known of a subscription is shown, to either spelling of a user")
    func show() throws {
        let site = try Site()
        try site.storeWatches()
        let run = try site.run("subscriptions", "show", "juliet@example.com", "sip:romeo@example.net", "--json")
        let object = try run.object()
        #expect(object["request"] as? String == "s1")
        #expect(object["changed"] as? String == "2026-03-01T12:00:00.000Z")
        let devices = try #require(object["devices"] as? [[String: Any]])
        #expect(devices.map { $0["name"] as? String } == ["desk", "phone"])
        #expect(devices.map { $0["open"] as? Bool } == [true, false])
        #expect(devices[0]["language"] as? String == "it")
        #expect(devices[0]["content"] as? String == "<show>away</show>")
        let dialog = try #require((object["dialogs"] as? [[String: Any]])?.first)
        #expect(dialog["madeBy"] as? String == "gateway")
        #expect(dialog["state"] as? String == "active")
        #expect(dialog["event"] as? String == "presence")
        #expect(dialog["callID"] as? String == "call-1")
        #expect(dialog["localTag"] as? String == "lt")
        #expect(dialog["remoteTag"] as? String == "rt")
        #expect(dialog["localSequence"] as? Int == 3)
        #expect(dialog["remoteSequence"] as? Int == 7)
        #expect(dialog["remoteTarget"] as? String == "sip:romeo@192.0.2.1")
        let text = try site.run("subscriptions", "show", "juliet@example.com", "romeo@example.net").output
        for part in ["Call-ID", "call-1", "<show>away</show>", "sip:romeo@192.0.2.1", "CSeq sent"] {
            #expect(text.contains(part), "\(text)")
        }
    }

    @Test("A watcher of the CPIM shore is shown with the dialog that it made and the stanza that came")
    func showInward() throws {
        let site = try Site()
        try site.storeWatches()
        let object = try site.run("subscriptions", "show", "romeo@example.net", "juliet@example.com", "--json").object()
        let dialog = try #require((object["dialogs"] as? [[String: Any]])?.first)
        #expect(dialog["madeBy"] as? String == "neighbor")
        #expect(dialog["callID"] as? String == "call-2")
        #expect(dialog["expires"] as? String == "2026-03-01T13:00:00.000Z")
        let device = try #require((object["devices"] as? [[String: Any]])?.first)
        #expect(device["content"] as? String == "<presence/>")
    }

    @Test("Who does not watch is a fault that says where to look", arguments: ["show", "repair", "drop"])
    func unknownUsers(_ command: String) throws {
        let site = try Site()
        try site.storeWatches()
        let run = try site.run("subscriptions", command, "nobody@example.com", "romeo@example.net")
        #expect(run.code == 1)
        #expect(run.errors.contains("nobody@example.com does not watch romeo@example.net"))
        #expect(run.errors.contains("subscriptions list"))
    }

    @Test("Only a running gateway can repair")
    func repairWithoutGateway() throws {
        let site = try Site()
        try site.storeWatches()
        for words in [["--all"], ["juliet@example.com", "romeo@example.net"]] {
            let run = try Program.run(["subscriptions", "repair"] + words + site.config, in: site.scratch.url)
            #expect(run.code == 3)
            #expect(run.errors.contains("isthmus serve"))
        }
    }

    @Test("Without a gateway a dropped subscription goes with its dialogs, and who did it is recorded")
    func dropAlone() throws {
        let site = try Site()
        try site.storeWatches()
        let run = try site.run(
            "subscriptions",
            "drop",
            "juliet@example.com",
            "romeo@example.net",
            "--reason",
            "user left",
            "--json"
        )
        #expect(try run.object()["dropped"] as? Int == 1, "\(run.errors)")
        let rest = try site.run("subscriptions", "list", "--json").objects()
        #expect(
            Self.pairs(rest) == [
                "juliet@example.com → mercutio@example.net", "romeo@example.net → juliet@example.com",
            ]
        )
        let reader = try LedgerReader(path: site.scratch.url.appending(path: "state/isthmus.db").path)
        #expect(try reader.usages().map(\.id) == [2])
        let record = try #require(
            try site.run("audit", "search", "--event", "subscription-dropped", "--json").objects().first
        )
        #expect(record["actor"] as? String == "uid \(getuid())")
        #expect(record["reason"] as? String == "user left")
        #expect(
            record["identifiers"] as? [String: String] == [
                "watcher": "juliet@example.com", "presentity": "romeo@example.net", "direction": "to-cpim",
            ]
        )
    }

    @Test("The status counts subscriptions by direction and state")
    func status() throws {
        let site = try Site()
        try site.storeWatches()
        let rows = try #require(try site.run("status", "--json").object()["rows"] as? [[String: String]])
        let presence = rows.filter { $0["section"] == "presence" }
        #expect(presence.map { $0["name"] } == ["to-xmpp approved", "to-cpim asked", "to-cpim approved"])
        #expect(presence.allSatisfy { $0["value"] == "1" })
    }
}
