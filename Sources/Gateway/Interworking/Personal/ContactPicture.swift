import MIME
import XMLStreams

/// A picture of a user of the CPIM shore, as the gateway holds it.
public struct ContactPicture: Sendable, Equatable {
    /// The name of the picture: its SHA-1, in lower-case hexadecimal digits.
    ///
    /// Source: XEP-0084 §4.2.
    public var id: String
    /// The media type.
    public var type: String
    /// The picture.
    public var bytes: [UInt8]

    /// Makes a picture.
    ///
    /// - Parameters:
    ///   - id: its SHA-1, in lower-case hexadecimal digits.
    ///   - type: the media type.
    ///   - bytes: the picture.
    public init(id: String, type: String, bytes: [UInt8]) {
        self.id = id
        self.type = type
        self.bytes = bytes
    }

    /// Bytes that a stanza with the picture has at least.
    public var encodedBytes: Int { (bytes.count + 2) / 3 * 4 }

    fileprivate var base64: [UInt8] { Base64.encode(bytes[...], lineLength: 0) }
}

extension PersonalEvent {
    /// The node on which users tell of their pictures.
    public static let pictures = PresenceNames.avatar
    /// The node on which the pictures themselves are asked for.
    public static let pictureData = PresenceNames.avatarData

    /// Tells of a picture that the gateway holds.
    ///
    /// Its address is not told: whoever looks at the picture would show its own to the web server that has it.
    ///
    /// - Parameter picture: the picture.
    ///
    /// Source: XEP-0084 §4.2.
    public init(tellingOf picture: ContactPicture) {
        var writer = XML.Writer()
        writer.start("metadata", PresenceNames.avatar)
        let bytes = String(picture.bytes.count)
        writer.element("info", nil, ["bytes": bytes, "id": picture.id, "type": picture.type])
        writer.end()
        self.init(node: PresenceNames.avatar, payload: writer.bytes)
    }

    /// The picture itself, for whoever asks for it.
    ///
    /// - Parameter picture: the picture.
    ///
    /// Source: XEP-0084 §4.1.
    public init(dataOf picture: ContactPicture) {
        var writer = XML.Writer()
        writer.element("data", PresenceNames.avatarData, text: String(decoding: picture.base64, as: UTF8.self))
        self.init(node: PresenceNames.avatarData, payload: writer.bytes)
    }

    /// The address of the picture that a card names; nil for none.
    ///
    /// Source: XEP-0054 §3.3, RFC 4482 §3.4.
    public var icon: String? {
        guard node == Self.card, let card = try? XML.DocumentReader.read(payload[...]) else { return nil }
        return Self.address(in: card)
    }

    /// A card with a picture in the place of its address.
    ///
    /// - Parameter picture: the picture.
    /// - Returns: the card; the event as it is when it names none.
    ///
    /// Source: XEP-0054 §3.3, XEP-0153 §3.1.
    public func holding(_ picture: ContactPicture) -> PersonalEvent {
        guard node == Self.card, let card = try? XML.DocumentReader.read(payload[...]) else { return self }
        var writer = XML.Writer()
        writer.start("vCard", Self.card)
        for entry in card.children {
            guard entry.name == "PHOTO", entry.first("EXTVAL", Self.card) != nil else {
                writer.copy(entry)
                continue
            }
            writer.start("PHOTO", nil)
            writer.element("TYPE", nil, text: picture.type)
            writer.element("BINVAL", nil, text: String(decoding: picture.base64, as: UTF8.self))
            writer.end()
        }
        writer.end()
        return PersonalEvent(node: node, payload: writer.bytes)
    }

    /// The name of the picture that an event tells of; nil for other events.
    public var pictureID: String? {
        guard node == Self.pictures, let metadata = try? XML.DocumentReader.read(payload[...]) else { return nil }
        return metadata.first("info", Self.pictures)?.attribute("id")
    }

    private static func address(in card: XML.Element) -> String? {
        card.first("PHOTO", Self.card)?.first("EXTVAL", Self.card).map { SingleLine.text($0.text) }
    }
}
