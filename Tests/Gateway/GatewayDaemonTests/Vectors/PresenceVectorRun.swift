import Addressing
import BridgeCore
import Interworking
import PresenceSchemas
import SIPMessages
import XMPPStanzas

@testable import VectorSupport

/// Runs one folder of vectors about presence through a whole gateway, and compares what leaves it on both sides.
struct PresenceVectorRun {
    private let folder: VectorFolder
    private let facts: Facts
    private let watch: SeededWatch?
    private let gateway: ScriptedGateway
    private var comparison: VectorComparison
    private var sequence = 1

    private static let defaults: Facts = {
        var facts = Facts(now: 1_772_366_400_000, gatewayDomain: "gw.example.org")
        facts.xmppDomains = ["example.com"]
        facts.cpimDomains = ["example.net"]
        return facts
    }()

    private init(_ folder: VectorFolder) throws {
        self.folder = folder
        let text = try FactsText(folder.context, defaults: Self.defaults)
        facts = text.facts
        comparison = VectorComparison(folder)
        let watch = try SeededWatch(of: folder, facts)
        self.watch = watch
        let settings = folder.settings + text.settings.map { ($0.name, $0.value) }
        let set = settings.map { "\($0.0): \($0.1)" }.joined(separator: ", ")
        let domain = facts.cpimDomains.first ?? ""
        let row =
            "id: vector, match: {domain: \(domain)}, profile: \(folder.profile)"
            + (set.isEmpty ? "" : ", set: {\(set)}")
        gateway = try ScriptedGateway(facts, [.row("routes", "routes", row)]) { now in
            try watch?.rows(now: now) ?? []
        }
    }

    /// The differences between what was expected and what left; empty when there is none.
    static func differences(_ folder: VectorFolder) throws -> [String] {
        var run = try PresenceVectorRun(folder)
        defer { run.gateway.stop() }
        var products: [VectorProduct] = []
        for (index, input) in folder.inputs.enumerated() {
            let new = try run.feed(input)
            products = folder.values("Compare").contains("last") ? new : products + new
            if index + 1 < folder.inputs.count { try run.pass(new) }
        }
        if folder.leavesRequestsOut { products.removeAll { if case .request = $0 { true } else { false } } }
        run.comparison.compare(products)
        run.validate(products)
        return folder.faults + run.comparison.differences
    }

    // MARK: Inputs

    private mutating func feed(_ input: VectorFolder.File) throws -> [VectorProduct] {
        guard let bytes = comparison.filled(input) else {
            throw VectorFault("a placeholder of \(input.name) is not bound")
        }
        switch input.kind {
        case .stanza:
            try gateway.serve(Self.onComponent(HeaderText.text(bytes)))
            return gateway.departures.take()
        case .pidf:
            guard let watch else { throw VectorFault("nobody watches") }
            sequence += 1
            try gateway.receive(watch.notify(bytes, sequence: sequence))
            return answered(gateway.departures.take())
        case .sip where bytes.starts(with: Array("SIP/2.0 ".utf8)):
            try gateway.receive(try response(bytes))
            return gateway.departures.take()
        case .sip:
            try gateway.receive(bytes)
            return answered(gateway.departures.take())
        case .cpim, .msrp, .stanzaError, .none, .fault: throw VectorFault("\(input.name) is no input of a gateway")
        }
    }

    /// A stanza of a vector in the namespace of a component's stream.
    private static func onComponent(_ stanza: String) -> String {
        for namespace in ["xmlns='jabber:client'", "xmlns='jabber:server'"] where stanza.contains(namespace) {
            return stanza.replacing(namespace, with: "xmlns='\(PlayedServer.namespace)'", maxReplacements: 1)
        }
        return stanza
    }

    /// Takes away the answer to a request, which is a 2xx where the vector lists none.
    private mutating func answered(_ products: [VectorProduct]) -> [VectorProduct] {
        let isListed = folder.outputs.contains { HeaderText.text($0.bytes).hasPrefix("SIP/2.0 ") }
        guard !isListed else { return products }
        let responses = products.filter { if case .response = $0 { true } else { false } }
        if responses.count != 1 || responses.first?.text.hasPrefix("SIP/2.0 2") != true {
            comparison.note("the request was answered by \(responses.map(\.text))")
        }
        return products.filter { if case .response = $0 { false } else { true } }
    }

    /// A response to a request that waits for it, as the vector says; the names are those of the gateway's request,
    /// which the stanza of the line leads to.
    private func response(_ bytes: [UInt8]) throws -> [UInt8] {
        guard let pending = facts.pendingRequests.first(where: { $0.origin.kind == .presence }) else {
            throw VectorFault("no request waits for the response")
        }
        try gateway.serve("<presence from='\(pending.origin.from)' to='\(pending.origin.to)' type='subscribe'/>")
        guard case .request(let request)? = gateway.departures.take().last,
            let sent = SIPComparison.Message(request), let received = SIPComparison.Message(bytes)
        else { throw VectorFault("the stanza did not lead to a request") }
        let own = ["via", "from", "call-id", "cseq"]
        let lines =
            [received.start]
            + own.flatMap { name in sent.values(name).map { "\(name): \($0)" } }
            + received.headers.filter { !own.contains($0.name) }.map { "\($0.name): \($0.value)" }
        return Array((lines + ["", ""]).joined(separator: "\r\n").utf8) + received.body
    }

