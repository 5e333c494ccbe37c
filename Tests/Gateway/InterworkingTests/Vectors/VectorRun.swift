import Addressing
import CPIM
import MappingTables
import SIPMessages
import Testing
import XMLStreams
import XMPPStanzas

@testable import Interworking

/// Runs one folder of vectors through the translators and compares what comes out.
struct VectorRun {
    /// What an input produced.
    enum Product: Equatable {
        /// A request, for the CPIM shore.
        case request([UInt8])
        /// A response to the sender of a request.
        case response([UInt8])
        /// A stanza, for the XMPP shore.
        case stanza([UInt8])
        /// A stanza error to the sender of a stanza.
        case stanzaError([UInt8])
        /// The body of a NOTIFY, for the CPIM shore.
        case presence(PresenceBody)
    }

    let folder: VectorFolder
    let facts: Facts
    let messages: MessageTranslator
    let errors: ErrorTranslator
    let presences: PresenceTranslator
    private var seen: SeenResources?
    private var told: ToldPresence?
    private(set) var bindings = Bindings()
    private(set) var differences: [String] = []
    private var used: Set<String> = []
    private var serial = 0

    static let defaults: Facts = {
        var facts = Facts(now: 1_772_366_400_000, gatewayDomain: "gw.example.org")
        facts.xmppDomains = ["example.com"]
        facts.cpimDomains = ["example.net"]
        return facts
    }()

    init(_ folder: VectorFolder) throws {
        self.folder = folder
        let text = try FactsText(folder.context, defaults: Self.defaults)
        facts = text.facts
        let settings = folder.settings + text.settings.map { ($0.name, $0.value) }
        let routing = try ShippedTables.routing(profile: folder.profile, settings: settings)
        messages = MessageTranslator(generation: try ShippedTables.generation(), routing: routing)
        errors = ErrorTranslator(generation: try ShippedTables.generation(), routing: routing)
        presences = PresenceTranslator(generation: try ShippedTables.generation(), routing: routing)
    }

    /// The differences between what was expected and what came out; empty when there is none.
    static func differences(_ folder: VectorFolder) throws -> [String] {
        var run = try VectorRun(folder)
        var products: [Product] = []
        for input in folder.inputs {
            run.used.insert(input.name)
            let new = try run.feed(input)
            products = folder.values("Compare").contains("last") ? new : products + new
        }
        run.compare(products)
        run.checkNotes(products)
        for file in folder.files where !run.used.contains(file.name) {
            run.differences.append("\(file.name) was not used")
        }
        return folder.faults + run.differences
    }

    // MARK: Inputs

    private mutating func feed(_ input: VectorFolder.File) throws -> [Product] {
        guard let bytes = bindings.filled(input.bytes) else {
            throw Unusable("a placeholder of \(input.name) is not bound")
        }
        switch input.kind {
        case .stanza: return try stanza(bytes)
        case .sip: return try sip(bytes)
        case .cpim: return cpim(bytes)
        case .pidf: return try document(bytes)
        default: throw Unusable("\(input.name) has no translator")
        }
    }

    struct Unusable: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    private mutating func stanza(_ bytes: [UInt8]) throws -> [Product] {
        let element = try XML.DocumentReader.read(bytes[...])
        if let presence = PresenceStanza(element) { return try self.presence(presence) }
        guard let stanza = MessageStanza(element) else { throw Unusable("the stanza is no message") }
        if stanza.kind == .error, let pending = facts.pendingInbound.first(where: { $0.stanzaID == stanza.id }) {
            let response = errors.response(for: stanza, pending: pending, facts: facts, toTag: "gw1")
            return response.value.map { [.response($0.bytes)] } ?? []
        }
        let pivot = messages.pivot(from: stanza, facts: facts)
        switch pivot.outcome {
        case .nothing: return []
        case .refused(let refusal): return try refused(refusal, stanza)
        case .value(let pivot):
            serial += 1
            let callID = messages.callID(for: pivot, facts: facts) ?? "call\(serial)@gw.example.org"
            let identity = RequestIdentity(
                branch: "z9hG4bKbranch\(serial)",
                callID: callID,
                fromTag: "tag1",
                cseq: UInt32(serial),
                sentBy: "gw.example.org:5060",
                transport: "TCP",
                messageID: "imdn\(serial)"
            )
            let request = messages.request(from: pivot, identity: identity, facts: facts)
            if let refusal = request.refusal { return try refused(refusal, stanza) }
            return request.value.map { [.request($0.bytes)] } ?? []
        }
    }

