import Addressing
import BridgeCore
import Interworking
import Logging
import MappingTables
import SIPChannels
import SIPMessages
import SIPTransactions

extension SIMPLELeg {
    /// Takes what the sockets deliver.
    func received(_ event: SIPTransport.Event) {
        switch event {
        case .message(.request(let request), let flow): if maySpeak(flow) { received(request, from: flow) }
        case .message(.response(let response), let flow):
            perform(transactions.receive(.response(response), from: flow, now: host.now.monotonic))
        case .malformed(let error, let flow): if maySpeak(flow) { received(error, from: flow) }
        case .batchEnded: flush()
        case .failed(let flow, let reason): failed(flow, reason, wasSent: false)
        case .lost(let flow, let reason): failed(flow, reason, wasSent: true)
        // No request of ours goes by a connection that a peer made.
        case .ended(let flow): logger.trace("a SIP connection ended", metadata: ["peer": "\(flow.remoteAddress)"])
        }
    }

    private func failed(_ flow: SIPFlow, _ reason: String, wasSent: Bool) {
        logger.debug("a SIP flow ended", metadata: ["peer": "\(flow.remoteAddress)", "reason": "\(reason)"])
        perform(transactions.transportFailed(flow, wasSent: wasSent, now: host.now.monotonic))
    }

    /// Whether what came is looked at; strangers have so many requests in a second, each address and all, and the
    /// rest is lost.
    private func maySpeak(_ flow: SIPFlow) -> Bool {
        trusted.domains(of: flow.remoteAddress) != nil
            || strangerRequests.mayPass(flow.remoteAddress, now: host.now.monotonic)
    }

    private func received(_ request: SIPRequest, from flow: SIPFlow) {
        let essentials: SIPEssentials
        do throws(SIPError) {
            // Who may send such a thing is known later.
            essentials = try request.validate(limits: transactions.settings.limits, takesStrayPercents: true)
        } catch {
            received(error, from: flow)
            return
        }
        let isKnown = trusted.domains(of: flow.remoteAddress) != nil
        let now = host.now.monotonic
        perform(transactions.receive(request, essentials, from: flow, keepsState: isKnown, now: now))
    }

    /// Bytes that are no request get the answer that their error names, if any, and a record when they are answered.
    private func received(_ error: SIPError, from flow: SIPFlow) {
        let actions = transactions.receive(malformed: error, from: flow)
        if let headers = error.headers, error.status != nil, actions != [.discarded(.unanswerable)] {
            let account = account(
                of: headers,
                sender: headers.senderText,
                recipient: headers.text(.to) ?? "",
                via: try? headers.topVia(),
                from: flow
            )
            record(account, code: "malformed-request")
        }
        perform(actions)
    }

    /// Carries out what the transactions ask for, in order.
    func perform(_ actions: [TransactionAction]) {
        for action in actions {
            switch action {
            case .send(let bytes, let flow):
                carrier?.send(bytes, to: flow)
                host.scheduleFlush()
            case .deliver(let inbound): serve(inbound)
            case .finished(let key, let outcome): finished(key, outcome)
            // A provisional response promises nothing, and an answer that nobody can take is no fault of its item.
            case .provisional, .terminated: break
            case .discarded(let reason):
                logger.debug("a SIP message was dropped", metadata: ["reason": "\(reason.rawValue)"])
            }
        }
    }

    /// Serves a request: who may send is asked first, then the order of the standard holds.
    ///
    /// Source: RFC 3261 §8.2.
    private func serve(_ inbound: InboundRequest) {
        var domains: [String] = []
        let method = inbound.request.method
        var core = core(for: method)
        if case .tel? = inbound.request.recipient, host.generation.addresses.rule(forPhoneAt: "") != nil {
            core.schemes.insert("tel")
        }
        core.takesStrayPercents = takesStrayPercents(inbound.request)
        let isProved = method == .message || method == .subscribe || method == .publish && core.serves(.publish)
        if isProved {
            guard let proved = proved(inbound) else { return }
            domains = proved
        } else if method == .notify, trusted.domains(of: inbound.flow.remoteAddress) == nil {
            let refusal = Interworking.Refusal(.identityMismatch)
            refuse(inbound, refusal, code: "untrusted-peer", generation: host.generation)
            return
        }
        // Nobody but a known neighbor can ask for the work of unpacking.
        let isKnown = isProved || trusted.domains(of: inbound.flow.remoteAddress) != nil
        guard let inbound = isKnown ? unpacked(inbound) : inbound else { return }
        let verdict = core.check(
            inbound,
            refusal: { self.refusal(of: $0, to: method) },
            // What a request in a dialog belongs to is found by its names, below.
            dialogExists: { _ in method == .subscribe || method == .notify }
        )
        switch verdict {
        case .drop: break
        case .respond(let answer):
            if method == .message, answer.status == 415, holdUnreadable(inbound, from: domains) { return }
            // A request that cannot be read is on record whatever it asked for.
            if isProved || answer.status == 400 {
                record(account(of: inbound), code: Self.code(of: answer.status))
            }
            respond(inbound, answer.status, reason: answer.reason, extra: answer.headers)
        case .serve(.message): accept(inbound, from: domains)
        case .serve(.subscribe): acceptSubscribe(inbound, from: domains)
        case .serve(.notify): acceptNotify(inbound)
        case .serve(.publish): acceptPublish(inbound, from: domains)
        case .serve(.options): respond(inbound, 200, extra: core.capabilities)
        case .serve: respond(inbound, 405, extra: [core.allow])
        }
    }

