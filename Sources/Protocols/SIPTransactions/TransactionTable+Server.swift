public import SIPMessages

extension TransactionTable {
    mutating func receive(_ request: SIPRequest, from flow: SIPFlow, now: UInt64) -> [TransactionAction] {
        let essentials: SIPEssentials
        do throws(SIPError) {
            essentials = try request.validate(limits: settings.limits)
        } catch {
            return receive(malformed: error, from: flow)
        }
        return receive(request, essentials, from: flow, now: now)
    }

    /// A request arrived that is known to be valid.
    ///
    /// - Parameters:
    ///   - request: as read.
    ///   - essentials: what `SIPRequest.validate(limits:takesStrayPercents:)` read of it.
    ///   - flow: where it came from.
    ///   - keepsState: whether a transaction may be made of it. Without one each copy is delivered anew, as from a
    ///     stateless server, and a CANCEL is dropped by its core; so nobody fills the table whom the caller distrusts.
    ///   - now: nanoseconds of the clock.
    /// - Returns: what to do.
    ///
    /// Source: RFC 3261 §8.2.7.
    public mutating func receive(
        _ request: SIPRequest,
        _ essentials: SIPEssentials,
        from flow: SIPFlow,
        keepsState: Bool = true,
        now: UInt64
    ) -> [TransactionAction] {
        // No INVITE has a transaction here, so no ACK belongs to one (RFC 3261 §8.2.7).
        if request.method == .ack { return [.discarded(.acknowledgement)] }
        guard let destination = flow.answering(essentials.topVia) else { return [.discarded(.unanswerable)] }
        let key = RequestKey.transaction(request, essentials, method: request.methodBytes.span)
        if request.method == .invite || !keepsState {
            return [.deliver(inbound(request, ServerTransactionKey(name: key, stateless: destination), flow))]
        }
        if let slot = serverSlots[key] { return repeatAnswer(slot, to: request, from: flow) }
        guard servers.count < settings.transactions else {
            let later = SIPHeaderLine(.retryAfter, String(settings.retryAfter))
            let answer = answerStateless(request.headers, status: 503, from: flow, extra: [later]) ?? []
            return answer + [.discarded(.overload)]
        }
        let mergeKey = request.method == .cancel ? nil : RequestKey.merge(essentials)
        let isMerged = mergeKey.map { mergeSlots[$0] != nil } ?? false
        let machine = NonInviteServer(timers: settings.timers, isReliable: flow.transport.isReliable, now: now)
        let slot = servers.insert(
            Server(
                key: key,
                machine: machine,
                destination: destination,
                sourcePort: flow.remotePort,
                mergeKey: isMerged ? nil : mergeKey,
                headers: request.headers
            )
        )
        serverSlots[key] = slot
        if let mergeKey, !isMerged { mergeSlots[mergeKey] = slot }
        deadlines.set(slot << 1, to: machine.deadline)
        let name = ServerTransactionKey(name: key, stateless: nil)
        let delivery = inbound(request, name, flow, isMerged: isMerged)
        if request.method == .cancel {
            // What is cancelled goes on to its own answer: only an INVITE would end (RFC 3261 §9.2).
            return respond(to: delivery, cancelTarget(request, essentials) == nil ? 481 : 200, now: now)
        }
        return [.deliver(delivery)]
    }

    /// Answers a request that was delivered.
    ///
    /// - Parameters:
    ///   - key: the name it was delivered with.
    ///   - bytes: the response.
    ///   - status: its code.
    ///   - now: nanoseconds of the clock.
    /// - Returns: what to do; `.discarded` when the answer must not be sent or comes too late.
    ///
    /// Source: RFC 3261 §17.2.2, RFC 4320 §4.1, §4.2.
    public mutating func respond(
        _ key: ServerTransactionKey,
        with bytes: [UInt8],
        status: Int,
        now: UInt64
    ) -> [TransactionAction] {
        respond(key, bytes, status, keeping: .bytes(Self.compact(bytes)), now: now)
    }

    /// Answers a request that was delivered with a status and nothing of the server's own but the To tag.
    ///
    /// Such an answer takes no memory: each copy of the request has in it what its answer copies.
    ///
    /// - Parameters:
    ///   - inbound: the request.
    ///   - status: the code.
    ///   - now: nanoseconds of the clock.
    /// - Returns: what to do; `.discarded` when the answer must not be sent or comes too late.
    ///
    /// Source: RFC 3261 §8.2.6, §17.2.2.
    public mutating func respond(to inbound: InboundRequest, _ status: Int, now: UInt64) -> [TransactionAction] {
        respond(inbound.key, inbound.answer(status), status, keeping: .status(status), now: now)
    }

