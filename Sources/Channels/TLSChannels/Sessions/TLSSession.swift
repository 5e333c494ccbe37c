import COpenSSL

/// One end of TLS without a socket: it is fed with what the peer sent, and drained of what the peer must get.
///
/// A session belongs to one thread at a time. It never waits: each step answers whether it is complete, needs more bytes
/// of the peer, or has failed. After a failure what is left to send (an alert) can still be taken.
@safe public final class TLSSession {
    /// What a step came to.
    public enum Step: Hashable, Sendable {
        /// It needs more bytes of the peer.
        case incomplete
        /// It is done.
        case complete
        /// The session is over.
        case failed(TLSError)
    }

    /// What reading came to.
    public enum Reading: Hashable, Sendable {
        /// These bytes were read.
        case bytes([UInt8])
        /// It needs more bytes of the peer.
        case incomplete
        /// The peer has said goodbye: nothing follows.
        case closed
        /// The session is over.
        case failed(TLSError)
    }

    /// The most bytes that one record carries.
    public static let largestRecord = 16 << 10

    /// The context that it was made from.
    public let context: TLSContext
    /// The name that is asked for, or assumed when the peer asks for none.
    public let name: String?
    /// Whether the handshake is over.
    public private(set) var isEstablished = false
    /// Whether the peer has said goodbye.
    public private(set) var hasReceivedClose = false
    /// Whether the goodbye to the peer has been written.
    public private(set) var hasSentClose = false
    /// How many records carried fewer than 64 bytes.
    public private(set) var smallRecords = 0

    /// Freed at the end, with the transport that it owns.
    let ssl: OpaquePointer
    /// Freed at the end, after the session that reaches it.
    let exchange: UnsafeMutablePointer<Exchange>
    private var failure: TLSError?

    /// Makes a session that has not begun.
    ///
    /// - Parameters:
    ///   - context: what it may agree on.
    ///   - name: of a connecting side, the name that it asks for, with A-labels (an address is not asked for); of an
    ///     accepting side, the name that it assumes when the peer asks for none.
    ///   - resumption: what an earlier session left; ignored under another context or for another name.
    /// - Throws: ``TLSError`` with `.library` when memory is exhausted.
    public init(
        context: TLSContext,
        name: String? = nil,
        resuming resumption: TLSResumption? = nil
    ) throws(TLSError) {
        LibraryErrors.clear()
        guard let ssl = unsafe SSL_new(context.handle.pointer) else { throw TLSError(LibraryErrors.drain()) }
        guard let bio = unsafe BIO_new(Transport.shared.methods) else {
            unsafe SSL_free(ssl)
            throw TLSError(LibraryErrors.drain())
        }
        self.context = context
        self.name = name
        unsafe self.ssl = unsafe ssl
        unsafe exchange = .allocate(capacity: 1)
        unsafe exchange.initialize(to: Exchange())
        unsafe BIO_set_data(bio, exchange)
        // The session owns the transport from here on.
        unsafe SSL_set_bio(ssl, bio, bio)
        unsafe exchange.pointee.keepsTickets = context.configuration.resumesSessions && context.role == .client
        switch context.role {
        case .server:
            unsafe SSL_set_accept_state(ssl)
            unsafe exchange.pointee.assumedName = name
        case .client:
            unsafe SSL_set_connect_state(ssl)
            if let name, let host = DomainName(name), !host.isAddress {
                _ = unsafe isthmus_ssl_set_server_name(ssl, host.labels.joined(separator: "."))
            }
            if let resumption, resumption.context === context, resumption.name == name {
                _ = unsafe SSL_set_session(ssl, resumption.pointer)
            }
        }
    }

