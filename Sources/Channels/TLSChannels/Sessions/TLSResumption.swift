import COpenSSL

/// What a connecting side keeps to shorten its next handshake with the same peer.
///
/// It is used at most once, and only under the context and for the name that it came from.
///
/// Source: RFC 7590 §3.3.
@safe public final class TLSResumption: @unchecked Sendable {
    /// The library counts references with atomic operations and changes nothing in a session that is over.
    let pointer: OpaquePointer
    /// The context whose trust the peer was checked under.
    let context: TLSContext
    /// The name that was asked for.
    let name: String?

    /// Takes over a reference.
    init(owning pointer: OpaquePointer, context: TLSContext, name: String?) {
        unsafe self.pointer = unsafe pointer
        self.context = context
        self.name = name
    }

    deinit {
        // The reference that was taken over is given back once.
        unsafe SSL_SESSION_free(pointer)
    }
}
