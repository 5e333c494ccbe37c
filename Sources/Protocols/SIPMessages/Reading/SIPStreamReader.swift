/// Cuts a byte stream into SIP messages.
///
/// Messages are framed by Content-Length alone, so any split of the stream gives the same messages. What a peer can
/// make the reader keep is bounded by the limits. After an error that loses the place of the next message, every
/// call of ``next()`` throws that error.
///
/// Source: RFC 3261 §7.5, §18.3.
public struct SIPStreamReader: Sendable {
    /// What a stream holds.
    public enum Event: Sendable, Equatable {
        /// A message.
        case message(SIPMessage)
        /// A message that is wrong, but whose end is known; an answer may be due, and the stream goes on.
        case malformed(SIPError)
        /// A double line end between messages, to be answered with a single one (RFC 5626 §3.5.1, §4.4.1).
        case keepAlive
    }

    /// The bounds.
    public let limits: SIPLimits

    private var buffer: [UInt8] = []
    /// The first byte that belongs to no message yet.
    private var start = 0
    /// How far the end of the head has been looked for.
    private var scanned = 0
    private var head: SIPReader.Head?
    private var bodyLength = 0
    /// Line ends seen since the last message or event.
    private var lineEnds = 0
    /// The length of an unfinished head at which it is looked at; doubled each time, so that the cost stays linear.
    private var nextCheck: Int
    private var failure: SIPError?

    /// Makes a reader at the start of a stream.
    public init(limits: SIPLimits = SIPLimits()) {
        self.limits = limits
        nextCheck = limits.startLineBytes + 1
    }

    /// Whether part of a message, or of a line end, waits for the rest.
    public var isInsideMessage: Bool { start < buffer.count }

    /// The bytes that are kept.
    public var bufferedBytes: Int { buffer.count - start }

