import Interworking
import Testing

@testable import SIMPLELegs

/// Requests for XMPP domains that the configuration does not name.
@Suite("SIMPLELeg and strangers")
struct StrangersTests {
    @Test("RFC 3261 §8.2.2.1: a MESSAGE to an unknown domain is answered 404, and taken where strangers are served")
    func strangers() throws {
        let request = Stage.request(uri: "sip:nurse@example.org")
        let closed = try Stage()
        closed.receive(request)
        #expect(closed.wire.statuses == [404])
        #expect(closed.host.arrivals.isEmpty && closed.host.refusals.map(\.code) == ["unknown-domain"])
        let open = try Stage { $0.servesStrangers = true }
        open.host.servesStrangers = true
        open.receive(request)
        #expect(open.host.arrivals.map(\.account.recipient) == ["sip:nurse@example.org"])
        let refusing = try Stage {
            $0.servesStrangers = true
            $0.refusedDomains = ["example.org"]
        }
        refusing.host.servesStrangers = true
        refusing.receive(request)
        #expect(refusing.wire.statuses == [404] && refusing.host.arrivals.isEmpty)
    }
}
