import Addressing
import BridgeCore
public import Interworking
public import MappingTables
import SIPMessages
import SIPTransactions

extension SIMPLELeg {
    /// The largest request for a way that may be congested, in bytes.
    ///
    /// Source: RFC 3428 §8.
    static let largestDatagram = 1_300

    /// Puts an arrival of the other shore into the form that leaves here.
    ///
    /// - Parameters:
    ///   - arrival: the item.
    ///   - plainText: whether the recipient has shown that it reads nothing else.
    ///   - earlier: the identity of the request that this one takes the place of; it stays in the same call.
    ///   - tables: the tables that the item was accepted under; nil for those in force.
    ///   - isTrial: whether it is only looked at, so that nothing is numbered or remembered for it.
    /// - Returns: the request with its identity; refused when no way leads to the recipient.
    public func departure(
        of arrival: Arrival,
        plainText: Bool = false,
        replacing earlier: [UInt8] = [],
        under tables: Generation? = nil,
        isTrial: Bool = false
    ) -> Translated<Departure> {
        let recipient = arrival.pivot.recipient
        let domain = recipient.domain
        guard let route = settings.routes[domain] else {
            return Translated(outcome: .refused(.noRoute), trace: .none)
        }
        let basics = settings.peerFacts(of: domain)
        arrival.facts.peer.isCongestionSafe = basics.isCongestionSafe
        arrival.facts.peer.requestLimit = basics.requestLimit
        if plainText { arrival.facts.peer.accepts = ["text/plain"] }
        let translator = MessageTranslator(generation: tables ?? host.generation)
        let callID =
            RequestRecord(earlier)?.callID ?? translator.callID(for: arrival.pivot, facts: arrival.facts)
            ?? freshCallID()
        let identity = identity(callID: callID, sender: arrival.pivot.sender.key, route: route, isTrial: isTrial)
        let translated = translator.request(
            from: arrival.pivot,
            identity: identity,
            facts: arrival.facts,
            carrier: plainText ? .sip : nil
        )
        switch translated.outcome {
        case .nothing(let reason): return Translated(outcome: .nothing(reason: reason), trace: translated.trace)
        case .refused(let refusal): return Translated(outcome: .refused(refusal), trace: translated.trace)
        case .value(let request):
            if let thread = request.thread, thread != request.callID, !isTrial {
                let pair = ThreadPair(callID: request.callID, thread: thread)
                host.rememberThread(pair, arrival.pivot.sender.key, recipient.key)
            }
            let record = RequestRecord(
                branch: identity.branch,
                callID: request.callID,
                fromTag: identity.fromTag,
                cseq: identity.cseq,
                destination: route.destination,
                peer: recipient.key,
                domain: domain,
                carrier: request.carrier
            )
            let draft = Draft(
                bytes: request.bytes,
                addresses: request.addresses,
                recipient: recipient.comparedAddress,
                messageID: request.messageID
            )
            let departure = departure(draft, record, by: route, trace: translated.trace)
            // The translator does not know of Route.
            guard departure.wire.count <= Self.largestDatagram || route.isCongestionSafe else {
                return Translated(outcome: .refused(Interworking.Refusal(.oversize)), trace: translated.trace)
            }
            return Translated(outcome: .value(departure), trace: translated.trace, notes: translated.notes)
        }
    }

    /// A request that was written, with what its departure names of it.
    struct Draft {
        var bytes: [UInt8]
        var addresses: OutgoingRequest.Addresses
        /// The recipient's bare address in compared form.
        var recipient: String
        var messageID: String?
    }

    /// Makes the departure of a request; one that is too large for a datagram goes by TCP, where the tables let it be.
    ///
    /// Source: RFC 3261 §18.1.1.
    func departure(
        _ draft: Draft,
        _ record: RequestRecord,
        by route: SIMPLELegSettings.Route,
        trace: RuleTrace
    ) -> Departure {
        var wire = draft.bytes
        if let header = route.header, let routed = Self.rewritten(wire, extra: [header]) { wire = routed }
        var record = record
        if wire.count > Self.largestDatagram, record.destination.transport == .udp,
            let rewritten = Self.rewritten(wire, transport: "TCP", sentBy: sentBy(.tcp, for: route))
        {
            wire = rewritten
            record.destination.transport = .tcp
        }
        var identifiers: [(name: String, value: String)] = [
            ("sip.branch", record.branch), ("sip.callID", record.callID), ("sip.cseq", String(record.cseq)),
        ]
        if let id = draft.messageID { identifiers.append(("imdn.messageID", id)) }
        return Departure(
            wire: wire,
            identity: record.bytes,
            hop: route.name,
            lane: draft.addresses.queue,
            recipient: draft.recipient,
            addresses: (draft.addresses.from, draft.addresses.requestURI),
            identifiers: identifiers,
            trace: trace
        )
    }

    // MARK: Identity

    /// A Call-ID for a message that belongs to no conversation; it says nothing of the machine.
    func freshCallID() -> String { host.freshToken() + "@" + settings.gatewayName }

    /// The identity of the next request of a conversation.
    ///
    /// The From tag is that of the conversation and its sender, also after a restart.
    ///
    /// Source: RFC 3261 §8.1.1.3, §8.1.1.5, §8.1.1.7.
    func identity(
        callID: String,
        sender: String,
        route: SIMPLELegSettings.Route,
        isTrial: Bool = false
    ) -> RequestIdentity {
        let transport = route.destination.transport
        return RequestIdentity(
            branch: freshBranch(),
            callID: callID,
            fromTag: host.token(for: ["from-tag", callID, sender]),
            cseq: isTrial ? upcomingSequence(callID) : nextSequence(callID),
            sentBy: sentBy(transport, for: route),
            transport: transport.rawValue,
            messageID: host.freshToken()
        )
    }

    /// The next number of a call; the store hears first of one that runs ahead of the clock.
    func nextSequence(_ callID: String) -> UInt32 {
        let before = conversations.reserved
        let number = conversations.next(callID, now: host.now.wall)
        if conversations.reserved != before { host.reserve(sequenceLead: conversations.reserved) }
        return number
    }

    /// The number that the next request of a call would have.
    private func upcomingSequence(_ callID: String) -> UInt32 {
        var copy = conversations
        return copy.next(callID, now: host.now.wall)
    }

    func freshBranch() -> String { "z9hG4bK" + host.freshToken() }

    /// The socket that answers come to, as it stands in Via.
    func sentBy(_ transport: SIPFlow.Transport, for route: SIMPLELegSettings.Route) -> String {
        let name =
            switch transport {
            case .udp: route.isIPv6 ? "udp6" : "udp4"
            case .tcp: route.isIPv6 ? "tcp6" : "tcp4"
            case .tls: route.isIPv6 ? "tls6" : "tls4"
            }
        return sentBy[name] ?? settings.gatewayName
    }

    /// The same request with another first line of its way, or number; nil when the bytes are no request.
    static func rewritten(
        _ wire: [UInt8],
        branch: String? = nil,
        transport: String? = nil,
        sentBy: String? = nil,
        sequence: UInt32? = nil,
        extra: [SIPHeaderLine] = []
    ) -> [UInt8]? {
        do throws(SIPError) {
            guard case .request(let request) = try SIPReader.read(datagram: wire) else { return nil }
            return try request.rewritten(
                branch: branch,
                transport: transport,
                sentBy: sentBy,
                sequence: sequence,
                extra: extra
            )
        } catch {
            return nil
        }
    }
}