    /// The neighbor takes what was sent to it, and the time between two documents passes.
    private func pass(_ products: [VectorProduct]) throws {
        for case .request(let bytes) in products {
            guard case .request(let request) = try SIPReader.read(datagram: bytes) else { continue }
            let answer = SIPResponseBuilder(answering: request.headers, status: 200, toTag: nil, source: nil)
            try gateway.receive(answer.message())
        }
        gateway.time.advance(milliseconds: 10_000)
    }

    // MARK: Documents

    /// Every document that leaves is valid.
    private mutating func validate(_ products: [VectorProduct]) {
        for case .request(let bytes) in products {
            guard let document = VectorComparison.document(in: bytes) else { continue }
            if let fault = SchemaValidator.fault(in: document) { comparison.note("a document is invalid: \(fault)") }
        }
    }
}

extension VectorFolder {
    /// Whether its note says that requests that leave beside what is listed are not its concern.
    fileprivate var leavesRequestsOut: Bool {
        let note = values("Note").joined(separator: " ")
        return note.contains("(not compared)") || note.contains("only the stanza is compared")
    }
}

extension SeededWatch {
    /// What the lines of a vector say of a watch; nil for none.
    init?(of folder: VectorFolder, _ facts: Facts) throws {
        let hasDocuments = (folder.inputs + folder.outputs).contains { $0.kind == .pidf }
        let wraps = folder.outputs.contains { $0.kind == .cpim }
        let line = facts.statements.first { $0.kind == "dialog" }
        let dialog = line.map { Dialog($0) } ?? (hasDocuments || wraps ? Dialog() : nil)
        if let state = facts.presence.subscription, let watcher = facts.presence.watcher,
            let presentity = facts.presence.presentity
        {
            guard state != .none else { return nil }
            self.init(
                key: WatchKey(watcher: watcher.description, presentity: presentity.description, target: .cpim),
                isApproved: state == .active,
                parts: Self.told(facts),
                dialog: dialog
            )
            return
        }
        let users: (watcher: String, presentity: String)
        var isApproved = true
        if let authorization = facts.statements.first(where: { $0.kind == "authorization" })?.words.first {
            guard let state = authorization.value, state != "none" else { return nil }
            isApproved = state == "active"
            let names = authorization.key.split(separator: "->").map { String($0) }
            guard names.count == 2, let watching = facts.cpimDomains.first, let watched = facts.xmppDomains.first
            else { throw VectorFault("the authorization of '\(authorization.key)' names no two users") }
            users = (names[0] + "@" + watching, names[1] + "@" + watched)
        } else if hasDocuments || wraps, let input = folder.inputs.first {
            // A stanza becomes a document only for a watcher who may see it: the one that it is addressed to.
            let text = HeaderText.text(input.bytes)
            guard let from = Self.attribute("from", text), let to = Self.attribute("to", text) else { return nil }
            users = (try JID(to).bare.description, try JID(from).bare.description)
        } else {
            return nil
        }
        self.init(
            key: WatchKey(watcher: users.watcher, presentity: users.presentity, target: .xmpp),
            isApproved: isApproved,
            parts: Self.online(facts),
            dialog: dialog
        )
    }

    private static func attribute(_ name: String, _ stanza: String) -> String? {
        stanza.split(separator: " \(name)='", maxSplits: 1).dropFirst().first?.prefix { $0 != "'" }.description
    }

    /// What the watcher was shown before.
    private static func told(_ facts: Facts) -> [PresencePart] {
        facts.presence.lastStates.sorted { $0.key.description < $1.key.description }.map { jid, state in
            let presence = ContactPresence(resource: jid.resource, isAvailable: state == .open)
            return PresencePart(
                name: jid.resource ?? "",
                isOpen: presence.isAvailable,
                content: presence.stored,
                seen: facts.now
            )
        }
    }

    /// What the devices of the presentity have said.
    private static func online(_ facts: Facts) -> [PresencePart] {
        facts.presence.online.map { known in
            let priority = known.priority == 0 ? "" : "<priority>\(known.priority)</priority>"
            let stanza = "<presence xmlns='jabber:client' from='\(known.jid)'>\(priority)</presence>"
            return PresencePart(
                name: known.jid.resource ?? "",
                isOpen: true,
                content: Array(stanza.utf8),
                seen: facts.now
            )
        }
    }
}

extension SeededWatch.Dialog {
    /// Reads `dialog call-id=… local-tag=… remote-tag=… remote-target=… local-cseq=…`.
    init(_ line: FactStatement) {
        callID = line["call-id"] ?? callID
        localTag = line["local-tag"] ?? localTag
        remoteTag = line["remote-tag"] ?? remoteTag
        remoteTarget = line["remote-target"]
        localSequence = line["local-cseq"].flatMap { UInt32($0) } ?? localSequence
    }
}
