import Glibc
import NIOCore
import SIMPLELegs
import XMPPLegs

extension StartFault {
    /// A socket that could not be bound, with the key that asks for it.
    ///
    /// - Parameters:
    ///   - error: what binding failed with.
    ///   - other: what the socket is, where it is no listener of the configuration.
    /// - Returns: which one, and what to do.
    static func unbound(_ error: any Error, orElse other: String) -> StartFault {
        switch error {
        case let fault as SIMPLELegSettings.Listener.Fault:
            let listener = fault.listener
            let place = "\(listener.transport):\(address(listener.host, listener.port))"
            return .unreachable("\(place) (sip: listen) \(words(fault.cause))")
        case let fault as XMPPLegSettings.Server.Listener.Fault:
            let (listener, key) = (fault.listener, fault.listener.isDirect ? "direct-tls" : "listen")
            let place = address(listener.host, listener.port)
            return .unreachable("\(place) (xmpp: server: \(key)) \(words(fault.cause))")
        default:
            return .unreachable("\(other) \(words(error))")
        }
    }

    private static func address(_ host: String, _ port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    private static func words(_ error: any Error) -> String {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE?: "is in use by another process; end it, or name another port"
        case EADDRNOTAVAIL?: "is no address of this machine; name one that it has"
        case EACCES?:
            "may not be bound by the gateway's user; a port below 1024 needs the capability CAP_NET_BIND_SERVICE"
        // The text is copied at once.
        case let code?: "cannot be bound: " + (unsafe String(cString: strerror(code)))
        case nil: "cannot be bound: \(error)"
        }
    }
}
