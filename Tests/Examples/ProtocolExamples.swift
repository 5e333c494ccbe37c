import Addressing
import CPIM
import IMDN
import MIME
import PIDF
import SIPMessages
import SIPTransactions
import Testing
import XMLStreams
import XMPPStanzas

// The examples of the modules' pages, word for word.

/// The example of XMLStreams.
private func answer(_ bytes: ArraySlice<UInt8>, with parser: XML.StreamParser) throws -> [UInt8] {
    var events: [XML.StreamEvent] = []
    try parser.feed(bytes, into: &events)
    var writer = XML.Writer(inherited: "jabber:client")
    for case .element(let message) in events where message.is("message", "jabber:client") {
        writer.start("message", "jabber:client", ["to": message.attribute("from"), "type": "chat"])
        writer.element("body", text: message.first("body", "jabber:client")?.text ?? "")
        writer.end()
    }
    return writer.bytes
}

/// The example of XMPPStanzas.
private func reply(to element: XML.Element, uptime: Int64, now: Int64) -> [UInt8]? {
    if let message = MessageStanza(element), message.kind == .groupchat {
        return StanzaError(.serviceUnavailable, text: "No room here", textLanguage: "en").reply(to: element)
    }
    guard let iq = IQStanza(element) else { return nil }
    let responder = IQResponder(domain: .gateway(name: "SIP", software: SoftwareVersion(name: "Gate", version: "1")))
    return responder.answer(iq, now: now, uptime: uptime)
}

@Suite("Examples of Protocols")
struct ProtocolExamples {
    @Test("Addressing: a SIP URI becomes a JID and comes back")
    func addressing() throws {
        let uri = try SIPURI("sip:o'malley@xn--bcher-kva.example;gr=B%C3%BCro")
        let text = try PercentEncoding.decodeUTF8(uri.user ?? "")
        let local = JIDEscaping.escape(text, form: .xep0106)
        let resource = try uri.parameter("gr").text.map { text in try PercentEncoding.decodeUTF8(text) }
        let jid = try JID(local: local, domain: uri.host.canonical, resource: resource)
        // o\27malley@bücher.example/Büro

        let user = JIDEscaping.unescape(jid.local ?? "", form: .xep0106)
        let host = try SIPURI.Host(DomainName.toASCII(jid.domain))
        let back = try SIPURI(user: PercentEncoding.encode(user, keeping: .sipUser), host: host)
        // sip:o'malley@xn--bcher-kva.example
        #expect(jid.description == #"o\27malley@bücher.example/Büro"#)
        #expect(back.description == "sip:o'malley@xn--bcher-kva.example")
    }

    @Test("CPIM: what is written is read back")
    func cpim() throws {
        let draft = CPIMDraft(
            from: CPIMAddress(formalName: "Juliet Capulet", uriText: "im:juliet@example.com")!,
            to: CPIMAddress(uriText: "im:romeo@example.net")!,
            dateTime: CPIMDateTime("2026-03-01T12:00:00Z"),
            subjects: [CPIMSubject("Hi!"), CPIMSubject("Ahoj!", language: "cs")],
            extensions: [CPIMExtension(.messageID, "34jk324j")],
            content: MIMEPart(type: .plainUTF8, content: Array("O Romeo".utf8)[...])
        )
        let bytes = try CPIMWriter.write(draft)
        let message = try CPIMReader().read(bytes[...])
        print(message.from?.formalName ?? "nobody")  // Juliet Capulet
        print(message.first(.messageID)?.unescapedValue ?? "none")  // 34jk324j
        print(try message.content.decodedText().text)  // O Romeo
        #expect(message.from?.formalName == "Juliet Capulet")
        #expect(message.first(.messageID)?.unescapedValue == "34jk324j")
    }

    @Test("PIDF: what is written is read back")
    func pidf() throws {
        var tuple = PresenceTuple(id: "balcony", basic: .open)
        tuple.status = [PresenceElement("show", PresenceNamespace.jabberClient, text: "away")]
        tuple.contact = PresenceContact(uri: "im:juliet@example.com", priority: ContactPriority(thousandths: 102))
        tuple.notes = [PresenceNote("Wooing Romeo", language: "en")]
        let bytes = PIDFWriter.write(PresenceDocument(entity: "pres:juliet@example.com", tuples: [tuple]))
        let document = try PIDFReader().read(bytes[...])
        print(document.tuples[0].contact?.priority?.description ?? "none")  // 0.102
        print(document.tuples[0].notes[0].text)  // Wooing Romeo
        #expect(document.tuples == [tuple])
        #expect(document.tuples[0].contact?.priority?.description == "0.102")
    }

