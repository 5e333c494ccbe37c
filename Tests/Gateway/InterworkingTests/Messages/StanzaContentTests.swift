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

    @Test("XEP-0380 §3: an announcement and an exchange of keys hold no text, a payload does")
    func ciphertext() throws {
        for element in [
            "<encryption xmlns='urn:xmpp:eme:0' namespace='x'/>",
            "<encrypted xmlns='urn:xmpp:omemo:2'><header sid='1'/></encrypted>",
        ] {
            #expect(try !content(element).hasCiphertext)
        }
        for element in [
            "<encryption xmlns='urn:xmpp:eme:0' namespace='x'/><x xmlns='jabber:x:encrypted'>k</x>",
            "<encrypted xmlns='eu.siacs.conversations.axolotl'><header/><payload>k</payload></encrypted>",
            "<openpgp xmlns='urn:xmpp:openpgp:0'>k</openpgp>",
        ] {
            #expect(try content(element).hasCiphertext)
        }
    }

    @Test("XEP-0033 §4: further recipients are to be served unless the addresses say who was")
    func lists() throws {
        func addresses(_ children: String) -> String {
            "<body>x</body><addresses xmlns='http://jabber.org/protocol/address'>\(children)</addresses>"
        }
        #expect(try content(addresses("<address type='to' jid='a@b'/>")).isForList)
        #expect(
            try content(addresses("<address type='to' jid='a@b' delivered='true'/><address type='bcc' jid='c@d'/>"))
                .isForList
        )
        #expect(try !content(addresses("<address type='cc' jid='a@b' delivered='true'/>")).isForList)
        #expect(try !content(addresses("<address type='replyto' jid='a@b'/>")).isForList)
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
