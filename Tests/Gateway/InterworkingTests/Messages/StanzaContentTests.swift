import Testing
import XMLStreams
import XMPPStanzas

@testable import Interworking

@Suite("StanzaContent")
struct StanzaContentTests {
    private func content(_ children: String) throws -> StanzaContent {
        let xml = "<message xmlns='jabber:client'>\(children)</message>"
        return StanzaContent(try #require(MessageStanza(try XML.DocumentReader.read(Array(xml.utf8)[...]))))
    }

    @Test("XEP-0280 §11: sent and received copies are carbons, the private mark is none")
    func carbons() throws {
        #expect(try content("<received xmlns='urn:xmpp:carbons:2'/>").isCarbon)
        #expect(try content("<sent xmlns='urn:xmpp:carbons:2'/>").isCarbon)
        #expect(try !content("<body>x</body><private xmlns='urn:xmpp:carbons:2'/>").isCarbon)
        #expect(try !content("<received xmlns='urn:xmpp:receipts'/>").isCarbon)
    }

    @Test(
        "Encrypted payloads and their announcements are known",
        arguments: [
            "<encryption xmlns='urn:xmpp:eme:0' namespace='x'/>", "<encrypted xmlns='eu.siacs.conversations.axolotl'/>",
            "<encrypted xmlns='urn:xmpp:omemo:2'/>", "<openpgp xmlns='urn:xmpp:openpgp:0'/>",
            "<x xmlns='jabber:x:encrypted'/>", "<e2e xmlns='urn:ietf:params:xml:ns:xmpp-e2e'/>",
        ]
    )
    func encrypted(element: String) throws {
        #expect(try content("<body>fallback</body>" + element).isEncrypted)
    }

    @Test("Plain text and other extensions are not encrypted")
    func plain() throws {
        #expect(try !content("<body>x</body><x xmlns='jabber:x:oob'/><encrypted xmlns='urn:other'/>").isEncrypted)
    }

    @Test("XEP-0444 §3: reactions are listed in order")
    func reactions() throws {
        let element =
            "<reactions xmlns='urn:xmpp:reactions:0' id='x'><reaction>a</reaction><reaction>b</reaction></reactions>"
        #expect(try content(element).reactions == ["a", "b"])
        #expect(try content("<body>x</body>").reactions == nil)
    }
}
