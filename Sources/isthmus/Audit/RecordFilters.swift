import ArgumentParser
import Ledger
import MappingTables

/// What an auditor looks for; all that is given holds together.
struct RecordFilters: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only records that name this person, as sender or recipient, by the address of either shore.",
            valueName: "jid|uri"
        )
    )
    var person: String?

    @Option(name: .long, help: ArgumentHelp("Only records that name just this address.", valueName: "jid|uri"))
    var address: String?

    @Option(name: .long, help: ArgumentHelp("Only records of this neighbor or next hop.", valueName: "name"))
    var peer: String?

    @Option(name: .long, help: ArgumentHelp("Only records of this message, by its number.", valueName: "id"))
    var crossing: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Only records with this id of a protocol, such as a Call-ID or a stanza's.", valueName: "id")
    )
    var id: String?

    @Option(name: .long, help: ArgumentHelp("Only records in which this row of a table fired.", valueName: "row"))
    var rule: String?

    @Option(name: .long, help: ArgumentHelp("Only records with this class of loss.", valueName: "class"))
    var loss: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Only records with this code of an outcome, or exactly this reason.", valueName: "code")
    )
    var outcome: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only records of this event, such as accepted, delivered or refused; may be given several times.",
            valueName: "event"
        )
    )
    var event: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("Only records that contain this text; all others are read for it.", valueName: "text")
    )
    var containing: String?

    @OptionGroup var period: PeriodOptions

    /// The events that gateways and commands of this version write.
    static let events =
        [
            AuditEvent.accepted, .delivered, .failed, .failedUntold, .expired, .refused, .duplicate, .subscription,
            .presence, .held, .reprocessed, .dropped, .reopened, .told, .activated, .activationRefused, .retired,
        ].map(\.rawValue) + [
            "address-added", "address-removed", "addresses-imported", "audit-exported", "audit-key-renewed",
            "audit-read", "ledger-restored",
            "erasure-ordered", "bodies-erased", "bodies-expired", "hold-placed", "hold-lift-asked", "hold-lifted",
            "subscription-dropped", "subscription-repaired",
        ]

    func validate() throws {
        for (name, value) in [("--person", person), ("--address", address)] {
            guard let value else { continue }
            guard value.contains(where: { "@:.".contains($0) }), !value.contains(where: \.isWhitespace) else {
                throw ValidationError(
                    "\(name) \"\(value)\" is no address; it is one such as juliet@example.com or sip:romeo@example.net"
                )
            }
        }
        for (name, value) in [
            ("--peer", peer), ("--id", id), ("--rule", rule), ("--loss", loss), ("--outcome", outcome),
            ("--containing", containing),
        ] where value?.isEmpty == true {
            throw ValidationError("\(name) is empty; leave it out to find all")
        }
        if let crossing {
            guard let number = Int64(crossing), number > 0 else {
                throw ValidationError(
                    "--crossing \"\(crossing)\" is no number of a message; isthmus messages list shows them, and --id "
                        + "finds ids of protocols"
                )
            }
        }
        for word in event where !Self.events.contains(word) {
            let nearest = Spelling.nearest(to: word, among: Self.events).map { "did you mean \"\($0)\"? " } ?? ""
            throw ValidationError(
                "--event \"\(word)\" is none that is written; \(nearest)known: \(Self.events.joined(separator: ", "))"
            )
        }
    }

    /// What is asked: option and value, in the order of the options.
    var asked: [AuditField] {
        let all: [(String, String?)] = [
            ("person", person), ("address", address), ("peer", peer), ("crossing", crossing), ("id", id),
            ("rule", rule),
            ("loss", loss), ("outcome", outcome), ("event", event.isEmpty ? nil : event.joined(separator: ",")),
            ("containing", containing), ("since", period.since?.text), ("until", period.until?.text),
        ]
        return all.compactMap { name, value in value.map { AuditField(name, $0) } }
    }

    /// The same, by option.
    var question: [String: String] {
        Dictionary(asked.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    /// The filter; what a person's other addresses are, the log says.
    func filter(_ records: RecordReader) throws(Stop) -> AuditFilter {
        var filter = AuditFilter(
            crossing: crossing,
            address: address,
            containing: containing,
            events: event.isEmpty ? nil : event.map { AuditEvent(rawValue: $0) },
            since: period.since?.milliseconds,
            until: period.until?.milliseconds
        )
        filter.peer = peer
        filter.rule = rule
        filter.loss = loss
        filter.outcome = outcome
        filter.identifier = id
        if let person {
            do throws(LedgerError) { filter.person = try records.forms(of: person) } catch { throw Stop(error) }
        }
        return filter
    }
}
