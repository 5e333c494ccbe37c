import Addressing
import Testing
import XMPPStanzas

@testable import Interworking

@Suite("SeenResources and ToldPresence")
struct PresenceStateTests {
    // MARK: Seen

    private func receive(_ seen: inout SeenResources, _ resource: String?, isAvailable: Bool = true) throws {
        let presence = try PresenceSamples.resource(resource, isAvailable: isAvailable)
        let stanza = try #require(PresenceStanza(presence.element))
        let bare = try BareJID("juliet@example.com")
        let sender = try resource.map { try bare.with(resource: $0) } ?? bare.jid
        seen.receive(stanza, from: sender, now: 10)
    }

    private func names(_ seen: SeenResources) -> [String] {
        seen.resources.map { ($0.resource ?? "") + ($0.isAvailable ? "+" : "-") }
    }

    @Test("RFC 3922 §6.3.1: a resource that went away stands once; the last one stays")
    func gone() throws {
        var seen = SeenResources()
        try receive(&seen, "a")
        try receive(&seen, "b")
        try receive(&seen, "a", isAvailable: false)
        #expect(names(seen) == ["a-", "b+"])
        try receive(&seen, "b")
        #expect(names(seen) == ["b+"])
        try receive(&seen, "b", isAvailable: false)
        #expect(names(seen) == ["b-"])
        try receive(&seen, "b", isAvailable: false)
        #expect(names(seen) == ["b-"])
    }

    @Test("RFC 6121 §4.5.3: a bare address that is unavailable takes all resources along")
    func all() throws {
        var seen = SeenResources()
        try receive(&seen, "a")
        try receive(&seen, "b")
        try receive(&seen, nil, isAvailable: false)
        #expect(names(seen) == ["a-", "b-"])
        var nobody = SeenResources()
        try receive(&nobody, nil, isAvailable: false)
        #expect(names(nobody) == ["-"])
    }

    @Test("RFC 3863 §4.1.7: two changes at one time have different times")
    func times() throws {
        var seen = SeenResources()
        try receive(&seen, "a")
        try receive(&seen, "a")
        #expect(seen.resources.map(\.seen) == [11])
    }

    @Test("What the facts name is seen, of this user only")
    func facts() throws {
        var facts = VectorRun.defaults
        facts.presence.online = [
            .init(jid: try JID("juliet@example.com/a"), priority: 5), .init(jid: try JID("nurse@example.com/b")),
        ]
        let seen = SeenResources(of: try BareJID("juliet@example.com"), facts: facts)
        #expect(names(seen) == ["a+"])
        #expect(PresenceStanza(try #require(seen.resources.first).element)?.priority == 5)
    }

    // MARK: Told

    private func presence(_ resource: String?, _ text: String = "", isAvailable: Bool = true) -> ContactPresence {
        ContactPresence(resource: resource, isAvailable: isAvailable, payload: Array(text.utf8))
    }

    @Test("RFC 3922 §6.3.1: only changes are told")
    func changes() {
        var told = ToldPresence()
        let first = [presence("a"), presence("b")]
        #expect(told.update(first) == first)
        #expect(told.update(first) == [])
        #expect(
            told.update([presence("b", "<show>away</show>"), presence("a")]) == [presence("b", "<show>away</show>")]
        )
    }

    @Test("RFC 3856 §6.8: what a document does not name is not there any more, and that is told once")
    func vanished() {
        var told = ToldPresence()
        _ = told.update([presence("a"), presence("b")])
        #expect(told.update([presence("b"), presence("c")]) == [presence("c"), .gone("a")])
        #expect(told.update([presence("b"), presence("c")]) == [])
        #expect(told.end() == [.gone("b"), .gone("c")])
        #expect(told.end() == [])
        #expect(told.update([presence("a")]) == [presence("a")])
    }

    @Test("RFC 3922 §6.3.2: nobody is there: that is told, and of each resource")
    func nobody() {
        var told = ToldPresence()
        _ = told.update([presence("a")])
        #expect(told.update([.gone(nil)]) == [.gone(nil), .gone("a")])
        #expect(told.update([.gone(nil)]) == [])
    }

    @Test("What the facts say was told")
    func lastStates() throws {
        var facts = VectorRun.defaults
        facts.presence.lastStates = [
            try JID("romeo@example.net/a"): .open, try JID("romeo@example.net/b"): .closed,
            try JID("tybalt@example.net/c"): .open,
        ]
        var told = ToldPresence(of: PresenceSamples.romeo, facts: facts)
        #expect(told.update([presence("b", isAvailable: false)]) == [.gone("a")])
    }
}
