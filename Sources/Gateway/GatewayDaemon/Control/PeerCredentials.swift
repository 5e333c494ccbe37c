import Glibc
import NIOCore

/// Who is at the other end of a Unix socket.
enum PeerCredentials {
    /// What Linux fills in for SO_PEERCRED, which the C library declares for GNU sources alone: `struct ucred`.
    private struct Filled: Sendable {
        var process: Int32
        var user: UInt32
        var group: UInt32
    }

    /// The user id of the peer as text, such as `uid 1000`.
    static func user(of channel: any Channel) -> EventLoopFuture<String> {
        guard let provider = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeSucceededFuture("unknown")
        }
        // SO_PEERCRED fills three words of 32 bits, which is what the type parameter says.
        let credentials: EventLoopFuture<Filled> = provider.unsafeGetSocketOption(
            level: .init(rawValue: SOL_SOCKET),
            name: .init(rawValue: SO_PEERCRED)
        )
        return credentials.map { "uid \($0.user)" }.flatMapErrorThrowing { _ in "unknown" }
    }
}
