/// Reads whole SIP messages.
///
/// Reading finds where everything lies and checks the start line and the framing; header fields are read by the
/// accessors of ``SIPHeaders`` and checked together by ``SIPRequest/validate(limits:takesStrayPercents:)``.
public enum SIPReader {
    /// Reads the message in a datagram.
    ///
    /// Bytes after the Content-Length are noise; without one the body goes to the end of the datagram. Line ends
    /// before the start line are skipped.
    ///
    /// - Parameters:
    ///   - bytes: a datagram, kept as the storage of the message.
    ///   - limits: the bounds.
    /// - Returns: the message.
    /// - Throws: ``SIPError``; its `status` is nil when nothing must be answered.
    ///
    /// Source: RFC 3261 §7.5, §18.3.
    public static func read(datagram bytes: [UInt8], limits: SIPLimits = SIPLimits()) throws(SIPError) -> SIPMessage {
        var start = 0
        while start < bytes.count, bytes[start] == 0x0D || bytes[start] == 0x0A { start += 1 }
        let head = try Head(bytes, from: start, limits: limits)
        let rest = bytes.count - head.end
        let length: Int
        do throws(SIPError) {
            length = try ContentLengthField.value(in: head.headers) ?? rest
        } catch {
            throw error.of(head.headers, answerable: head.isAnswerable)
        }
        try head.checkBody(length, limits: limits)
        guard length <= rest else {
            throw SIPError(.truncatedBody, "The datagram ends before the body does.", at: bytes.count)
                .of(head.headers, answerable: head.isAnswerable)
        }
        return head.message(bodyLength: length)
    }

    /// Start line and header fields that could be read.
    struct Head {
        let headers: SIPHeaders
        let line: StartLine
        let start: Int
        /// The first byte of the body.
        let end: Int
        /// Whether a fault may be answered: neither a response nor an ACK.
        let isAnswerable: Bool

        init(_ bytes: [UInt8], from start: Int, limits: SIPLimits) throws(SIPError) {
            let scan = HeadScan(bytes.span, from: start, limits: limits)
            let headers = SIPHeaders(bytes: bytes, entries: scan.entries)
            let answerable = Self.isAnswerable(bytes.span, scan.startLine)
            var line: StartLine?
            do throws(SIPError) {
                line = try StartLine.read(bytes.span, scan.startLine)
            } catch {
                // An empty line, or one that was cut off, has its own fault below. A fault of the header fields comes
                // first also where the version is another: on a stream it is seen before the head has ended.
                let isCutOff = scan.fault?.code == .unterminatedHeaders
                if scan.fault == nil || (isCutOff && error.code == .unsupportedVersion) {
                    throw error.of(headers, answerable: answerable)
                }
            }
            if let fault = scan.fault { throw fault.of(headers, answerable: answerable) }
            guard let line else { throw SIPError(.empty, "There is no start line.", at: start, status: nil) }
            self.headers = headers
            self.line = line
            self.start = start
            end = scan.end
            isAnswerable = answerable
        }

        /// Whether a message that begins so may be answered.
        static func isAnswerable(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Bool {
            if line.isEmpty || StartLine.isStatus(bytes, line) { return false }
            return !(line.count > 3 && bytes.extracting(line.lowerBound..<(line.lowerBound + 4)).equals("ACK "))
        }

        func checkBody(_ length: Int, limits: SIPLimits) throws(SIPError) {
            guard length <= limits.bodyBytes, length <= limits.messageBytes - (end - start) else {
                throw SIPError(.bodyTooLarge, "The body is too large.", at: end, header: .contentLength, status: 413)
                    .of(headers, answerable: isAnswerable)
            }
        }

        func message(bodyLength: Int) -> SIPMessage {
            let body = end..<(end + bodyLength)
            switch line {
            case .request(let method, let uri):
                return .request(
                    SIPRequest(
                        method: SIPMethod(bytes: headers.bytes[method]),
                        headers: headers,
                        methodRange: method,
                        uriRange: uri,
                        bodyRange: body
                    )
                )
            case .status(let status, let reason):
                return .response(
                    SIPResponse(status: status, headers: headers, start: start, reasonRange: reason, bodyRange: body)
                )
            }
        }
    }
}
