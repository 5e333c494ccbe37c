import DNSChannels
import NIOPosix
import Testing

@Suite("StaticResolver")
struct StaticResolverTests {
    private let eventLoop = MultiThreadedEventLoopGroup.singleton.next()

    @Test("A name that has other records exists, and one that has none does not")
    func lack() async {
        let resolver = StaticResolver([Samples.question("a.example", .a): Samples.addresses("192.0.2.1")])
        func outcome(_ name: String, _ type: RecordType) async -> DNSAnswer.Outcome {
            await resolver.answer(to: Samples.question(name, type), on: eventLoop).outcome
        }
        #expect(await outcome("a.example", .a) == Samples.addresses("192.0.2.1").outcome)
        #expect(await outcome("a.example", .aaaa) == .noData)
        #expect(await outcome("b.example", .a) == .noSuchName)
    }

    @Test("An overridden name is answered from memory alone, and others by whoever stands behind")
    func override() async {
        let behind = StaticResolver([
            Samples.question("a.example", .aaaa): Samples.addresses("2001:db8::1"),
            Samples.question("b.example", .a): Samples.addresses("192.0.2.2"),
        ])
        let resolver = StaticResolver(
            [Samples.question("a.example", .a): Samples.addresses("192.0.2.1")],
            otherwise: behind
        )
        let six = await resolver.answer(to: Samples.question("a.example", .aaaa), on: eventLoop)
        #expect(six.outcome == .noData)
        let other = await resolver.answer(to: Samples.question("b.example", .a), on: eventLoop)
        #expect(other.records.count == 1)
        #expect(behind.asked == [Samples.question("b.example", .a)])
    }
}
