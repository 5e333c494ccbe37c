import Addressing
import MIME

/// Where a message came from.
public struct SIPSource: Sendable, Hashable {
    /// An IPv4 or IPv6 address, without brackets.
    public let address: String
    /// The port.
    public let port: UInt16

    /// Makes a source.
    public init(address: String, port: UInt16) {
        self.address = address
        self.port = port
    }
}

/// Writes the response to a request.
///
/// Via, From, To, Call-ID, CSeq and Timestamp are copied from the request as far as it has them, so that a request
/// that could be read in part only is answered too. No value can add a line.
///
/// Source: RFC 3261 §8.2.6, §18.2.1, RFC 3581 §4.
public struct SIPResponseBuilder: Sendable {
    private var bytes: [UInt8] = []

    /// Begins a response.
    ///
    /// - Parameters:
    ///   - headers: those of the request, or what ``SIPError/headers`` could save of them.
    ///   - status: the code.
    ///   - reason: the phrase; the usual one when nil.
    ///   - toTag: added to To when it has no tag; not for 100.
    ///   - source: where the request came from: makes `received` and `rport` of the first Via. Nil leaves it alone.
    ///   - copiesRecordRoute: for responses that make a dialog (RFC 3261 §12.1.1).
    public init(
        answering headers: SIPHeaders,
        status: Int,
        reason: String? = nil,
        toTag: String?,
        source: SIPSource?,
        copiesRecordRoute: Bool = false
    ) {
        bytes.reserveCapacity(768)
        bytes.append(literal: "SIP/2.0 ")
        WireText.number(min(max(status, 100), 699), to: &bytes)
        bytes.append(0x20)
        WireText.value((reason ?? SIPStatus.reason(for: status)).utf8.span, to: &bytes)
        WireText.endLine(&bytes)
        var copied: UInt8 = 0
        var isTop = true
        for entry in headers.entries {
            switch entry.name {
            case .via:
                copyVia(headers.bytes, entry, source: isTop ? source : nil)
                isTop = false
            case .from where copied & 1 == 0:
                copied |= 1
                copy(headers.bytes, entry)
            case .to where copied & 2 == 0:
                copied |= 2
                copyTo(headers, entry, tag: status > 100 ? toTag : nil)
            case .callID where copied & 4 == 0:
                copied |= 4
                copy(headers.bytes, entry)
            case .cseq where copied & 8 == 0:
                copied |= 8
                copy(headers.bytes, entry)
            case .timestamp where copied & 16 == 0:
                copied |= 16
                copy(headers.bytes, entry)
            case .recordRoute where copiesRecordRoute:
                copy(headers.bytes, entry)
            default: break
            }
        }
    }

    /// Adds a header field; Content-Length is left out.
    public mutating func add(_ name: SIPHeaderName, _ value: String) {
        add(SIPHeaderLine(name, value))
    }

    /// Adds a header field; Content-Length is left out.
    public mutating func add(_ line: SIPHeaderLine) {
        guard line.known != .contentLength else { return }
        WireText.append(line, to: &bytes)
    }

    /// The whole message.
    ///
    /// - Parameter body: the body; its Content-Type is the caller's to add.
    /// - Returns: the bytes with the true Content-Length.
    public consuming func message(body: ArraySlice<UInt8> = []) -> [UInt8] {
        MessageEnd.append(body, to: &bytes)
        return bytes
    }

    private mutating func begin(_ name: SIPHeaderName) {
        bytes.append(all: name.rawValue.utf8.span)
        bytes.append(literal: ": ")
    }

    /// Appends received bytes on one line.
    private mutating func append(_ value: ArraySlice<UInt8>, isFolded: Bool) {
        if isFolded { Folding.append(value, to: &bytes) } else { bytes.append(all: value.span) }
    }

