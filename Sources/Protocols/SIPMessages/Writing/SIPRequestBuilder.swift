import MIME

/// Writes a request, header field by header field, in the order of the calls.
///
/// No value can add a line: what would end one becomes a space, or is escaped in a URI. Content-Length is written by
/// ``message(body:)`` alone, and Max-Forwards 70 unless it was added.
///
/// Source: RFC 3261 §7.1, §7.3.2, §8.1.1.
public struct SIPRequestBuilder: Sendable {
    /// The method of the request line and of CSeq.
    public let method: SIPMethod

    private var bytes: [UInt8] = []
    private var hasMaxForwards = false

    /// Begins a request.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - uri: the Request-URI; bytes that no URI may hold are escaped.
    ///   - capacity: the number of bytes to make room for.
    public init(_ method: SIPMethod, uri: String, capacity: Int = 1_024) {
        self.method = method
        begin(uri.utf8.span, capacity)
    }

    /// Begins a request to a URI that was received.
    public init(_ method: SIPMethod, uri: ArraySlice<UInt8>) {
        self.method = method
        begin(uri.span, 1_024)
    }

    private mutating func begin(_ uri: Span<UInt8>, _ capacity: Int) {
        bytes.reserveCapacity(capacity)
        WireText.word(method.description.utf8.span, to: &bytes)
        bytes.append(0x20)
        WireText.uri(uri, to: &bytes)
        bytes.append(literal: " SIP/2.0\r\n")
    }

    /// Adds a header field; Content-Length is left out.
    public mutating func add(_ name: SIPHeaderName, _ value: String) {
        if name == .contentLength { return }
        if name == .maxForwards { hasMaxForwards = true }
        WireText.append(SIPHeaderLine(name, value), to: &bytes)
    }

    /// Adds a header field with a value that was received, such as a Call-ID; Content-Length is left out.
    public mutating func add(_ name: SIPHeaderName, _ value: ArraySlice<UInt8>) {
        guard name != .contentLength, begin(name) else { return }
        if name == .maxForwards { hasMaxForwards = true }
        WireText.value(value.span, to: &bytes)
        WireText.endLine(&bytes)
    }

    /// Adds a header field; Content-Length is left out.
    public mutating func add(_ line: SIPHeaderLine) {
        if line.known == .contentLength { return }
        if line.known == .maxForwards { hasMaxForwards = true }
        WireText.append(line, to: &bytes)
    }

    /// Adds a Via value.
    ///
    /// - Parameters:
    ///   - transport: `UDP`, `TCP` or `TLS`.
    ///   - sentBy: host, or host and port, IPv6 in brackets.
    ///   - branch: with the cookie `z9hG4bK`.
    ///   - asksForPort: adds `rport` (RFC 3581 §3).
    public mutating func via(transport: String, sentBy: String, branch: String, asksForPort: Bool = true) {
        bytes.append(literal: "Via: SIP/2.0/")
        WireText.word(transport.utf8.span, to: &bytes)
        bytes.append(0x20)
        WireText.word(sentBy.utf8.span, to: &bytes)
        bytes.append(literal: ";branch=")
        WireText.word(branch.utf8.span, to: &bytes)
        if asksForPort { bytes.append(literal: ";rport") }
        WireText.endLine(&bytes)
    }

    /// Adds an address in angle brackets: From, To, Contact, Route, P-Asserted-Identity and so on.
    ///
    /// - Parameters:
    ///   - name: the header field.
    ///   - displayName: plain text; quotation marks are added.
    ///   - uri: the URI; bytes that no URI may hold are escaped.
    ///   - tag: the `tag` parameter.
    public mutating func address(
        _ name: SIPHeaderName,
        displayName: String? = nil,
        uri: String,
        tag: String? = nil
    ) {
        guard begin(name) else { return }
        if let displayName, !displayName.isEmpty {
            QuotedText.append(displayName, to: &bytes)
            bytes.append(0x20)
        }
        bytes.append(UInt8(ascii: "<"))
        WireText.uri(uri.utf8.span, to: &bytes)
        bytes.append(UInt8(ascii: ">"))
        if let tag {
            bytes.append(literal: ";tag=")
            WireText.word(tag.utf8.span, to: &bytes)
        }
        WireText.endLine(&bytes)
    }

    /// Adds an address whose URI and tag were received, in angle brackets.
    public mutating func address(_ name: SIPHeaderName, uri: ArraySlice<UInt8>, tag: ArraySlice<UInt8>?) {
        guard begin(name) else { return }
        bytes.append(UInt8(ascii: "<"))
        WireText.uri(uri.span, to: &bytes)
        bytes.append(UInt8(ascii: ">"))
        if let tag {
            bytes.append(literal: ";tag=")
            WireText.word(tag.span, to: &bytes)
        }
        WireText.endLine(&bytes)
    }

    /// Begins a line; false for a name that is never written.
    private mutating func begin(_ name: SIPHeaderName) -> Bool {
        guard name != .other else { return false }
        bytes.append(all: name.rawValue.utf8.span)
        bytes.append(literal: ": ")
        return true
    }

    /// Adds CSeq with the method of the request.
    ///
    /// - Parameter number: below 2^31 (RFC 3261 §8.1.1.5).
    public mutating func sequence(_ number: UInt32) {
        bytes.append(literal: "CSeq: ")
        WireText.number(number, to: &bytes)
        bytes.append(0x20)
        WireText.word(method.description.utf8.span, to: &bytes)
        WireText.endLine(&bytes)
    }

    /// The whole message.
    ///
    /// - Parameter body: the body; its Content-Type is the caller's to add.
    /// - Returns: the bytes with the true Content-Length.
    public consuming func message(body: ArraySlice<UInt8> = []) -> [UInt8] {
        if !hasMaxForwards { bytes.append(literal: "Max-Forwards: 70\r\n") }
        MessageEnd.append(body, to: &bytes)
        return bytes
    }
}

/// The end of every message: Content-Length, the empty line, the body.
enum MessageEnd {
    static func append(_ body: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(literal: "Content-Length: ")
        WireText.number(body.count, to: &bytes)
        bytes.append(literal: "\r\n\r\n")
        bytes.append(all: body.span)
    }
}
