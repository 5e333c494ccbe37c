import XMLStreams
import XMPPStanzas

/// What follows from where a stream stands alone, whichever side opened it.
extension StreamCore {
    /// Our end tag is sent; what the peer sends before its own is still taken in.
    ///
    /// - Parameters:
    ///   - event: what came.
    ///   - proofs: the proved domains of the peer.
    ///   - served: the domains that may be addressed.
    ///
    /// Source: RFC 6120 §4.4.
    mutating func farewell(_ event: XML.StreamEvent, proofs: [String: DomainProof], served: Set<String>) {
        switch event {
        case .element(let element):
            if let fault = StreamFault(reading: element) { return peerFailed(fault) }
            if StanzaKind(element) != nil { return take(element, proofs: proofs, served: served) }
            if case .acknowledgement(let count) = try? ManagementElement(reading: element) { acknowledged(count) }
        case .closed: peerClosed()
        case .opened, .refused: disconnected()
        }
    }

    /// When something has to happen on a stream that is not live.
    var endDue: UInt64 {
        switch standing {
        case .idle, .closed, .live: .max
        case .closing: stepEnd
        }
    }

    /// When something has to happen on a live stream, beside what its own phase awaits.
    var liveDue: UInt64 { min(stepEnd, paceEnd ?? .max) }

    /// The timer fired.
    ///
    /// - Returns: whether the stream is live, so that its phase has a say.
    mutating func timerFired() -> Bool {
        wokeUp()
        if isOverPace, pace.pause(now: now) == nil { isOverPace = false }
        switch standing {
        case .idle, .closed: return false
        case .closing(let reason):
            if now >= stepEnd { end(reason) }
            return false
        case .live: return true
        }
    }
}
