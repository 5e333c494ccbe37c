import Addressing
import Testing

@testable import Interworking

@Suite("PresenceTranslator: watchers")
struct WatcherReadingTests {
    private func reading(
        _ watchers: String,
        resource: String = "sip:juliet@example.com",
        package: String = "presence",
        type: String = "application/watcherinfo+xml",
        proved: [String]? = ["example.net"],
        nick: String = "subscribe"
    ) throws -> Translated<WatcherReading> {
        var samples = PresenceSamples()
        samples.facts.peer.authenticatedDomains = proved
        samples.settings = [("msg.nick", nick)]
        let text =
            "<watcherinfo xmlns='urn:ietf:params:xml:ns:watcherinfo' version='3' state='partial'>"
            + "<watcher-list resource='\(resource)' package='\(package)'>\(watchers)</watcher-list></watcherinfo>"
        return try samples.translator().watchers(
            in: PresenceBody(type: type, bytes: Array(text.utf8)),
            of: PresenceSamples.juliet,
            by: PresenceSamples.romeo,
            facts: samples.facts
        )
    }

    private func watcher(_ uri: String, _ status: String = "pending", _ more: String = "") -> String {
        "<watcher id='w' event='subscribe' status='\(status)' \(more)>\(uri)</watcher>"
    }

    private func waiting(_ result: Translated<WatcherReading>) -> [String]? {
        result.value?.waiting.map { $0.contact.key }
    }

    @Test("RFC 3857 §4.7.1: who is pending or waiting waits, each once; who is active or gone does not")
    func statuses() throws {
        let watchers =
            watcher("sip:romeo@example.net", "pending", "display-name='Romeo&#10; M.'")
            + watcher("sip:paris@example.net", "waiting") + watcher("pres:romeo@example.net", "waiting")
            + watcher("sip:nurse@example.net", "active") + watcher("sip:tybalt@example.net", "terminated")
        let result = try reading(watchers)
        #expect(waiting(result) == ["romeo@example.net", "paris@example.net"])
        #expect(result.value?.version == 3 && result.value?.isFull == false)
        #expect(result.value?.waiting.first?.nick == "Romeo M.")
        #expect(result.value?.waiting.first?.user.key == "juliet@example.com")
        #expect(try reading(watchers, nick: "off").value?.waiting.first?.nick == nil)
    }

    @Test("A watcher counts only when the server may speak for its domain, and says who it is")
    func trust() throws {
        let foreign = watcher("sip:romeo@example.org") + watcher("sip:anonymous@anonymous.invalid") + watcher("hello")
        #expect(try waiting(reading(foreign)) == [])
        #expect(try waiting(reading(watcher("sip:romeo@example.net"), proved: ["example.edu"])) == [])
        #expect(try waiting(reading(watcher("sip:romeo@example.net"), proved: nil)) == [])
    }

    @Test("Watchers of somebody else, and of another package, do not concern the user")
    func lists() throws {
        let romeo = watcher("sip:romeo@example.net")
        #expect(try waiting(reading(romeo, resource: "sip:nurse@example.com")) == [])
        #expect(try waiting(reading(romeo, package: "presence.winfo")) == [])
        #expect(try waiting(reading(romeo, resource: "pres:juliet@example.com")) == ["romeo@example.net"])
    }

    @Test("A body of another type, or one that cannot be read, is refused")
    func faults() throws {
        #expect(try reading("", type: "application/pidf+xml").refusal != nil)
        #expect(try reading("", type: "application/watcherinfo+xml;charset=iso-8859-1").refusal != nil)
        #expect(try reading("", type: "application/watcherinfo+xml;charset=UTF-8").value != nil)
        let broken = try reading("<watcher")
        #expect(broken.refusal != nil && broken.notes == ["pidf-xml"])
    }

    @Test("RFC 3858 §4: the next document is taken, a later one too when something is missing, an older one is not")
    func order() {
        var order = WatcherOrder()
        #expect(order.take(7, isFull: true) == .taken)
        #expect(order.take(8, isFull: false) == .taken)
        #expect(order.take(8, isFull: false) == .outdated)
        #expect(order.take(7, isFull: true) == .outdated)
        #expect(order.take(10, isFull: false) == .gap)
        #expect(order.take(11, isFull: false) == .taken)
        #expect(order.take(20, isFull: true) == .taken)
        #expect(order.take(.max, isFull: false) == .gap)
        #expect(order.take(0, isFull: true) == .outdated)
        // What begins with changes lacks what they changed.
        var late = WatcherOrder()
        #expect(late.take(0, isFull: false) == .gap)
        #expect(late.take(1, isFull: false) == .taken)
    }
}
