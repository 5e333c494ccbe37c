import Digests

/// What stands for a person, a conversation or a domain in the file of the keys.
///
/// Shape: the first 16 bytes of a keyed hash, so that the file names nobody to whoever has not got the store's secret.
public struct BodyLabel: Hashable, Sendable {
    /// How many bytes a label has.
    public static let byteCount = 16

    /// The bytes.
    public let bytes: [UInt8]

    /// Takes the bytes of a label.
    init(_ bytes: [UInt8]) { self.bytes = bytes }
}

/// Who talks to whom, as labels.
public struct ConversationName: Hashable, Sendable {
    /// The unordered pair of both.
    public let conversation: BodyLabel
    /// Each of both, in the order of their addresses.
    public let people: [BodyLabel]
    /// The domain of each.
    public let domains: [BodyLabel]
}

/// Makes labels under a key of one store.
public struct BodyLabels: Sendable {
    private let code: HMAC

    /// Derives the key of the labels.
    ///
    /// - Parameter secret: the store's secret, at least 32 random bytes.
    public init(secret: [UInt8]) {
        code = HMAC(key: HKDF.expand(secret, purpose: Array("isthmus labels of bodies 1".utf8)))
    }

    /// The label of a person.
    ///
    /// - Parameter address: the bare address, in the form by which order is kept.
    /// - Returns: the label.
    public func person(_ address: String) -> BodyLabel { label("person", address) }

    /// The label of a domain.
    ///
    /// - Parameter domain: in any case of letters.
    /// - Returns: the label.
    public func domain(_ domain: String) -> BodyLabel { label("domain", domain.lowercased()) }

    /// The label of a conversation.
    ///
    /// - Parameters:
    ///   - one: the bare address of one person.
    ///   - other: that of the other.
    /// - Returns: the label, the same for either order.
    public func conversation(_ one: String, _ other: String) -> BodyLabel {
        label("conversation", one < other ? "\(one)\n\(other)" : "\(other)\n\(one)")
    }

    /// All labels of a conversation.
    ///
    /// - Parameters:
    ///   - one: the bare address of one person.
    ///   - other: that of the other.
    /// - Returns: the labels, the same for either order.
    public func name(_ one: String, _ other: String) -> ConversationName {
        let addresses = one < other ? [one, other] : [other, one]
        return ConversationName(
            conversation: conversation(one, other),
            people: addresses.map { person($0) },
            domains: addresses.map { domain(BodyLabels.domain(of: $0)) }
        )
    }

    /// What stands behind the `@` of an address, without a port or parameters.
    private static func domain(of address: String) -> String {
        let behind = address.split(separator: "@").last ?? ""
        if behind.hasPrefix("["), let end = behind.firstIndex(of: "]") { return String(behind[...end]) }
        return String(behind.prefix { !":;?".contains($0) })
    }

    private func label(_ kind: String, _ text: String) -> BodyLabel {
        BodyLabel(Array(code.code(for: Array("\(kind)\n\(text)".utf8)).bytes.prefix(BodyLabel.byteCount)))
    }
}
