import ArgumentParser
import GatewayDaemon
import Ledger

/// The address store.
struct Address: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at and change the stored address pairs.",
        discussion: """
            Changes go through the running gateway, which records who asked; without one the command takes the store's \
            lock itself. A pair that contradicts a stored one is refused.

            Example: isthmus address add juliet@example.com sip:jcapulet@example.com --config gateway.yaml
            """,
        subcommands: [
            AddressLookup.self, AddressList.self, AddressAdd.self, AddressRemove.self, AddressImportFile.self,
            AddressExport.self,
        ]
    )
}

/// A pair as an object of JSON output.
struct PairView: Encodable {
    let jid: String
    let uri: String
    let kind: String
    let rule: String
    let firstSeen: String
    let lastUsed: String

    init(_ pair: AddressPair) {
        jid = pair.jid
        uri = pair.uri
        kind = pair.kind.name
        rule = pair.rule
        firstSeen = Timestamp.text(milliseconds: pair.firstSeen)
        lastUsed = Timestamp.text(milliseconds: pair.lastUsed)
    }

    /// Prints pairs.
    static func show(_ pairs: [AddressPair], _ output: OutputOptions) {
        let views = pairs.map { PairView($0) }
        if output.json { return Output.json(views) }
        Output.table(
            ["JID", "URI", "KIND", "RULE", "LAST USED"],
            views.map { [$0.jid, $0.uri, $0.kind, $0.rule.isEmpty ? "-" : $0.rule, $0.lastUsed] }
        )
    }
}

/// What a change did, as an object of JSON output.
struct ChangeView: Encodable {
    var added: Int?
    var known: Int?
    var removed: Int?
    var problems: [Problem]?

    /// A line of a file that is wrong.
    struct Problem: Encodable {
        let line: Int
        let reason: String

        /// Of a reason that quotes a file of one long line the beginning is enough.
        init(line: Int, reason: String) {
            self.line = line
            self.reason = reason.unicodeScalars.count > 200 ? String(reason.unicodeScalars.prefix(200)) + "…" : reason
        }
    }
}
