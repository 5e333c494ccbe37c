import Synchronization

/// Everything that many sessions have in common: an immutable value that any thread may use.
///
/// A change of certificates or settings makes another context; see ``TLSContextHolder``.
public final class TLSContext: Sendable {
    /// Which side of the handshake a session is on.
    public enum Role: Hashable, Sendable {
        /// The side that connects.
        case client
        /// The side that accepts.
        case server
    }

    /// Which side its sessions are on.
    public let role: Role
    /// What it was made of.
    public let configuration: TLSConfiguration
    /// The certificates that are shown.
    public let credentials: [TLSCredentials]

    let handle: ContextHandle

    /// Makes a context.
    ///
    /// - Parameters:
    ///   - configuration: what may be agreed on.
    ///   - role: which side the sessions are on.
    ///   - credentials: what is shown. An accepting side chooses by the name that it is asked for, and shows the first
    ///     where none is for it; a connecting side shows the first, if it is asked.
    /// - Throws: ``TLSConfigurationError`` with `.noCredentials`, `.weak`, `.unreadableTrustRoots`, `.ciphers`,
    ///   `.applicationProtocol`, `.versions` or `.library`.
    public init(
        _ configuration: TLSConfiguration,
        role: Role,
        credentials: [TLSCredentials] = []
    ) throws(TLSConfigurationError) {
        if role == .server, credentials.isEmpty {
            throw TLSConfigurationError(.noCredentials, "an accepting side must have a certificate to show")
        }
        self.role = role
        self.configuration = configuration
        self.credentials = credentials
        handle = try ContextHandle(configuration, role: role, credentials: credentials)
    }

    /// Makes the same context with other keys for tickets.
    ///
    /// Who has the keys of tickets can read what was sent under them, so that a daemon that runs for long renews its
    /// contexts each day.
    ///
    /// - Returns: a context of the same configuration and credentials.
    /// - Throws: ``TLSConfigurationError`` with `.library` when memory is exhausted.
    public func renewed() throws(TLSConfigurationError) -> TLSContext {
        try TLSContext(configuration, role: role, credentials: credentials)
    }
}

/// The context in force, which a reload replaces while sessions of the one before live on.
///
/// Source: RFC 6120 §13.7.2.3.
public final class TLSContextHolder: Sendable {
    private let context: Mutex<TLSContext>

    /// Holds a context.
    ///
    /// - Parameter context: the first one.
    public init(_ context: TLSContext) {
        self.context = Mutex(context)
    }

    /// The context for the next session.
    public var current: TLSContext { context.withLock { $0 } }

    /// Puts another context in force; sessions that stand keep theirs.
    ///
    /// - Parameter next: the context for all sessions from then on.
    public func replace(with next: TLSContext) {
        context.withLock { $0 = next }
    }
}
