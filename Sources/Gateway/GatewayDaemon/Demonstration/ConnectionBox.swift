import NIOCore
import Synchronization

/// The channel of a neighbor's one connection, once it is there.
final class ConnectionBox: Sendable {
    private let value = Mutex<(any Channel)?>(nil)

    var channel: (any Channel)? { value.withLock { $0 } }

    func set(_ channel: any Channel) { value.withLock { $0 = channel } }
}
