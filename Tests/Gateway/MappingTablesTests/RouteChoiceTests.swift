import MappingTables
import Testing

@Suite("SVC-017 RouteChoice")
struct RouteChoiceTests {
    private func choices(_ more: [(layer: TableFile.Layer, text: String)] = []) throws -> [String] {
        var tables = SampleTables()
        tables.more = more
        let generation = try #require(tables.compile().generation)
        return generation.routeChoices { !$0.hasPrefix("more") }.map { "\($0.neighbors): \($0.text)" }
    }

    @Test("what is shipped is a profile without more")
    func shipped() throws {
        #expect(try choices() == ["otherwise: default"])
    }

    @Test("each route names its profile and what it sets over it, also where the profile has that value")
    func settings() throws {
        let routes = SampleTables.text(
            "routes",
            nil,
            "{id: a, match: {domain: A.example}, set: {msg.thread: ignore, msg.type.pager: chat}}",
            "{id: b, match: {domain: '*.b.example'}, set: {msg.thread: call-id}}",
            "{id: c, match: {domain: c.example}, profile: default}"
        )
        #expect(
            try choices([(.site, routes)]) == [
                "otherwise: default", "a.example: default, msg.type.pager=chat, msg.thread=ignore",
                "*.b.example: default, msg.thread=call-id", "c.example: default",
            ]
        )
    }

    @Test("what a profile of the site sets is named, and what it takes from a shipped one is not")
    func profiles() throws {
        let profiles = SampleTables.text("profiles", nil, "{id: mine, extends: default, set: {msg.thread: ignore}}")
        let routes = SampleTables.text(
            "routes",
            nil,
            "{id: a, match: {domain: a.example}, profile: mine, set: {msg.type.pager: chat}}"
        )
        #expect(
            try choices([(.site, profiles), (.site, routes)]) == [
                "otherwise: default", "a.example: mine, msg.type.pager=chat, msg.thread=ignore",
            ]
        )
    }

    @Test("a row that no domain reaches is not listed beside the one that takes its domain")
    func unreachable() throws {
        let routes = SampleTables.text(
            "routes",
            nil,
            "{id: a, match: {domain: a.example}, set: {msg.thread: ignore}}",
            "{id: b, match: {domain: a.example}, set: {msg.thread: call-id}}"
        )
        #expect(try choices([(.site, routes)]) == ["otherwise: default", "a.example: default, msg.thread=ignore"])
    }
}
