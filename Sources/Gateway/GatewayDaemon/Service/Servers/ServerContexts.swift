import TLSChannels
import XMPPChannels

/// The contexts of TLS that are in force for streams between servers.
///
/// Streams that stand keep the context that they began with.
final class ServerContexts: Sendable {
    /// For servers that connect.
    let accepting: TLSContextHolder
    /// For servers that are connected to.
    let connecting: TLSContextHolder

    init(_ files: ServerFiles) {
        accepting = TLSContextHolder(files.accepting)
        connecting = TLSContextHolder(files.connecting)
    }

    /// The certificate that is shown.
    var credentials: TLSCredentials? { accepting.current.credentials.first }

    /// Puts what was read in force for later streams.
    func replace(with files: ServerFiles) {
        accepting.replace(with: files.accepting)
        connecting.replace(with: files.connecting)
    }

    /// Gives later streams other keys for tickets.
    ///
    /// - Throws: ``TLSConfigurationError`` when memory is exhausted; what was in force stays.
    func renew() throws(TLSConfigurationError) {
        let (server, client) = (try accepting.current.renewed(), try connecting.current.renewed())
        accepting.replace(with: server)
        connecting.replace(with: client)
    }
}
