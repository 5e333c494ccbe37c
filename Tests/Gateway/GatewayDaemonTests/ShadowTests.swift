import Addressing
import BridgeCore
import Foundation
import Interworking
import Ledger
import MappingTables
import OperatorFiles
import Testing

@testable import GatewayDaemon

/// What recorded crossings would be under other tables.
@Suite("Shadow")
struct ShadowTests {
    private static let configuration: GatewayConfiguration? = {
        let text = """
            gateway: {name: gw.example.net, state: ./state, mappings: ./Mappings}
            domains:
              xmpp: {example.com: {}}
              cpim: {example.net: {next-hop: "sip:127.0.0.1:5070;transport=tcp"}}
            xmpp:
              components: [{domain: example.net, connect: "127.0.0.1:5347", secret-file: secret}]
            sip:
              listen: ["tcp:127.0.0.1:5060"]
              trusted: [{address: 127.0.0.1, domains: [example.net]}]

            """
        let directory = FileManager.default.temporaryDirectory.appending(path: "isthmus-shadow-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        try? FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try? Data("secret\n".utf8).write(to: directory.appending(path: "secret"))
        try? Data(text.utf8).write(to: directory.appending(path: "gateway.yaml"))
        return ConfigFile.load(path: directory.appending(path: "gateway.yaml").path).configuration
    }()

    private func replay(_ tables: [SiteTable], _ crossings: [RecordedCrossing]) throws -> ShadowReport {
        let (one, other) = (try Tables.candidate([]), try Tables.candidate(tables))
        let changes = GenerationDiff(
            MappingLoader.load(contents: one.files).files,
            MappingLoader.load(contents: other.files).files
        ).changes
        return ShadowReplay(
            active: one.generation,
            candidate: other.generation,
            changes: changes,
            configuration: try #require(Self.configuration)
        ).run(crossings)
    }

    private func crossing(_ number: Int, to target: Shore = .cpim) -> RecordedCrossing {
        var crossing = RecordedCrossing(name: String(number))
        crossing.target = target
        crossing.sender = target == .cpim ? "juliet@example.com/balcony" : "sip:romeo@example.net"
        crossing.recipient = target == .cpim ? "romeo@example.net" : "sip:juliet@example.com"
        crossing.rules = ["message.xmpp.from", "message.xmpp.body"]
        return crossing
    }

    private static let gone = SiteTable.row(
        "errors",
        "errors",
        "id: mine, overrides: sip-403, sip: {status: 403}, xmpp: {condition: gone, type: cancel}, retry: never, "
            + "way: to-xmpp"
    )

    @Test("Under the same tables nothing would change, and what could not be compared is said")
    func same() throws {
        let report = try replay([], [crossing(1), crossing(2, to: .xmpp)])
        #expect(report.groups == [] && report.changed == 0 && report.crossings == 2)
        #expect(
            report.summary
                == "0 of 2 crossings would change; bodies were not kept: 2 compared by address, route, error and the "
                + "rows that fired"
        )
        #expect(try replay([], []).basis == "no crossings are recorded")
    }

