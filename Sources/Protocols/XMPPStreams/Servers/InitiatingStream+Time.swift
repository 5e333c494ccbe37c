import XMLStreams
import XMPPStanzas

extension InitiatingStream {
    /// When something has to happen if nothing comes.
    var due: UInt64 {
        guard core.standing == .live else { return core.endDue }
        var due = core.liveDue
        for time in asked.values { due = min(due, time) }
        for time in checking.values { due = min(due, time) }
        for time in questions.values { due = min(due, time) }
        return pairs.isEmpty ? due : min(due, core.openDue)
    }

    /// Source: RFC 6120 §4.6, XEP-0220 §2.1.1.
    mutating func timerFired() {
        guard core.timerFired() else { return }
        if core.now >= core.stepEnd { return stepOver() }
        for (question, time) in questions.sorted(by: { $0.key.stream < $1.key.stream }) where core.now >= time {
            answered(question, .failed(.remoteServerTimeout))
        }
        for (pair, time) in checking.sorted(by: { $0.key.description < $1.key.description }) where core.now >= time {
            checking[pair] = nil
            core.actions.append(.refused(pair, .certificate("it was not checked in time")))
        }
        for (pair, time) in asked.sorted(by: { $0.key.description < $1.key.description }) where core.now >= time {
            asked[pair] = nil
            if pair == self.pair {
                core.send(StreamFault.endTag)
                return core.end(.timeout(.dialback))
            }
            core.actions.append(.refused(pair, .dialback(.remoteServerTimeout)))
        }
        if core.standing == .live, !pairs.isEmpty { core.openTimerFired() }
    }

    private mutating func stepOver() {
        if phase == .handshaking { return core.end(.timeout(.handshake)) }
        if core.isHeld { return judged(.refused("it was not checked in time")) }
        core.send(StreamFault.endTag)
        core.end(.timeout(core.step))
    }
}