    /// Takes bytes of the stream; nothing after a failure.
    public mutating func feed(_ bytes: ArraySlice<UInt8>) {
        guard failure == nil else { return }
        if start > 0 {
            buffer.removeFirst(start)
            scanned = max(0, scanned - start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next event, or nil when it has not arrived in full.
    ///
    /// - Throws: ``SIPError`` when the place of the next message is lost: answer if `status` says so, then close.
    public mutating func next() throws(SIPError) -> Event? {
        if let failure { throw failure }
        do throws(SIPError) {
            return try advance()
        } catch {
            failure = error
            buffer = []
            start = 0
            throw error
        }
    }

    private mutating func advance() throws(SIPError) -> Event? {
        if head == nil {
            if skipLineEnds() { return .keepAlive }
            guard start < buffer.count else { return nil }
            try checkFirstByte()
            guard let end = headEnd() else {
                try checkUnfinishedHead()
                return nil
            }
            if let event = try readHead(Array(buffer[start..<end])) { return event }
        }
        guard let head else { return nil }
        let total = head.end + bodyLength
        guard buffer.count - start >= total else { return nil }
        let bytes = bodyLength == 0 ? head.headers.bytes : Array(buffer[start..<(start + total)])
        finish(total)
        let whole = SIPHeaders(bytes: bytes, entries: head.headers.entries)
        return .message(head.with(whole).message(bodyLength: total - head.end))
    }

    /// Reads a complete head; the event is one that needs no body.
    private mutating func readHead(_ bytes: [UInt8]) throws(SIPError) -> Event? {
        let read: SIPReader.Head
        do throws(SIPError) {
            read = try SIPReader.Head(bytes, from: 0, limits: limits)
        } catch {
            return try skip(error, headLength: bytes.count)
        }
        guard let length = try length(in: read.headers, answerable: read.isAnswerable) else { return nil }
        try read.checkBody(length, limits: limits)
        head = read
        bodyLength = length
        return nil
    }

    /// Steps over a wrong message that has no body; one with a body is not waited for.
    private mutating func skip(_ error: SIPError, headLength: Int) throws(SIPError) -> Event? {
        let isWhole =
            error.code == .unsupportedVersion || error.code == .malformedStartLine || error.code == .malformedURI
        guard isWhole, let headers = error.headers, try length(in: headers, answerable: error.status != nil) == 0 else {
            throw error
        }
        finish(headLength)
        return .malformed(error)
    }

    private func length(in headers: SIPHeaders, answerable: Bool) throws(SIPError) -> Int? {
        let length: Int?
        do throws(SIPError) {
            length = try ContentLengthField.value(in: headers)
        } catch {
            throw error.of(headers, answerable: answerable)
        }
        guard let length else {
            throw SIPError(.missingContentLength, "A message on a stream has a Content-Length.", header: .contentLength)
                .of(headers, answerable: answerable)
        }
        return length
    }

    private mutating func finish(_ length: Int) {
        start += length
        scanned = start
        nextCheck = limits.startLineBytes + 1
        head = nil
        bodyLength = 0
    }

    /// Steps over line ends before a start line.
    ///
    /// - Returns: whether they make a keep-alive.
    private mutating func skipLineEnds() -> Bool {
        while start + 1 < buffer.count, buffer[start] == 0x0D, buffer[start + 1] == 0x0A {
            start += 2
            lineEnds += 1
        }
        if scanned < start { scanned = start }
        if lineEnds >= 2 {
            // A run of many counts once, so that the answer is never longer than the question.
            lineEnds = 0
            return true
        }
        if start < buffer.count, buffer[start] != 0x0D { lineEnds = 0 }
        return false
    }

    /// Looks for the empty line, going on where the last search ended.
    private mutating func headEnd() -> Int? {
        let (index, isFound) = Self.emptyLine(buffer.span, from: max(scanned, start))
        if isFound { return index }
        scanned = index
        return nil
    }

    /// The first byte after the first empty line, or how far there is none.
    private static func emptyLine(_ bytes: Span<UInt8>, from start: Int) -> (Int, Bool) {
        var index = start
        while index + 3 < bytes.count {
            // The byte three further on decides how far the search may jump.
            let last = bytes[index + 3]
            if last == 0x0A {
                if bytes[index + 2] == 0x0D, bytes[index + 1] == 0x0A, bytes[index] == 0x0D {
                    return (index + 4, true)
                }
                index += 2
            } else if last == 0x0D {
                index += 1
            } else {
                index += 4
            }
        }
        return (index, false)
    }

    /// Refuses what begins no message, whether or not its head has arrived: both ends of a cut see the same.
    private func checkFirstByte() throws(SIPError) {
        let first = buffer[start]
        if !first.isToken, first != 0x0D || (start + 1 < buffer.count && buffer[start + 1] != 0x0A) {
            throw SIPError(.malformedStartLine, "A message begins with a method or a version.", at: 0, status: nil)
        }
    }

    /// Refuses a head that cannot become a good one, so that it is not waited for.
    private mutating func checkUnfinishedHead() throws(SIPError) {
        guard buffer.count - start >= nextCheck else { return }
        nextCheck = min(2 * (buffer.count - start), limits.headersBytes + 1)
        let bytes = Array(buffer[start...])
        let scan = HeadScan(bytes.span, from: 0, limits: limits)
        let headers = SIPHeaders(bytes: bytes, entries: scan.entries)
        let answerable = SIPReader.Head.isAnswerable(bytes.span, scan.startLine)
        if let fault = scan.fault, fault.code != .unterminatedHeaders {
            throw fault.of(headers, answerable: answerable)
        }
        // The empty line is no part of the header fields, so its first byte may wait for the second.
        guard bytes.count - (bytes.last == 0x0D ? 1 : 0) <= limits.headersBytes else {
            throw SIPError(.headersTooLong, "The header fields together are too long.", at: limits.headersBytes)
                .of(headers, answerable: answerable)
        }
    }
}

extension SIPReader.Head {
    /// The same head over bytes that go further.
    fileprivate func with(_ headers: SIPHeaders) -> SIPReader.Head {
        SIPReader.Head(headers: headers, line: line, start: start, end: end, isAnswerable: isAnswerable)
    }

    private init(headers: SIPHeaders, line: StartLine, start: Int, end: Int, isAnswerable: Bool) {
        self.headers = headers
        self.line = line
        self.start = start
        self.end = end
        self.isAnswerable = isAnswerable
    }
}
