import NIOCore
import NIOPosix

/// The loopback addresses that this machine has.
public enum Families {
    /// `127.0.0.1`, and `::1` where there is one; its lack is printed.
    public static let hosts: [String] = {
        do {
            let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
            let channel = try ServerBootstrap(group: eventLoop).bind(host: "::1", port: 0).wait()
            channel.close(promise: nil)
            return ["127.0.0.1", "::1"]
        } catch {
            print("skipped: the tests over IPv6, since ::1 cannot be bound (\(error))")
            return ["127.0.0.1"]
        }
    }()
}
