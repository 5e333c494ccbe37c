import BridgeCore

/// A flow of presence whose events and effects are told apart by the tests.
struct Transcript: ~Copyable {
    static let juliet = "juliet@example.com"
    static let romeo = "romeo@example.net"
    /// Juliet, of the XMPP shore, watches Romeo.
    static let out = WatchKey(watcher: juliet, presentity: romeo, target: .cpim)
    /// Romeo, of the CPIM shore, watches Juliet.
    static let into = WatchKey(watcher: romeo, presentity: juliet, target: .xmpp)

    var flow: PresenceFlow
    var now: Int64 = 1_000_000

    init(_ limits: PresenceLimits = PresenceLimits()) {
        flow = PresenceFlow(limits: limits, now: Moment(monotonic: 0, wall: now))
    }

    /// Takes an event and tells what it causes.
    mutating func after(_ event: PresenceEvent) -> [PresenceEffect] {
        var effects: [PresenceEffect] = []
        flow.handle(event, now: Moment(monotonic: UInt64(now) * 1_000_000, wall: now), effects: &effects)
        return effects
    }

    /// Lets time pass and tells what it causes.
    mutating func pass(_ milliseconds: Int64) -> [PresenceEffect] {
        now += milliseconds
        return after(.advanced)
    }

    /// Brings Juliet to where she may see Romeo.
    mutating func approveOut() {
        _ = after(.asked(Self.out, request: "s1"))
        _ = after(.admitted(Self.out))
        now += 10_000
    }

    /// Brings Romeo to where he may see Juliet, with one subscription.
    mutating func approveInto() {
        _ = after(.watching(Self.into, subscription: 1, note: nil, nick: nil))
        _ = after(.approved(Self.into))
    }

    static func open(_ name: String, _ content: String = "", seen: Int64 = 1) -> PresencePart {
        PresencePart(name: name, isOpen: true, content: Array(content.utf8), seen: seen)
    }

    static func closed(_ name: String, _ content: String = "", seen: Int64 = 1) -> PresencePart {
        PresencePart(name: name, isOpen: false, content: Array(content.utf8), seen: seen)
    }
}
