import XMLStreams
import XMPPStanzas

extension InitiatingStream {
    /// When something has to happen if nothing comes.
    var due: UInt64 {
        switch core.standing {
        case .idle, .closed: return .max
        case .closing: return core.stepEnd
        case .live: break
        }
        var due = core.stepEnd
        if let paceEnd = core.paceEnd { due = min(due, paceEnd) }
        for time in asked.values { due = min(due, time) }
        for time in checking.values { due = min(due, time) }
        for time in questions.values { due = min(due, time) }
        return pairs.isEmpty ? due : min(due, core.openDue)
    }

    /// Source: RFC 6120 §4.6, XEP-0220 §2.1.1.
    mutating func timerFired() {
        core.timerFired()
        switch core.standing {
        case .idle, .closed: return
        case .closing(let reason):
            if core.now >= core.stepEnd { core.end(reason) }
            return
        case .live: break
        }
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
