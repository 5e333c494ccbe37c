import Addressing
import NIOCore

/// How many connections come from where.
///
/// Source: RFC 6120 §13.12, XEP-0205 §3.
struct CallerCounts {
    /// Where a connection comes from: an IPv4 address, or an IPv6 network of 64 bits, which one customer has.
    struct Caller: Hashable {
        /// The address, for people.
        let address: String
        private let network: UInt64
        private let isIPv6: Bool

        init(_ socket: SocketAddress?) {
            address = socket?.ipAddress ?? ""
            switch try? IPAddress(address) {
            case .v4(let address): (network, isIPv6) = (UInt64(address.bits), false)
            case .v6(let address): (network, isIPv6) = (address.high, true)
            case nil: (network, isIPv6) = (0, false)
            }
        }

        static func == (left: Caller, right: Caller) -> Bool {
            left.network == right.network && left.isIPv6 == right.isIPv6
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(network)
            hasher.combine(isIPv6)
        }
    }

    private struct Count {
        var all = 0
        var strangers = 0
    }

    private var counts: [Caller: Count] = [:]
    private var all = 0

    /// Counts a connection in; false where it is one too many.
    mutating func came(_ caller: Caller, _ bounds: ServerBounds) -> Bool {
        let count = counts[caller] ?? Count()
        guard all < bounds.connections, count.all < bounds.connectionsPerAddress,
            count.strangers < bounds.strangersPerAddress
        else { return false }
        all += 1
        counts[caller] = Count(all: count.all + 1, strangers: count.strangers + 1)
        return true
    }

    /// A connection has proved a domain.
    mutating func proved(_ caller: Caller) { counts[caller]?.strangers -= 1 }

    /// A connection is gone.
    mutating func left(_ caller: Caller, hadProved: Bool) {
        guard var count = counts[caller] else { return }
        all -= 1
        count.all -= 1
        if !hadProved { count.strangers -= 1 }
        counts[caller] = count.all > 0 ? count : nil
    }
}
