import SIPMessages

/// What leads from state to state.
extension SubscriberState {
    /// Subscribes in a dialog to come.
    mutating func subscribe(_ now: UInt64) -> Action {
        dialog = nil
        granted = wanted
        sequence = 1
        state = .subscribing(until: now &+ patience)
        return send(.fresh(sequence: sequence), expires: wanted)
    }

    mutating func sendInDialog(expires: UInt32) -> [Action] {
        guard let request = dialog?.nextRequest(.subscribe) else { return [] }
        return [send(.dialog(request), expires: expires)]
    }

    mutating func send(_ place: Subscribe.Place, expires: UInt32) -> Action {
        attempt &+= 1
        isOut = true
        return .send(Subscribe(attempt: attempt, place: place, expires: expires))
    }

    /// Asks for the end as soon as there is a dialog and nothing is out.
    mutating func leave(_ now: UInt64) -> [Action] {
        guard case .leaving(_, false, _) = state, dialog != nil, !isOut else { return [] }
        state = .leaving(until: now &+ patience, isSent: true, isConfirmed: false)
        return sendInDialog(expires: 0)
    }

    mutating func end() -> [Action] {
        state = .ended
        dialog = nil
        isOut = false
        return [.ended]
    }

    mutating func fail(_ failure: Failure) -> [Action] {
        let action = Action.failed(failure, wasEstablished: wasEstablished)
        return [action] + rest()
    }

    /// Nothing is subscribed to; a fetch is over.
    mutating func rest() -> [Action] {
        wasEstablished = false
        isLengthened = false
        isRenewed = false
        if isFetch { return end() }
        state = .idle
        dialog = nil
        isOut = false
        return []
    }
}