    @Test("Crossings that would end otherwise are grouped by the row that decided, with the latest as examples")
    func errors() throws {
        let failed = (1...12).map { number in
            var crossing = crossing(number)
            crossing.failure = "403"
            return crossing
        }
        var other = crossing(13)
        other.failure = "404"
        let report = try replay([Self.gone], failed + [other])
        let group = try #require(report.groups.first)
        #expect(report.groups.count == 1 && report.changed == 12)
        #expect(group.row == "errors.sip-403")
        #expect(group.place?.hasPrefix("00-standard/errors.yaml:") == true)
        #expect(
            group.sentence
                == "12 crossings would end otherwise: forbidden auth, retry never → gone cancel, retry never"
        )
        #expect(group.examples == ["12", "11", "10"])
    }

    @Test("What the gateway itself refused is answered in other words")
    func refusals() throws {
        var refused = crossing(1)
        refused.name = "seq 9"
        refused.refusal = "unknown-domain"
        let row = "id: mine, gateway: unknown-domain, overrides: gateway-unknown-domain, "
        let table = SiteTable.row(
            "errors",
            "errors",
            row + "xmpp: {condition: gone, type: cancel}, sip: {status: 410}, text: Moved."
        )
        let group = try #require(try replay([table], [refused]).groups.first)
        #expect(group.row == "errors.gateway-unknown-domain" && group.part == "error")
        #expect(group.change.hasSuffix("→ gone cancel, 410"))
        #expect(group.examples == ["seq 9"])
    }

    @Test("An error of the XMPP shore is compared by its condition")
    func stanzaErrors() throws {
        var failed = crossing(1, to: .xmpp)
        failed.failure = "gone"
        let table = SiteTable.row(
            "errors",
            "errors",
            "id: mine, overrides: xmpp-gone, xmpp: {condition: gone, address: no}, sip: {status: 404}, way: to-sip"
        )
        let group = try #require(try replay([table], [failed]).groups.first)
        #expect(group.row == "errors.xmpp-gone" && group.change == "410 → 404")
    }

    @Test("Other addresses, routes and actions of losses are named with before and after")
    func parts() throws {
        let addresses: [SiteTable] = [
            .row(
                "addresses",
                "addresses",
                "id: corp, overrides: same, xmpp: \"{user}@example.net\", cpim: \"{user}@sip.example.net\""
            ),
            .row(
                "addresses",
                "addresses",
                "id: others, xmpp: '{user}\\40{domain}@gw.example.com', cpim: \"{user}@{domain}\""
            ),
        ]
        let addressed = try replay(addresses, [crossing(1)]).groups.filter { $0.part == "address" }
        let corp = try #require(addressed.first { $0.row == "addresses.corp" })
        #expect(corp.change == "sip:romeo@example.net → sip:romeo@sip.example.net")
        // The sender has no address any more; the row that gave it is named.
        #expect(addressed.contains { $0.row == "addresses.same" && $0.change.contains("→ refused addr-") })

        // A stored address counts before any table.
        var stored = crossing(1)
        for (jid, uri) in [("romeo@example.net", "sip:r@example.net"), ("juliet@example.com", "sip:j@example.com")] {
            stored.pairs.append(.init(jid: try BareJID(jid), uri: try AddressURI(uri)))
        }
        #expect(try replay(addresses, [stored]).groups.filter { $0.part == "address" } == [])

        let routed = try replay([.switches("msg.carrier: cpim")], [crossing(1), crossing(2, to: .xmpp)])
        #expect(routed.groups.map(\.row) == ["routes.site"])
        #expect(routed.groups.first?.change == "msg.carrier auto → cpim")
        #expect(routed.groups.first?.crossings == 2)

        var lost = crossing(1)
        lost.losses = ["message.html", "message.html"]
        let loss = SiteTable.row("loss", "loss", "id: message.html, overrides: message.html, do: refuse")
        let group = try #require(try replay([loss], [lost]).groups.first { $0.part == "loss" })
        #expect(group.row == "loss.message.html" && group.change == "note → refuse" && group.crossings == 1)
    }

    @Test("A row that fired and is replaced is named")
    func rows() throws {
        let table = SiteTable.row(
            "message.xmpp",
            "fields",
            "id: mine, overrides: body, xmpp: body, cpim: content, convert: line"
        )
        let group = try #require(try replay([table], [crossing(1)]).groups.first)
        #expect(group.row == "message.xmpp.body")
        #expect(group.sentence == "1 crossing fired this row, which is replaced by message.xmpp.mine")
    }

    @Test("A crossing whose text is there is translated as a whole: only a difference of its output counts")
    func whole() throws {
        let table = SiteTable.row(
            "message.xmpp",
            "fields",
            "id: mine, overrides: body, xmpp: body, cpim: content, convert: line"
        )
        func stanza(_ body: String) -> RecordedCrossing {
            var crossing = crossing(1)
            crossing.source = Array(
                """
                <message xmlns='jabber:client' type='chat' from='juliet@example.com/balcony' to='romeo@example.net' \
                id='m1'><body>\(body)</body></message>
                """.utf8
            )
            return crossing
        }
        let one = try replay([table], [stanza("one line")])
        #expect(one.groups == [] && one.whole == 1)
        #expect(one.basis == "1 translated as a whole")
        let two = try replay([table], [stanza("two\nlines"), crossing(2)])
        #expect(two.changed == 2 && two.whole == 1)
        #expect(two.groups.contains { $0.row == "message.xmpp.mine" && $0.part == "output" })
        var request = crossing(3, to: .xmpp)
        request.source = Note("hello", call: "c1").bytes(port: 5060)
        #expect(try replay([], [request]).whole == 1)
    }

    @Test("Records of this store are read back as crossings, the last ones, without steps and reports")
    func recorded() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "isthmus-shadow-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appending(path: "isthmus.db").path
        let writer = try LedgerWriter(path: path) { $0.run() }
        defer { writer.close() }
        func record(
            _ event: AuditEvent,
            _ crossing: String?,
            _ edit: (inout AuditRecord) -> Void = { _ in }
        )
            -> LedgerOperation
        {
            var record = AuditRecord(event, time: 1_772_366_400_000, node: "gw", crossing: crossing)
            record.sender = AuditAddress(before: "juliet@example.com")
            record.recipient = AuditAddress(before: "romeo@example.net")
            edit(&record)
            return .audit(record.entry())
        }
        try writer.perform(
            [
                record(.accepted, "1") {
                    $0.leg = "xmpp"
                    $0.direction = "to-cpim"
                    $0.rules = ["a.b"]
                    $0.losses = ["message.html"]
                },
                record(.failed, "1") { $0.outcome = [AuditField("code", "403")] },
                // A step of a subscription.
                record(.accepted, "2") { $0.direction = "to-cpim" },
                record(.refused, nil) {
                    $0.leg = "sip"
                    $0.reason = "loop"
                },
                record(.accepted, "3") {
                    $0.leg = "sip"
                    $0.direction = "to-xmpp"
                },
            ]
        )
        let pair = Ledger.AddressPair(
            jid: "juliet@example.com",
            uri: "sip:j@example.com",
            uriKey: "sip:j@example.com",
            kind: .explicit,
            firstSeen: 0,
            lastUsed: 0
        )
        try writer.perform([.addAddress(pair)])
        let reader = try LedgerReader(path: path)
        let records = RecordReader(ledger: reader, folder: nil, search: nil)
        let all = try RecordedCrossing.last(10, of: reader, records)
        #expect(all.map(\.name) == ["1", "seq 4", "3"])
        #expect(all.map(\.target) == [.cpim, .xmpp, .xmpp])
        #expect(all.map { $0.pairs.count } == [1, 0, 0])
        #expect(all[0].failure == "403" && all[0].rules == ["a.b"] && all[0].losses == ["message.html"])
        #expect(all[1].refusal == "loop" && all[2].failure == nil)
        #expect(try RecordedCrossing.last(1, of: reader, records).map(\.name) == ["3"])
    }
}
