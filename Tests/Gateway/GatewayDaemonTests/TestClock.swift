import BridgeCore
import Synchronization

@testable import GatewayDaemon

/// A clock that stands still until a test moves it, so that no machine is too slow for a test.
final class TestClock: Sendable {
    private let start: Int64
    private let elapsed = Mutex<Int64>(0)

    /// Makes a clock that stands at a time, in Unix milliseconds.
    init(at start: Int64 = 1_790_000_000_000) { self.start = start }

    var clock: GatewayClock {
        GatewayClock { [self] in
            let passed = elapsed.withLock { $0 }
            return Moment(monotonic: UInt64(1_000_000 + passed) * 1_000_000, wall: start + passed)
        }
    }

    func advance(milliseconds: Int64) { elapsed.withLock { $0 += milliseconds } }
}
