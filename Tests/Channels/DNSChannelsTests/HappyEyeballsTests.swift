import Addressing
import DNSChannels
import NIOCore
import Testing

@Suite("HappyEyeballs")
struct HappyEyeballsTests {
    private static func at(_ milliseconds: Int64) -> NIODeadline {
        .uptimeNanoseconds(1_000_000_000) + .milliseconds(milliseconds)
    }

    private let six = ["2001:db8::1", "2001:db8::2", "2001:db8::3"].map(Samples.address)
    private let four = ["192.0.2.1", "192.0.2.2"].map(Samples.address)

    @Test("RFC 8305 §4, §5: families take turns, IPv6 first, 250 ms apart")
    func interleaving() {
        var race = HappyEyeballs()
        #expect(
            race.answered(.v6, six, now: Self.at(0)) == [.connect(0, six[0]), .wake(Self.at(250))]
        )
        #expect(race.answered(.v4, four, now: Self.at(1)) == [.wake(Self.at(250))])
        #expect(race.woke(now: Self.at(249)) == [.wake(Self.at(250))])
        #expect(race.woke(now: Self.at(250)) == [.connect(1, four[0]), .wake(Self.at(500))])
        #expect(race.woke(now: Self.at(500)) == [.connect(2, six[1]), .wake(Self.at(750))])
        #expect(race.woke(now: Self.at(750)) == [.connect(3, four[1]), .wake(Self.at(1_000))])
        // The last address: what is waited for is the limit of the first attempt.
        #expect(race.woke(now: Self.at(1_000)) == [.connect(4, six[2]), .wake(Self.at(5_000))])
    }

    @Test("RFC 8305 §3: IPv4 addresses that come first wait 50 ms for IPv6 addresses")
    func resolutionDelay() {
        var race = HappyEyeballs()
        #expect(race.answered(.v4, four, now: Self.at(0)) == [.wake(Self.at(50))])
        var late = race
        #expect(race.answered(.v6, six, now: Self.at(20)) == [.connect(0, six[0]), .wake(Self.at(270))])
        #expect(late.woke(now: Self.at(50)) == [.connect(0, four[0]), .wake(Self.at(300))])
        // IPv6 addresses that come later still take part.
        #expect(late.answered(.v6, six, now: Self.at(100)) == [.wake(Self.at(300))])
        #expect(late.woke(now: Self.at(300)) == [.connect(1, six[0]), .wake(Self.at(550))])
    }

    @Test("RFC 8305 §3: an answer without IPv6 addresses ends the wait")
    func noIPv6() {
        var race = HappyEyeballs()
        _ = race.answered(.v4, four, now: Self.at(0))
        #expect(race.answered(.v6, [], now: Self.at(10)) == [.connect(0, four[0]), .wake(Self.at(260))])
    }

    @Test("RFC 8305 §5: what has failed is followed at once, but not within 10 ms of its start")
    func failureFollowed() {
        var race = HappyEyeballs()
        _ = race.answered(.v6, six, now: Self.at(0))
        _ = race.answered(.v4, [], now: Self.at(0))
        #expect(race.failed(0, "refused", now: Self.at(3)) == [.wake(Self.at(10))])
        #expect(race.woke(now: Self.at(10)) == [.connect(1, six[1]), .wake(Self.at(260))])
        #expect(race.failed(1, "refused", now: Self.at(60)) == [.connect(2, six[2]), .wake(Self.at(310 + 4_750))])
        #expect(race.failed(2, "refused", now: Self.at(61)) == [.giveUp])
        #expect(race.failures == [0: "refused", 1: "refused", 2: "refused"])
    }

    @Test("RFC 8305 §5: a lower delay than 10 ms is not taken")
    func shortestDelay() {
        var timing = HappyEyeballs.Timing()
        timing.shortestDelay = .milliseconds(0)
        var race = HappyEyeballs(timing: timing)
        _ = race.answered(.v6, six, now: Self.at(0))
        #expect(race.failed(0, "refused", now: Self.at(0)) == [.wake(Self.at(10))])
    }

    @Test("RFC 8305 §5: the first connection ends the others")
    func firstWins() {
        var race = HappyEyeballs()
        _ = race.answered(.v6, six, now: Self.at(0))
        _ = race.answered(.v4, four, now: Self.at(0))
        _ = race.woke(now: Self.at(250))
        #expect(race.connected(1, now: Self.at(260)) == [.abandon(0), .use(1)])
        // Whatever comes later changes nothing.
        #expect(race.connected(0, now: Self.at(261)) == [.abandon(0)])
        #expect(race.woke(now: Self.at(500)) == [])
        #expect(race.failed(0, "late", now: Self.at(501)) == [])
    }

    @Test("RFC 8305 §5: an attempt that takes too long is given up, and then the whole")
    func attemptLimit() {
        var race = HappyEyeballs()
        _ = race.answered(.v6, [six[0]], now: Self.at(0))
        _ = race.answered(.v4, [], now: Self.at(0))
        #expect(race.woke(now: Self.at(4_999)) == [.wake(Self.at(5_000))])
        #expect(race.woke(now: Self.at(5_000)) == [.abandon(0), .giveUp])
        #expect(race.failures == [0: "no answer within 5000 ms"])
    }

    @Test("RFC 8305 §3: without addresses the end comes with the second answer")
    func noAddresses() {
        var race = HappyEyeballs()
        #expect(race.answered(.v6, [], now: Self.at(0)) == [])
        #expect(race.answered(.v4, [], now: Self.at(1)) == [.giveUp])
        #expect(race.answered(.v4, four, now: Self.at(2)) == [])
    }

    @Test("RFC 8305 §5: a failed family waits for the other's answer")
    func waitsForTheOther() {
        var race = HappyEyeballs()
        _ = race.answered(.v6, [six[0]], now: Self.at(0))
        #expect(race.failed(0, "refused", now: Self.at(5)) == [])
        #expect(race.answered(.v4, four, now: Self.at(40)) == [.connect(1, four[0]), .wake(Self.at(290))])
    }

    @Test("RFC 8305 §4: no address is tried twice, and not more than the bound")
    func bound() {
        var race = HappyEyeballs()
        let many = (1...40).map { Samples.address("2001:db8::\($0)") }
        _ = race.answered(.v6, many + many, now: Self.at(0))
        _ = race.answered(.v4, four, now: Self.at(0))
        var tried: [IPAddress] = [many[0]]
        for attempt in 0..<100 {
            for case .connect(_, let address) in race.failed(attempt, "refused", now: Self.at(Int64(attempt + 1) * 300))
            {
                tried.append(address)
            }
        }
        #expect(tried == Array(many.prefix(16)))
    }
}