    deinit {
        unsafe exchange.pointee.put(ticket: nil)
        // Without this the library would spoil the ticket of a session that was not closed.
        if failure == nil || hasReceivedClose {
            unsafe SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN)
        }
        unsafe SSL_free(ssl)
        unsafe exchange.deinitialize(count: 1)
        unsafe exchange.deallocate()
    }

    // MARK: Bytes

    /// Feeds bytes of the peer; they wait until a step needs them.
    ///
    /// - Parameter bytes: what came, in any portions.
    public func receive(_ bytes: [UInt8]) {
        unsafe exchange.pointee.keep(bytes)
    }

    /// Takes the bytes that the peer must get.
    ///
    /// - Returns: all that have gathered; empty when there are none.
    public func takeOutput() -> [UInt8] {
        guard unsafe !exchange.pointee.spilled.isEmpty else { return [] }
        let bytes = unsafe exchange.pointee.spilled
        unsafe exchange.pointee.spilled = []
        return bytes
    }

    // MARK: Steps

    /// Goes on with the handshake.
    ///
    /// - Returns: `.complete` once both ends agree; see ``peer``.
    public func handshake() -> Step {
        if let failure { return .failed(failure) }
        if isEstablished { return .complete }
        LibraryErrors.clear()
        let result = unsafe SSL_do_handshake(ssl)
        if result == 1 {
            isEstablished = true
            unsafe exchange.pointee.isEstablished = true
            return .complete
        }
        return outcome(of: result) == .incomplete ? .incomplete : .failed(failure ?? TLSError(.closed, "closed"))
    }

    /// Reads what the peer wrote.
    ///
    /// - Parameter count: how many bytes at most.
    /// - Returns: the bytes of at most one record.
    public func read(atMost count: Int = TLSSession.largestRecord) -> Reading {
        var state = Pull.incomplete
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: max(1, count)) { buffer, filled in
            state = unsafe pull(into: UnsafeMutableRawBufferPointer(buffer))
            if case .bytes(let got) = state { filled = got }
        }
        switch state {
        case .bytes: return .bytes(bytes)
        case .incomplete: return .incomplete
        case .closed: return .closed
        case .failed(let error): return .failed(error)
        }
    }

    /// Writes to the peer.
    ///
    /// - Parameter plaintext: what the peer shall read.
    /// - Returns: `.complete`; or `.failed` before the handshake is over or after the session is.
    public func write(_ plaintext: [UInt8]) -> Step {
        // The bytes are read during the call only.
        unsafe plaintext.withUnsafeBytes { unsafe push($0) }
    }

    /// Says goodbye: nothing more can be written, but the peer may still write.
    ///
    /// - Returns: `.complete` when it is written, now or earlier; `.failed` when there is no session to end.
    @discardableResult
    public func close() -> Step {
        if let failure { return .failed(failure) }
        guard isEstablished else { return .failed(TLSError(.closed, "the handshake is not over")) }
        guard !hasSentClose else { return .complete }
        hasSentClose = true
        LibraryErrors.clear()
        _ = unsafe SSL_shutdown(ssl)
        LibraryErrors.clear()
        return .complete
    }

    /// Tells that no bytes of the peer follow.
    ///
    /// - Returns: why that is a fault; nil when the peer had said goodbye.
    public func endOfInput() -> TLSError? {
        if hasReceivedClose || failure != nil { return nil }
        let error =
            isEstablished
            ? TLSError(.truncated, "the connection ended without a goodbye; what came last may be cut off")
            : TLSError(.closedInHandshake, "the peer closed the connection during the handshake")
        failure = error
        return error
    }

    // MARK: On the way of each record

    /// What a single read came to.
    enum Pull: Equatable {
        case bytes(Int)
        case incomplete
        case closed
        case failed(TLSError)
    }

    /// Reads from at most one record into a buffer that has room.
    func pull(into buffer: UnsafeMutableRawBufferPointer) -> Pull {
        if let failure { return .failed(failure) }
        if hasReceivedClose { return .closed }
        LibraryErrors.clear()
        var got = 0
        // Writes at most the count of the buffer.
        let result = unsafe SSL_read_ex(ssl, buffer.baseAddress, buffer.count, &got)
        if result == 1 {
            if got < 64, unsafe SSL_pending(ssl) == 0 { smallRecords += 1 }
            return .bytes(got)
        }
        return outcome(of: result)
    }

    /// Whether bytes of the peer wait, on either side of the library: reading on may lead somewhere.
    var hasMore: Bool { unsafe exchange.pointee.hasInput || SSL_has_pending(ssl) == 1 }

    /// How many bytes of the record that was begun are still to be read.
    var pendingBytes: Int { Int(unsafe SSL_pending(ssl)) }

    /// Writes all bytes of a buffer.
    func push(_ buffer: UnsafeRawBufferPointer) -> Step {
        if let failure { return .failed(failure) }
        guard isEstablished, !hasSentClose else { return .failed(TLSError(.closed, "nothing can be written")) }
        LibraryErrors.clear()
        var start = buffer.baseAddress
        var rest = buffer.count
        while rest > 0 {
            var taken = 0
            // Reads at most `rest` bytes of the buffer.
            guard unsafe SSL_write_ex(ssl, start, rest, &taken) == 1 else {
                _ = outcome(of: 0)
                return .failed(failure ?? fail(TLSError(.library, "libssl could not write")))
            }
            unsafe start = unsafe start.map { unsafe $0 + taken }
            rest -= taken
        }
        return .complete
    }

    /// What a call came to that did not succeed.
    private func outcome(of result: Int32) -> Pull {
        let kind = unsafe SSL_get_error(ssl, result)
        if unsafe exchange.pointee.refusedHandshake {
            LibraryErrors.clear()
            return .failed(fail(TLSError(.renegotiation, "the peer asked for another handshake")))
        }
        switch kind {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .incomplete
        case SSL_ERROR_ZERO_RETURN:
            hasReceivedClose = true
            return .closed
        default: return .failed(fail(TLSError(LibraryErrors.drain())))
        }
    }

    private func fail(_ error: TLSError) -> TLSError {
        failure = error
        return error
    }

    /// How many handshake messages moved after the handshake, tickets and changes of keys among them.
    var lateMessages: Int { unsafe exchange.pointee.lateMessages }

    /// Writes with other keys from here on.
    func updateKeys() -> Bool {
        LibraryErrors.clear()
        return unsafe SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED) == 1 && SSL_do_handshake(ssl) == 1
    }
}
