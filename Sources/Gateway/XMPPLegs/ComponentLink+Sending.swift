import BridgeCore
import DequeModule
import XMPPStreams

extension ComponentLink {
    /// Sends a stored item when its turn comes; the bridge bounds how many are on their way.
    func send(_ item: Item) {
        queue.append(item)
        drain()
        leg.host.scheduleFlush()
    }

    /// Sends a stanza that nobody asks about any more.
    func write(_ stanza: [UInt8], to domain: String) {
        let actions = stream.send(stanza)
        if case .send? = actions.first { written += 1 }
        perform(actions)
        leg.host.scheduleFlush()
    }

    /// Lets queued bytes leave, with a ping behind the stanzas that none covers.
    func flush() {
        if stream.isOpen {
            drain()
            perform(stream.flush(now: leg.now.monotonic))
        } else if !queue.isEmpty {
            // Their send was decided before the link ended and carried out after it.
            let stranded = queue.map(\.id)
            queue.removeAll()
            leg.host.hopDown(hop, unconfirmed: stranded)
        }
        connection?.flush()
    }

    /// Writes as many items as the machine and the server's buffers have room for.
    func drain() {
        while stream.isOpen, stream.unconfirmed < mostUnconfirmed, connection?.isWritable == true,
            let item = queue.popFirst()
        {
            for action in stream.send(item.offer.cargo.wire, token: item.id.token) {
                if case .reject(_, let rejection) = action {
                    leg.rejected(item, code: rejection.rawValue, isTooLarge: rejection == .tooLarge)
                } else {
                    written += 1
                    perform(action)
                }
            }
        }
    }

    /// The server has taken these stanzas.
    func confirmed(_ tokens: [UInt64]) {
        for token in tokens { leg.host.delivered(CrossingID(token: token), OutcomeReport(protocolCode: "pong")) }
        drain()
        leg.host.scheduleFlush()
    }
}