    /// The domain of a sender who hides.
    ///
    /// Source: RFC 3323 §4.1.1.3.
    static let anonymousDomain = "anonymous.invalid"

    /// The domains that the sender of a request may speak for; nil when it was refused for them.
    private func proved(_ inbound: InboundRequest) -> [String]? {
        guard let domains = trusted.domains(of: inbound.flow.remoteAddress) else {
            refuse(
                inbound,
                Interworking.Refusal(.identityMismatch),
                code: "untrusted-peer",
                generation: host.generation
            )
            return nil
        }
        guard let sender = inbound.request.sender else {
            refuse(inbound, Interworking.Refusal(.malformedAddress), generation: host.generation)
            return nil
        }
        let domain = AddressTranslator.peerDomain(of: sender, host.generation.addresses)
        // Whether a neighbor may hide a sender is the translator's to say.
        guard domains.contains(domain) || domain == Self.anonymousDomain else {
            refuse(inbound, Interworking.Refusal(.identityMismatch), generation: host.generation)
            return nil
        }
        return domains
    }

    /// Whether a request has a `%` that starts no escape in its Request-URI and the route of its sender takes that.
    private func takesStrayPercents(_ request: SIPRequest) -> Bool {
        guard (try? request.uri()) == nil, let sender = request.sender else { return false }
        let domain = AddressTranslator.peerDomain(of: sender, host.generation.addresses)
        return host.generation.route(peer: domain).switches.isSet(.percent, "lenient")
    }

    /// The answer for a recipient that is not served; a recipient of this shore is left for the translator to name a loop.
    private func refusal(of uri: AddressURI, to method: SIPMethod) -> UserAgentServer.Answer? {
        if method == .publish {
            return uri.userDomain.map { composedDomains.contains($0) } == true ? nil : .init(404)
        }
        guard method == .message else { return nil }
        if let domain = uri.userDomain, settings.serves(domain) { return nil }
        // Behind another domain than the user's own, or behind a telephone number.
        let domain = AddressTranslator.userDomain(of: uri, host.generation.addresses)
        return domain.map(settings.serves) == true ? nil : .init(404)
    }

    /// What the record calls the answers of the server core.
    private static func code(of status: Int) -> String {
        switch status {
        case 400: "malformed-request"
        case 404: "unknown-domain"
        case 415: "unsupported-type"
        case 416: "unsupported-scheme"
        case 420: "required-feature"
        case 481: "no-dialog"
        case 482: "merged-request"
        default: "sip-\(status)"
        }
    }

    /// Writes down a refusal; those of strangers only so many in a second, for each costs a commit.
    func record(_ account: Arrival.Account, code: String, trace: [String] = []) {
        if account.proof == Self.unproved, !strangerRecords.mayPass(now: host.now.monotonic) {
            logger.debug("a refusal was not recorded", metadata: ["peer": "\(account.peer)", "reason": "\(code)"])
            return
        }
        host.refused(account, code: code, trace: trace)
    }

    /// What the record calls a neighbor of whom nothing is known.
    private static let unproved = "none"

    /// Who handed over a request that was delivered.
    func account(of inbound: InboundRequest) -> Arrival.Account {
        let request = inbound.request
        let sender: String
        do throws(SIPError) { sender = String(decoding: try request.from().uriBytes, as: UTF8.self) } catch {
            sender = request.headers.senderText
        }
        let recipient = String(decoding: request.uriBytes, as: UTF8.self)
        let via = try? request.topVia()
        return account(of: request.headers, sender: sender, recipient: recipient, via: via, from: inbound.flow)
    }

    private func account(
        of headers: SIPHeaders,
        sender: String,
        recipient: String,
        via: Via?,
        from flow: SIPFlow
    ) -> Arrival.Account {
        var identifiers: [(name: String, value: String)] = []
        identifiers.reserveCapacity(3)
        if let callID = headers.text(.callID) { identifiers.append(("sip.callID", Self.shortened(callID))) }
        if let sequence = headers.text(.cseq) { identifiers.append(("sip.cseq", Self.shortened(sequence))) }
        if let branch = via?.branch { identifiers.append(("sip.branch", Self.shortened(branch))) }
        return Arrival.Account(
            leg: "sip",
            peer: flow.remoteAddress,
            proof: trusted.domains(of: flow.remoteAddress) == nil ? Self.unproved : "address",
            sender: Self.shortened(sender),
            recipient: Self.shortened(recipient),
            identifiers: identifiers
        )
    }

    /// Strangers choose these texts, and the record keeps them.
    private static func shortened(_ text: String) -> String {
        text.utf8.count <= 512 ? text : String(text.unicodeScalars.prefix(512))
    }
}

extension SIPHeaders {
    /// The URI of From; the whole value when it cannot be read.
    var senderText: String {
        do throws(SIPError) {
            return String(decoding: try from().uriBytes, as: UTF8.self)
        } catch {
            return text(.from) ?? ""
        }
    }
}

extension UserAgentServer {
    /// Whether a method does its work here.
    fileprivate func serves(_ method: SIPMethod) -> Bool { methods.contains(method) }
}
