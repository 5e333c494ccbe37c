import Addressing
import CPIM
import MappingTables
import SIPMessages
import Testing
import XMLStreams
import XMPPStanzas

@testable import Interworking
@testable import VectorSupport

/// Runs one folder of vectors through the translators and compares what comes out.
struct VectorRun {
    let folder: VectorFolder
    private(set) var facts: Facts
    let messages: MessageTranslator
    let errors: ErrorTranslator
    private var comparison: VectorComparison
    private var serial = 0
    /// What the translators say of each step.
    private(set) var traces: [RuleTrace] = []
    private var inputs = 0

    static let defaults: Facts = {
        var facts = Facts(now: 1_772_366_400_000, gatewayDomain: "gw.example.org")
        facts.xmppDomains = ["example.com"]
        facts.cpimDomains = ["example.net"]
        return facts
    }()

    /// - Parameters:
    ///   - folder: the vector.
    ///   - generation: the tables; the shipped ones for nil.
    ///   - others: switches that are set over those of the vector.
    init(
        _ folder: VectorFolder,
        _ generation: Generation? = nil,
        setting others: [(name: String, value: String)] = []
    ) throws {
        self.folder = folder
        comparison = VectorComparison(folder)
        let text = try FactsText(folder.context, defaults: Self.defaults)
        facts = text.facts
        let settings = folder.settings + text.settings.map { ($0.name, $0.value) } + others
        let generation = try generation ?? ShippedTables.generation()
        let routing = Routing.fixed(try generation.route(profile: folder.profile, settings: settings))
        messages = MessageTranslator(generation: generation, routing: routing)
        errors = ErrorTranslator(generation: generation, routing: routing)
    }

    /// The differences between what was expected and what came out; empty when there is none.
    static func differences(_ folder: VectorFolder) throws -> [String] {
        var run = try VectorRun(folder)
        return try run.differences()
    }

    mutating func differences() throws -> [String] {
        var products: [VectorProduct] = []
        for input in folder.inputs {
            let new = try feed(input)
            products = folder.values("Compare").contains("last") ? new : products + new
        }
        comparison.compare(products)
        checkNotes(products)
        return folder.faults + comparison.differences
    }

    // MARK: Inputs

    private mutating func feed(_ input: VectorFolder.File) throws -> [VectorProduct] {
        guard let bytes = comparison.filled(input) else {
            throw Unusable("a placeholder of \(input.name) is not bound")
        }
        inputs += 1
        switch input.kind {
        case .stanza: return try stanza(bytes)
        case .sip: return try sip(bytes)
        case .cpim: return cpim(bytes)
        default: throw Unusable("\(input.name) has no translator")
        }
    }

    struct Unusable: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    private mutating func stanza(_ bytes: [UInt8]) throws -> [VectorProduct] {
        let element = try XML.DocumentReader.read(bytes[...])
        guard let stanza = MessageStanza(element) else { throw Unusable("the stanza is no message") }
        if stanza.kind == .error, let pending = facts.pendingInbound.first(where: { $0.stanzaID == stanza.id }) {
            let response = errors.response(for: stanza, pending: pending, facts: facts, toTag: "gw1")
            return response.value.map { [.response($0.bytes)] } ?? []
        }
        if stanza.kind == .error || stanza.bodyBytes == nil,
            let signals = messages.signals(from: stanza, facts: facts).value
        {
            for news in signals.news { facts.receipts.apply(news) }
            return try signals.items.flatMap { try request($0, stanza) }
        }
        for news in MessageTranslator.news(of: stanza, facts: facts) { facts.receipts.apply(news) }
        let pivot = messages.pivot(from: stanza, facts: facts)
        traces.append(pivot.trace)
        switch pivot.outcome {
        case .nothing: return []
        case .refused(let refusal): return try refused(refusal, stanza)
        case .value(let pivot): return try request(pivot, stanza)
        }
    }

    private mutating func request(_ pivot: Pivot, _ stanza: MessageStanza) throws -> [VectorProduct] {
        serial += 1
        let callID = messages.callID(for: pivot, facts: facts) ?? "call\(serial)@gw.example.org"
        let identity = RequestIdentity(
            branch: "z9hG4bKbranch\(serial)",
            callID: callID,
            fromTag: "tag1",
            cseq: UInt32(serial),
            sentBy: "gw.example.org:5060",
            transport: "TCP",
            // What one input makes has one name here: the vectors spell it once.
            messageID: "imdn\(inputs)"
        )
        let request = messages.request(from: pivot, identity: identity, facts: facts)
        traces.append(request.trace)
        if let refusal = request.refusal { return try refused(refusal, stanza) }
        return request.value.map { [.request($0.bytes)] } ?? []
    }

