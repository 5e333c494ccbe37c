import Addressing
import CPIM
import Interworking
import MappingTables
import SIPMessages
import XMLStreams
import XMPPStanzas

extension FuzzTarget {
    /// A datagram that becomes a stanza becomes one stanza, between its own ends; a refusal becomes one response.
    static let inbound = FuzzTarget("inbound") { input throws(Violation) in
        guard let generation = ShippedTables.generation else { throw Violation("the shipped tables are whole") }
        guard case .request(let request)? = try? SIPReader.read(datagram: input), (try? request.validate()) != nil
        else { return }
        let translator = MessageTranslator(generation: generation)
        let facts = ShippedTables.facts
        let pivot = translator.pivot(from: request, facts: facts)
        if let refusal = pivot.refusal {
            let bytes = ErrorTranslator(generation: generation).response(for: refusal, to: request, toTag: "t")
            _ = try response(bytes, "the response to a refused request")
        }
        guard let pivot = pivot.value else { return }
        try demand(facts.xmppDomains.contains(pivot.recipient.jid.domain), "the recipient is served here")
        try demand(pivot.sender.jid.local != nil && pivot.recipient.jid.local != nil, "both ends are users")
        _ = translator.callID(for: pivot, facts: facts)
        let translated = translator.stanza(from: pivot, facts: facts, contentNamespace: "jabber:client", freshID: "f1")
        guard let stanza = translated.value else { return }
        try demand(stanza.bytes.count <= facts.peer.stanzaLimit, "a stanza is bounded")
        try check(stanza, pivot)
    }

    private static func check(_ stanza: OutgoingStanza, _ pivot: Pivot) throws(Violation) {
        let header = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
        var events: [XML.StreamEvent] = []
        let bytes = Array(header.utf8) + stanza.bytes
        try succeed("a stanza is well-formed: \(shown(stanza.bytes))") { () throws(XMLStreamError) in
            try XML.StreamParser().feed(bytes[...], into: &events)
        }
        guard events.count == 2, case .element(let element) = events[1], let message = MessageStanza(element) else {
            throw Violation("what is written is one message: \(shown(stanza.bytes))")
        }
        try demand(message.from == pivot.sender.jid.description, "from is the sender: \(shown(stanza.bytes))")
        try demand(message.to == pivot.recipient.jid.description, "to is the recipient: \(shown(stanza.bytes))")
        try demand((try? message.fromAddress) != nil && (try? message.toAddress) != nil, "both ends are JIDs")
        try demand(message.kind != .error && message.kind != .groupchat, "it is a message between two users")
    }

    /// A stanza that becomes a request becomes one valid request, with each header field once, whatever carries it.
    static let outbound = FuzzTarget("outbound") { input throws(Violation) in
        guard let generation = ShippedTables.generation else { throw Violation("the shipped tables are whole") }
        guard let element = try? XML.DocumentReader.read(input[...]), let stanza = MessageStanza(element) else {
            return
        }
        let translator = MessageTranslator(generation: generation)
        let facts = ShippedTables.facts
        let translated = translator.pivot(from: stanza, facts: facts)
        if let refusal = translated.refusal { try refuses(refusal, stanza, generation, facts) }
        guard let pivot = translated.value else { return }
        let domain = pivot.recipient.uri.host.canonical
        try demand(facts.cpimDomains.contains(DomainName.toUnicode(domain)), "the recipient is served there: \(domain)")
        let identity = RequestIdentity(
            branch: "z9hG4bKb1",
            callID: "fresh@gw.example.org",
            fromTag: "t1",
            cseq: 1,
            sentBy: "gw.example.org",
            transport: "TCP",
            messageID: "imdn1"
        )
        for carrier in Carrier.allCases {
            let made = translator.request(from: pivot, identity: identity, facts: facts, carrier: carrier)
            if let request = made.value { try check(request, pivot, carrier) }
        }
    }

    /// A refusal becomes one error stanza to the sender.
    private static func refuses(
        _ refusal: Refusal,
        _ stanza: MessageStanza,
        _ generation: Generation,
        _ facts: Facts
    ) throws(Violation) {
        guard let from = try? stanza.fromAddress, let to = try? stanza.toAddress else { return }
        let origin = StanzaOrigin(from: from, to: to, id: stanza.id, kind: .message)
        let error = ErrorTranslator(generation: generation)
            .stanza(for: refusal, origin: origin, facts: facts, contentNamespace: "jabber:client")
        let element = try succeed("an error is well-formed: \(shown(error.bytes))") { () throws(XMLStreamError) in
            try XML.DocumentReader.read(error.bytes[...])
        }
        try demand(element.attribute("to") == from.description, "an error goes to the sender: \(shown(error.bytes))")
    }

    private static func check(
        _ outgoing: OutgoingRequest,
        _ pivot: Pivot,
        _ carrier: Carrier
    ) throws(Violation) {
        let text = shown(outgoing.bytes)
        let message = try succeed("a request can be read: \(text)") { () throws(SIPError) in
            try SIPReader.read(datagram: outgoing.bytes)
        }
        guard case .request(let request) = message else { throw Violation("it is a request: \(text)") }
        let essentials = try succeed("a request is valid: \(text)") { () throws(SIPError) in try request.validate() }
        try demand(request.bytes.count == outgoing.bytes.count, "it is one request: \(text)")
        var names: Set<String> = []
        for field in request.headers {
            try demand(!field.nameBytes.isEmpty && !field.isFolded, "each line is a header field: \(text)")
            try demand(names.insert(field.nameText.lowercased()).inserted, "\(field.nameText) stands once: \(text)")
        }
        try demand(essentials.viaCount == 1 && essentials.topVia.branch == "z9hG4bKb1", "one Via: \(text)")
        try demand(essentials.from.tag == "t1" && essentials.to.tag == nil, "the tags are the gateway's: \(text)")
        try demand(essentials.from.uriBytes.elementsEqual(outgoing.addresses.from.utf8), "From is the sender: \(text)")
        try demand((try? request.uri()) == .sip(outgoing.requestURI), "the Request-URI is the recipient: \(text)")
        try demand(outgoing.requestURI.host == pivot.recipient.uri.host, "it goes to the recipient's host: \(text)")
        _ = try succeed("the type is one: \(text)") { () throws(SIPError) in try request.headers.contentType() }
        guard carrier == .cpim else { return }
        let object = try succeed("the object is strict: \(text)") { () throws(CPIMError) in
            try CPIMReader(isStrict: true).read(request.body)
        }
        try demand(object.from?.uriText == pivot.message.from.uriText, "the object names its sender: \(text)")
        try demand(object.to.map(\.uriText) == [pivot.message.to.uriText], "the object has one recipient: \(text)")
        try demand(object.cc.isEmpty, "the object has no further recipient: \(text)")
    }
}
