import Testing
import XMLStreams
import XMPPStanzas

/// The example of the module's page.
private func reply(to element: XML.Element, uptime: Int64, now: Int64) -> [UInt8]? {
    if let message = MessageStanza(element), message.kind == .groupchat {
        return StanzaError(.serviceUnavailable, text: "No room here", textLanguage: "en").reply(to: element)
    }
    guard let iq = IQStanza(element) else { return nil }
    let responder = IQResponder(domain: .gateway(name: "SIP", software: SoftwareVersion(name: "Gate", version: "1")))
    return responder.answer(iq, now: now, uptime: uptime)
}

@Suite("XMPPStanzas: the example of its page")
struct ExampleTests {
    @Test("The example refuses a room message, answers a ping and lets other messages be")
    func example() throws {
        let room = try stanza("<message from='a@b' to='c@d' type='groupchat'><body>x</body></message>")
        #expect(text(reply(to: room, uptime: 0, now: 0))?.contains("<service-unavailable") == true)
        let ping = try stanza("<iq from='a@b' to='gw' id='1' type='get'><ping xmlns='urn:xmpp:ping'/></iq>")
        #expect(text(reply(to: ping, uptime: 0, now: 0)) == "<iq from='gw' to='a@b' id='1' type='result'/>")
        #expect(try reply(to: stanza("<message from='a@b' to='c@d'/>"), uptime: 0, now: 0) == nil)
    }
}
