import MappingTables
import Testing

@testable import Interworking

@Suite("Explanations: why a row did not match")
struct ExplainReasonTests {
    private let witness = RuleWitness()

    private func probe(
        _ table: String,
        _ kind: TableKind,
        _ given: String,
        settings: [(name: String, value: String)] = [],
        peer: String? = nil,
        site: String...
    ) throws -> (answer: TableProbe.Answer, step: TableStep) {
        let texts = site.map { "format: isthmus-mapping/1\n" + $0 }
        let plain = try texts.isEmpty ? ShippedTables.generation() : ShippedTables.generation(adding: texts[0])
        let generation = plain.observed(by: witness)
        let route = try generation.route(profile: "default", settings: settings, peer: peer)
        let node = try #require(ShippedTables.node(given))
        let answer = try TableProbe(generation, route, facts: VectorRun.defaults).ask(table, kind, given: node)
        let step = try #require(witness.take().first { $0.table == table })
        return (answer, step)
    }

    private func row(_ step: TableStep, _ name: String) throws -> TableStep.Row {
        try #require(step.rows.first { $0.name == name })
    }

    @Test("a column that differs is named with both values, and the nearest row is marked")
    func column() throws {
        let found = try probe("presence.show", .values, "xmpp: {show: xa}")
        #expect(found.answer.text == #"{pidf: {activities: "away", basic: "open", show: "xa"}, loss: []}"#)
        let away = try row(found.step, "presence.show.away")
        #expect(away.reason == .column && away.why == "show: away ≠ xa" && away.position.line > 0)
        let absent = try row(found.step, "presence.show.absent")
        #expect(absent.reason == .column && absent.why == "type: unavailable ≠ none")
        let other = try row(found.step, "presence.show.xa-read")
        #expect(other.reason == .otherWay && other.why == "leads the other way (way: to-xmpp)")
        #expect(try row(found.step, "presence.show.xa").isMatched)
    }

    @Test("a column that a row does not name is named when the record has it")
    func unnamed() throws {
        let found = try probe("presence.show", .values, "pidf: {basic: open, activities: [meal]}")
        let online = try row(found.step, "presence.show.online")
        #expect(online.why == "it names no activities, which is meal" && online.isNear)
    }

    @Test("a switch that differs is named with what it wants and what it is")
    func condition() throws {
        let show = try probe("presence.show", .values, "xmpp: {show: xa}")
        let im = try row(show.step, "presence.show.xa-im")
        #expect(im.reason == .condition && im.why == "when pres.show-out: im, but it is jabber" && im.isNear)
        let html = try probe("message.xmpp", .fields, "xmpp: {body: hi, html: h}")
        let out = try row(html.step, "message.xmpp.html-out")
        #expect(out.reason == .condition && out.why == "when msg.html.out: alternative, but it is plain" && out.isNear)
        let set = try probe(
            "presence.show",
            .values,
            "xmpp: {show: xa}",
            settings: [("pres.show-out", "im")]
        )
        #expect(try row(set.step, "presence.show.xa-im").isMatched)
        let usual = try row(set.step, "presence.show.xa")
        #expect(usual.why == "when pres.show-out: jabber, but it is im")
    }

    @Test("what no row takes is answered by unmapped, and that is said with its place")
    func fallback() throws {
        let found = try probe("presence.show", .values, "pidf: {basic: open, activities: [worship]}")
        let row = try row(found.step, "presence.show.unmapped")
        #expect(row.reason == .fallback && row.position.line > 40)
        #expect(row.why == "no row takes it: presence.show.online holds, by unmapped")
        #expect(row.losses.map(\.lossClass) == [.presenceActivity])
    }

    @Test("an absent field, a field written first, and a row that is replaced are told apart")
    func fields() throws {
        let site = """
            table: message.xmpp
            kind: fields
            rows:
              - {id: again, xmpp: subject, cpim: content, way: to-cpim}
              - {id: line, xmpp: body, cpim: content, convert: line, overrides: body}
            """
        let found = try probe("message.xmpp", .fields, "xmpp: {body: \"a\\nb\", subject: s}", site: site)
        let absent = try row(found.step, "message.xmpp.thread")
        #expect(absent.reason == .absent && absent.why == "the item has no thread" && !absent.isNear)
        let again = try row(found.step, "message.xmpp.again")
        #expect(again.reason == .writtenBefore && again.isNear)
        #expect(again.why == "subject → content: message.xmpp.line wrote content first")
        let line = try row(found.step, "message.xmpp.line")
        #expect(line.isMatched && line.before == ["a\nb"] && line.after == ["a b"])
        #expect(line.why == "body → content, by line" && line.position.file == "site.yaml")
        let body = try row(found.step, "message.xmpp.body")
        #expect(body.reason == .overridden && body.why == "overridden by message.xmpp.line at site.yaml:6:5")
    }

