import XMLStreams
import XMPPStanzas

extension ReceivingStream {
    /// When something has to happen if nothing comes.
    var due: UInt64 {
        guard core.standing == .live else { return core.endDue }
        var due = core.liveDue
        for entry in pending.values { due = min(due, entry.deadline) }
        return min(due, proofs.isEmpty ? strangerEnd : core.openDue)
    }

    /// When a peer without a proved domain has to be gone: a proof that is open at that time may end first, once.
    private var strangerEnd: UInt64 {
        pending.isEmpty ? negotiationEnd : negotiationEnd.saturated(adding: core.limits.verification)
    }

    /// Source: RFC 6120 §4.3.5, §4.6, XEP-0205 §4.3.
    mutating func timerFired() {
        guard core.timerFired() else { return }
        if core.now >= core.stepEnd { stepOver() }
        guard core.standing == .live else { return }
        let late = pending.values.filter { core.now >= $0.deadline }
        for entry in late.sorted(by: { $0.request.pair.description < $1.request.pair.description })
        where core.standing == .live {
            settle(entry.request, .failed(.remoteServerTimeout), .dialback)
        }
        guard core.standing == .live else { return }
        if !proofs.isEmpty { return core.openTimerFired() }
        if core.now >= strangerEnd { strangerOver() }
    }

    private mutating func stepOver() {
        switch (phase, core.step) {
        case (.handshaking, _): core.end(.timeout(.handshake))
        case (.checking, _):
            // Nobody knows what the certificate is worth, so it is worth nothing.
            judged(.refused("it was not checked in time"))
        case (_, .authentication): resume(nil)
        case (.header, _), (.ready, _):
            if !hasAnswered { answerHeader() }
            core.fail(StreamFault(.policyViolation), .timeout(core.step))
        }
    }

    private mutating func strangerOver() {
        if phase == .handshaking { return core.end(.timeout(.handshake)) }
        if !hasAnswered { answerHeader() }
        core.fail(StreamFault(.policyViolation), .timeout(.authentication))
    }
}