    private mutating func copy(_ source: [UInt8], _ entry: SIPHeaders.Entry) {
        begin(entry.name)
        append(source[entry.value], isFolded: entry.isFolded)
        WireText.endLine(&bytes)
    }

    private mutating func copyTo(_ headers: SIPHeaders, _ entry: SIPHeaders.Entry, tag: String?) {
        begin(.to)
        append(headers.bytes[entry.value], isFolded: entry.isFolded)
        if let tag {
            var cursor = HeaderCursor(headers.bytes, entry.value, of: .to)
            do throws(SIPError) {
                let hasTag = try NameAddress(reading: &cursor).tagRange != nil
                try cursor.finish()
                if !hasTag {
                    bytes.append(literal: ";tag=")
                    WireText.word(tag.utf8.span, to: &bytes)
                }
            } catch {
                // A value that cannot be read is given back as it came.
            }
        }
        WireText.endLine(&bytes)
    }

    private mutating func copyVia(_ wire: [UInt8], _ entry: SIPHeaders.Entry, source: SIPSource?) {
        guard let source else { return copy(wire, entry) }
        var cursor = HeaderCursor(wire, entry.value, of: .via)
        let via: Via
        do throws(SIPError) {
            via = try Via(reading: &cursor)
        } catch {
            return copy(wire, entry)
        }
        begin(.via)
        append(wire[via.range.lowerBound..<via.sentByEnd], isFolded: entry.isFolded)
        for parameter in via.parameters {
            let name = wire.span.extracting(parameter.nameRange)
            if name.matches("received") { continue }
            bytes.append(UInt8(ascii: ";"))
            bytes.append(all: name)
            if name.matches("rport") {
                bytes.append(UInt8(ascii: "="))
                WireText.number(source.port, to: &bytes)
            } else if let value = parameter.valueRange {
                bytes.append(UInt8(ascii: "="))
                append(wire[value], isFolded: entry.isFolded)
            }
        }
        if via.hasResponsePort || !via.isSent(from: source.address) {
            bytes.append(literal: ";received=")
            WireText.word(source.address.utf8.span, to: &bytes)
        }
        append(wire[via.range.upperBound..<entry.value.upperBound], isFolded: entry.isFolded)
        WireText.endLine(&bytes)
    }
}

extension Via {
    /// Whether the host of sent-by is this address.
    ///
    /// Source: RFC 3261 §18.2.1.
    public func isSent(from address: String) -> Bool {
        if hostBytes.elementsEqual(address.utf8) { return true }
        guard bytes[hostRange.lowerBound] == UInt8(ascii: "[") else { return false }
        guard let one = IPv6Address(bytes: hostBytes.dropFirst().dropLast()),
            let other = IPv6Address(bytes: Array(address.utf8)[...])
        else { return false }
        return one == other
    }
}

extension SIPResponse {
    /// Writes the response to a request in one go.
    ///
    /// - Parameters:
    ///   - headers: those of the request, or what ``SIPError/headers`` could save of them.
    ///   - status: the code.
    ///   - reason: the phrase; the usual one when nil.
    ///   - toTag: added to To when it has no tag; not for 100.
    ///   - source: where the request came from: makes `received` and `rport` of the first Via.
    ///   - extra: header fields to add.
    ///   - body: the body.
    ///   - copiesRecordRoute: for responses that make a dialog.
    /// - Returns: the bytes.
    public static func answering(
        _ headers: SIPHeaders,
        status: Int,
        reason: String? = nil,
        toTag: String?,
        source: SIPSource?,
        extra: [SIPHeaderLine] = [],
        body: ArraySlice<UInt8> = [],
        copiesRecordRoute: Bool = false
    ) -> [UInt8] {
        var builder = SIPResponseBuilder(
            answering: headers,
            status: status,
            reason: reason,
            toTag: toTag,
            source: source,
            copiesRecordRoute: copiesRecordRoute
        )
        for line in extra { builder.add(line) }
        return builder.message(body: body)
    }
}