    @Test("a value that cannot be converted is shown with the fault and the loss")
    func unconvertible() throws {
        let found = try probe("presence.fields", .fields, "xmpp: {priority: many}")
        let row = try row(found.step, "presence.fields.priority")
        #expect(row.reason == .unconvertible && row.before == ["many"] && row.after == [])
        #expect(row.why == "priority → contact-priority, by priority: 'many' is no priority of a resource.")
        #expect(row.losses.map(\.lossClass) == [.presenceValue])
        let low = try probe("presence.fields", .fields, "xmpp: {priority: \"-1\"}")
        #expect(try self.row(low.step, "presence.fields.priority").reason == .nothingToWrite)
    }

    @Test("a row that refuses the item ends the walk")
    func refusal() throws {
        let found = try probe("message.xmpp", .fields, "xmpp: {from: b.example, body: hi}")
        #expect(found.answer.refusal == "loss")
        let from = try row(found.step, "message.xmpp.from")
        #expect(from.reason == .refused)
        #expect(try row(found.step, "message.xmpp.body").why == "message.xmpp.from has refused the item")
    }

    @Test("an error row says which of its columns differs")
    func errors() throws {
        let later = try probe("errors", .errors, "sip: {status: 503}")
        let row = try row(later.step, "errors.sip-503-later")
        #expect(row.why == "retry-after: yes ≠ no" && row.isNear)
        let full = try probe("errors", .errors, "xmpp: {condition: item-not-found}")
        let other = try self.row(full.step, "errors.xmpp-item-not-found-full")
        #expect(other.why == "to: full ≠ bare" && other.isNear)
    }

    @Test("rows of another neighbor say so, and a route says which domain it takes")
    func neighbors() throws {
        let site = """
            table: routes
            kind: routes
            rows:
              - {id: acme, match: {domain: acme.example}, profile: stox, set: {msg.thread: ignore}}
            """
        let found = try probe("routes", .routes, "domain: acme.exmaple", site: site)
        let acme = try row(found.step, "routes.acme")
        #expect(acme.why == "acme.example does not take acme.exmaple" && acme.isNear)
        #expect(try row(try probe("routes", .routes, "domain: acme.example", site: site).step, "routes.acme").isMatched)
    }

    @Test("a route knows where each of its switches was set")
    func origins() throws {
        let generation = try ShippedTables.generation(
            adding: """
                format: isthmus-mapping/1
                table: routes
                kind: routes
                rows:
                  - {id: acme, match: {domain: acme.example}, profile: stox, set: {msg.thread: ignore}}
                """
        )
        let route = generation.route(peer: "acme.example")
        #expect(route.origins[Switch.thread.rawValue]?.file == "site.yaml")
        #expect(route.origins[Switch.thread.rawValue]?.line == 5)
        #expect(route.origins[Switch.carrier.rawValue]?.file.hasSuffix("profiles.yaml") == true)
        let set = try generation.route(route, settings: [("msg.carrier", "sip")], peer: "acme.example")
        #expect(set.origins[Switch.carrier.rawValue] == nil && set.row == route.row)
        #expect(set.switches.text(.thread) == "ignore" && set.switches.text(.carrier) == "sip")
    }

    @Test(
        "what a table cannot be asked is refused, with what it can",
        arguments: [
            ("presence.show", TableKind.values, "xmpp: {shwo: xa}", "\"shwo\" is no column of presence.show", "show"),
            ("presence.show", .values, "xmpp: {show: xaa}", "\"xaa\" is not an XMPP show value", "xa"),
            ("presence.show", .values, "sip: {status: 4}", "presence.show has no side \"sip\"", "pidf"),
            ("presence.show", .values, "xmp: {show: xa}", "\"xmp\" is nothing that presence.show is asked for", "xmpp"),
            ("message.xmpp", .fields, "xmpp: {bdy: hi}", "\"bdy\" is no field of xmpp here", "body"),
            ("errors", .errors, "sip: {statu: 403}", "sip has no \"statu\"; did you mean \"status\"?", ""),
            ("loss", .loss, "loss: message.htm", "given names no class of losses", ""),
        ]
    )
    func unaskable(table: String, kind: TableKind, given: String, reason: String, known: String) throws {
        let generation = try ShippedTables.generation()
        let probe = TableProbe(generation, try generation.route(profile: "default"), facts: VectorRun.defaults)
        let node = try #require(ShippedTables.node(given))
        let fault = #expect(throws: TableProbe.Fault.self) { try probe.ask(table, kind, given: node) }
        #expect(fault?.reason == reason && (known.isEmpty || fault?.known.contains(known) == true))
    }

    @Test("a witness forgets what it has given, and keeps no more than its limit")
    func limit() throws {
        let route = try ShippedTables.generation().observed(by: witness).route(profile: "default")
        for _ in 0...RuleWitness.largestCount { _ = route.losses.action(.html) }
        #expect(witness.take().count == RuleWitness.largestCount)
        #expect(witness.take().isEmpty)
    }
}
