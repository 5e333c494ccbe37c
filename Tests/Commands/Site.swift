import Foundation
import Ledger

/// A configuration with its tables and its store, in a directory of one test.
struct Site {
    let scratch: Scratch

    /// The words that name the configuration.
    let config = ["--config", "gateway.yaml"]

    static let configuration = """
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

    init(configuration: String = Site.configuration) throws {
        scratch = try Scratch()
        try scratch.write(configuration, to: "gateway.yaml")
        try scratch.write("secret\n", to: "secret")
        try FileManager.default.copyItem(
            // A link would be copied as such, and edits would go to the shipped files.
            at: Program.root.appending(path: "Mappings").resolvingSymlinksInPath(),
            to: scratch.url.appending(path: "Mappings")
        )
    }

    /// Runs a command with the configuration.
    func run(_ arguments: String..., input: String = "") throws -> Program.Run {
        try Program.run(arguments + config, input: input, in: scratch.url)
    }

    /// Stores crossings: one that waits, one that was delivered, one that failed, and one that was refused.
    func storeCrossings() throws {
        let directory = try owner()
        let writer = try LedgerWriter(path: directory.databasePath) { $0.run() }
        defer { writer.close() }
        try writer.perform((1...3).map { .accept(Self.row($0), audit: Self.accepted($0).entry()) })
        try writer.perform([
            .settle(id: 2, as: .delivered, audit: Self.end(2, .delivered, code: "200").entry()),
            .settle(id: 3, as: .failed, audit: Self.end(3, .failed, code: "404").entry()),
            .audit(Self.refused().entry()), .count(.refused),
        ])
    }

    /// The moment of acceptance, a minute apart from 2026-03-01T12:00:00Z on.
    private static func time(_ number: Int64) -> Int64 { 1_772_366_400_000 + number * 60_000 }

    private static func row(_ number: Int64) -> OutboxRow {
        OutboxRow(
            id: number,
            crossing: String(number),
            target: .cpim,
            state: .waiting,
            sender: "juliet@example.com",
            recipient: "romeo@example.net",
            hop: "tcp:127.0.0.1:5070",
            source: Array("<message id='m\(number)'/>".utf8),
            wire: Array("MESSAGE sip:romeo@example.net SIP/2.0\r\n".utf8),
            identity: [],
            facts: [],
            generation: "g1",
            accepted: time(number),
            firstSent: nil,
            deadline: time(number) + 86_400_000,
            attempts: 0
        )
    }

    private static func accepted(_ number: Int64) -> AuditRecord {
        var record = AuditRecord(.accepted, time: time(number), node: "gw.example.net", crossing: String(number))
        record.leg = "xmpp"
        record.direction = "to-cpim"
        record.sender = AuditAddress(before: "juliet@example.com/balcony", after: "sip:juliet@example.com")
        record.recipient = AuditAddress(before: "romeo@example.net", after: "sip:romeo@example.net")
        record.identifiers = [AuditField("stanza.id", "m\(number)"), AuditField("sip.callID", "call-\(number)@gw")]
        record.rules = ["message.body"]
        record.losses = number == 2 ? ["message.html"] : []
        return record
    }

    private static func end(_ number: Int64, _ event: AuditEvent, code: String) -> AuditRecord {
        var record = AuditRecord(event, time: time(number) + 500, node: "gw.example.net", crossing: String(number))
        record.sender = AuditAddress(before: "juliet@example.com")
        record.recipient = AuditAddress(before: "romeo@example.net")
        record.outcome = [AuditField("code", code)]
        return record
    }

    private static func refused() -> AuditRecord {
        var record = AuditRecord(.refused, time: time(9), node: "gw.example.net")
        record.sender = AuditAddress(before: "sip:mercutio@example.net")
        record.recipient = AuditAddress(before: "sip:tybalt@example.com")
        record.reason = "identity-mismatch"
        return record
    }
}

extension Site {
    /// Owns the store like a gateway does, until the value ends.
    ///
    /// A process that another test starts shares this one's lock for the moment until it runs its own program, so that a
    /// store which was just let go may still be locked.
    func owner() throws -> StateDirectory {
        let path = scratch.url.appending(path: "state").path
        for _ in 0..<100 {
            if let directory = try? StateDirectory(path: path) { return directory }
            Thread.sleep(forTimeInterval: 0.05)
        }
        return try StateDirectory(path: path)
    }
}
