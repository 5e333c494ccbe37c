import MappingTables
import Testing

@Suite("Switch, SwitchSet and routes of one's own")
struct SwitchTests {
    private let generation: Generation

    init() throws { generation = try #require(SampleTables().compile().generation) }

    @Test("every word of every switch can be set and is read back", arguments: Switch.allCases)
    func words(name: Switch) throws {
        let values: [String] =
            switch name.domain {
            case .words(let words): words
            case .duration: ["off", "0s", "1500ms", "60s", "5min", "1h"]
            case .domains: ["none", "example.org", "example.org example.net"]
            case .users(let word): [word, "juliet@example.com", "juliet@example.com romeo@example.net"]
            }
        #expect(Switch(name: name.name) == name)
        for value in values {
            let route = try generation.route(profile: "default", settings: [(name.name, value)])
            #expect(route.switches.text(name) == value)
            #expect(route.switches.isSet(name, value))
        }
        let isOpen = if case .domains = name.domain { true } else { false }
        if !isOpen {
            #expect(throws: SettingFault.self) {
                try generation.route(profile: "default", settings: [(name.name, "nonsense")])
            }
            #expect(throws: SettingFault.self) { try generation.route(profile: "default", settings: [(name.name, "")]) }
        }
    }

    @Test(
        "times become milliseconds, and off is none",
        arguments: [("250ms", 250), ("60s", 60_000), ("5min", 300_000), ("2h", 7_200_000)]
    )
    func durations(text: String, milliseconds: Int64) throws {
        let route = try generation.route(profile: "default", settings: [("msg.delay", text)])
        #expect(route.switches.milliseconds(.delay) == milliseconds)
        #expect(
            try generation.route(profile: "default", settings: [("msg.delay", "off")]).switches.milliseconds(.delay)
                == nil
        )
    }

    @Test(
        "a time without number or unit, or beyond all use, is none",
        arguments: ["s", "60", "60 s", "-1s", "1d", "9999999999s"]
    )
    func badDurations(text: String) {
        #expect(throws: SettingFault.self) { try generation.route(profile: "default", settings: [("msg.delay", text)]) }
    }

    @Test("domains are separated by blanks or commas and kept in lower case")
    func domains() throws {
        let route = try generation.route(profile: "default", settings: [("sips.allow", "Example.ORG, example.net")])
        #expect(route.switches.domains(.sipsAllow) == ["example.org", "example.net"])
        #expect(try generation.route(profile: "default").switches.domains(.sipsAllow).isEmpty)
    }

    @Test("users are listed by their bare addresses, in lower case, or all are taken in")
    func users() throws {
        func switches(_ list: String) throws -> SwitchSet {
            try generation.route(profile: "default", settings: [("rich.geo.users", list)]).switches
        }
        let some = try switches("Juliet@Example.com,  romeo@example.net")
        #expect(some.text(.geoUsers) == "juliet@example.com romeo@example.net")
        #expect(some.includes(.geoUsers, user: "juliet@example.com"))
        #expect(some.includes(.geoUsers, user: "romeo@example.net"))
        #expect(!some.includes(.geoUsers, user: "juliet@example.co") && !some.includes(.geoUsers, user: "all"))
        #expect(try switches("all").includes(.geoUsers, user: "juliet@example.com"))
        for list in ["", " , ", "none", "all juliet@example.com", "example.com", "@example.com"] {
            #expect(throws: SettingFault.self) { try switches(list) }
        }
    }

    @Test("SUB-051: of the lists that name a watcher the strictest counts, before what is for all of a route")
    func policy() throws {
        let lists = [
            ("sub.policy.allow", "romeo@example.net, nurse@example.net"), ("sub.policy.block", "Mallory@example.net"),
            ("sub.policy.polite-block", "iago@example.net, mallory@example.net, nurse@example.net"),
        ]
        for policy in ["allow", "block", "polite-block"] {
            let route = try generation.route(profile: "default", settings: [("sub.policy", policy)] + lists)
            let watchers = ["romeo", "mallory", "iago", "nurse", "paris"]
            #expect(
                watchers.map { route.switches.policy(of: $0 + "@example.net") } == [
                    "allow", "block", "polite-block", "polite-block", policy,
                ]
            )
        }
        for list in ["", "all", "none iago@example.net", "example.net"] {
            #expect(throws: SettingFault.self) {
                try generation.route(profile: "default", settings: [("sub.policy.block", list)])
            }
        }
    }

    @Test("an unknown profile or switch is named with what is known")
    func unknown() {
        let profile = #expect(throws: SettingFault.self) { try generation.route(profile: "x") }
        #expect(profile?.reason == "there is no profile \"x\"" && profile?.known == ["default"])
        let name = #expect(throws: SettingFault.self) {
            try generation.route(profile: "default", settings: [("x", "y")])
        }
        #expect(name?.reason == "there is no switch \"x\"" && name?.known == Switch.names)
    }

    @Test("a profile that extends another has its values where it sets none, and swaps tables")
    func extending() throws {
        var tables = SampleTables()
        tables.more = [
            (
                .site,
                SampleTables.text(
                    "profiles",
                    nil,
                    "{id: p, extends: default, set: {msg.carrier: sip}, tables: {message.xmpp: mine}}"
                )
            ),
            (.site, SampleTables.text("fields", "mine", "{id: s, xmpp: subject, cpim: subject}")),
        ]
        let generation = try #require(tables.compile().generation)
        let route = try generation.route(profile: "p")
        #expect(generation.profiles == ["default", "p"])
        #expect(route.switches.text(.carrier) == "sip")
        #expect(
            route.switches.differences(from: try generation.route(profile: "default").switches).map(\.name) == [
                "msg.carrier"
            ]
        )
        #expect(route.messageFields.inward.map(\.target) == [.core(.subject)])
        #expect(try generation.route(profile: "default").messageFields.inward.map(\.target) == [.core(.content)])
    }
}
