import Addressing
import BridgeCore
import Interworking
import MappingTables
import OperatorFiles
import SIPMessages
import XMLStreams
import XMPPStanzas

/// Replays recorded crossings under the tables in force and under others, and groups what would change by row.
///
/// A crossing whose text is still there is translated as a whole. Of others the record holds addresses, the rows that
/// fired, losses, and how they ended: these are compared, and nothing else.
struct ShadowReplay {
    /// The most crossings that are replayed.
    static let mostCrossings = 100_000

    private let tables: (active: Generation, candidate: Generation)
    private let facts: Facts
    /// What becomes of a row, in words, by the row's name.
    private var fates: [String: String] = [:]
    private let places: [String: String]

    init(
        active: Generation,
        candidate: Generation,
        changes: [GenerationDiff.Change],
        configuration: GatewayConfiguration
    ) {
        tables = (active, candidate)
        facts = Facts(configuration, now: 0)
        for change in changes where change.kind != .added {
            let whose = change.peer.map { " for \($0)" } ?? ""
            switch change.kind {
            case .removed: fates[change.row] = "is removed\(whose)"
            case .changed:
                let columns = change.columns.map(\.name).joined(separator: ", ")
                fates[change.row] = "is changed\(whose): \(columns)"
            case .moved: fates[change.row] = "has moved\(whose)"
            case .added: break
            }
        }
        let before = Set(active.rows.filter(\.isReplaced).map(\.name))
        for row in candidate.rows {
            guard let overridden = row.overridden, overridden != row.name, !before.contains(overridden) else {
                continue
            }
            fates[overridden] = "is replaced by \(row.name)"
        }
        var places: [String: String] = [:]
        for row in active.rows + candidate.rows { places[row.name] = "\(row.position.file):\(row.position.line)" }
        self.places = places
    }

    private struct Key: Hashable {
        let row: String
        let part: String
        let change: String
    }

    /// Replays crossings.
    func run(_ crossings: [RecordedCrossing]) -> ShadowReport {
        var report = ShadowReport()
        var groups: [Key: ShadowReport.Group] = [:]
        for crossing in crossings.reversed() {
            var found = differences(crossing, &report)
            report.crossings += 1
            found = found.filter { !$0.change.isEmpty }
            if !found.isEmpty { report.changed += 1 }
            for key in found {
                var group =
                    groups[key]
                    ?? ShadowReport.Group(
                        row: key.row,
                        place: places[key.row],
                        part: key.part,
                        change: key.change,
                        crossings: 0,
                        examples: []
                    )
                group.crossings += 1
                if group.examples.count < ShadowReport.mostExamples { group.examples.append(crossing.name) }
                groups[key] = group
            }
        }
        let sorted = groups.values.sorted { one, other in
            one.crossings != other.crossings
                ? one.crossings > other.crossings : (one.row, one.change) < (other.row, other.change)
        }
        report.groups = Array(sorted.prefix(ShadowReport.mostGroups))
        report.leftOut = sorted.count - report.groups.count
        return report
    }

    private func differences(_ crossing: RecordedCrossing, _ report: inout ShadowReport) -> Set<Key> {
        var found: Set<Key> = []
        var facts = facts
        facts.pairs = crossing.pairs
        let active = View(crossing, tables.active, facts)
        let candidate = View(crossing, tables.candidate, facts)
        if let source = crossing.source, let target = crossing.target,
            let one = Whole(source, target, tables.active, facts),
            let other = Whole(source, target, tables.candidate, facts)
        {
            report.whole += 1
            found.formUnion(differences(one, other))
        } else {
            for rule in Set(crossing.rules) {
                if let fate = fates[rule] { found.insert(Key(row: rule, part: "row", change: fate)) }
            }
            for (one, other) in zip(active.addresses, candidate.addresses) where one.text != other.text {
                let row = other.row ?? one.row ?? "addresses"
                found.insert(Key(row: row, part: "address", change: "\(one.text) → \(other.text)"))
            }
        }
        if let one = active.route, let other = candidate.route {
            let switches = Switch.allCases.filter { one.switches.text($0) != other.switches.text($0) }.map {
                "\($0.name) \(one.switches.text($0)) → \(other.switches.text($0))"
            }
            if !switches.isEmpty {
                let row = other.row.map { tables.candidate.name(of: $0) } ?? "routes.(otherwise)"
                found.insert(Key(row: row, part: "route", change: switches.joined(separator: ", ")))
            }
            for name in Set(crossing.losses) {
                guard let loss = LossClass(rawValue: name) else { continue }
                let (before, after) = (one.losses.action(loss), other.losses.action(loss))
                guard before != after else { continue }
                let row = one.losses.row(loss).map { tables.active.name(of: $0) } ?? "loss.\(name)"
                found.insert(Key(row: row, part: "loss", change: "\(before.rawValue) → \(after.rawValue)"))
            }
        }
        if let one = active.end, let other = candidate.end, one.text != other.text {
            found.insert(Key(row: one.row, part: "error", change: "\(one.text) → \(other.text)"))
        }
        return found
    }

    private func differences(_ one: Whole, _ other: Whole) -> Set<Key> {
        guard one.output != other.output || one.end != other.end else { return [] }
        let fired = (Set(one.rows), Set(other.rows))
        var rows = fired.0.symmetricDifference(fired.1)
        rows.formUnion(fired.0.union(fired.1).filter { fates[$0] != nil })
        let change =
            one.end == other.end
            ? "the \(one.end == "crosses" ? "output" : "answer") differs"
            : "\(one.end) → \(other.end)"
        return Set((rows.isEmpty ? ["(output)"] : rows).map { Key(row: $0, part: "output", change: change) })
    }
}

