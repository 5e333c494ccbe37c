/// An Event value: what is subscribed to, told of or published.
///
/// Two are the same when package and `id` are, octet by octet; other parameters do not count.
///
/// Source: RFC 6665 §8.2.1.
public struct SIPEvent: Sendable, Hashable, CustomStringConvertible {
    /// The event package with its templates, such as `presence` or `presence.winfo`.
    public let package: String
    /// The `id` parameter; nil when there is none.
    public let id: String?

    /// The presence package (RFC 3856 §6.1).
    public static let presence = SIPEvent("presence")

    /// Makes a value.
    public init(_ package: String, id: String? = nil) {
        self.package = package
        self.id = id
    }

    /// The value as it is written.
    public var description: String { id.map { "\(package);id=\($0)" } ?? package }
}

extension SIPHeaders {
    /// The Event value; nil when there is none.
    ///
    /// - Throws: ``SIPError`` with `.malformedHeader` when it is no event, and `.duplicateHeader` when there are two.
    public func event() throws(SIPError) -> SIPEvent? {
        guard let token = try single(token: .event) else { return nil }
        return SIPEvent(token.name, id: token.parameters["id"]?.rawValue?.repairedText)
    }

    /// The event packages that the peer says it knows; nil when it says nothing.
    ///
    /// Source: RFC 6665 §8.2.2.
    public var allowEvents: [String]? { has(.allowEvents) ? list(.allowEvents) : nil }

    /// The one value of a header field that is a token with parameters; nil when there is none.
    func single(token name: SIPHeaderName) throws(SIPError) -> SIPToken? {
        guard let entry = entry(name) else { return nil }
        let values = try tokens(name)
        guard values.count <= 1 else {
            throw SIPError(
                .duplicateHeader,
                "There is more than one \(name.rawValue).",
                at: entry.value.lowerBound,
                header: name
            )
        }
        guard let value = values.first, !value.name.utf8.contains(UInt8(ascii: "/")) else {
            throw SIPError(
                .malformedHeader,
                "The \(name.rawValue) is not a token.",
                at: entry.value.lowerBound,
                header: name
            )
        }
        return value
    }
}
