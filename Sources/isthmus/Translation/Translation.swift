import Addressing
import CPIM
import Interworking
import MappingTables
import SIPMessages
import XMLStreams
import XMPPStanzas

/// Translates single items offline, by the code that serves live traffic.
struct Translation {
    /// What came of an item.
    struct Result {
        var products: [Product] = []
        var trace = RuleTrace.none
        var notes: [String] = []
        /// Why nothing crosses, where that is no fault.
        var nothing: String?
        /// Why the item is refused.
        var refusal: Refusal?
        /// The message in the middle.
        var pivot: Pivot?
        /// The domain on the CPIM shore, by which the route is chosen.
        var domain: String?

        mutating func add<Value>(_ step: Translated<Value>) {
            trace.append(step.trace)
            notes += step.notes
            switch step.outcome {
            case .value: break
            case .nothing(let reason): nothing = reason
            case .refused(let why): refusal = why
            }
        }
    }

    private(set) var setup: TranslationSetup
    /// The name of the input in faults.
    let file: String
    /// Takes what the tables are asked; nil where nobody wants to know.
    var witness: RuleWitness?

    /// Makes a translation under the tables and facts of a command.
    init(setup: TranslationSetup, file: String) {
        self.setup = setup
        self.file = file
    }

    var facts: Facts { setup.facts }
    var messages: MessageTranslator { MessageTranslator(generation: setup.generation, routing: setup.routing) }
    var errors: ErrorTranslator { ErrorTranslator(generation: setup.generation, routing: setup.routing) }

    /// Translates one item.
    ///
    /// Where switches are set over the neighbor's route, a first translation tells who the neighbor is.
    mutating func translate(_ bytes: [UInt8], from: Form, to: Form) throws(Stop) -> Result {
        if setup.dependsOnNeighbor {
            let domain = try once(bytes, from: from, to: to).domain
            // What counts is the second time.
            _ = witness?.take()
            setup = try setup.settled(for: domain)
        }
        return try once(bytes, from: from, to: to)
    }

    private func once(_ bytes: [UInt8], from: Form, to: Form) throws(Stop) -> Result {
        switch from {
        case .xmpp: try stanza(bytes, to: to)
        case .sip: try sip(bytes, to: to)
        case .cpim: try cpim(bytes, to: to)
        case .pidf: try document(bytes, to: to)
        }
    }

    // MARK: From the XMPP shore

    private func stanza(_ bytes: [UInt8], to form: Form) throws(Stop) -> Result {
        let element: XML.Element
        do throws(XMLStreamError) {
            element = try XML.DocumentReader.read(bytes[...])
        } catch {
            throw Place.fault(Self.reason(error), code: error.code.rawValue, at: error.offset, in: bytes, file: file)
        }
        if let presence = PresenceStanza(element) { return try self.presence(presence, to: form) }
        guard let stanza = MessageStanza(element) else {
            let reason = "this is no stanza that crosses; give a <message> or <presence> with xmlns='jabber:client'"
            throw Place.fault(reason, code: "no-message", at: 0, in: bytes, file: file)
        }
        guard form != .pidf else { throw .usage("a message has no place in a presence document; use --to sip") }
        var result = Result()
        if stanza.kind == .error, let pending = facts.pendingInbound.first(where: { $0.stanzaID == stanza.id }) {
            let response = errors.response(for: stanza, pending: pending, facts: facts, toTag: Self.tag)
            result.add(response)
            if let value = response.value { result.products = [Product(kind: .error, form: .sip, bytes: value.bytes)] }
            return result
        }
        if stanza.kind == .error || stanza.bodyBytes == nil, try signals(of: stanza, to: form, &result) {
            return result
        }
        let pivot = messages.pivot(from: stanza, facts: facts)
        result.add(pivot)
        if let value = pivot.value {
            result.pivot = value
            result.domain = value.recipient.uri.host.canonical
            depart(value, to: form, &result)
        }
        if let refusal = result.refusal, let from = stanza.from, let to = stanza.to,
            let sender = try? JID(from), let recipient = try? JID(to)
        {
            let origin = StanzaOrigin(from: sender, to: recipient, id: stanza.id, kind: .message)
            let error = errors.stanza(for: refusal, origin: origin, facts: facts, contentNamespace: Self.namespace)
            result.products = [Product(kind: .error, form: .xmpp, bytes: Self.document(error.bytes))]
        }
        return result
    }

    /// What is wrong with XML, with what to do where that is known.
    static func reason(_ error: XMLStreamError) -> String {
        switch (error.code, error.reason) {
        // XML_ERR_DOCUMENT_END.
        case (.notWellFormed, "libxml2 error 5"): "more stands behind the first element; give one item at a time"
        case (.notWellFormed, _): "this is no well-formed XML (\(error.reason))"
        case (.incomplete, _): "the XML ends before its first element does; give the whole item"
        default: error.reason
        }
    }

