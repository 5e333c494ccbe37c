public import BridgeCore
import Interworking
import MappingTables
import SIPMessages
import SIPTransactions
import XMLStreams
import XMPPStanzas

extension SIMPLELeg {
    /// Tells the sender of a message that it is stored, or was before.
    ///
    /// - Parameter token: the number that the arrival had.
    public func acknowledge(_ token: UInt64) {
        guard let waiting = pending.removeValue(forKey: token) else { return }
        respond(waiting.inbound, waiting.status)
    }

    /// Tells the sender of a message the verdict of the other shore.
    ///
    /// - Parameters:
    ///   - token: the number that the arrival had.
    ///   - failure: the verdict; its response is the stanza error.
    public func answer(_ token: UInt64, failure: Failure) {
        guard let waiting = pending.removeValue(forKey: token) else { return }
        if let response = response(to: waiting, failure) {
            respond(waiting.inbound, like: response)
        } else {
            let code = Interworking.Refusal.Code(rawValue: failure.report.protocolCode)
            respond(waiting.inbound, Interworking.Refusal(code ?? .mapping), generation: waiting.generation)
        }
    }

    /// Tells the sender of a message that the bridge did not take it.
    ///
    /// - Parameters:
    ///   - token: the number that the arrival had.
    ///   - refusal: why.
    public func refuse(_ token: UInt64, _ refusal: BridgeCore.Refusal) {
        guard let waiting = pending.removeValue(forKey: token) else { return }
        let told: Interworking.Refusal
        switch refusal {
        case .busy(let pause): told = .queueFull.asking(pause)
        case .storage(let pause): told = .store.asking(pause)
        case .stopping: told = .stopping
        case .loop: told = .repeatedLoop
        // The leg that offered it says why.
        case .unheld: told = .queueFull
        }
        respond(waiting.inbound, told, generation: waiting.generation)
    }

    // MARK: Refusals of the leg's own

    /// Refuses a request, and writes that down.
    ///
    /// - Parameters:
    ///   - inbound: the request.
    ///   - refusal: why, towards its sender.
    ///   - code: why, in the record; nil for the refusal's own word.
    ///   - trace: the rules that fired.
    ///   - generation: the tables that it was translated under.
    func refuse(
        _ inbound: InboundRequest,
        _ refusal: Interworking.Refusal,
        code: String? = nil,
        trace: RuleTrace = .none,
        generation: Generation
    ) {
        let rules = trace.rows.map { generation.name(of: $0) }
        record(account(of: inbound), code: code ?? refusal.auditCode, trace: rules)
        respond(inbound, refusal, generation: generation)
    }

    private func respond(_ inbound: InboundRequest, _ refusal: Interworking.Refusal, generation: Generation) {
        let errors = ErrorTranslator(generation: generation)
        respond(inbound, like: errors.response(for: refusal, to: inbound.request, toTag: inbound.toTag))
    }

    // MARK: Responses

    /// Answers a request.
    func respond(_ inbound: InboundRequest, _ status: Int, reason: String? = nil, extra: [SIPHeaderLine] = []) {
        // RFC 4320 §4.2: a 408 is never sent; a gateway that did not hear in time says so.
        let isLate = status == 408
        let (status, reason) = isLate ? (504, nil) : (status, reason)
        guard reason != nil || !extra.isEmpty else {
            return perform(transactions.respond(to: inbound, status, now: host.now.monotonic))
        }
        let bytes = inbound.answer(status, reason: reason, extra: extra)
        perform(transactions.respond(inbound.key, with: bytes, status: status, now: host.now.monotonic))
    }

    /// Answers with status, phrase and fields of a response that a translator made; what a transaction copies from its
    /// request is written anew, for only the transaction knows where the request came from (RFC 3581 §4).
    private func respond(_ inbound: InboundRequest, like bytes: [UInt8]) {
        guard let response = Self.read(bytes) else {
            respond(inbound, 500)
            return
        }
        let extra = response.headers.compactMap { field -> SIPHeaderLine? in
            switch field.name {
            case .via, .from, .to, .callID, .cseq, .timestamp, .contentLength: nil
            // The leg knows what it serves (RFC 3261 §21.4.6).
            case .allow: core(for: .options).allow
            default: SIPHeaderLine(named: field.nameText, field.text)
            }
        }
        respond(inbound, response.status, reason: response.reason, extra: extra)
    }

    /// The response that stands for a stanza error; nil when there is none to read.
    private func response(to waiting: PendingRequest, _ failure: Failure) -> [UInt8]? {
        guard let element = try? XML.DocumentReader.read(failure.response[...]), let stanza = MessageStanza(element),
            let inbound = PendingInbound(waiting.inbound.request, stanzaID: stanza.id ?? "")
        else { return nil }
        var facts = waiting.facts
        // RFC 7247 §7.1: what the verdict is depends on a request to the same user being open at this moment.
        facts.hasPendingRequest = carried.values.contains { $0.record.peer == waiting.sender }
        let errors = ErrorTranslator(generation: waiting.generation)
        return errors.response(
            for: stanza,
            pending: inbound,
            facts: facts,
            toTag: waiting.inbound.toTag
        ).value?.bytes
    }

    static func read(_ bytes: [UInt8]) -> SIPResponse? {
        do throws(SIPError) {
            if case .response(let response) = try SIPReader.read(datagram: bytes) { return response }
        } catch {
            return nil
        }
        return nil
    }
}

extension PendingInbound {
    /// What a response copies from a request; nil when the request cannot be read.
    init?(_ request: SIPRequest, stanzaID: String) {
        let headers = request.headers
        do throws(SIPError) {
            self.init(
                method: request.method.description,
                via: try headers.vias().map { String(decoding: $0.rawValue, as: UTF8.self) },
                to: headers.text(.to) ?? "",
                from: headers.text(.from) ?? "",
                callID: try headers.callID(),
                sequence: try headers.cseq().number,
                stanzaID: stanzaID
            )
        } catch {
            return nil
        }
    }
}

extension Interworking.Refusal {
    /// The refusal with the seconds after which its sender may try again.
    ///
    /// Source: RFC 3261 §20.33.
    fileprivate func asking(_ seconds: Int) -> Interworking.Refusal {
        var refusal = self
        refusal.headers = [Header(SIPHeaderName.retryAfter.rawValue, String(seconds))]
        return refusal
    }
}
