/// One value of a Via header field, over the bytes of the message.
///
/// Tolerated beyond the grammar: white space around the slashes is part of it, brackets around `received`
/// (RFC 5118 §4.5), an underscore in a host name, and a parameter with an empty value, which has none.
///
/// Source: RFC 3261 §20.42, RFC 3581 §5.
public struct Via: Sendable {
    let bytes: [UInt8]
    /// The whole value.
    let range: Range<Int>
    let transportRange: Range<Int>
    let hostRange: Range<Int>
    /// The end of sent-by: of its host, or of its port.
    let sentByEnd: Int
    let parameterRange: Range<Int>
    let branchRange: Range<Int>?

    /// The port of sent-by; nil when there is none.
    public let port: UInt16?
    /// Whether there is an `rport` parameter, with or without value.
    public let hasResponsePort: Bool

    /// The transport as received, such as `UDP`.
    public var transport: String { bytes[transportRange].repairedText }

    /// The host of sent-by as received, IPv6 in brackets.
    public var hostBytes: ArraySlice<UInt8> { bytes[hostRange] }

    /// The host of sent-by as received, IPv6 in brackets.
    public var host: String { hostBytes.repairedText }

    /// The branch as received; nil when there is none.
    public var branchBytes: ArraySlice<UInt8>? { branchRange.map { bytes[$0] } }

    /// The branch; nil when there is none.
    public var branch: String? { branchBytes?.repairedText }

    /// Whether the branch has the magic cookie and something after it, so that it names a transaction.
    ///
    /// Source: RFC 3261 §8.1.1.7, RFC 4475 §3.2.1.
    public var hasTransactionBranch: Bool {
        guard let range = branchRange, range.count > 7 else { return false }
        return bytes.span.extracting(range.lowerBound..<(range.lowerBound + 7)).equals("z9hG4bK")
    }

    /// The parameters in order.
    public var parameters: SIPParameters { SIPParameters(bytes: bytes, range: parameterRange) }

    /// The address in `received`, without brackets; nil when there is none.
    public var received: String? {
        guard let text = parameters["received"]?.value else { return nil }
        guard text.utf8.first == UInt8(ascii: "["), text.utf8.last == UInt8(ascii: "]") else { return text }
        return String(text.dropFirst().dropLast())
    }

    /// The port in `rport`; nil when there is none or it is no port.
    public var responsePort: UInt16? { parameters["rport"]?.value.flatMap { UInt16($0) } }

    /// The host in `maddr`; nil when there is none.
    public var maddr: String? { parameters["maddr"]?.value }

    /// The number in `ttl`; nil when there is none.
    public var ttl: UInt8? { parameters["ttl"]?.value.flatMap { UInt8($0) } }

    /// The value as received, folds included.
    public var rawValue: ArraySlice<UInt8> { bytes[range] }

    /// Reads `via-parm` and stops after it.
    init(reading cursor: inout HeaderCursor) throws(SIPError) {
        let start = cursor.index
        guard !cursor.token().isEmpty, cursor.takeSeparator(UInt8(ascii: "/")), !cursor.token().isEmpty,
            cursor.takeSeparator(UInt8(ascii: "/"))
        else { throw cursor.fault("A Via value begins with SIP/2.0 and a transport.") }
        transportRange = cursor.token()
        let gap = cursor.index
        cursor.skipBlanks()
        guard !transportRange.isEmpty, cursor.index > gap else {
            throw cursor.fault("White space stands between transport and sent-by.")
        }
        hostRange = try cursor.host()
        var sentByEnd = cursor.index
        var port: UInt16?
        if cursor.takeSeparator(UInt8(ascii: ":")) {
            port = try cursor.port()
            sentByEnd = cursor.index
        }
        var branch: Range<Int>?
        var hasPort = false
        let bytes = cursor.bytes
        parameterRange = try cursor.parameters { nameRange, value in
            let name = bytes.span.extracting(nameRange)
            if branch == nil, name.matches("branch") { branch = value }
            if name.matches("rport") { hasPort = true }
        }
        self.bytes = bytes
        self.port = port
        self.sentByEnd = sentByEnd
        range = start..<(parameterRange.isEmpty ? sentByEnd : parameterRange.upperBound)
        branchRange = branch
        hasResponsePort = hasPort
    }
}

extension Span<UInt8> {
    /// Whether the bytes are a lower-case text, without regard to case.
    @inline(__always)
    func matches(_ lowered: String) -> Bool {
        guard count == lowered.utf8.count else { return false }
        var index = 0
        for byte in lowered.utf8 {
            if self[index].lowered != byte { return false }
            index += 1
        }
        return true
    }
}

extension SIPHeaders {
    /// The first Via value.
    ///
    /// - Throws: ``SIPError`` with `.missingHeader` or `.malformedHeader`.
    public func topVia() throws(SIPError) -> Via {
        guard let entry = entry(.via) else {
            throw SIPError(.missingHeader, "There is no Via header field.", header: .via)
        }
        var cursor = HeaderCursor(bytes, entry.value, of: .via)
        return try Via(reading: &cursor)
    }

    /// All Via values in order.
    ///
    /// - Throws: ``SIPError`` with `.malformedHeader`.
    public func vias() throws(SIPError) -> [Via] {
        var result: [Via] = []
        for entry in entries where entry.name == .via {
            var cursor = HeaderCursor(bytes, entry.value, of: .via)
            repeat { result.append(try Via(reading: &cursor)) } while try cursor.takeComma()
        }
        return result
    }
}