    private mutating func presence(_ stanza: PresenceStanza) throws -> [Product] {
        let operation = presences.operation(from: stanza, facts: facts)
        guard let operation = operation.value else {
            return try operation.refusal.map { try refused($0, stanza, .presence) } ?? []
        }
        guard operation.kind == .available || operation.kind == .unavailable else {
            throw Unusable("nobody keeps subscriptions here")
        }
        var seen = self.seen ?? SeenResources(of: operation.user.jid.bare, facts: facts)
        seen.receive(stanza, from: operation.user.jid, now: facts.now)
        self.seen = seen
        let document = presences.document(
            of: operation.user,
            resources: seen.resources,
            for: operation.contact,
            facts: facts
        )
        guard let document = document.value else { return [] }
        let body = presences.body(of: document, from: operation.user, to: operation.contact, facts: facts)
        return body.value.map { [.presence($0)] } ?? []
    }

    private mutating func document(_ bytes: [UInt8]) throws -> [Product] {
        guard let watcher = facts.presence.watcher, let presentity = facts.presence.presentity else {
            throw Unusable("nobody watches")
        }
        let contact = Correspondent(jid: presentity, uri: try SIPURI("sip:" + presentity.description))
        let body = PresenceBody(type: "application/pidf+xml", bytes: bytes)
        guard let found = presences.presences(from: body, of: contact, facts: facts).value else { return [] }
        var told = self.told ?? ToldPresence(of: contact, facts: facts)
        let news = told.update(found)
        self.told = told
        return news.map { presence in
            let stanza = presences.stanza(
                presence,
                from: contact.jid.bare,
                to: watcher,
                contentNamespace: "jabber:client"
            )
            return .stanza(Self.inNamespace(stanza))
        }
    }

    private func refused(
        _ refusal: Refusal,
        _ stanza: some Stanza,
        _ kind: StanzaKind = .message
    ) throws -> [Product] {
        guard let from = stanza.from, let to = stanza.to else { return [] }
        let origin = StanzaOrigin(from: try JID(from), to: try JID(to), id: stanza.id, kind: kind)
        let error = errors.stanza(for: refusal, origin: origin, facts: facts, contentNamespace: "jabber:client")
        return [.stanzaError(Self.inNamespace(error.bytes))]
    }

    private mutating func sip(_ bytes: [UInt8]) throws -> [Product] {
        switch try SIPReader.read(datagram: bytes) {
        case .response(let response):
            let branch = try response.headers.topVia().branch
            guard let pending = facts.pendingRequests.first(where: { $0.branch == branch }) else { return [] }
            let error = errors.stanza(
                for: .response(response),
                method: pending.method,
                origin: pending.origin,
                facts: facts,
                contentNamespace: "jabber:client"
            )
            return error.value.map { [.stanzaError(Self.inNamespace($0.bytes))] } ?? []
        case .request(let request):
            let pivot = messages.pivot(from: request, facts: facts)
            switch pivot.outcome {
            case .nothing: return []
            case .refused(let refusal): return [.response(errors.response(for: refusal, to: request, toTag: "gw1"))]
            case .value(let pivot):
                let stanza = delivered(pivot)
                if let refusal = stanza.refusal {
                    return [.response(errors.response(for: refusal, to: request, toTag: "gw1"))]
                }
                return stanza.value.map { [.stanza(Self.inNamespace($0.bytes))] } ?? []
            }
        }
    }

    private mutating func cpim(_ bytes: [UInt8]) -> [Product] {
        guard let pivot = messages.pivot(fromCPIM: bytes[...], facts: facts).value else { return [] }
        return delivered(pivot).value.map { [.stanza(Self.inNamespace($0.bytes))] } ?? []
    }

    private mutating func delivered(_ pivot: Pivot) -> Translated<OutgoingStanza> {
        serial += 1
        return messages.stanza(from: pivot, facts: facts, contentNamespace: "jabber:client", freshID: "fresh\(serial)")
    }

    /// A stanza of a stream as a document: the stream's namespace is declared on it.
    private static func inNamespace(_ bytes: [UInt8]) -> [UInt8] {
        let end = bytes.firstIndex { $0 == 0x20 || $0 == 0x3E || $0 == 0x2F } ?? bytes.count
        return Array(bytes[..<end]) + Array(" xmlns='jabber:client'".utf8) + Array(bytes[end...])
    }

    // MARK: Outputs

