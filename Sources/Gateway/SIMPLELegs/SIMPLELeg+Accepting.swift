import Addressing
import BridgeCore
import Interworking
import Logging
import MappingTables
import SIPMessages
import SIPTransactions

extension SIMPLELeg {
    /// How long an answer waits for a verdict of the other shore, in nanoseconds; under T1 (RFC 4320 §4.2).
    static let answerHold: UInt64 = 400_000_000

    /// Why a translator makes nothing of a message that came too late.
    private static let expiry = "expired"

    /// Translates a MESSAGE and offers it; its answer comes when the bridge says so.
    ///
    /// - Parameters:
    ///   - inbound: a MESSAGE that the server core lets pass.
    ///   - domains: the domains that its sender may speak for.
    ///
    /// Source: RFC 3428 §7.
    func accept(_ inbound: InboundRequest, from domains: [String]) {
        let request = inbound.request
        let generation = host.generation
        let facts = facts(of: inbound, from: domains)
        let translator = MessageTranslator(generation: generation, memory: ends)
        var translated = translator.pivot(from: request, facts: facts)
        // It is taken like any other and has its end at once, so that its sender learns it. Nobody is told of a signal.
        if case .nothing(Self.expiry) = translated.outcome, !MessageTranslator.isSignal(request) {
            translated = translator.pivot(from: request, facts: facts, takesExpired: true)
        }
        switch translated.outcome {
        case .value(let pivot):
            if let signal = pivot.signal {
                return accept(signal, pivot, inbound, facts: facts, trace: translated.trace, generation: generation)
            }
            offer(pivot, inbound, facts: facts, trace: translated.trace, generation: generation)
        // It was understood, and the other shore has nothing like it.
        case .nothing(let reason):
            logger.debug("a message has no counterpart", metadata: ["reason": "\(reason)"])
            if reason == Self.expiry { record(account(of: inbound), code: reason) }
            respond(inbound, 202)
        case .refused(let refusal):
            if hold(inbound, refusal, facts: facts, trace: translated.trace) { return }
            refuse(inbound, refusal, trace: translated.trace, generation: generation)
        }
    }

    private func offer(
        _ pivot: Pivot,
        _ inbound: InboundRequest,
        facts: Facts,
        trace: RuleTrace,
        generation: Generation
    ) {
        let switches = generation.route(peer: pivot.sender.domain).switches
        let glance = glance(at: inbound.request, of: pivot, switches)
        let arrival = arrival(of: pivot, inbound, facts: facts, glance: glance, trace: trace)
        if switches.isSet(.answer, "wait") { arrival.answerHold = Self.answerHold }
        let token = nextAnswer
        nextAnswer += 1
        arrival.answer = token
        pending[token] = PendingRequest(
            inbound: inbound,
            status: switches.isSet(.acceptStatus, "200") ? 200 : 202,
            domain: pivot.sender.domain,
            facts: facts,
            generation: generation,
            sender: pivot.sender.key
        )
        let offered = host.accept(arrival, from: .cpim)
        switch offered.outcome {
        case .value: break
        case .nothing: acknowledge(token)
        case .refused(let refusal):
            guard pending.removeValue(forKey: token) != nil else { return }
            var whole = trace
            whole.append(offered.trace)
            if hold(inbound, refusal, facts: facts, trace: whole) { return }
            refuse(inbound, refusal, trace: whole, generation: generation)
        }
    }

    /// What a request shows of how its sender uses Message/CPIM, which is remembered.
    func glance(at request: SIPRequest, of pivot: Pivot, _ switches: SwitchSet) -> CPIMGlance {
        let glance = CPIMGlance(request, knowsIMDNPrefix: switches.isSet(.imdnImplicitPrefix, "on"))
        if let reads = glance.readsCPIM {
            host.learned(pivot.sender.key, readsCPIM: reads, shape: glance.shape)
        }
        if !glance.accepts.isEmpty { host.learned(pivot.sender.key, accepts: glance.accepts) }
        return glance
    }

    func arrival(
        of pivot: Pivot,
        _ inbound: InboundRequest,
        facts: Facts,
        glance: CPIMGlance,
        trace: RuleTrace
    ) -> Arrival {
        let request = inbound.request
        let sender = pivot.sender.comparedAddress
        let arrival = arrival(of: pivot, request, account: account(of: inbound), facts: facts, trace: trace)
        arrival.duplicateMarks = MessageMarks.duplicates(
            of: request,
            peer: inbound.flow.remoteAddress,
            sender: sender,
            messageID: glance.messageID
        )
        arrival.deadline = MessageMarks.deadline(of: request.headers, now: host.now.wall)
        ask(arrival, glance)
        return arrival
    }

    /// The arrival of a request that nobody waits for and nothing identifies.
    func arrival(
        of pivot: Pivot,
        _ request: SIPRequest,
        account: Arrival.Account,
        facts: Facts,
        trace: RuleTrace
    ) -> Arrival {
        let arrival = Arrival(
            pivot: pivot,
            facts: facts,
            sender: pivot.sender.comparedAddress,
            source: Array(request.bytes),
            account: account,
            trace: trace
        )
        arrival.origin = NoticeOrigin.bytes(
            from: pivot.sender,
            to: pivot.recipient,
            callID: request.headers.text(.callID) ?? ""
        )
        return arrival
    }

    /// The spelling of a bare address under which facts are looked up.
    static func bare(_ uri: AddressURI) -> String {
        if case .sip(let uri) = uri { return uri.comparedAddress }
        return uri.description
    }
}
