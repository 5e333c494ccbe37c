import Addressing
import MappingTables

/// One test on its way: what it gives, and the rows that fired.
struct TestBench {
    let generation: Generation
    let test: TableTest
    var fired: [RowID] = []

    /// How what comes out differs from what is expected; nil when it does not.
    mutating func difference(_ route: Route, _ facts: Facts) throws(TestFault) -> String? {
        switch test.kind {
        case .fields: return try fields(route, facts)
        case .values: return try values(route)
        case .addresses: return try addresses(route, facts)
        case .errors: return try errors(route).difference(from: test.expect)
        case .loss: return try loss(route).difference(from: test.expect)
        case .routes: return try routing().difference(from: test.expect)
        case .profiles: return try profile(route).difference(from: test.expect)
        }
    }

    mutating func fire(_ row: RowID?) {
        if let row, !fired.contains(row) { fired.append(row) }
    }

    /// The part of a row's name that a file writes.
    func id(of row: RowID) -> TestValue {
        let info = generation.rows[row.index]
        return .text(String(info.name.dropFirst(info.table.count + 1)))
    }

    // MARK: Addresses

    private mutating func addresses(_ route: Route, _ facts: Facts) throws(TestFault) -> String? {
        let found = try mapped(test.given, route, facts)
        if let difference = found.difference(from: test.expect) { return difference }
        guard let back = test.andBack else { return nil }
        return try mapped(test.expect, route, facts).difference(from: back).map { "on the way back " + $0 }
    }

    /// `{xmpp: JID}` as `{cpim: URI, im: URI}`, `{cpim: URI}` as `{xmpp: JID}`, or `{refused: CODE}`.
    mutating func mapped(_ node: MappingNode, _ route: Route, _ facts: Facts) throws(TestFault) -> TestValue {
        let translator = AddressTranslator(table: generation.addresses, switches: route.switches)
        do throws(Refusal) {
            if let text = node["xmpp"]?.text {
                guard let jid = try? JID(text) else { throw .malformedAddress }
                let mapped = try translator.uri(for: jid, facts: facts)
                fire(mapped.row)
                let uri = mapped.text
                return .keys([("cpim", .text(uri)), ("im", .text(mapped.instant.description))])
            }
            if let text = node["cpim"]?.text {
                guard let uri = try? AddressURI(text) else { throw .malformedAddress }
                let mapped = try translator.jid(for: uri, role: .recipient, facts: facts)
                fire(mapped.row)
                return .keys([("xmpp", .text(mapped.jid.description))])
            }
        } catch {
            return .keys([("refused", .text(error.auditCode))])
        }
        throw TestFault("given names neither xmpp nor cpim")
    }

    // MARK: Errors

    mutating func errors(_ route: Route) throws(TestFault) -> TestValue {
        if let code = test.given["gateway"]?.text {
            guard let words = route.errors.words(for: code) else { throw TestFault("no row has \(code)") }
            fire(words.row)
            return .keys([
                ("xmpp", .keys([("condition", .text(words.condition)), ("type", .text(words.type))])),
                ("sip", .keys([("status", .text(String(words.status)))])), ("text", .text(words.text)),
                ("do", .text(words.isHeld ? "hold" : "refuse")), ("row", id(of: words.row)),
            ])
        }
        if let sip = test.given["sip"] { return try failure(sip, route) }
        if let xmpp = test.given["xmpp"] {
            try check(xmpp, .xmpp, among: ["condition", "type", "to", "address", "pending"])
        }
        guard let xmpp = test.given["xmpp"], let condition = xmpp["condition"]?.text else {
            throw TestFault("given names neither sip, xmpp nor gateway")
        }
        let words = route.errors.words(
            for: condition,
            isFull: xmpp["to"]?.text == "full",
            hasAddress: xmpp["address"]?.text == "yes",
            isPending: xmpp["pending"]?.text == "yes",
            route.switches
        )
        guard let words else { throw TestFault("no row has \(condition)") }
        fire(words.row)
        return .keys([("sip", .keys([("status", .text(String(words.status)))])), ("row", id(of: words.row))])
    }

    /// A misspelled key would be passed over, and the test would be about something else.
    private func check(_ node: MappingNode, _ side: Vocabulary, among words: [String]) throws(TestFault) {
        for (key, _) in node.pairs ?? [] {
            guard let name = key.text, !words.contains(name) else { continue }
            throw TestFault(side, lacks: name, among: words)
        }
    }

    private mutating func failure(_ sip: MappingNode, _ route: Route) throws(TestFault) -> TestValue {
        try check(sip, .sip, among: ["status", "failure", "retry-after"])
        let failure: SIPFailure
        switch sip["failure"]?.text {
        case "timeout": failure = .timeout
        case "transport": failure = .transport
        default:
            guard let status = sip["status"]?.text.flatMap({ Int($0) }) else { throw TestFault("sip has no status") }
            failure = .status(status)
        }
        let hasRetryAfter = sip["retry-after"]?.text == "yes"
        guard let words = route.errors.words(for: failure, hasRetryAfter: hasRetryAfter, route.switches) else {
            throw TestFault("no row has \(failure)")
        }
        fire(words.row)
        return .keys([
            ("xmpp", .keys([("condition", .text(words.condition)), ("type", .text(words.type))])),
            ("retry", .text(words.retry.rawValue)), ("row", id(of: words.row)),
        ])
    }

    // MARK: Losses, routes and profiles

    mutating func loss(_ route: Route) throws(TestFault) -> TestValue {
        guard let lossClass = test.given["loss"]?.text.flatMap({ LossClass(rawValue: $0) }) else {
            throw TestFault("given names no class of losses")
        }
        fire(route.losses.row(lossClass))
        return .keys([("do", .text(route.losses.action(lossClass).rawValue))])
    }

    mutating func routing() throws(TestFault) -> TestValue {
        guard let domain = test.given["domain"]?.text else { throw TestFault("given names no domain") }
        let route = generation.route(peer: domain)
        fire(route.row)
        var found: [(key: String, value: TestValue)] = [("profile", .text(route.profile)), ("set", Self.set(route))]
        if let row = route.row { found.append(("row", id(of: row))) }
        return .keys(found)
    }

    mutating func profile(_ route: Route) throws(TestFault) -> TestValue {
        guard let name = test.given["profile"]?.text else { throw TestFault("given names no profile") }
        let route: Route
        do throws(SettingFault) {
            route = try generation.route(profile: name, settings: test.settings, peer: test.peer)
        } catch { throw TestFault(error.reason) }
        let index = generation.rows.lastIndex { row in
            row.kind == .profiles && row.name == "\(row.table).\(name)" && !row.isReplaced
        }
        fire(index.map { RowID($0) })
        return .keys([("set", Self.set(route))])
    }

    private static func set(_ route: Route) -> TestValue {
        .keys(Switch.allCases.map { ($0.name, .text(route.switches.text($0))) })
    }
}
