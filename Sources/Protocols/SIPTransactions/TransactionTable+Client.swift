public import SIPMessages

extension TransactionTable {
    /// Sends a request, other than INVITE and ACK, and waits for its response.
    ///
    /// - Parameters:
    ///   - bytes: the request.
    ///   - branch: the branch of its first Via.
    ///   - method: its method.
    ///   - flow: where it goes.
    ///   - now: nanoseconds of the clock.
    /// - Returns: the name of the transaction, and what to do.
    /// - Throws: ``TransactionRefusal``; nothing is sent then.
    ///
    /// Source: RFC 3261 §17.1.2.
    public mutating func start(
        _ bytes: [UInt8],
        branch: String,
        method: SIPMethod,
        to flow: SIPFlow,
        now: UInt64
    ) throws(TransactionRefusal) -> (key: ClientTransactionKey, actions: [TransactionAction]) {
        guard clients.count < settings.transactions else { throw .tooManyTransactions }
        let key = ClientTransactionKey(branch: branch, method: method)
        guard clientSlots[key.name] == nil else { throw .duplicateBranch }
        let machine = NonInviteClient(timers: settings.timers, isReliable: flow.transport.isReliable, now: now)
        let slot = clients.insert(Client(key: key, machine: machine, flow: flow, bytes: bytes))
        clientSlots[key.name] = slot
        deadlines.set(slot << 1 | 1, to: machine.deadline)
        return (key, [.send(bytes, flow)])
    }

    /// A response arrived.
    ///
    /// Source: RFC 3261 §17.1.3, §18.1.2.
    mutating func receive(_ response: SIPResponse, now: UInt64) -> [TransactionAction] {
        let essentials: SIPEssentials
        do throws(SIPError) {
            essentials = try response.validate(limits: settings.limits)
        } catch {
            return [.discarded(.malformedResponse)]
        }
        // With a second Via value it is somebody else's (RFC 3261 §8.1.3.3).
        guard essentials.viaCount == 1, isOurs(essentials.topVia) else { return [.discarded(.foreignResponse)] }
        guard let branch = essentials.topVia.branchBytes else { return [.discarded(.strayResponse)] }
        let key = ClientTransactionKey(branch: branch.span, method: essentials.sequenceMethod.span)
        guard let slot = clientSlots[key.name] else { return [.discarded(.strayResponse)] }
        let action = clients.with(slot) { client in
            let action = client.machine.receive(status: response.status, now: now)
            if action == .final { client.bytes = [] }
            return action
        }
        switch action {
        case .provisional:
            settle(slot)
            return [.provisional(key, response)]
        case .final:
            settle(slot)
            return [.finished(key, .response(response))]
        default:
            return []
        }
    }

    /// What was sent on a flow did not leave, or its connection ended.
    ///
    /// - Parameters:
    ///   - flow: the flow, or the connection that was made for it.
    ///   - wasSent: whether what was sent may have arrived.
    ///   - now: nanoseconds of the clock.
    /// - Returns: the end of each request that waits on it.
    ///
    /// Source: RFC 3261 §17.1.4, §18.4.
    public mutating func transportFailed(
        _ flow: SIPFlow,
        wasSent: Bool,
        now: UInt64
    ) -> [TransactionAction] {
        var actions: [TransactionAction] = []
        for slot in 0..<clients.limit {
            guard let client = clients[slot], !client.machine.isFinished, client.flow.isCarried(by: flow) else {
                continue
            }
            remove(client: slot)
            actions.append(.finished(client.key, .transportError(wasSent: wasSent)))
        }
        return actions
    }

    mutating func advanceClient(_ slot: Int, now: UInt64, _ actions: inout [TransactionAction]) {
        switch clients.with(slot, { $0.machine.timerFired(now: now) }) {
        case .send: if let client = clients[slot] { actions.append(.send(client.bytes, client.flow)) }
        case .timeout: if let key = clients[slot]?.key { actions.append(.finished(key, .timeout)) }
        default: break
        }
        settle(slot)
    }

    /// Moves the deadline, or forgets a transaction that is over.
    private mutating func settle(_ slot: Int) {
        if let deadline = clients.with(slot, { $0.machine.deadline }) ?? nil {
            deadlines.set(slot << 1 | 1, to: deadline)
        } else {
            remove(client: slot)
        }
    }

    private mutating func remove(client slot: Int) {
        deadlines.set(slot << 1 | 1, to: nil)
        if let client = clients.remove(slot) { clientSlots[client.key.name] = nil }
    }

    private func isOurs(_ via: Via) -> Bool {
        settings.sentBy.isEmpty || settings.sentBy.contains { via.isSent(by: $0.utf8.span) }
    }
}

extension Via {
    /// Whether this is the host of sent-by, or its host and port.
    fileprivate func isSent(by name: Span<UInt8>) -> Bool {
        let host = hostBytes.span
        guard name.count >= host.count else { return false }
        for index in host.indices where host[index] != name[index] { return false }
        if name.count == host.count { return true }
        guard let port, name[host.count] == UInt8(ascii: ":") else { return false }
        var number = 0
        for index in (host.count + 1)..<name.count {
            guard name[index] &- 0x30 < 10 else { return false }
            number = number &* 10 &+ Int(name[index] &- 0x30)
        }
        return number == Int(port)
    }
}

extension SIPFlow {
    /// Whether what goes to this flow travels on another one: the same connection, or the same address and port.
    fileprivate func isCarried(by other: SIPFlow) -> Bool {
        guard transport == other.transport else { return false }
        if let connection, let number = other.connection { return connection == number }
        return remoteAddress == other.remoteAddress && remotePort == other.remotePort
    }
}
