/// A tel: URI: a telephone number, global with `+` or local with its context.
///
/// Visual separators are removed when it is read. Two URIs are equal when numbers and parameters are, without regard
/// to case and order of the parameters; `ext` and a numeric `phone-context` compare without visual separators.
///
/// Source: RFC 3966 §3, §4.
public struct TelURI: Sendable, CustomStringConvertible {
    /// The largest URI that is read, in bytes.
    public static let textLimit = 1024

    /// The largest number of parameters.
    public static let parameterLimit = 32

    /// The number without visual separators: `+` and decimal digits, or local digits with `*`, `#` and A to F.
    public let number: String

    /// The parameters in the order they were written; no name occurs twice.
    public let parameters: [Parameter]

    /// Whether the number is global, so starts with `+`.
    public var isGlobal: Bool { number.utf8.first == UInt8(ascii: "+") }

    /// The context of a local number: a domain name or the leading digits of a global number; nil when there is none.
    public var phoneContext: String? { parameters.first { $0.name == "phone-context" }?.value }

    /// A parameter: lower-case name and escaped value.
    public struct Parameter: Sendable, Hashable {
        /// The name in lower case.
        public let name: String
        /// The escaped value, at least one byte; nil when there is none.
        public let value: String?
    }

    /// Reads a whole URI.
    ///
    /// - Throws: ``AddressError`` with `.wrongScheme`, `.missingScheme`, `.tooLong`, `.malformedNumber`,
    ///   `.malformedParameter`, `.malformedPercent` or `.duplicateParameter`.
    public init(_ text: String) throws(AddressError) {
        try self.init(span: text.utf8.span)
    }

    /// Reads a whole URI from bytes, as from text.
    public init(bytes: ArraySlice<UInt8>) throws(AddressError) {
        try self.init(span: bytes.span)
    }

    /// Reads a number with its parameters as it stands in the user part of a SIP URI with `user=phone`.
    ///
    /// - Parameter subscriber: text with escapes undone, without scheme.
    /// - Throws: ``AddressError`` as for a URI.
    ///
    /// Source: RFC 3261 §19.1.6.
    public init(subscriber: String) throws(AddressError) {
        try self.init(subscriber: subscriber.utf8.span, from: 0)
    }

    init(span: Span<UInt8>) throws(AddressError) {
        let scheme = try URIScheme(span)
        guard scheme.kind == .tel else { throw AddressError(.wrongScheme, "The scheme is not tel.") }
        try self.init(subscriber: span, from: scheme.length + 1)
    }

    private init(subscriber span: Span<UInt8>, from start: Int) throws(AddressError) {
        guard span.count <= TelURI.textLimit else {
            throw AddressError(.tooLong, "The URI is longer than \(TelURI.textLimit) bytes.", at: TelURI.textLimit)
        }
        var end = start
        while end < span.count, span[end] != UInt8(ascii: ";") { end += 1 }
        number = try TelURI.number(in: span, start..<end)
        parameters = try TelURI.parameters(in: span, from: end)
        guard isGlobal || phoneContext != nil else {
            throw AddressError(.malformedNumber, "A local number has no phone-context.", at: start)
        }
    }

    /// The URI without visual separators, its parameters in the order that RFC 3966 §3 prescribes.
    public var description: String {
        var text = "tel:" + number
        for parameter in orderedParameters {
            text += ";" + parameter.name
            if let value = parameter.value { text += "=" + value }
        }
        return text
    }

    /// isub and ext first, then phone-context, then the others by name.
    private var orderedParameters: [Parameter] {
        func rank(_ name: String) -> Int {
            switch name {
            case "isub", "ext": 0
            case "phone-context": 1
            default: 2
            }
        }
        return parameters.sorted { (rank($0.name), $0.name) < (rank($1.name), $1.name) }
    }
}

// MARK: - Equality

extension TelURI: Hashable {
    /// Whether both are the same number in the same context, by RFC 3966 §4.
    public static func == (left: TelURI, right: TelURI) -> Bool {
        left.canonicalNumber == right.canonicalNumber && left.canonicalParameters == right.canonicalParameters
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(canonicalNumber)
        hasher.combine(canonicalParameters)
    }

    private var canonicalNumber: String { ASCII.lowercased(number) }

