import BridgeCore
import Interworking
import Testing
import XMPPStanzas

@testable import XMPPLegs

@Suite("XMPPLeg: questions for pictures")
struct PictureQuestionTests {
    private static let bob = "bob@sip.example.com"
    private static let acquaintance = "alice@example.com " + bob
    private static let avatars = "urn:xmpp:avatar:"

    private func ask(_ stage: Stage, _ payload: String) throws -> String {
        try stage.serve("<iq from='alice@example.com/home' to='\(Self.bob)' id='q1' type='get'>\(payload)</iq>")
        return try stage.written()
    }

    private func items(_ node: String, id: String? = nil) -> String {
        let item = id.map { "<item id='\($0)'/>" } ?? ""
        return "<pubsub xmlns='http://jabber.org/protocol/pubsub'>"
            + "<items node='\(Self.avatars)\(node)'>\(item)</items></pubsub>"
    }

    @Test("XEP-0084 §4.2: the data of a picture goes under its own name, and under no name that was told before")
    func pictures() throws {
        let stage = try Stage.open()
        let held = ContactPicture(id: "2b", type: "image/png", bytes: [1])
        let data = PersonalEvent(dataOf: held)
        let told = PersonalEvent(tellingOf: ContactPicture(id: "1a", type: "image/png", bytes: [0]))
        stage.host.acquaintances[Self.acquaintance] = Acquaintance(
            items: [told, data].map { PersonalItem(node: $0.node, payload: $0.payload) },
            pictureID: held.id
        )
        #expect(try ask(stage, items("data", id: "1a")).contains("<item-not-found "))
        #expect(try ask(stage, items("data", id: "2b")).contains("<item id='2b'><data "))
        #expect(try ask(stage, items("data")).contains("<item id='2b'><data "))
        #expect(try ask(stage, items("metadata")).contains("<item id='1a'><metadata "))
    }

    @Test(
        "CIPID-005: only who asks for a card or a node is told what there is",
        arguments: [
            ("<ping xmlns='urn:xmpp:ping'/>", nil), ("<query xmlns='jabber:iq:last'/>", nil),
            ("<query xmlns='http://jabber.org/protocol/disco#info'/>", nil),
            ("<vCard xmlns='vcard-temp'/>", "vcard-temp"),
            (
                "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:avatar:data'/></pubsub>",
                "urn:xmpp:avatar:data"
            ),
        ] as [(String, String?)]
    )
    func nodes(payload: String, expected: String?) throws {
        let stage = try Stage.open()
        stage.host.acquaintances[Self.acquaintance] = Acquaintance()
        _ = try ask(stage, payload)
        #expect(stage.host.nodesAsked == [expected])
    }
}
