/// The header fields that this module knows by name; the raw value is the name as it is written.
///
/// Source: RFC 3261 §20 and the extensions of a messaging and presence gateway.
public enum SIPHeaderName: String, Sendable, Hashable, CaseIterable {
    /// A header field without a case of its own.
    case other = ""

    /// Accept (RFC 3261 §20.1).
    case accept = "Accept"
    /// Accept-Contact.
    case acceptContact = "Accept-Contact"
    /// Accept-Encoding (RFC 3261 §20.2).
    case acceptEncoding = "Accept-Encoding"
    /// Accept-Language (RFC 3261 §20.3).
    case acceptLanguage = "Accept-Language"
    /// Alert-Info (RFC 3261 §20.4).
    case alertInfo = "Alert-Info"
    /// Allow (RFC 3261 §20.5).
    case allow = "Allow"
    /// Allow-Events (RFC 6665 §8.2.2).
    case allowEvents = "Allow-Events"
    /// Authentication-Info (RFC 3261 §20.6).
    case authenticationInfo = "Authentication-Info"
    /// Authorization (RFC 3261 §20.7).
    case authorization = "Authorization"
    /// Call-ID (RFC 3261 §20.8).
    case callID = "Call-ID"
    /// Call-Info (RFC 3261 §20.9).
    case callInfo = "Call-Info"
    /// Contact (RFC 3261 §20.10).
    case contact = "Contact"
    /// Content-Disposition (RFC 3261 §20.11).
    case contentDisposition = "Content-Disposition"
    /// Content-Encoding (RFC 3261 §20.12).
    case contentEncoding = "Content-Encoding"
    /// Content-Language (RFC 3261 §20.13).
    case contentLanguage = "Content-Language"
    /// Content-Length (RFC 3261 §20.14).
    case contentLength = "Content-Length"
    /// Content-Transfer-Encoding, which SIP does not define but messages carry (RFC 4475 §3.1.1.11).
    case contentTransferEncoding = "Content-Transfer-Encoding"
    /// Content-Type (RFC 3261 §20.15).
    case contentType = "Content-Type"
    /// Contribution-ID of RCS.
    case contributionID = "Contribution-ID"
    /// Conversation-ID of RCS.
    case conversationID = "Conversation-ID"
    /// CSeq (RFC 3261 §20.16).
    case cseq = "CSeq"
    /// Date (RFC 3261 §20.17).
    case date = "Date"
    /// Error-Info (RFC 3261 §20.18).
    case errorInfo = "Error-Info"
    /// Event (RFC 6665 §8.2.1).
    case event = "Event"
    /// Expires (RFC 3261 §20.19).
    case expires = "Expires"
    /// From (RFC 3261 §20.20).
    case from = "From"
    /// Flow-Timer (RFC 5626 §4.4).
    case flowTimer = "Flow-Timer"
    /// Geolocation (RFC 6442 §4.1).
    case geolocation = "Geolocation"
    /// History-Info.
    case historyInfo = "History-Info"
    /// Identity.
    case identity = "Identity"
    /// In-Reply-To (RFC 3261 §20.21).
    case inReplyTo = "In-Reply-To"
    /// InReplyTo-Contribution-ID of RCS.
    case inReplyToContributionID = "InReplyTo-Contribution-ID"
    /// Max-Forwards (RFC 3261 §20.22).
    case maxForwards = "Max-Forwards"
    /// MIME-Version (RFC 3261 §20.24).
    case mimeVersion = "MIME-Version"
    /// Min-Expires (RFC 3261 §20.23).
    case minExpires = "Min-Expires"
    /// Organization (RFC 3261 §20.25).
    case organization = "Organization"
    /// P-Access-Network-Info.
    case accessNetworkInfo = "P-Access-Network-Info"
    /// P-Asserted-Identity (RFC 3325 §9.1).
    case assertedIdentity = "P-Asserted-Identity"
    /// P-Asserted-Service.
    case assertedService = "P-Asserted-Service"
    /// P-Preferred-Identity (RFC 3325 §9.2).
    case preferredIdentity = "P-Preferred-Identity"
    /// P-Preferred-Service.
    case preferredService = "P-Preferred-Service"
    /// Path.
    case path = "Path"
    /// Priority (RFC 3261 §20.26).
    case priority = "Priority"
    /// Privacy (RFC 3325 §9.3).
    case privacy = "Privacy"
    /// Proxy-Authenticate (RFC 3261 §20.27).
    case proxyAuthenticate = "Proxy-Authenticate"
    /// Proxy-Authorization (RFC 3261 §20.28).
    case proxyAuthorization = "Proxy-Authorization"
    /// Proxy-Require (RFC 3261 §20.29).
    case proxyRequire = "Proxy-Require"
    /// RAck.
    case rack = "RAck"
    /// Reason.
    case reason = "Reason"
    /// Record-Route (RFC 3261 §20.30).
    case recordRoute = "Record-Route"
    /// Refer-To.
    case referTo = "Refer-To"
    /// Referred-By.
    case referredBy = "Referred-By"
    /// Reject-Contact.
    case rejectContact = "Reject-Contact"
    /// Replaces (RFC 3891 §6.1).
    case replaces = "Replaces"
    /// Reply-To (RFC 3261 §20.31).
    case replyTo = "Reply-To"
    /// Request-Disposition.
    case requestDisposition = "Request-Disposition"
    /// Require (RFC 3261 §20.32).
    case require = "Require"
    /// Retry-After (RFC 3261 §20.33).
    case retryAfter = "Retry-After"
    /// Route (RFC 3261 §20.34).
    case route = "Route"
    /// RSeq.
    case rseq = "RSeq"
    /// Server (RFC 3261 §20.35).
    case server = "Server"
    /// Service-Route.
    case serviceRoute = "Service-Route"
    /// Session-Expires.
    case sessionExpires = "Session-Expires"
    /// SIP-ETag (RFC 3903 §11.3.1).
    case entityTag = "SIP-ETag"
    /// SIP-If-Match (RFC 3903 §11.3.2).
    case ifMatch = "SIP-If-Match"
    /// Subject (RFC 3261 §20.36).
    case subject = "Subject"
    /// Subscription-State (RFC 6665 §8.2.3).
    case subscriptionState = "Subscription-State"
    /// Supported (RFC 3261 §20.37).
    case supported = "Supported"
    /// Timestamp (RFC 3261 §20.38).
    case timestamp = "Timestamp"
    /// To.
    case to = "To"
    /// Unsupported (RFC 3261 §20.40).
    case unsupported = "Unsupported"
    /// User-Agent (RFC 3261 §20.41).
    case userAgent = "User-Agent"
    /// Via (RFC 3261 §20.42).
    case via = "Via"
    /// Warning (RFC 3261 §20.43).
    case warning = "Warning"
    /// WWW-Authenticate (RFC 3261 §20.44).
    case wwwAuthenticate = "WWW-Authenticate"