    private func refused(_ refusal: Refusal, _ stanza: some Stanza) throws -> [VectorProduct] {
        guard let from = stanza.from, let to = stanza.to else { return [] }
        let origin = StanzaOrigin(from: try JID(from), to: try JID(to), id: stanza.id, kind: .message)
        let error = errors.stanza(for: refusal, origin: origin, facts: facts, contentNamespace: "jabber:client")
        return [.stanzaError(Self.inNamespace(error.bytes))]
    }

    private mutating func sip(_ bytes: [UInt8]) throws -> [VectorProduct] {
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
            traces.append(pivot.trace)
            switch pivot.outcome {
            case .nothing: return []
            case .refused(let refusal): return [.response(errors.response(for: refusal, to: request, toTag: "gw1"))]
            case .value(let pivot):
                if pivot.signal != nil { return signals(of: pivot) }
                let stanza = delivered(pivot)
                if let refusal = stanza.refusal {
                    return [.response(errors.response(for: refusal, to: request, toTag: "gw1"))]
                }
                return stanza.value.map { [.stanza(Self.inNamespace($0.bytes))] } ?? []
            }
        }
    }

    private mutating func cpim(_ bytes: [UInt8]) -> [VectorProduct] {
        let read = messages.pivot(fromCPIM: bytes[...], facts: facts)
        traces.append(read.trace)
        guard let pivot = read.value else { return [] }
        if pivot.signal != nil { return signals(of: pivot) }
        return delivered(pivot).value.map { [.stanza(Self.inNamespace($0.bytes))] } ?? []
    }

    private mutating func signals(of pivot: Pivot) -> [VectorProduct] {
        serial += 1
        let signals = messages.stanzas(
            from: pivot,
            facts: facts,
            contentNamespace: "jabber:client",
            freshID: "fresh\(serial)"
        )
        for news in signals.value?.news ?? [] { facts.receipts.apply(news) }
        return (signals.value?.items ?? []).map { stanza in
            let bytes = Self.inNamespace(stanza.bytes)
            return HeaderText.text(bytes).contains("type='error'") ? .stanzaError(bytes) : .stanza(bytes)
        }
    }

    private mutating func delivered(_ pivot: Pivot) -> Translated<OutgoingStanza> {
        serial += 1
        let namespace = "jabber:client"
        let made = messages.stanza(from: pivot, facts: facts, contentNamespace: namespace, freshID: "fresh\(serial)")
        traces.append(made.trace)
        return made
    }

    /// A stanza of a stream as a document: the stream's namespace is declared on it.
    private static func inNamespace(_ bytes: [UInt8]) -> [UInt8] {
        let end = bytes.firstIndex { $0 == 0x20 || $0 == 0x3E || $0 == 0x2F } ?? bytes.count
        return Array(bytes[..<end]) + Array(" xmlns='jabber:client'".utf8) + Array(bytes[end...])
    }

    // MARK: Notes

    /// What the `Note` lines ask for beyond the comparison rule.
    private mutating func checkNotes(_ products: [VectorProduct]) {
        let note = folder.values("Note").joined(separator: " ")
        for product in products {
            let text = product.text
            if note.contains("No Contact header may exist"), text.contains("\r\nContact") {
                comparison.note("there is a Contact header")
            }
            if note.contains("Accept must list message/cpim and text/plain") {
                for type in ["message/cpim", "text/plain"] where !text.contains(type) {
                    comparison.note("Accept does not list \(type)")
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
            case let read = messages.pivot(from: request, facts: facts), let pair = read.value?.sender.pair
        else { return comparison.note("no pair is there for the store") }
        traces.append(read.trace)
        let uri = words[map + 3].hasSuffix(".") ? String(words[map + 3].dropLast()) : words[map + 3]
        if pair.jid.description != words[map + 1] || pair.uri.description != uri {
            comparison.note("the store maps \(pair.jid) to \(pair.uri)")
        }
    }
}
