import Addressing
import BridgeCore
public import Interworking
import MappingTables
import SIPMessages
import SIPTransactions

extension SIMPLELeg {
    /// Gives a request to the store to be held, where the tables say so; it is answered 202 once it is stored.
    ///
    /// - Returns: whether it is held; otherwise it is refused.
    ///
    /// Source: RFC 3428 §7.
    func hold(
        _ inbound: InboundRequest,
        _ refusal: Interworking.Refusal,
        facts: Facts,
        trace: RuleTrace
    ) -> Bool {
        let request = inbound.request
        let isIntermediary = facts.peer.isTrustedIntermediary
        guard refusal.isHeld, let sender = request.sender(isIntermediary: isIntermediary),
            let recipient = request.recipient, !MessageTranslator.isSignal(request)
        else { return false }
        let names = (sender: Self.bare(sender), recipient: Self.bare(recipient))
        let account = account(of: inbound)
        var arrival = HeldArrival(
            sender: names.sender,
            recipient: names.recipient,
            source: Array(request.bytes),
            origin: NoticeOrigin.bytes(
                (Self.carried(sender), names.sender),
                (Self.carried(recipient), names.recipient),
                callID: request.headers.text(.callID) ?? ""
            ) + Proof(account, facts).bytes,
            account: account,
            refusal: refusal,
            trace: trace
        )
        let glance = CPIMGlance(request, knowsIMDNPrefix: true)
        arrival.duplicateMarks = MessageMarks.duplicates(
            of: request,
            peer: inbound.flow.remoteAddress,
            sender: names.sender,
            messageID: glance.messageID
        )
        arrival.deadline = MessageMarks.deadline(of: request.headers, now: host.now.wall)
        let token = nextAnswer
        nextAnswer += 1
        arrival.answer = token
        // Whatever the switch says, it is not delivered.
        pending[token] = PendingRequest(
            inbound: inbound,
            status: 202,
            domain: AddressTranslator.peerDomain(of: sender, host.generation.addresses),
            facts: facts,
            generation: host.generation
        )
        guard host.hold(arrival, from: .cpim) else {
            pending[token] = nil
            return false
        }
        return true
    }

    /// A body of a type that nothing here reads, where the error table says that such messages are held.
    ///
    /// - Returns: whether it is held.
    func holdUnreadable(_ inbound: InboundRequest, from domains: [String]) -> Bool {
        let facts = facts(of: inbound, from: domains)
        let sender = inbound.request.sender(isIntermediary: facts.peer.isTrustedIntermediary)
        let peer = sender.map { AddressTranslator.peerDomain(of: $0, host.generation.addresses) } ?? ""
        let errors = host.generation.route(peer: peer).errors
        let refusal = Interworking.Refusal(.unsupportedType).worded(by: errors)
        var trace = RuleTrace.none
        if let row = refusal.row { trace.fire(row) }
        return hold(inbound, refusal, facts: facts, trace: trace)
    }

    /// What is known about a request that came from a neighbor which may speak for some domains.
    func facts(of inbound: InboundRequest, from domains: [String]) -> Facts {
        facts(
            of: inbound.request,
            from: domains,
            isIntermediary: trusted.isIntermediary(inbound.flow.remoteAddress)
        )
    }

    private func facts(of request: SIPRequest, from domains: [String], isIntermediary: Bool) -> Facts {
        var facts = host.facts(
            sender: request.sender(isIntermediary: isIntermediary).map(Self.bare) ?? "",
            recipient: request.recipient.map(Self.bare) ?? "",
            from: .cpim
        )
        facts.peer.authenticatedDomains = domains
        facts.peer.isTrustedIntermediary = isIntermediary
        return facts
    }

    /// What the tables in force make of a stored request, with what its neighbor had proved when it came.
    ///
    /// - Parameters:
    ///   - source: the request as it was received.
    ///   - origin: what was kept with it.
    ///   - time: when it was received, in Unix milliseconds.
    /// - Returns: the arrival that it makes.
    public func reread(_ source: [UInt8], origin: [UInt8], receivedAt time: Int64) -> Reread {
        guard case .request(let request)? = try? SIPReader.read(datagram: source), let proof = Proof(origin) else {
            return .refused(Interworking.Refusal(.mapping))
        }
        let facts = facts(of: request, from: proof.domains, isIntermediary: proof.isIntermediary)
        let translated = MessageTranslator(generation: host.generation, memory: ends).pivot(from: request, facts: facts)
        guard let pivot = translated.value else { return Reread(translated) }
        let account = Arrival.Account(
            leg: "sip",
            peer: proof.peer,
            proof: proof.kind,
            sender: request.headers.senderText,
            recipient: String(decoding: request.uriBytes, as: UTF8.self),
            identifiers: []
        )
        let arrival = arrival(of: pivot.dated(time), request, account: account, facts: facts, trace: translated.trace)
        arrival.origin += proof.bytes
        arrival.deadline = MessageMarks.deadline(of: request.headers, now: time)
        let switches = host.generation.route(peer: pivot.sender.domain).switches
        ask(arrival, CPIMGlance(request, knowsIMDNPrefix: switches.isSet(.imdnImplicitPrefix, "on")))
        return Reread(translated, arrival: arrival)
    }

    /// The spelling under which a user is written to; an instant inbox is reached by SIP.
    ///
    /// Source: RFC 3861 §3.
    private static func carried(_ uri: AddressURI) -> String {
        if case .im(let inbox) = uri { return "sip:" + inbox.description.dropFirst(3) }
        return uri.description
    }

    /// What a neighbor had proved when it handed a request over.
    private struct Proof {
        var peer: String
        var kind: String
        var domains: [String]
        var isIntermediary: Bool

        init(_ account: Arrival.Account, _ facts: Facts) {
            peer = account.peer
            kind = account.proof
            domains = (facts.peer.authenticatedDomains.map { Array($0) } ?? []).sorted()
            isIntermediary = facts.peer.isTrustedIntermediary
        }

        init?(_ origin: [UInt8]) {
            let pairs = OriginText.decode(origin)
            guard let peer = pairs["peer"], let kind = pairs["proof"], let domains = pairs["domains"] else {
                return nil
            }
            self.peer = peer
            self.kind = kind
            self.domains = domains.split(separator: " ").map(String.init)
            isIntermediary = pairs["intermediary"] == "yes"
        }

        var bytes: [UInt8] {
            OriginText.encode([
                ("peer", peer), ("proof", kind), ("domains", domains.joined(separator: " ")),
                ("intermediary", isIntermediary ? "yes" : "no"),
            ])
        }
    }
}