    private mutating func compare(_ products: [Product]) {
        var rest = products
        for output in folder.outputs {
            used.insert(output.name)
            if output.kind == .none {
                // Nothing leaves on the side opposite to the input.
                for product in products {
                    switch product {
                    case .request, .stanza, .presence: differences.append("something left although nothing may")
                    case .response, .stanzaError: break
                    }
                }
                continue
            }
            guard let index = place(of: output, in: rest) else {
                differences.append("nothing was produced for \(output.name)")
                continue
            }
            differences += compare(output, rest.remove(at: index)).map { "\(output.name): \($0)" }
        }
        for product in rest {
            differences.append("not expected: \(Self.text(product))")
        }
    }

    /// Which product is meant by an output: where the order does not matter, one that is equal to it, else the first.
    private func place(of output: VectorFolder.File, in products: [Product]) -> Int? {
        let places = products.indices.filter { Self.suits(products[$0], output.kind) }
        guard folder.values("Ordered").first != "yes", places.count > 1 else { return places.first }
        return places.first { place in
            var trial = self
            return trial.compare(output, products[place]).isEmpty
        } ?? places.first
    }

    private static func suits(_ product: Product, _ kind: VectorFolder.Kind) -> Bool {
        switch (product, kind) {
        case (.request, .sip), (.request, .cpim), (.response, .sip), (.stanza, .stanza), (.stanzaError, .stanzaError),
            (.presence, .pidf), (.presence, .cpim):
            true
        default: false
        }
    }

    private mutating func compare(_ output: VectorFolder.File, _ product: Product) -> [String] {
        switch product {
        case .stanza(let bytes), .stanzaError(let bytes):
            return XMLComparison.differences(expected: output.bytes, actual: bytes, mode: .stanza, bindings: &bindings)
        case .presence(let body): return compare(output, body)
        case .request(let bytes) where output.kind == .cpim:
            guard let message = SIPComparison.Message(bytes) else { return ["the request cannot be read"] }
            let isStrict = (try? CPIMReader(isStrict: true).read(message.body[...])) != nil
            return (isStrict ? [] : ["a strict reader refuses the object"])
                + CPIMComparison.differences(expected: output.bytes, actual: message.body, bindings: &bindings)
        case .request(let bytes), .response(let bytes):
            let isRead = (try? SIPReader.read(datagram: bytes)) != nil
            return (isRead ? [] : ["the SIP reader refuses the message"])
                + SIPComparison.differences(expected: output.bytes, actual: bytes, bindings: &bindings)
        }
    }

    /// A document alone is compared without the object that it may lie in.
    private mutating func compare(_ output: VectorFolder.File, _ body: PresenceBody) -> [String] {
        if output.kind == .cpim {
            return CPIMComparison.differences(expected: output.bytes, actual: body.bytes, bindings: &bindings)
        }
        let object = body.type == "message/cpim" ? CPIMComparison.Object(body.bytes) : nil
        return XMLComparison.differences(
            expected: output.bytes,
            actual: object?.body ?? body.bytes,
            mode: .document,
            bindings: &bindings
        )
    }

    private static func text(_ product: Product) -> String {
        switch product {
        case .presence(let body): HeaderText.text(body.bytes)
        case .request(let bytes), .response(let bytes), .stanza(let bytes), .stanzaError(let bytes):
            HeaderText.text(bytes)
        }
    }

    // MARK: Notes

    /// What the `Note` lines ask for beyond the comparison rule.
    private mutating func checkNotes(_ products: [Product]) {
        let note = folder.values("Note").joined(separator: " ")
        for product in products {
            let text = Self.text(product)
            if note.contains("No Contact header may exist"), text.contains("\r\nContact") {
                differences.append("there is a Contact header")
            }
            if note.contains("Accept must list message/cpim and text/plain") {
                for type in ["message/cpim", "text/plain"] where !text.contains(type) {
                    differences.append("Accept does not list \(type)")
                }
            }
        }
        if note.contains("The store must afterwards map") { checkStore(note) }
    }

    /// `The store must afterwards map JID to URI.`
    private mutating func checkStore(_ note: String) {
        let words = note.split(separator: " ").map { String($0) }
        guard let map = words.firstIndex(of: "map"), map + 3 < words.count, let input = folder.inputs.first,
            case .request(let request)? = try? SIPReader.read(datagram: input.bytes),
            let pair = messages.pivot(from: request, facts: facts).value?.sender.pair
        else { return differences.append("no pair is there for the store") }
        let uri = words[map + 3].hasSuffix(".") ? String(words[map + 3].dropLast()) : words[map + 3]
        if pair.jid.description != words[map + 1] || pair.uri.description != uri {
            differences.append("the store maps \(pair.jid) to \(pair.uri)")
        }
    }
}
