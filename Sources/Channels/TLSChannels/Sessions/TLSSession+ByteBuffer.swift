import NIOCore

extension TLSSession {
    /// What bytes of the peer led to.
    struct Advance {
        /// Whether the handshake was completed by them.
        var completed = false
        /// Whether the peer said goodbye with them.
        var closed = false
        /// Why the session is over.
        var failure: TLSError?
    }

    /// The smallest room that is read into.
    private static let leastRoom = 512

    /// How much room is made for what a number of bytes of the peer may hold.
    ///
    /// What comes out is shorter than what came in, but for the rest of a record that had begun to come.
    static func room(for count: Int) -> Int { max(leastRoom, min(count, 64 << 10)) }

    /// Takes bytes of the peer, goes as far as they lead, and appends what the peer wrote.
    ///
    /// - Parameters:
    ///   - ciphertext: what came; nil to begin.
    ///   - plaintext: takes what is read.
    /// - Returns: what happened. All that was given has been used, unless the session is over.
    func advance(_ ciphertext: ByteBuffer?, plaintext: inout ByteBuffer) -> Advance {
        guard let ciphertext else { return step(&plaintext, room: 0) }
        return unsafe ciphertext.withUnsafeReadableBytes { bytes in
            // The bytes are lent to the library for the time of this closure.
            unsafe exchange.pointee.begin(source: bytes)
            defer { unsafe exchange.pointee.endSource() }
            return step(&plaintext, room: bytes.count)
        }
    }

    private func step(_ plaintext: inout ByteBuffer, room: Int) -> Advance {
        var advance = Advance()
        if !isEstablished {
            switch handshake() {
            case .incomplete: return advance
            case .complete: advance.completed = true
            case .failed(let error):
                advance.failure = error
                return advance
            }
        }
        var room = Self.room(for: room)
        while true {
            var outcome = Pull.incomplete
            unsafe plaintext.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { buffer in
                // The library fills at most this buffer.
                outcome = unsafe pull(into: buffer)
                if case .bytes(let count) = outcome { return count }
                return 0
            }
            switch outcome {
            case .bytes:
                guard hasMore else { return advance }
                room = plaintext.writableBytes == 0 ? max(Self.leastRoom, pendingBytes) : 1
            case .incomplete: return advance
            case .closed:
                advance.closed = true
                return advance
            case .failed(let error):
                advance.failure = error
                return advance
            }
        }
    }

    /// Writes to the peer, straight into a buffer.
    ///
    /// - Parameters:
    ///   - plaintext: what the peer shall read.
    ///   - ciphertext: takes the bytes that the peer must get.
    /// - Returns: whether it was written.
    func encrypt(_ plaintext: ByteBuffer, into ciphertext: inout ByteBuffer) -> Step {
        let count = plaintext.readableBytes
        takeOutput(into: &ciphertext)
        var step = Step.complete
        unsafe ciphertext.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.encrypted(count)) { target in
            // Both buffers are lent to the library for the time of this closure.
            unsafe exchange.pointee.begin(target: target)
            step = unsafe plaintext.withUnsafeReadableBytes { unsafe push($0) }
            return unsafe exchange.pointee.endTarget()
        }
        takeOutput(into: &ciphertext)
        return step
    }

    /// How many bytes a number of bytes becomes at most under the suites that are spoken.
    static func encrypted(_ count: Int) -> Int {
        count + (count / largestRecord + 1) * 64
    }

    /// Appends the bytes that the peer must get.
    func takeOutput(into buffer: inout ByteBuffer) {
        let bytes = takeOutput()
        if !bytes.isEmpty { buffer.writeBytes(bytes) }
    }
}
