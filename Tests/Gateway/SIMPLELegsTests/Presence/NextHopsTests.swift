import SIPTransactions
import Testing

@testable import SIMPLELegs

@Suite("NextHops")
struct NextHopsTests {
    private let socket = RequestRecord.Destination(transport: .udp, address: "127.0.0.1", port: 5_060)

    /// Asks for a next hop, and says whether it had to be read.
    private func isRead(_ uri: String, _ hops: inout NextHops, as found: RequestRecord.Destination? = nil) -> Bool {
        var count = 0
        let bytes = Array(uri.utf8)
        let answer = hops.destination(of: bytes[...]) {
            count += 1
            return found
        }
        #expect(answer == found)
        return count == 1
    }

    @Test("A next hop is read once, also one that leads nowhere")
    func once() {
        var hops = NextHops()
        #expect(isRead("sip:romeo@127.0.0.1", &hops, as: socket))
        #expect(!isRead("sip:romeo@127.0.0.1", &hops, as: socket))
        #expect(isRead("sip:romeo@10.1.2.3", &hops))
        #expect(!isRead("sip:romeo@10.1.2.3", &hops))
    }

    @Test("A URI of the longest kind is remembered, a longer one is not")
    func longest() {
        var hops = NextHops()
        let edge = "sip:" + String(repeating: "r", count: NextHops.longest - 4)
        #expect(isRead(edge, &hops))
        #expect(!isRead(edge, &hops))
        #expect(isRead(edge + "r", &hops))
        #expect(isRead(edge + "r", &hops))
    }

    @Test("The older half of them is forgotten when there are too many")
    func capacity() {
        var hops = NextHops()
        for number in 0..<NextHops.capacity { #expect(isRead("sip:\(number)@127.0.0.1", &hops, as: socket)) }
        #expect(!isRead("sip:0@127.0.0.1", &hops, as: socket))
        #expect(isRead("sip:more@127.0.0.1", &hops, as: socket))
        #expect(isRead("sip:\(NextHops.capacity / 2 - 1)@127.0.0.1", &hops, as: socket))
        #expect(!isRead("sip:\(NextHops.capacity / 2)@127.0.0.1", &hops, as: socket))
    }
}
