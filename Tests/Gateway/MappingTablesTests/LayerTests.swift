import MappingTables
import Testing

@Suite("TableCompiler: folders")
struct LayerTests {
    private func words(_ route: Route, _ status: Int) -> String? {
        route.errors.words(for: .status(status), hasRetryAfter: false, route.switches)?.condition
    }

    private static func row(_ id: String, _ status: String, _ condition: String, _ overrides: String? = nil) -> String {
        let overrides = overrides.map { ", overrides: \($0)" } ?? ""
        return
            "{id: \(id)\(overrides), sip: {status: \(status)}, xmpp: {condition: \(condition), type: cancel}, way: to-xmpp}"
    }

    private func generation(_ more: [(layer: TableFile.Layer, text: String)]) throws -> Generation {
        var tables = SampleTables()
        tables.more = more
        let result = tables.compile()
        #expect(result.diagnostics.isEmpty)
        return try #require(result.generation)
    }

    @Test("a row of the site replaces the row that it names, in its place")
    func overrides() throws {
        let generation = try generation([(.site, SampleTables.text("errors", nil, Self.row("c4", "4xx", "gone", "c4")))]
        )
        let route = generation.route(peer: "x.example")
        #expect(words(route, 404) == "gone")
        #expect(words(route, 503) == "bad-request")
        let rows = generation.rows.filter { $0.name == "errors.c4" }
        #expect(rows.map(\.isReplaced) == [true, false])
        #expect(rows.map(\.overridden) == [nil, "errors.c4"])
    }

    @Test("a row of the site may replace one under another id")
    func renamed() throws {
        let generation = try generation([
            (.site, SampleTables.text("errors", nil, Self.row("mine", "4xx", "gone", "c4")))
        ])
        #expect(words(generation.route(peer: "x.example"), 404) == "gone")
    }

    @Test("a single status wins over its class, wherever it stands")
    func exactBeforeClass() throws {
        let generation = try generation([
            (.site, SampleTables.text("errors", nil, Self.row("s404", "404", "item-not-found")))
        ])
        let route = generation.route(peer: "x.example")
        #expect(words(route, 404) == "item-not-found")
        #expect(words(route, 405) == "bad-request")
        let row = try #require(route.errors.words(for: .status(404), hasRetryAfter: false, route.switches)?.row)
        #expect(generation.name(of: row) == "errors.s404")
    }

    @Test("the rows of a neighbor hold for it alone")
    func peers() throws {
        let text = SampleTables.text("errors", nil, Self.row("c4", "4xx", "gone", "c4"))
        let other = SampleTables.text("errors", nil, Self.row("c4", "4xx", "conflict", "c4"))
        let generation = try generation([(.peer("a.example"), text), (.peer("b.example"), other)])
        #expect(words(generation.route(peer: "a.example"), 404) == "gone")
        #expect(words(generation.route(peer: "b.example"), 404) == "conflict")
        #expect(words(generation.route(peer: "c.example"), 404) == "bad-request")
        #expect(generation.rows.allSatisfy { !$0.isReplaced })
        #expect(words(try generation.route(profile: "default", peer: "a.example"), 404) == "gone")
        #expect(words(try generation.route(profile: "default"), 404) == "bad-request")
    }

    @Test("a neighbor cannot replace what only another neighbor has")
    func foreignOverride() {
        var tables = SampleTables()
        tables.more = [
            (.peer("a.example"), SampleTables.text("errors", nil, Self.row("s404", "404", "gone"))),
            (.peer("b.example"), SampleTables.text("errors", nil, Self.row("t404", "404", "gone", "s404"))),
        ]
        #expect(tables.findings() == ["more1:5:27 unknown-override"])
    }

    @Test("a row that was replaced under another id cannot be replaced again")
    func twice() {
        var tables = SampleTables()
        tables.more = [
            (
                .site,
                SampleTables.text(
                    "errors",
                    nil,
                    Self.row("one", "4xx", "gone", "c4"),
                    Self.row("two", "4xx", "gone", "c4")
                )
            )
        ]
        #expect(tables.findings().contains("more0:6:26 unknown-override"))
    }

    @Test("a neighbor with tables of its own and no route has the switches of all others")
    func peerWithoutRoute() throws {
        var tables = SampleTables()
        tables.routes =
            "format: isthmus-mapping/1\ntable: routes\nkind: routes\notherwise: {profile: default, set: {msg.carrier: auto}}"
        tables.more = [(.peer("a.example"), SampleTables.text("errors", nil, Self.row("c4", "4xx", "gone", "c4")))]
        let generation = try #require(tables.compile().generation)
        let route = generation.route(peer: "a.example")
        #expect(route.switches.text(.carrier) == "auto")
        #expect(words(route, 404) == "gone")
    }

    @Test("a neighbor keeps its tables under a route for many domains")
    func peerBelowPattern() throws {
        let generation = try generation([
            (
                .site,
                SampleTables.text("routes", nil, "{id: all, match: {domain: '*.example'}, set: {msg.thread: ignore}}")
            ),
            (.peer("a.example"), SampleTables.text("errors", nil, Self.row("c4", "4xx", "gone", "c4"))),
        ])
        let route = generation.route(peer: "a.example")
        #expect(words(route, 404) == "gone")
        #expect(route.switches.text(.thread) == "ignore")
        #expect(words(generation.route(peer: "b.example"), 404) == "bad-request")
        #expect(generation.route(peer: "b.example").switches.text(.thread) == "ignore")
    }

    @Test("the route in a neighbor's own folder is the nearest to it")
    func peerRoute() throws {
        let generation = try generation([
            (
                .site,
                SampleTables.text("routes", nil, "{id: all, match: {domain: a.example}, set: {msg.thread: ignore}}")
            ),
            (
                .peer("b.example"),
                SampleTables.text("routes", nil, "{id: own, match: {domain: b.example}, set: {msg.carrier: sip}}")
            ),
        ])
        #expect(generation.route(peer: "b.example").switches.text(.carrier) == "sip")
        #expect(generation.route(peer: "a.example").switches.text(.thread) == "ignore")
        #expect(generation.route(peer: "c.example").switches.text(.carrier) == "cpim")
    }

    @Test("domains below a pattern, and not the pattern itself")
    func patterns() throws {
        let generation = try generation([
            (
                .site,
                SampleTables.text("routes", nil, "{id: all, match: {domain: '*.Example'}, set: {msg.thread: ignore}}")
            )
        ])
        #expect(generation.route(peer: "a.b.example").row != nil)
        #expect(generation.route(peer: "example").row == nil)
        #expect(generation.route(peer: "anexample").row == nil)
    }
}