    /// Writes the request, or the object that it carries.
    func depart(_ pivot: Pivot, to form: Form, _ result: inout Result) {
        let facts = setup.facts(for: pivot.recipient.uri.host.canonical)
        let identity = RequestIdentity(
            branch: "z9hG4bKtranslate1",
            callID: messages.callID(for: pivot, facts: facts) ?? "translate1@\(facts.gatewayDomain)",
            fromTag: "translate1",
            cseq: 1,
            sentBy: "\(facts.gatewayDomain):5060",
            transport: setup.transport(for: pivot.recipient.uri.host.canonical),
            messageID: "translate1"
        )
        let carrier: Carrier? = form == .cpim ? .cpim : nil
        let request = messages.request(from: pivot, identity: identity, facts: facts, carrier: carrier)
        result.add(request)
        guard let value = request.value else { return }
        guard form == .cpim, case .request(let written)? = try? SIPReader.read(datagram: value.bytes) else {
            result.products.append(Product(kind: .message, form: .sip, bytes: value.bytes))
            return
        }
        result.products.append(Product(kind: .message, form: .cpim, bytes: Array(written.body)))
    }

    // MARK: From the CPIM shore

    private func sip(_ bytes: [UInt8], to form: Form) throws(Stop) -> Result {
        let message: SIPMessage
        do throws(SIPError) {
            message = try SIPReader.read(datagram: bytes)
        } catch {
            throw Place.fault(error.reason, code: error.code.rawValue, at: error.offset, in: bytes, file: file)
        }
        guard form != .pidf else { throw .usage("a message has no place in a presence document; use --to xmpp") }
        switch message {
        case .response(let response): return try failure(response, bytes)
        case .request(let request):
            if request.method == .subscribe { return try subscribe(request, to: form) }
            if request.method == .notify { return try notify(request, bytes, to: form) }
            guard request.method == .message else {
                let reason = "only MESSAGE, SUBSCRIBE and NOTIFY requests cross"
                throw Place.fault(reason, code: "no-message", at: 0, in: bytes, file: file)
            }
            var result = Result()
            let pivot = messages.pivot(from: request, facts: facts)
            result.add(pivot)
            if let value = pivot.value { arrive(value, to: form, &result) }
            if let refusal = result.refusal {
                let response = errors.response(for: refusal, to: request, toTag: Self.tag)
                result.products = [Product(kind: .error, form: .sip, bytes: response)]
            }
            return result
        }
    }

    /// A response to a request of the gateway's: a failure becomes a stanza error.
    private func failure(_ response: SIPResponse, _ bytes: [UInt8]) throws(Stop) -> Result {
        let branch = (try? response.headers.topVia())?.branch
        guard let pending = facts.pendingRequests.first(where: { $0.branch == branch }) else {
            let reason = "no request is known that this answers; name it with --facts 'pending request …'"
            throw Place.fault(reason, code: "no-request", at: 0, in: bytes, file: file)
        }
        var result = Result()
        let error = errors.stanza(
            for: .response(response),
            method: pending.method,
            origin: pending.origin,
            facts: facts,
            contentNamespace: Self.namespace
        )
        result.add(error)
        if let value = error.value {
            result.products = [Product(kind: .error, form: .xmpp, bytes: Self.document(value.bytes))]
        }
        return result
    }

    private func cpim(_ bytes: [UInt8], to form: Form) throws(Stop) -> Result {
        guard form != .pidf else { throw .usage("a message has no place in a presence document; use --to xmpp") }
        var result = Result()
        var facts = facts
        // An object on its way to the CPIM shore comes from the other one.
        if form == .sip {
            (facts.xmppDomains, facts.cpimDomains) = (facts.cpimDomains, facts.xmppDomains)
            facts.servesStrangers = false
        }
        let pivot = messages.pivot(fromCPIM: bytes[...], facts: facts)
        result.add(pivot)
        guard let value = pivot.value else { return result }
        if form == .sip {
            result.pivot = value
            result.domain = value.recipient.uri.host.canonical
            depart(value, to: .sip, &result)
        } else {
            arrive(value, to: form, &result)
        }
        return result
    }

    private func arrive(_ pivot: Pivot, to form: Form, _ result: inout Result) {
        result.pivot = pivot
        result.domain = pivot.sender.uri.host.canonical
        if form == .cpim {
            if let bytes = try? CPIMWriter.write(pivot.message) {
                result.products = [Product(kind: .message, form: .cpim, bytes: bytes)]
            }
            return
        }
        if pivot.signal != nil { return arrive(signal: pivot, &result) }
        let stanza = messages.stanza(
            from: pivot,
            facts: facts,
            contentNamespace: Self.namespace,
            freshID: "translate1"
        )
        result.add(stanza)
        if let value = stanza.value {
            result.products = [Product(kind: .message, form: .xmpp, bytes: Self.document(value.bytes))]
        }
    }

    // MARK: Words

    static let tag = "translate"
    static let namespace = "jabber:client"

    /// A stanza of a stream as a document: the stream's namespace is declared on it.
    static func document(_ bytes: [UInt8]) -> [UInt8] {
        let end = bytes.firstIndex { $0 == 0x20 || $0 == 0x3E || $0 == 0x2F } ?? bytes.count
        return Array(bytes[..<end]) + Array(" xmlns='jabber:client'".utf8) + Array(bytes[end...])
    }
}
