import XMLStreams
import XMPPStanzas

extension StreamCore {
    // MARK: Sending

    /// Writes a stanza, or tells why not.
    mutating func transmit(_ stanza: [UInt8], _ pair: DomainPair, token: UInt64?) {
        if let rejection = OutboundCheck.fault(stanza, pair: pair, limit: limits.stanzaBytes) {
            return actions.append(.reject(token: token, rejection))
        }
        if management != nil {
            if management?.isFull(for: stanza.count) == true {
                actions.append(.reject(token: token, .full))
            } else {
                management?.sent(stanza, token: token)
                send(stanza)
                movedAt = now
            }
            if management?.wantsRequest == true { request() }
            return
        }
        if let token {
            if barrier.isFull { return actions.append(.reject(token: token, .full)) }
            barrier.sent(token)
        }
        send(stanza)
        movedAt = now
    }

    /// The place to ask what the peer has taken.
    mutating func flush() {
        if management?.mayRequest == true { request() }
        if barrier.wantsPing { ping() }
    }

    private mutating func request() {
        send(ManagementElement.request.bytes)
        management?.requested(now: now)
    }

    // MARK: Life

    /// Asks whether the peer lives.
    ///
    /// Source: XEP-0199 §4.3, XEP-0198 §4.
    mutating func probe() {
        if management != nil {
            send(ManagementElement.request.bytes)
            probedAt = now
        } else {
            ping()
        }
    }

    private mutating func ping() {
        guard let pingPair, let number = barrier.ping(now: now) else { return }
        let stanza = PingRequest.bytes(
            to: pingPair.remote,
            from: pingPair.local,
            id: pingID(number),
            content: XMPPNamespace.server
        )
        // The peer counts it like the others.
        management?.sent(stanza, token: nil)
        send(stanza)
    }

    private func pingID(_ number: UInt64) -> String { "\(nonces.pings)-\(number)" }

    /// The answer to a ping came; answers to others change nothing.
    ///
    /// - Returns: whether it was the one on its way.
    mutating func answered(_ id: String) -> Bool {
        guard let flight = barrier.flight, id == pingID(flight.number) else { return false }
        heardAt = now
        let tokens = barrier.answered(flight.number)
        if !tokens.isEmpty { actions.append(.confirm(tokens)) }
        if barrier.wantsPing { ping() }
        return true
    }

    /// Whether a stanza of this stream is the answer to the ping on its way.
    ///
    /// It goes no further, unless stanzas are counted: then it is handed on like the others, so that it is committed
    /// with them.
    mutating func takesAnswer(_ element: XML.Element, from domain: String) -> Bool {
        guard let flight = barrier.flight, let pingPair, domain == pingPair.remote else { return false }
        let id = pingID(flight.number)
        return PingRequest.isAnswer(element, id: id) && answered(id) && management == nil
    }

    // MARK: Acknowledgements

    mutating func acknowledge() {
        guard let count = management?.tell() else { return }
        send(ManagementElement.acknowledgement(count).bytes)
    }

    /// The peer acknowledged stanzas.
    mutating func acknowledged(_ handled: UInt32) {
        guard management != nil else {
            return fail(.unsupportedStanzaType, "the peer acknowledges on a stream without stream management")
        }
        probedAt = nil
        do throws(StreamFault) {
            let waiting = management?.count ?? 0
            let tokens = try management?.acknowledge(handled) ?? []
            // Also without tokens: there is room again.
            if (management?.count ?? 0) < waiting { actions.append(.confirm(tokens)) }
            if management?.wantsRequest == true { request() }
        } catch {
            fail(error, .fault(error, "the peer acknowledged more stanzas than were sent"))
        }
    }

    /// The ledger has committed what came: a peer that asked before that is told.
    mutating func committed(upTo number: UInt64) {
        management?.committed(upTo: number)
        if standing == .live, management?.isOwing == true { acknowledge() }
    }

    // MARK: Time

    /// When something has to happen on a stream whose negotiation is over.
    var openDue: UInt64 {
        var due = sentAt.saturated(adding: limits.whiteSpace)
        if let flight = barrier.flight {
            due = min(due, flight.since.saturated(adding: limits.answer))
        } else if let probedAt {
            due = min(due, probedAt.saturated(adding: limits.answer))
        } else if pingPair != nil || management != nil {
            due = min(due, heardAt.saturated(adding: limits.ping))
        }
        if let idleEnd { due = min(due, idleEnd) }
        if let owed = management?.due { due = min(due, owed) }
        if let certificateEnd { due = min(due, certificateEnd) }
        return due
    }

    private var idleEnd: UInt64? {
        guard let idle = limits.idle, barrier.count == 0, (management?.count ?? 0) == 0 else { return nil }
        return movedAt.saturated(adding: idle)
    }

    /// Does what time demands of a stream whose negotiation is over.
    mutating func openTimerFired() {
        if let certificateEnd, now >= certificateEnd {
            return finish(.certificateExpired, StreamFault(.reset))
        }
        if let owed = management?.due, now >= owed {
            return fail(StreamFault(.policyViolation), .unacknowledged)
        }
        let asked = barrier.flight?.since ?? probedAt
        if let asked {
            if now >= asked.saturated(adding: limits.answer) {
                return fail(StreamFault(.connectionTimeout), .unanswered)
            }
        } else if pingPair != nil || management != nil, now >= heardAt.saturated(adding: limits.ping) {
            probe()
        }
        if let idleEnd, now >= idleEnd { return finish(.idle) }
        if now >= sentAt.saturated(adding: limits.whiteSpace) { send([0x20]) }
    }
}
