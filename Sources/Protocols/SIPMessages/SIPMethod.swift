/// The method of a request; names compare octet by octet.
///
/// Source: RFC 3261 §7.1.
public enum SIPMethod: Hashable, Sendable, CustomStringConvertible {
    /// INVITE (RFC 3261 §13).
    case invite
    /// ACK (RFC 3261 §13).
    case ack
    /// BYE (RFC 3261 §15).
    case bye
    /// CANCEL (RFC 3261 §9).
    case cancel
    /// OPTIONS (RFC 3261 §11).
    case options
    /// REGISTER (RFC 3261 §10).
    case register
    /// MESSAGE (RFC 3428 §3).
    case message
    /// SUBSCRIBE (RFC 6665 §3.1).
    case subscribe
    /// NOTIFY (RFC 6665 §3.2).
    case notify
    /// PUBLISH (RFC 3903 §3).
    case publish
    /// INFO (RFC 6086 §4).
    case info
    /// PRACK, a method of an extension for reliable provisional responses.
    case prack
    /// UPDATE, a method of an extension for session changes.
    case update
    /// REFER, a method of an extension for call transfer.
    case refer
    /// A method that has no case here, by its name.
    case other(String)

    /// Every method that has a case of its own.
    public static let known: [SIPMethod] = [
        .invite, .ack, .bye, .cancel, .options, .register, .message, .subscribe, .notify, .publish, .info, .prack,
        .update, .refer,
    ]

    /// Reads a method name; any bytes that are no known method make ``other(_:)``.
    public init(bytes: ArraySlice<UInt8>) {
        self = SIPMethod.match(bytes.span) ?? .other(String(decoding: bytes, as: UTF8.self))
    }

    /// Reads a method name.
    public init(_ name: String) {
        self.init(bytes: Array(name.utf8)[...])
    }

    /// The name as it stands on the wire.
    public var description: String {
        switch self {
        case .invite: "INVITE"
        case .ack: "ACK"
        case .bye: "BYE"
        case .cancel: "CANCEL"
        case .options: "OPTIONS"
        case .register: "REGISTER"
        case .message: "MESSAGE"
        case .subscribe: "SUBSCRIBE"
        case .notify: "NOTIFY"
        case .publish: "PUBLISH"
        case .info: "INFO"
        case .prack: "PRACK"
        case .update: "UPDATE"
        case .refer: "REFER"
        case .other(let name): name
        }
    }

    /// Whether this module knows what the method is for.
    public var isKnown: Bool {
        if case .other = self { false } else { true }
    }

    static func match(_ span: Span<UInt8>) -> SIPMethod? {
        switch span.count {
        case 3:
            if span.equals("ACK") { return .ack }
            if span.equals("BYE") { return .bye }
        case 4: if span.equals("INFO") { return .info }
        case 5:
            if span.equals("PRACK") { return .prack }
            if span.equals("REFER") { return .refer }
        case 6:
            if span.equals("INVITE") { return .invite }
            if span.equals("NOTIFY") { return .notify }
            if span.equals("CANCEL") { return .cancel }
            if span.equals("UPDATE") { return .update }
        case 7:
            if span.equals("MESSAGE") { return .message }
            if span.equals("OPTIONS") { return .options }
            if span.equals("PUBLISH") { return .publish }
        case 8: if span.equals("REGISTER") { return .register }
        case 9: if span.equals("SUBSCRIBE") { return .subscribe }
        default: break
        }
        return nil
    }
}