    /// Finds a name without regard to case, compact forms included; ``other`` when it is not known.
    ///
    /// Source: RFC 3261 §7.3.1, §7.3.3.
    public init(bytes: ArraySlice<UInt8>) {
        self = HeaderNameTable.shared.name(of: bytes.span)
    }

    /// Finds a name without regard to case, compact forms included; ``other`` when it is not known.
    public init(_ name: String) {
        self = HeaderNameTable.shared.name(of: name.utf8.span)
    }

    /// The one-letter name, where there is one.
    public var compactForm: Character? {
        HeaderNameTable.compactForms.first { $0.1 == self }.map { Character(Unicode.Scalar($0.0)) }
    }
}

/// Finds header names by a hash over length and outer letters.
struct HeaderNameTable: Sendable {
    static let shared = HeaderNameTable()

    /// The compact forms of RFC 3261 §7.3.3 and of the extensions.
    static let compactForms: [(UInt8, SIPHeaderName)] = [
        (UInt8(ascii: "a"), .acceptContact), (UInt8(ascii: "b"), .referredBy), (UInt8(ascii: "c"), .contentType),
        (UInt8(ascii: "d"), .requestDisposition), (UInt8(ascii: "e"), .contentEncoding), (UInt8(ascii: "f"), .from),
        (UInt8(ascii: "i"), .callID), (UInt8(ascii: "j"), .rejectContact), (UInt8(ascii: "k"), .supported),
        (UInt8(ascii: "l"), .contentLength), (UInt8(ascii: "m"), .contact), (UInt8(ascii: "o"), .event),
        (UInt8(ascii: "r"), .referTo), (UInt8(ascii: "s"), .subject), (UInt8(ascii: "t"), .to),
        (UInt8(ascii: "u"), .allowEvents), (UInt8(ascii: "v"), .via), (UInt8(ascii: "x"), .sessionExpires),
        (UInt8(ascii: "y"), .identity),
    ]

    /// By hash: 0 for none, else one more than the first entry.
    private var buckets: [UInt8]
    /// By entry: 0 for none, else one more than the next entry of the same hash.
    private var next: [UInt8] = []
    private var names: [SIPHeaderName] = []
    private var starts: [Int] = [0]
    private var letters: [UInt8] = []
    private var compact: [SIPHeaderName]

    private init() {
        buckets = Array(repeating: 0, count: 256)
        compact = Array(repeating: .other, count: 256)
        for (letter, name) in Self.compactForms {
            compact[Int(letter)] = name
            compact[Int(letter) & 0xDF] = name
        }
        for name in SIPHeaderName.allCases where name != .other {
            let lowered = name.rawValue.utf8.map(\.lowered)
            let bucket = Self.bucket(lowered.span)
            next.append(buckets[bucket])
            names.append(name)
            buckets[bucket] = UInt8(names.count)
            letters.append(contentsOf: name.rawValue.utf8)
            starts.append(letters.count)
        }
    }

    @inline(__always)
    private static func bucket(_ name: Span<UInt8>) -> Int {
        let count = name.count
        let first = Int(name[0].lowered)
        let last = Int(name[count - 1].lowered)
        let middle = Int(name[count / 2].lowered)
        return (count &* 7 &+ first &* 31 &+ last &* 5 &+ middle &* 13) & 255
    }

    func name(of bytes: Span<UInt8>) -> SIPHeaderName {
        if bytes.count == 1 { return compact[Int(bytes[0])] }
        guard bytes.count > 1 else { return .other }
        var entry = Int(buckets[Self.bucket(bytes)])
        while entry > 0 {
            let known = letters.span.extracting(starts[entry - 1]..<starts[entry])
            if known.count == bytes.count {
                var index = 0
                // Most write a name as it stands here.
                while index < bytes.count,
                    bytes[index] == known[index] || bytes[index].lowered == known[index].lowered
                {
                    index += 1
                }
                if index == bytes.count { return names[entry - 1] }
            }
            entry = Int(next[entry - 1])
        }
        return .other
    }
}
