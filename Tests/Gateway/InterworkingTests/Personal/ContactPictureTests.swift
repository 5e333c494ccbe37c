import Interworking
import Testing
import XMLStreams

@Suite("ContactPicture")
struct ContactPictureTests {
    private static let picture = ContactPicture(id: "ab12", type: "image/png", bytes: Array("picture!".utf8))

    private static func card(_ inner: String) -> PersonalEvent {
        PersonalEvent(node: PersonalEvent.card, payload: Array("<vCard xmlns='vcard-temp'>\(inner)</vCard>".utf8))
    }

    @Test("XEP-0084 §4.1, §4.2: it is told by its name, size and type, without its address, and is had by its name")
    func events() throws {
        let told = PersonalEvent(tellingOf: Self.picture)
        #expect(told.node == "urn:xmpp:avatar:metadata" && told.pictureID == "ab12")
        let metadata = try XML.DocumentReader.read(told.payload[...])
        let info = try #require(metadata.first("info", "urn:xmpp:avatar:metadata"))
        #expect(["bytes", "id", "type", "url"].map { info.attribute($0) } == ["8", "ab12", "image/png", nil])
        let data = PersonalEvent(dataOf: Self.picture)
        #expect(data.node == "urn:xmpp:avatar:data" && data.pictureID == nil)
        #expect(try XML.DocumentReader.read(data.payload[...]).text == "cGljdHVyZSE=")
        #expect(Self.picture.encodedBytes == "cGljdHVyZSE=".utf8.count)
    }

    @Test("XEP-0054 §3.3, RFC 4482 §3.4: a card names a picture, and holds it in the place of its address")
    func cards() throws {
        let address = "https://example.com/me.png"
        let card = Self.card("<FN>Alice</FN><PHOTO><EXTVAL>\(address)</EXTVAL></PHOTO><URL>http://a.example/</URL>")
        #expect(card.icon == address)
        let held = try XML.DocumentReader.read(card.holding(Self.picture).payload[...])
        #expect(held.children.map(\.name) == ["FN", "PHOTO", "URL"])
        let photo = try #require(held.first("PHOTO", "vcard-temp"))
        #expect(photo.children.map(\.name) == ["TYPE", "BINVAL"])
        #expect(photo.children.map(\.text) == ["image/png", "cGljdHVyZSE="])
        let bare = Self.card("<FN>Alice</FN>")
        #expect(bare.icon == nil)
        #expect(try XML.DocumentReader.read(bare.holding(Self.picture).payload[...]).children.map(\.name) == ["FN"])
        #expect(PersonalEvent(node: "urn:x", payload: card.payload).icon == nil)
    }
}
