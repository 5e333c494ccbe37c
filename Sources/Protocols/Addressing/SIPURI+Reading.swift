extension SIPURI {
    /// Reads a URI.
    ///
    /// - Parameters:
    ///   - text: a whole URI and nothing else, at most ``textLimit`` bytes.
    ///   - lenient: reads a `%` that starts no escape as a percent sign (`%25`) instead of refusing the URI.
    /// - Throws: ``AddressError`` with the byte offset in `text`.
    public init(_ text: String, lenient: Bool = false) throws(AddressError) {
        try self.init(span: text.utf8.span, lenient: lenient)
    }

    /// Reads a URI from bytes.
    ///
    /// Tolerated beyond the grammar: a third colon before an IPv4 tail in an IPv6 reference (RFC 5118 §4.10), an
    /// underscore in a host name, and `name=` without a value, which reads as a parameter without value.
    ///
    /// - Parameters:
    ///   - bytes: a whole URI and nothing else, at most ``textLimit`` bytes.
    ///   - lenient: reads a `%` that starts no escape as a percent sign (`%25`) instead of refusing the URI.
    /// - Throws: ``AddressError`` with `.wrongScheme`, `.missingScheme`, `.empty`, `.tooLong`, `.disallowed`,
    ///   `.malformedPercent`, `.malformedDomain`, `.malformedLiteral`, `.malformedPort`, `.malformedParameter` or
    ///   `.duplicateParameter`, and the byte offset in `bytes`.
    ///
    /// Source: RFC 3261 §19.1.1, §25.1.
    public init(bytes: ArraySlice<UInt8>, lenient: Bool = false) throws(AddressError) {
        try self.init(span: bytes.span, lenient: lenient)
    }

    init(span: Span<UInt8>, lenient: Bool) throws(AddressError) {
        let count = span.count
        guard count <= SIPURI.textLimit else {
            throw AddressError(.tooLong, "The URI is longer than \(SIPURI.textLimit) bytes.", at: SIPURI.textLimit)
        }
        let scheme = try URIScheme(span)
        guard scheme.kind == .sip || scheme.kind == .sips else {
            throw AddressError(.wrongScheme, "The scheme is neither sip nor sips.")
        }
        let start = scheme.length + 1
        var at = start
        while at < count, span[at] != UInt8(ascii: "@") { at += 1 }
        var userinfo: (String?, String?) = (nil, nil)
        var hostStart = start
        if at < count {
            userinfo = try SIPURI.userinfo(in: span, start..<at, lenient: lenient)
            hostStart = at + 1
        }
        let hostEnd = SIPURI.endOfHost(in: span, from: hostStart)
        let host = try SIPURI.host(in: span, hostStart..<hostEnd)
        var index = hostEnd
        var port: UInt16?
        if index < count, span[index] == UInt8(ascii: ":") {
            (port, index) = try SIPURI.port(in: span, from: index + 1)
        }
        var parameters: [Parameter] = []
        if index < count, span[index] == UInt8(ascii: ";") {
            (parameters, index) = try SIPURI.parameters(in: span, from: index, lenient: lenient)
        }
        var headers: String?
        if index < count, span[index] == UInt8(ascii: "?") {
            guard index + 1 < count else {
                throw AddressError(.empty, "Nothing follows the question mark.", at: count)
            }
            headers = try EscapedText.copy(
                span,
                (index + 1)..<count,
                allowed: SIPURI.headerBytes,
                lenient: lenient
            )
            index = count
        }
        guard index == count else {
            throw AddressError(.disallowed, "A byte stands where the URI grammar does not allow it.", at: index)
        }
        self.init(
            unchecked: userinfo,
            host: host,
            port: port,
            parameters: parameters,
            headers: headers,
            isSecure: scheme.kind == .sips
        )
    }

    private static func userinfo(
        in span: Span<UInt8>,
        _ range: Range<Int>,
        lenient: Bool
    ) throws(AddressError) -> (String?, String?) {
        guard !range.isEmpty, span[range.lowerBound] != UInt8(ascii: ":") else {
            throw AddressError(.empty, "The user part before the at sign is empty.", at: range.lowerBound)
        }
        var colon = range.lowerBound
        while colon < range.upperBound, span[colon] != UInt8(ascii: ":") { colon += 1 }
        let user = try EscapedText.copy(span, range.lowerBound..<colon, allowed: .sipUser, lenient: lenient)
        if colon == range.upperBound { return (user, nil) }
        let password = try EscapedText.copy(
            span,
            (colon + 1)..<range.upperBound,
            allowed: .sipPassword,
            lenient: lenient
        )
        return (user, password)
    }

    private static func endOfHost(in span: Span<UInt8>, from start: Int) -> Int {
        var end = start
        if end < span.count, span[end] == UInt8(ascii: "[") {
            while end < span.count, span[end] != UInt8(ascii: "]") { end += 1 }
            return min(end + 1, span.count)
        }
        while end < span.count {
            switch span[end] {
            case UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "?"): return end
            default: end += 1
            }
        }
        return end
    }

    /// Reads the `host` rule over a whole range.
    static func host(in span: Span<UInt8>, _ range: Range<Int>) throws(AddressError) -> Host {
        guard !range.isEmpty else {
            throw AddressError(.empty, "The host is empty.", at: range.lowerBound)
        }
        if span[range.lowerBound] == UInt8(ascii: "[") {
            guard range.count > 2, span[range.upperBound - 1] == UInt8(ascii: "]") else {
                throw AddressError(.malformedLiteral, "An IPv6 reference is not closed.", at: range.lowerBound)
            }
            let inner = (range.lowerBound + 1)..<(range.upperBound - 1)
            guard let address = IPv6Address(span: span.extracting(inner)) else {
                throw AddressError(
                    .malformedLiteral,
                    "The text in brackets is not an IPv6 address.",
                    at: range.lowerBound
                )
            }
            return .ipv6(address, spelling: try UTF8Text.copy(span, inner))
        }
        let part = span.extracting(range)
        if DomainName.isPlain(part) { return .name(try UTF8Text.copy(span, range)) }
        if let address = IPv4Address(span: part) { return .ipv4(address) }
        guard DomainName.isHostName(part) else {
            throw AddressError(.malformedDomain, "The host is not an ASCII host name.", at: range.lowerBound)
        }
        return .name(try UTF8Text.copy(span, range))
    }

    private static func port(in span: Span<UInt8>, from start: Int) throws(AddressError) -> (UInt16, Int) {
        var value: UInt32 = 0
        var index = start
        while index < span.count, ASCII.isDigit(span[index]) {
            value = value * 10 + UInt32(span[index] - 0x30)
            guard value <= 65535 else {
                throw AddressError(.malformedPort, "The port is larger than 65535.", at: start)
            }
            index += 1
        }
        guard index > start else {
            throw AddressError(.malformedPort, "The port is not a number.", at: start)
        }
        return (UInt16(value), index)
    }

    /// Reads `*( ";" uri-parameter )` from the first semicolon to the question mark or the end.
    private static func parameters(
        in span: Span<UInt8>,
        from start: Int,
        lenient: Bool
    ) throws(AddressError) -> ([Parameter], Int) {
        let count = span.count
        var result: [Parameter] = []
        var index = start
        while index < count, span[index] == UInt8(ascii: ";") {
            let nameStart = index + 1
            var end = nameStart
            var equals: Int?
            while end < count, span[end] != UInt8(ascii: ";"), span[end] != UInt8(ascii: "?") {
                if equals == nil, span[end] == UInt8(ascii: "=") { equals = end }
                end += 1
            }
            let nameEnd = equals ?? end
            guard nameEnd > nameStart else {
                throw AddressError(.malformedParameter, "A parameter has no name.", at: nameStart)
            }
            let name = try EscapedText.copy(
                span,
                nameStart..<nameEnd,
                allowed: .sipParameter,
                code: .malformedParameter,
                lenient: lenient
            )
            var value: String?
            if let equals, equals + 1 < end {
                value = try EscapedText.copy(
                    span,
                    (equals + 1)..<end,
                    allowed: .sipParameter,
                    code: .malformedParameter,
                    lenient: lenient
                )
            }
            result.append(Parameter(uncheckedName: name, value: value))
            guard result.count <= parameterLimit else {
                throw AddressError(.tooLong, "The URI has more than \(parameterLimit) parameters.", at: nameStart)
            }
            index = end
        }
        do {
            try Parameter.checkUnique(result)
        } catch {
            throw error.shifted(by: start)
        }
        return (result, index)
    }
}
