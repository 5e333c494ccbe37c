import BridgeCore
import DequeModule
import Interworking
import Logging
import XMLStreams
import XMPPStanzas
import XMPPStreams

extension ServerRoute {
    /// Sends a stored item when its turn comes; the bridge bounds how many are on their way.
    func send(_ item: Item) {
        usedAt = streams.leg.now.monotonic
        if let failure, let pause = pause {
            return giveBack([item], failure, pause)
        }
        queue.append(.item(item))
        streams.wantsFlush(self)
    }

    /// Sends a stanza that nobody asks about any more; without a stream to be had it is dropped.
    func write(_ stanza: [UInt8]) {
        usedAt = streams.leg.now.monotonic
        if stanza.starts(with: Self.presenceTag) { hasPresence = true }
        let bounds = streams.settings.bounds
        guard pause == nil, unasked.count < bounds.waiting, unasked.bytes + stanza.count <= bounds.waitingBytes else {
            return dropped(1)
        }
        unasked.count += 1
        unasked.bytes += stanza.count
        queue.append(.stanza(stanza))
        streams.wantsFlush(self)
    }

    private static let presenceTag = Array("<presence".utf8)

    /// How long no try is made, in nanoseconds; nil when one may be made, or is.
    private var pause: UInt64? {
        guard case .waiting(let until) = state, downSince != nil else { return nil }
        let now = streams.leg.now.monotonic
        return until > now ? until - now : nil
    }

    /// What was told of presence has not arrived, and is told again once a stream stands.
    private func dropped(_ count: Int) {
        streams.leg.logger.debug("stanzas were dropped", metadata: metadata(["count": "\(count)"]))
        if hasPresence { doubt() }
    }

    /// What users of the peer said, and what they were told, is in doubt until a stream stands.
    func doubt() {
        guard !isInDoubt else { return }
        isInDoubt = true
        streams.leg.host.peerDown(pair.remote, of: pair.local)
        streams.wantsFlush(self)
    }

    private func settleDoubt() {
        isInDoubt = false
        streams.leg.host.peerUp(pair.remote, of: pair.local)
    }

    /// Lets queued stanzas leave, or has a stream opened for them.
    func flush() {
        isDirty = false
        switch state {
        case .open:
            drain()
            if isInDoubt, state == .open, queue.isEmpty { settleDoubt() }
        case .idle: if !queue.isEmpty || wantsRecovery { streams.dial(self) }
        case .waiting(let until):
            if !queue.isEmpty, until <= streams.leg.now.monotonic { streams.dial(self) }
        case .queued, .connecting, .negotiating: break
        }
        stream?.flush()
    }

    /// Writes as many stanzas as the machine and the peer's buffers have room for.
    private func drain() {
        guard let stream else { return }
        var hasSent = false
        while self.stream === stream, stream.isWritable, let next = queue.popFirst() {
            rejection = nil
            switch next {
            case .item(let item):
                flying.append(item)
                stream.receive(.send(item.offer.cargo.wire, pair, token: item.id.token))
                guard let rejection else { break }
                flying.removeLast()
                if rejection.isTemporary {
                    queue.prepend(next)
                } else {
                    streams.leg.rejected(item, code: rejection.rawValue, isTooLarge: rejection == .tooLarge)
                }
            case .stanza(let bytes):
                stream.receive(.send(bytes, pair, token: nil))
                if let rejection, rejection.isTemporary {
                    queue.prepend(next)
                } else {
                    unasked.count -= 1
                    unasked.bytes -= bytes.count
                    if rejection != nil { dropped(1) }
                }
            }
            if rejection?.isTemporary == true { break }
            counts.sent += 1
            hasSent = true
        }
        if hasSent, self.stream === stream { stream.receive(.flush) }
    }

    /// The peer took stanzas on a stream and confirmed none: they are tried a few times more, each after a pause.
    func giveUp(_ items: Deque<Item>, _ failure: RouteFailure) {
        for item in items.reversed() { streams.leg.unconfirmed(item, code: failure.code, failure.sentence) }
    }

    /// The peer has taken these stanzas.
    func confirmed(_ tokens: [UInt64]) {
        hasConfirmed = true
        fruitless = 0
        for token in tokens {
            if flying.first?.id.token == token {
                flying.removeFirst()
            } else if let index = flying.firstIndex(where: { $0.id.token == token }) {
                flying.remove(at: index)
            } else if let index = suspended.firstIndex(where: { $0.id.token == token }) {
                suspended.remove(at: index)
            } else {
                continue
            }
            streams.leg.host.delivered(CrossingID(token: token), OutcomeReport(protocolCode: "taken"))
        }
        if !queue.isEmpty { streams.wantsFlush(self) }
    }

    /// An earlier stream goes on: its stanzas were sent again by the machine.
    func resumed(_ tokens: [UInt64]) {
        let again = Set(tokens)
        flying = Deque(suspended.filter { again.contains($0.id.token) })
        suspended.removeAll { again.contains($0.id.token) }
    }

    // MARK: Giving back

    /// Everything that waits goes back to the bridge, and what nobody asks about is dropped; what a stream that can be
    /// resumed had open stays.
    func giveBack(_ failure: RouteFailure, _ pause: UInt64) {
        var items: [Item] = []
        if session == nil {
            items = Array(suspended)
            suspended = []
        }
        for case .item(let item) in queue { items.append(item) }
        let count = unasked.count
        queue = []
        unasked = (0, 0)
        if count > 0 { dropped(count) }
        giveBack(items, failure, pause)
    }

    private func giveBack(_ items: [Item], _ failure: RouteFailure, _ pause: UInt64) {
        let leg = streams.leg
        let patience = Int64(clamping: streams.settings.bounds.patience / 1_000_000)
        // What was stored while the gateway was away had no chance yet.
        func isLate(_ item: Item) -> Bool {
            leg.now.wall - max(item.accepted, downSince?.wall ?? leg.now.wall) >= patience
        }
        var items = items
        for item in items where failure.isFinal || isLate(item) {
            leg.unreachable(item, failure.condition, failure.sentence)
        }
        if failure.isFinal { return }
        items.removeAll(where: isLate)
        let report = OutcomeReport(protocolCode: failure.code, text: failure.sentence)
        let seconds = UInt32(clamping: pause / 1_000_000_000 + 1)
        // The bridge puts each one in front of the others.
        for item in items.reversed() { leg.host.failed(item.id, Failure(report: report, retry: .hop(after: seconds))) }
    }
}

extension RouteFailure {
    /// What the senders of waiting stanzas are told.
    ///
    /// Source: RFC 6120 §8.3.3.16, §8.3.3.17.
    var condition: StanzaError.Condition { isFinal ? .remoteServerNotFound : .remoteServerTimeout }
}

extension StreamRejection {
    /// Whether the stanza may go later.
    var isTemporary: Bool { self == .full || self == .notEstablished }
}