    private var canonicalParameters: [Parameter] {
        parameters.map { parameter in
            guard let value = parameter.value else { return parameter }
            var canonical = PercentEncoding.canonical(value, lowercased: true)
            let isNumeric = parameter.name == "phone-context" && value.utf8.first == UInt8(ascii: "+")
            if parameter.name == "ext" || isNumeric {
                let digits = canonical.utf8.filter { !TelURI.separators.contains($0) }
                canonical = String(decoding: digits, as: UTF8.self)
            }
            return Parameter(name: parameter.name, value: canonical)
        }.sorted { $0.name < $1.name }
    }
}

// MARK: - Reading

extension TelURI {
    private static let separators = ByteSet("-.()")
    private static let nameBytes = ByteSet.alphanumeric.union(ByteSet("-"))
    private static let subaddressBytes = ByteSet.sipParameter.union(ByteSet("?@=,"))

    private static func number(in span: Span<UInt8>, _ range: Range<Int>) throws(AddressError) -> String {
        let isGlobal = !range.isEmpty && span[range.lowerBound] == UInt8(ascii: "+")
        var digits: [UInt8] = isGlobal ? [UInt8(ascii: "+")] : []
        for index in (isGlobal ? range.dropFirst() : range[...]) where !separators.contains(span[index]) {
            let byte = span[index]
            let isLocalDigit = ASCII.hexValue(byte) != nil || byte == UInt8(ascii: "*") || byte == UInt8(ascii: "#")
            guard isGlobal ? ASCII.isDigit(byte) : isLocalDigit else {
                throw AddressError(.malformedNumber, "The number holds a byte that is no digit.", at: index)
            }
            digits.append(byte)
        }
        guard digits.count > (isGlobal ? 1 : 0) else {
            throw AddressError(.malformedNumber, "The number has no digits.", at: range.lowerBound)
        }
        return String(decoding: digits, as: UTF8.self)
    }

    private static func parameters(in span: Span<UInt8>, from start: Int) throws(AddressError) -> [Parameter] {
        var result: [Parameter] = []
        var index = start
        while index < span.count {
            let nameStart = index + 1
            var end = nameStart
            var equals: Int?
            while end < span.count, span[end] != UInt8(ascii: ";") {
                if equals == nil, span[end] == UInt8(ascii: "=") { equals = end }
                end += 1
            }
            let parameter = try parameter(in: span, nameStart..<(equals ?? end), value: equals.map { ($0 + 1)..<end })
            guard !result.contains(where: { $0.name == parameter.name }) else {
                throw AddressError(.duplicateParameter, "A parameter occurs twice.", at: nameStart)
            }
            result.append(parameter)
            guard result.count <= parameterLimit else {
                throw AddressError(.tooLong, "The URI has more than \(parameterLimit) parameters.", at: nameStart)
            }
            index = end
        }
        return result
    }

    private static func parameter(
        in span: Span<UInt8>,
        _ nameRange: Range<Int>,
        value valueRange: Range<Int>?
    ) throws(AddressError) -> Parameter {
        guard !nameRange.isEmpty, nameRange.allSatisfy({ nameBytes.contains(span[$0]) }) else {
            throw AddressError(.malformedParameter, "A parameter has no name.", at: nameRange.lowerBound)
        }
        let name = ASCII.lowercased(try UTF8Text.copy(span, nameRange))
        guard let valueRange else {
            guard name != "phone-context", name != "ext", name != "isub" else {
                throw AddressError(.malformedParameter, "The parameter needs a value.", at: nameRange.lowerBound)
            }
            return Parameter(name: name, value: nil)
        }
        guard !valueRange.isEmpty else {
            throw AddressError(.malformedParameter, "A parameter has an empty value.", at: valueRange.lowerBound)
        }
        let value = try EscapedText.copy(
            span,
            valueRange,
            allowed: name == "isub" ? subaddressBytes : .sipParameter,
            code: .malformedParameter,
            lenient: false
        )
        if name == "phone-context" {
            let isNumber = span[valueRange.lowerBound] == UInt8(ascii: "+")
            if isNumber {
                _ = try number(in: span, valueRange)
            } else if !DomainName.isHostName(span.extracting(valueRange)) {
                throw AddressError(
                    .malformedParameter,
                    "The phone-context is neither a number nor a domain.",
                    at: valueRange.lowerBound
                )
            }
        }
        return Parameter(name: name, value: value)
    }
}