    private mutating func respond(
        _ key: ServerTransactionKey,
        _ bytes: [UInt8],
        _ status: Int,
        keeping answer: KeptAnswer,
        now: UInt64
    ) -> [TransactionAction] {
        if let destination = key.stateless {
            // A stateless server sends no provisional response (RFC 3261 §8.2.7).
            return status < 200 ? [.discarded(.forbiddenAnswer)] : [.send(bytes, destination)]
        }
        guard let slot = serverSlots[key.name] else { return [.discarded(.lateAnswer)] }
        let outcome = servers.with(slot) { server in
            let action = server.machine.respond(status: status, now: now)
            if action == .send {
                server.answer = answer
                if status >= 200 { server.headers = nil }
            }
            return (action: action, destination: server.destination, deadline: server.machine.deadline)
        }
        guard let (action, destination, deadline) = outcome else { return [.discarded(.lateAnswer)] }
        switch action {
        case .send:
            deadlines.set(slot << 1, to: deadline)
            return [.send(bytes, destination)]
        case .sendAndTerminate:
            remove(slot)
            return [.send(bytes, destination), .terminated(key)]
        default:
            return [.discarded(isOpen(slot, now) ? .forbiddenAnswer : .lateAnswer)]
        }
    }

    mutating func advanceServer(_ slot: Int, now: UInt64, _ actions: inout [TransactionAction]) {
        guard let server = servers[slot] else { return deadlines.set(slot << 1, to: nil) }
        let key = ServerTransactionKey(name: server.key, stateless: nil)
        let wasExpired = !server.machine.isOpen && !server.isAnswered
        switch servers.with(slot, { $0.machine.timerFired(now: now) }) {
        case .sendTrying:
            guard let headers = server.headers else { break }
            let bytes = SIPResponse.answering(headers, status: 100, toTag: nil, source: server.source)
            _ = servers.with(slot) { $0.answer = .bytes(bytes) }
            actions.append(.send(bytes, server.destination))
        case .expired:
            _ = servers.with(slot) { server in
                server.headers = nil
                server.answer = .none
            }
            actions.append(.terminated(key))
        case .terminated:
            remove(slot)
            if !wasExpired { actions.append(.terminated(key)) }
            return
        default:
            break
        }
        deadlines.set(slot << 1, to: servers.with(slot, { $0.machine.deadline }) ?? nil)
    }

    /// An answer is kept for 32 s, so in no more memory than it needs.
    private static func compact(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.capacity > bytes.count + 64 else { return bytes }
        var copy: [UInt8] = []
        copy.reserveCapacity(bytes.count)
        copy.append(contentsOf: bytes)
        return copy
    }

    /// Whether a final answer could still be sent.
    private func isOpen(_ slot: Int, _ now: UInt64) -> Bool {
        guard var machine = servers[slot]?.machine, machine.isOpen else { return false }
        let action = machine.timerFired(now: now)
        return action != .expired && action != .terminated
    }

    private func repeatAnswer(_ slot: Int, to request: SIPRequest, from flow: SIPFlow) -> [TransactionAction] {
        guard let server = servers[slot], server.machine.receivedAgain() == .repeatResponse else { return [] }
        switch server.answer {
        case .none: return []
        case .bytes(let bytes): return [.send(bytes, server.destination)]
        case .status(let status):
            // As the first was answered. From another host it is no copy of that host's own making: what is made
            // again has the length of this request, and would go to a third.
            guard flow.isSameHost(as: server.destination) else { return [] }
            var first = flow
            first.remotePort = server.sourcePort
            let copy = inbound(request, ServerTransactionKey(name: server.key, stateless: nil), first)
            return [.send(copy.answer(status), server.destination)]
        }
    }

    private mutating func remove(_ slot: Int) {
        deadlines.set(slot << 1, to: nil)
        guard let server = servers.remove(slot) else { return }
        serverSlots[server.key] = nil
        if let mergeKey = server.mergeKey, mergeSlots[mergeKey] == slot { mergeSlots[mergeKey] = nil }
    }

    private func inbound(
        _ request: SIPRequest,
        _ key: ServerTransactionKey,
        _ flow: SIPFlow,
        isMerged: Bool = false
    ) -> InboundRequest {
        InboundRequest(
            request: request,
            key: key,
            flow: flow,
            isMerged: isMerged,
            toTag: AnswerTag.text(of: request.headers, seed: settings.seed)
        )
    }

    /// The transaction that a CANCEL is about: the same but for its method.
    private func cancelTarget(_ request: SIPRequest, _ essentials: SIPEssentials) -> Int? {
        for method in SIPMethod.known where method != .cancel && method != .ack {
            let key = RequestKey.transaction(request, essentials, method: method.description.utf8.span)
            if let slot = serverSlots[key] { return slot }
        }
        return nil
    }
}

extension TransactionTable.Server {
    /// Where the request came from.
    fileprivate var source: SIPSource {
        SIPSource(address: destination.remoteAddress, port: UInt16(clamping: sourcePort))
    }

    fileprivate var isAnswered: Bool {
        if case .none = answer { false } else { true }
    }
}
