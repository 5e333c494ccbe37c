import COpenSSL

/// What libssl's callbacks reach of a session: bytes that wait on either side, and what was seen.
///
/// It lies on the heap and is reached by pointer, because access to members of a class is checked at each use.
@safe struct Exchange {
    /// Bytes of the peer, lent for the time of a call.
    private var source: UnsafeRawPointer?
    private var sourceCount = 0
    /// Bytes of the peer that outlast their call.
    private var kept: [UInt8] = []
    private var keptStart = 0
    /// Where bytes for the peer go, lent for the time of a call.
    private var target: UnsafeMutableRawPointer?
    private var room = 0
    private(set) var written = 0
    /// Bytes for the peer that found no room there.
    var spilled: [UInt8] = []

    /// What the check of the peer's chain found.
    var finding: ChainJudge.Finding?
    /// The latest ticket, a reference of ours.
    private var ticket: OpaquePointer?
    /// Whether tickets are kept.
    var keepsTickets = false
    /// Whether the handshake is over.
    var isEstablished = false
    /// How many handshake messages moved after it: tickets, changes of keys.
    var lateMessages = 0
    /// Whether the peer asked for another handshake.
    var refusedHandshake = false
    /// The name that an accepting end assumes when it is not told one.
    var assumedName: String?

    // MARK: Bytes

    /// Lends the bytes of the peer until ``endSource()``.
    mutating func begin(source: UnsafeRawBufferPointer) {
        unsafe self.source = source.baseAddress
        sourceCount = source.count
    }

    /// Takes back what was lent; what was not read is kept.
    mutating func endSource() {
        if let start = unsafe source, sourceCount > 0 {
            unsafe kept.append(contentsOf: UnsafeRawBufferPointer(start: start, count: sourceCount))
        }
        unsafe source = nil
        sourceCount = 0
    }

    /// Whether bytes of the peer wait for the library.
    var hasInput: Bool { sourceCount > 0 || keptStart < kept.count }

    /// Keeps bytes of the peer.
    mutating func keep(_ bytes: [UInt8]) {
        kept.append(contentsOf: bytes)
    }

    /// Lends room for bytes to the peer until ``endTarget()``.
    mutating func begin(target: UnsafeMutableRawBufferPointer) {
        unsafe self.target = target.baseAddress
        room = target.count
        written = 0
    }

    /// Takes back the room; how much of it was filled.
    mutating func endTarget() -> Int {
        unsafe target = nil
        room = 0
        return written
    }

    /// Gives libssl up to a number of bytes of the peer.
    mutating func read(into data: UnsafeMutableRawPointer, count: Int) -> Int {
        if keptStart < kept.count {
            let count = min(count, kept.count - keptStart)
            unsafe kept.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return }
                // Both have at least `count` bytes.
                unsafe data.copyMemory(from: start + keptStart, byteCount: count)
            }
            keptStart += count
            if keptStart == kept.count {
                kept = []
                keptStart = 0
            }
            return count
        }
        guard let start = unsafe source, sourceCount > 0 else { return 0 }
        let count = min(count, sourceCount)
        unsafe data.copyMemory(from: start, byteCount: count)
        unsafe source = unsafe start + count
        sourceCount -= count
        return count
    }

    /// Takes bytes for the peer from libssl.
    mutating func write(_ data: UnsafeRawPointer, count: Int) {
        if spilled.isEmpty, let start = unsafe target, room - written >= count {
            unsafe (start + written).copyMemory(from: data, byteCount: count)
            written += count
        } else {
            unsafe spilled.append(contentsOf: UnsafeRawBufferPointer(start: data, count: count))
        }
    }

    // MARK: What was seen

    /// Takes over a ticket.
    mutating func put(ticket new: OpaquePointer?) {
        // Each reference has one owner: this, or who took it out.
        unsafe SSL_SESSION_free(ticket)
        unsafe ticket = unsafe new
    }

    /// Hands the latest ticket over.
    mutating func takeTicket() -> OpaquePointer? {
        let taken = unsafe ticket
        unsafe ticket = nil
        return unsafe taken
    }
}

/// libssl's view of an exchange.
@safe struct Transport: @unchecked Sendable {
    /// The methods; immutable once made and never freed.
    let methods: OpaquePointer

    private init(_ methods: OpaquePointer) {
        unsafe self.methods = unsafe methods
    }

    static let shared = Transport.make()

    private static func make() -> Transport {
        let kind = BIO_get_new_index() | BIO_TYPE_SOURCE_SINK
        guard let methods = unsafe BIO_meth_new(kind, "isthmus") else {
            preconditionFailure("libcrypto is out of memory")
        }
        // Each callback runs inside a call of the session that owns the exchange, on the session's thread.
        unsafe BIO_meth_set_write_ex(methods) { bio, data, count, written in
            guard let data = unsafe data, let written = unsafe written, let exchange = unsafe Transport.exchange(bio)
            else { return 0 }
            unsafe exchange.pointee.write(data, count: count)
            unsafe written.pointee = count
            unsafe isthmus_bio_clear_retry(bio)
            return 1
        }
        unsafe BIO_meth_set_read_ex(methods) { bio, data, count, read in
            guard let data = unsafe data, let read = unsafe read, let exchange = unsafe Transport.exchange(bio)
            else { return 0 }
            let got = unsafe exchange.pointee.read(into: data, count: count)
            unsafe read.pointee = got
            guard got > 0 else {
                unsafe isthmus_bio_retry_read(bio)
                return 0
            }
            unsafe isthmus_bio_clear_retry(bio)
            return 1
        }
        unsafe BIO_meth_set_ctrl(methods) { _, command, _, _ in
            command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP ? 1 : 0
        }
        unsafe BIO_meth_set_create(methods) { bio in
            unsafe BIO_set_init(bio, 1)
            return 1
        }
        return unsafe Transport(methods)
    }

    /// The exchange that a transport belongs to.
    static func exchange(_ bio: OpaquePointer?) -> UnsafeMutablePointer<Exchange>? {
        unsafe BIO_get_data(bio)?.assumingMemoryBound(to: Exchange.self)
    }

    /// The exchange that a session belongs to.
    static func exchange(ofSession ssl: OpaquePointer?) -> UnsafeMutablePointer<Exchange>? {
        guard let bio = unsafe SSL_get_rbio(ssl) else { return nil }
        return unsafe exchange(bio)
    }
}
