import XMLStreams
import XMPPStanzas

extension ReceivingStream {
    /// An element of stream management came.
    ///
    /// Source: XEP-0198 §3, §4, §5.
    mutating func manage(_ element: XML.Element) {
        let command: ManagementElement
        do throws(StreamFault) {
            guard let read = try ManagementElement(reading: element) else { return }
            command = read
        } catch {
            return core.fail(error, .fault(error, "the peer sent stream management that cannot be read"))
        }
        switch command {
        case .enable(let resume):
            guard policy.hasStreamManagement, let pair = mainPair, core.management == nil, resumption == nil else {
                return core.send(ManagementElement.failed("unexpected-request", handled: nil).bytes)
            }
            let id = resume && layer == .authenticated ? core.nonces.resumption : nil
            core.management = StreamManagement(
                pair: pair,
                id: id,
                arrivals: core.arrivals,
                limits: core.limits.management
            )
            core.send(ManagementElement.enabled(id: id).bytes)
        case .resume(let id, let handled):
            guard policy.hasStreamManagement, layer == .authenticated, mainPair != nil, core.management == nil,
                core.arrivals == 0, resumption == nil
            else { return core.send(ManagementElement.failed("unexpected-request", handled: nil).bytes) }
            resumption = (id, handled)
            core.isHeld = true
            core.enter(.authentication)
            core.actions.append(.findSession(id))
        case .request:
            guard core.management != nil else {
                return fail(.unsupportedStanzaType, "the peer asks for acknowledgements it has not enabled")
            }
            core.acknowledge()
        case .acknowledgement(let count): core.acknowledged(count)
        case .enabled, .resumed, .failed: fail(.unsupportedStanzaType, "the peer answers what it was not asked")
        }
    }

    /// The pair that the stream was opened for.
    private var mainPair: DomainPair? {
        if let remote, pairs.contains(DomainPair(normalized: local, remote)) {
            return DomainPair(normalized: local, remote)
        }
        return pairs.min { ($0.local, $0.remote) < ($1.local, $1.remote) }
    }

    /// What is left of the stream that the peer wishes to resume.
    ///
    /// Source: XEP-0198 §5.
    mutating func resume(_ session: StreamManagement?) {
        guard core.standing == .live, let wish = resumption else { return }
        resumption = nil
        core.isHeld = false
        core.leaveStep()
        guard var session, session.id == wish.id, session.pair == mainPair else {
            return core.send(ManagementElement.failed("item-not-found", handled: nil).bytes)
        }
        do throws(StreamFault) {
            let (tokens, again) = try session.resume(wish.handled)
            core.arrivals = session.received
            let handled = session.tell()
            core.management = session
            core.send(ManagementElement.resumed(id: wish.id, handled: handled).bytes)
            if !tokens.isEmpty { core.actions.append(.confirm(tokens)) }
            for stanza in again { core.send(stanza) }
            core.actions.append(.resumed(session.unconfirmed))
            if !again.isEmpty { core.flush() }
        } catch {
            core.fail(error, .fault(error, "the peer acknowledged more stanzas than were sent"))
        }
    }
}
