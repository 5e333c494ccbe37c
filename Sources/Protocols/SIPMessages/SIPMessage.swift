/// A message that was read: a request or a response.
///
/// Source: RFC 3261 §7.
public enum SIPMessage: Sendable, Equatable {
    /// A request.
    case request(SIPRequest)
    /// A response.
    case response(SIPResponse)

    /// The header fields.
    public var headers: SIPHeaders {
        switch self {
        case .request(let request): request.headers
        case .response(let response): response.headers
        }
    }

    /// The body as received.
    public var body: ArraySlice<UInt8> {
        switch self {
        case .request(let request): request.body
        case .response(let response): response.body
        }
    }

    /// The bytes of the message, from its start line to the end of its body.
    public var bytes: ArraySlice<UInt8> {
        switch self {
        case .request(let request): request.bytes
        case .response(let response): response.bytes
        }
    }
}

/// A request, over the bytes it was read from.
///
/// Source: RFC 3261 §7.1.
public struct SIPRequest: Sendable, Equatable {
    /// The method.
    public let method: SIPMethod
    /// The header fields.
    public let headers: SIPHeaders

    let methodRange: Range<Int>
    let uriRange: Range<Int>
    let bodyRange: Range<Int>
    let parts: Parts

    init(
        method: SIPMethod,
        headers: SIPHeaders,
        methodRange: Range<Int>,
        uriRange: Range<Int>,
        bodyRange: Range<Int>
    ) {
        self.method = method
        self.headers = headers
        self.methodRange = methodRange
        self.uriRange = uriRange
        self.bodyRange = bodyRange
        parts = Parts(headers, uri: uriRange)
    }

    /// The bytes of the message, from its start line to the end of its body.
    public var bytes: ArraySlice<UInt8> { headers.bytes[methodRange.lowerBound..<bodyRange.upperBound] }

    /// The method name as received.
    public var methodBytes: ArraySlice<UInt8> { headers.bytes[methodRange] }

    /// The Request-URI as received.
    public var uriBytes: ArraySlice<UInt8> { headers.bytes[uriRange] }

    /// The body as received.
    public var body: ArraySlice<UInt8> { headers.bytes[bodyRange] }

    /// Whether both are the same bytes, read alike.
    public static func == (one: SIPRequest, other: SIPRequest) -> Bool {
        one.method == other.method && one.headers == other.headers && one.methodRange == other.methodRange
            && one.uriRange == other.uriRange && one.bodyRange == other.bodyRange
    }
}

/// A response, over the bytes it was read from.
///
/// Source: RFC 3261 §7.2.
public struct SIPResponse: Sendable, Equatable {
    /// The status code, 100 to 699.
    public let status: Int
    /// The header fields.
    public let headers: SIPHeaders

    let start: Int
    let reasonRange: Range<Int>
    let bodyRange: Range<Int>

    /// The bytes of the message, from its start line to the end of its body.
    public var bytes: ArraySlice<UInt8> { headers.bytes[start..<bodyRange.upperBound] }

    /// The reason phrase as received, possibly empty.
    public var reasonBytes: ArraySlice<UInt8> { headers.bytes[reasonRange] }

    /// The reason phrase as text, what is not UTF-8 repaired.
    public var reason: String { reasonBytes.repairedText }

    /// The body as received.
    public var body: ArraySlice<UInt8> { headers.bytes[bodyRange] }

    /// Whether the code is below 200.
    public var isProvisional: Bool { status < 200 }

    /// Whether the code is 200 to 299.
    public var isSuccess: Bool { status >= 200 && status < 300 }
}