    @Test("IMDN: what is written is read back, and a state is told again")
    func imdn() throws {
        let notification = DispositionNotification(
            messageID: "34jk324j",
            dateTime: "2026-03-01T06:16:49-05:00",
            recipients: .init("im:juliet@example.com"),
            disposition: Disposition(.delivery, .delivered)
        )
        let bytes = IMDNWriter.write(notification)
        let again = try IMDNReader().readNotification(bytes[...])
        print(again.disposition?.description ?? "none")  // delivery/delivered

        // What Juliet's correspondent is told: active, active once more, and nothing.
        var juliet = ComposingSender()
        let first = juliet.receive(.composing, now: 0)
        let second = juliet.receive(.advanced, now: 90_000)
        let third = juliet.receive(.sentContent, now: 95_000)
        #expect(again == notification)
        #expect(again.disposition?.description == "delivery/delivered")
        #expect([first, second, third] == [.active, .active, nil])
    }

    @Test("MIME: a part gives its type and its text")
    func mime() throws {
        let bytes = Array(
            "Content-Type: Text/Plain; Charset=\"UTF-8\"\r\nContent-Transfer-Encoding: base64\r\n\r\nSGVsbG8=".utf8
        )
        let part = try MIMEReader().part(bytes[...])
        let type = try part.mediaType()
        print(type?.is("text", "plain") ?? false)  // true
        print(type?.charset ?? "none")  // utf-8
        print(try part.decodedText().text)  // Hello
        #expect(type?.charset == "utf-8")
    }

    @Test("XMLStreams: each message is answered")
    func xmlStreams() throws {
        let parser = XML.StreamParser()
        let text = "<stream xmlns='jabber:client'><message from='a@b.example'><body>hi</body></message>"
        let bytes = try answer(Array(text.utf8)[...], with: parser)
        #expect(
            String(decoding: bytes, as: UTF8.self) == "<message to='a@b.example' type='chat'><body>hi</body></message>"
        )
    }

    @Test("XMPPStanzas: messages to rooms are refused")
    func xmppStanzas() throws {
        let text = "<message xmlns='jabber:client' from='a@b.example' to='c@d.example' type='groupchat'/>"
        let element = try XML.DocumentReader.read(Array(text.utf8)[...])
        let bytes = try #require(reply(to: element, uptime: 1, now: 2))
        #expect(String(decoding: bytes, as: UTF8.self).contains("service-unavailable"))
    }

    private static let request = [
        "MESSAGE sip:juliet@example.com SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK1;rport",
        "Max-Forwards: 70", "From: <sip:romeo@example.net>;tag=1", "To: <sip:juliet@example.com>", "Call-ID: 1",
        "CSeq: 1 MESSAGE", "Content-Length: 0", "", "",
    ].joined(separator: "\r\n")

    @Test("SIPMessages: a request is read and answered")
    func sipMessages() throws {
        let bytes = Array(Self.request.utf8)
        let message = try SIPReader.read(datagram: bytes)
        guard case .request(let request) = message else { return }
        let essentials = try request.validate()
        let sender = try essentials.from.uri()
        let subject = request.headers.subject
        let answer = SIPResponse.answering(
            request.headers,
            status: 202,
            toTag: "a6c85cf",
            source: SIPSource(address: "192.0.2.7", port: 5060)
        )
        #expect(sender.description == "sip:romeo@example.net" && subject == nil)
        #expect(String(decoding: answer, as: UTF8.self).hasPrefix("SIP/2.0 202 "))
    }

    @Test("SIPTransactions: a request is delivered and answered")
    func sipTransactions() throws {
        let message = try SIPReader.read(datagram: Array(Self.request.utf8))
        let flow = SIPFlow(transport: .udp, local: 0, remoteAddress: "192.0.2.7", remotePort: 5_060, connection: nil)
        let now: UInt64 = 0
        var actions: [TransactionAction] = []
        var table = TransactionTable()
        let server = UserAgentServer()
        for action in table.receive(message, from: flow, now: now) {
            guard case .deliver(let inbound) = action else { continue }
            switch server.check(inbound) {
            case .serve:
                actions += table.respond(to: inbound, 202, now: now)
            case .respond(let refusal):
                let answer = inbound.answer(refusal.status, extra: refusal.headers)
                actions += table.respond(inbound.key, with: answer, status: refusal.status, now: now)
            case .drop:
                break
            }
        }
        #expect(actions.count == 1)
    }
}
