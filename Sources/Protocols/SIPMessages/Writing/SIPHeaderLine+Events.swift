extension SIPHeaderLine {
    /// An Event header field.
    public static func event(_ event: SIPEvent) -> SIPHeaderLine { SIPHeaderLine(.event, event.description) }

    /// A Subscription-State header field.
    public static func subscriptionState(_ state: SubscriptionState) -> SIPHeaderLine {
        SIPHeaderLine(.subscriptionState, state.description)
    }

    /// An Allow-Events header field.
    public static func allowEvents(_ packages: [String]) -> SIPHeaderLine {
        SIPHeaderLine(.allowEvents, packages.joined(separator: ", "))
    }

    /// An Expires header field, in seconds.
    public static func expires(_ seconds: UInt32) -> SIPHeaderLine { SIPHeaderLine(.expires, String(seconds)) }

    /// A Min-Expires header field, in seconds.
    public static func minExpires(_ seconds: UInt32) -> SIPHeaderLine { SIPHeaderLine(.minExpires, String(seconds)) }

    /// A Retry-After header field, in seconds.
    public static func retryAfter(_ seconds: UInt32) -> SIPHeaderLine { SIPHeaderLine(.retryAfter, String(seconds)) }

    /// A SIP-ETag header field.
    public static func entityTag(_ tag: String) -> SIPHeaderLine { SIPHeaderLine(.entityTag, tag) }

    /// A SIP-If-Match header field.
    public static func ifMatch(_ tag: String) -> SIPHeaderLine { SIPHeaderLine(.ifMatch, tag) }

    /// A Contact header field with an address in angle brackets; bytes that no URI may hold are escaped.
    public static func contact(_ uri: String) -> SIPHeaderLine { bracketed(.contact, [uri]) }

    /// A Route header field with addresses in angle brackets; bytes that no URI may hold are escaped.
    public static func route(_ uris: [String]) -> SIPHeaderLine { bracketed(.route, uris) }

    private static func bracketed(_ name: SIPHeaderName, _ uris: [String]) -> SIPHeaderLine {
        var bytes: [UInt8] = []
        for uri in uris {
            bytes.append(contentsOf: bytes.isEmpty ? "<".utf8 : ", <".utf8)
            WireText.uri(uri.utf8.span, to: &bytes)
            bytes.append(UInt8(ascii: ">"))
        }
        return SIPHeaderLine(name, bytes.repairedText)
    }
}