/// What tables say of the fields of a record.
private struct View {
    var addresses: [(text: String, row: String?)] = []
    var route: Route?
    var end: (text: String, row: String)?

    init(_ crossing: RecordedCrossing, _ tables: Generation, _ facts: Facts) {
        let peer: String?
        switch crossing.target {
        case .cpim: peer = read(stanza: crossing, tables, facts)
        case .xmpp: peer = read(request: crossing, tables, facts)
        case nil: peer = nil
        }
        let route = peer.map { tables.route(peer: $0) }
        self.route = route
        end = Self.end(crossing, route ?? tables.route(peer: ""), tables)
    }

    private mutating func read(stanza crossing: RecordedCrossing, _ tables: Generation, _ facts: Facts) -> String? {
        guard let recipient = crossing.recipient.flatMap({ try? JID($0) }) else { return nil }
        let peer = AddressTranslator.peerDomain(of: recipient.bare, tables.addresses)
        let translator = AddressTranslator(table: tables.addresses, switches: tables.route(peer: peer).switches)
        for jid in [crossing.sender.flatMap { try? JID($0) }, recipient] {
            guard let jid else { continue }
            do throws(Interworking.Refusal) {
                let mapped = try translator.uri(for: jid, facts: facts)
                addresses.append(("\(mapped.uri)", mapped.row.map { tables.name(of: $0) }))
            } catch { addresses.append(("refused \(error.auditCode)", nil)) }
        }
        return peer
    }

    private mutating func read(request crossing: RecordedCrossing, _ tables: Generation, _ facts: Facts) -> String? {
        guard let sender = crossing.sender.flatMap({ try? AddressURI($0) }) else { return nil }
        let peer =
            switch sender {
            case .sip(let uri): uri.host.canonical
            case .im(let uri): uri.domain
            default: ""
            }
        let translator = AddressTranslator(table: tables.addresses, switches: tables.route(peer: peer).switches)
        let ends =
            [(sender, AddressRole.sender)]
            + (crossing.recipient.flatMap { try? AddressURI($0) }.map { [($0, AddressRole.recipient)] } ?? [])
        for (uri, role) in ends {
            do throws(Interworking.Refusal) {
                let mapped = try translator.jid(for: uri, role: role, facts: facts)
                addresses.append(("\(mapped.jid)", mapped.row.map { tables.name(of: $0) }))
            } catch { addresses.append(("refused \(error.auditCode)", nil)) }
        }
        return peer
    }

    /// How an item ends that was refused, in the words of its sender's shore.
    private static func end(
        _ crossing: RecordedCrossing,
        _ route: Route,
        _ tables: Generation
    ) -> (text: String, row: String)? {
        if let code = crossing.refusal, let words = route.errors.words(for: code) {
            let text = "\(words.condition) \(words.type), \(words.status)"
            return (text, tables.name(of: words.row))
        }
        guard let code = crossing.failure else { return nil }
        if crossing.target == .xmpp {
            let words = route.errors.words(
                for: code,
                isFull: false,
                hasAddress: false,
                isPending: false,
                route.switches
            )
            return words.map { ("\($0.status)", tables.name(of: $0.row)) }
        }
        let failure: SIPFailure? =
            switch code {
            case "timeout": .timeout
            case "transport": .transport
            default: Int(code).map { .status($0) }
            }
        let words = failure.flatMap { route.errors.words(for: $0, hasRetryAfter: false, route.switches) }
        return words.map { ("\($0.condition) \($0.type), retry \($0.retry.rawValue)", tables.name(of: $0.row)) }
    }
}

/// An item translated as a whole.
private struct Whole {
    var output: [UInt8] = []
    /// `crosses`, or why not.
    var end = "crosses"
    var rows: [String] = []

    /// Nil when the source is no message.
    init?(_ source: [UInt8], _ target: Shore, _ tables: Generation, _ facts: Facts) {
        let translator = MessageTranslator(generation: tables)
        var trace = RuleTrace()
        switch target {
        case .cpim:
            guard let element = try? XML.DocumentReader.read(source[...]), let stanza = MessageStanza(element) else {
                return nil
            }
            let read = translator.pivot(from: stanza, facts: facts)
            trace.append(read.trace)
            if let pivot = note(read.outcome) {
                let request = translator.request(from: pivot, identity: Self.identity(facts), facts: facts)
                trace.append(request.trace)
                output = note(request.outcome)?.bytes ?? []
            }
        case .xmpp:
            guard case .request(let request)? = try? SIPReader.read(datagram: source) else { return nil }
            let read = translator.pivot(from: request, facts: facts)
            trace.append(read.trace)
            if let pivot = note(read.outcome) {
                let stanza = translator.stanza(
                    from: pivot,
                    facts: facts,
                    contentNamespace: "jabber:client",
                    freshID: "shadow"
                )
                trace.append(stanza.trace)
                output = note(stanza.outcome)?.bytes ?? []
            }
        }
        rows = trace.rows.map { tables.name(of: $0) }
    }

    /// The value of an outcome; what else it is becomes the end.
    private mutating func note<Value>(_ outcome: Outcome<Value>) -> Value? {
        switch outcome {
        case .value(let value): return value
        case .nothing(let reason): end = "nothing: \(reason)"
        case .refused(let refusal): end = "refused \(refusal.auditCode)"
        }
        return nil
    }

    private static func identity(_ facts: Facts) -> RequestIdentity {
        RequestIdentity(
            branch: "z9hG4bKshadow",
            callID: "shadow@\(facts.gatewayDomain)",
            fromTag: "shadow",
            cseq: 1,
            sentBy: "\(facts.gatewayDomain):5060",
            transport: "TCP",
            messageID: "shadow"
        )
    }
}
