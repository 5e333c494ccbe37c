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
        /// Open questions about keys that were shown on its connections.
        var questions = 0
    }

    private var counts: [Caller: Count] = [:]
    private var all = 0
    /// Those of them that have proved nothing.
    private var strangers = 0
    /// Connections of the present minute that have proved nothing, also those that are gone.
    private var minute = (since: UInt64(0), strangers: [Caller: Int]())

    /// Counts a connection in; false where it is one too many.
    ///
    /// Source: XEP-0205 §3.
    mutating func came(_ caller: Caller, _ bounds: ServerBounds, now: UInt64) -> Bool {
        if now >= minute.since &+ 60_000_000_000 || minute.strangers.count >= bounds.connections {
            minute = (now, [:])
        }
        var count = counts[caller] ?? Count()
        let lately = minute.strangers[caller] ?? 0
        // A quarter of the places is kept for whoever has proved a domain.
        guard all < bounds.connections, strangers < bounds.connections - bounds.connections / 4,
            count.all < bounds.connectionsPerAddress, count.strangers < bounds.strangersPerAddress,
            lately < bounds.strangersPerMinute
        else { return false }
        all += 1
        strangers += 1
        count.all += 1
        count.strangers += 1
        counts[caller] = count
        minute.strangers[caller] = lately + 1
        return true
    }

    /// A connection has proved a domain.
    mutating func proved(_ caller: Caller) {
        strangers -= 1
        counts[caller]?.strangers -= 1
        if let strangers = minute.strangers[caller], strangers > 0 { minute.strangers[caller] = strangers - 1 }
    }

    /// A key was shown that has to be asked about; false where it is one too many.
    mutating func asks(_ caller: Caller, _ bounds: ServerBounds) -> Bool {
        guard counts[caller, default: Count()].questions < bounds.verificationsPerAddress else { return false }
        counts[caller, default: Count()].questions += 1
        return true
    }

    /// A question about a key is answered; its connection may be gone.
    mutating func answered(_ caller: Caller) {
        guard var count = counts[caller] else { return }
        count.questions -= 1
        keep(count, caller)
    }

    /// A connection is gone.
    mutating func left(_ caller: Caller, hadProved: Bool) {
        guard var count = counts[caller] else { return }
        all -= 1
        count.all -= 1
        if !hadProved {
            strangers -= 1
            count.strangers -= 1
        }
        keep(count, caller)
    }

    private mutating func keep(_ count: Count, _ caller: Caller) {
        counts[caller] = count.all > 0 || count.questions > 0 ? count : nil
    }
}
