import NIOCore
import Testing

@testable import XMPPLegs

@Suite("CallerCounts: how many connections come from where")
struct CallerCountsTests {
    private func caller(_ address: String) throws -> CallerCounts.Caller {
        CallerCounts.Caller(try SocketAddress(ipAddress: address, port: 1_000))
    }

    private func bounds(_ change: (inout ServerBounds) -> Void = { _ in }) -> ServerBounds {
        var bounds = ServerBounds()
        change(&bounds)
        return bounds
    }

    @Test("XEP-0205 §3: a caller is an IPv4 address, or an IPv6 network of 64 bits")
    func callers() throws {
        #expect(try caller("192.0.2.1") == caller("192.0.2.1"))
        #expect(try caller("192.0.2.1") != caller("192.0.2.2"))
        #expect(try caller("2001:db8:0:1::1") == caller("2001:db8:0:1:ffff::2"))
        #expect(try caller("2001:db8:0:1::1") != caller("2001:db8:0:2::1"))
        // The same bits of the other family.
        #expect(try caller("0.0.0.0") != caller("::"))
        #expect(try caller("2001:db8:0:1::1").address == "2001:db8:0:1::1")
        #expect(CallerCounts.Caller(nil).address.isEmpty)
    }

    @Test("RFC 6120 §13.12: connections are taken up to the bound of one address and of all, and an end makes room")
    func edges() throws {
        var counts = CallerCounts()
        let limits = bounds {
            $0.connections = 3
            $0.connectionsPerAddress = 2
        }
        let (one, other) = (try caller("192.0.2.1"), try caller("192.0.2.2"))
        #expect(counts.came(one, limits, now: 0) == true)
        #expect(counts.came(one, limits, now: 0) == true)
        #expect(counts.came(one, limits, now: 0) == false)
        #expect(counts.came(other, limits, now: 0) == true)
        #expect(counts.came(other, limits, now: 0) == false)
        counts.left(one, hadProved: false)
        #expect(counts.came(other, limits, now: 0) == true)
        #expect(counts.came(one, limits, now: 0) == false)
        counts.left(other, hadProved: false)
        counts.left(other, hadProved: false)
        #expect(counts.came(one, limits, now: 0) == true)
    }

    @Test("RFC 6120 §13.12: who has proved a domain is no stranger, and its end frees no stranger's place")
    func strangers() throws {
        var counts = CallerCounts()
        let limits = bounds { $0.strangersPerAddress = 1 }
        let one = try caller("192.0.2.1")
        #expect(counts.came(one, limits, now: 0) == true)
        #expect(counts.came(one, limits, now: 0) == false)
        counts.proved(one)
        #expect(counts.came(one, limits, now: 0) == true)
        #expect(counts.came(one, limits, now: 0) == false)
        counts.left(one, hadProved: true)
        #expect(counts.came(one, limits, now: 0) == false)
        counts.left(one, hadProved: false)
        #expect(counts.came(one, limits, now: 0) == true)
    }

    @Test("XEP-0205 §3: strangers are counted by the minute, also those that are gone; who proves a domain is not")
    func perMinute() throws {
        var counts = CallerCounts()
        let limits = bounds { $0.strangersPerMinute = 2 }
        let (one, other) = (try caller("192.0.2.1"), try caller("192.0.2.2"))
        let minute: UInt64 = 60_000_000_000
        for _ in 0..<5 {
            #expect(counts.came(one, limits, now: minute) == true)
            counts.proved(one)
            counts.left(one, hadProved: true)
        }
        for _ in 0..<2 {
            #expect(counts.came(one, limits, now: minute) == true)
            counts.left(one, hadProved: false)
        }
        #expect(counts.came(one, limits, now: 2 * minute - 1) == false)
        #expect(counts.came(other, limits, now: 2 * minute - 1) == true)
        #expect(counts.came(one, limits, now: 2 * minute) == true)
    }

    @Test("XEP-0205 §3: questions about keys are counted by address, also when the connection is gone")
    func questions() throws {
        var counts = CallerCounts()
        let limits = bounds { $0.verificationsPerAddress = 2 }
        let (one, other) = (try caller("192.0.2.1"), try caller("192.0.2.2"))
        #expect(counts.came(one, limits, now: 0) == true)
        #expect(counts.asks(one, limits) == true)
        #expect(counts.asks(one, limits) == true)
        #expect(counts.asks(one, limits) == false)
        counts.left(one, hadProved: false)
        #expect(counts.asks(one, limits) == false)
        #expect(counts.asks(other, limits) == true)
        counts.answered(one)
        #expect(counts.asks(one, limits) == true)
        #expect(counts.asks(one, limits) == false)
    }

    @Test("The bounds of a server that nobody configures")
    func defaults() {
        let bounds = ServerBounds()
        #expect((bounds.connections, bounds.connectionsPerAddress) == (10_000, 1_000))
        #expect((bounds.strangersPerAddress, bounds.strangersPerMinute, bounds.streamsPerPair) == (50, 60, 3))
        #expect((bounds.verifications, bounds.verificationsPerAddress) == (1_000, 20))
        #expect((bounds.waiting, bounds.waitingBytes) == (1_000, 1_048_576))
    }
}
