import Addressing
import BridgeCore
import IMDN
public import Interworking
import Logging
import MappingTables
import SIPMessages
import SIPTransactions

/// Notifications and composing states.
extension SIMPLELeg {
    // MARK: From this shore

    /// Takes what a MESSAGE says of other messages, or of its sender's writing.
    ///
    /// - Parameters:
    ///   - signal: what it says.
    ///   - pivot: who says it to whom.
    ///   - inbound: the request.
    ///   - facts: what is known.
    ///   - trace: the rules that fired.
    ///   - generation: the tables that it was read under.
    ///
    /// Source: RFC 5438 §7.1.4, RFC 3994 §4.
    func accept(
        _ signal: Signal,
        _ pivot: Pivot,
        _ inbound: InboundRequest,
        facts: Facts,
        trace: RuleTrace,
        generation: Generation
    ) {
        let switches = generation.route(peer: pivot.sender.domain).switches
        let status = switches.isSet(.acceptStatus, "200") ? 200 : 202
        let glance = glance(at: inbound.request, of: pivot, switches)
        var known = facts
        host.addSignals(from: pivot.sender.jid.bare, to: pivot.recipient.jid.bare, toFacts: &known, of: .cpim)
        switch signal {
        case .composing(let state):
            // Nobody waits for it to be stored, since it never is.
            respond(inbound, status)
            host.accept(state, of: pivot, facts: known)
        case .unreadable(let code):
            guard pivot.isNotification else {
                logger.debug("a state of writing cannot be read", metadata: ["error.code": "\(code)"])
                return respond(inbound, status)
            }
            refuse(inbound, Interworking.Refusal(.malformedBody), trace: trace, generation: generation)
        case .notifications:
            let arrival = arrival(of: pivot, inbound, facts: known, glance: glance, trace: trace)
            arrival.isTextRecorded = false
            let token = wait(for: inbound, status: status, domain: pivot.sender.domain, known, generation)
            arrival.answer = token
            let offered = host.accept(receipts: arrival)
            switch offered.outcome {
            case .value: break
            case .nothing(let reason):
                pending[token] = nil
                record(account(of: inbound), code: reason)
                respond(inbound, status)
            case .refused(let refusal):
                pending[token] = nil
                var whole = trace
                whole.append(offered.trace)
                refuse(inbound, refusal, trace: whole, generation: generation)
            }
        }
    }

    /// Keeps a request until the bridge says what becomes of it.
    private func wait(
        for inbound: InboundRequest,
        status: Int,
        domain: String,
        _ facts: Facts,
        _ generation: Generation
    ) -> UInt64 {
        let token = nextAnswer
        nextAnswer += 1
        pending[token] = PendingRequest(
            inbound: inbound,
            status: status,
            domain: domain,
            facts: facts,
            generation: generation
        )
        return token
    }

    /// Keeps with a message what a later notification needs, when its sender wants one.
    ///
    /// Source: RFC 5438 §7.2.1.
    func ask(_ arrival: Arrival, _ glance: CPIMGlance) {
        arrival.asked = MessageTranslator.asked(
            by: arrival.pivot,
            from: glance.from,
            to: glance.to,
            dateTime: glance.dateTime,
            now: arrival.facts.now
        )
        if let asked = arrival.asked { arrival.origin += OriginText.encode([(Self.askedName, asked.messageID)]) }
    }

    /// What an accepted message is named by in what is kept with it, when its sender wants to hear of it.
    private static let askedName = "imdn"

    /// The message that is kept with an item, when its sender wants to hear of it.
    ///
    /// - Parameter origin: what the arrival kept.
    /// - Returns: its `imdn.Message-ID`, and the bare JIDs of sender and recipient; nil when nobody asked.
    public static func asked(in origin: [UInt8]) -> (messageID: String, sender: String, recipient: String)? {
        let pairs = OriginText.decode(origin)
        guard let id = pairs[askedName], let sender = pairs["from-jid"], let recipient = pairs["to-jid"] else {
            return nil
        }
        return (id, sender, recipient)
    }

    // MARK: To this shore

    /// A request that tells of somebody's writing: it is not stored, and not sent again.
    public struct Passing: Sendable, Hashable {
        /// The Request-URI in compared form.
        public let lane: String
        /// The neighbor.
        public let hop: String
        /// The bare JID of the user who is told.
        public let reader: String

        /// Names a request.
        ///
        /// - Parameters:
        ///   - lane: the Request-URI in compared form.
        ///   - hop: the neighbor.
        ///   - reader: the bare JID of the user who is told.
        public init(lane: String, hop: String, reader: String) {
            self.lane = lane
            self.hop = hop
            self.reader = reader
        }
    }

    /// Sends a request that nobody asks about any more; the host hears of its end.
    ///
    /// - Parameter departure: a composing state.
    /// - Returns: whether it was sent.
    ///
    /// Source: RFC 3994 §4.
    public func pass(_ departure: Departure) -> Bool {
        guard let record = RequestRecord(departure.identity) else { return false }
        do throws(TransactionRefusal) {
            let (key, actions) = try transactions.start(
                departure.wire,
                branch: record.branch,
                method: .message,
                to: record.destination.flow,
                now: host.now.monotonic
            )
            passing[key] = Passing(lane: departure.lane, hop: departure.hop, reader: record.peer)
            perform(actions)
            return true
        } catch {
            return false
        }
    }

    /// A request of these has its end.
    ///
    /// - Returns: whether it was one.
    func finished(passing key: ClientTransactionKey, _ outcome: ClientOutcome) -> Bool {
        guard let ended = passing.removeValue(forKey: key) else { return false }
        switch outcome {
        case .response(let response): host.ended(ended, status: response.status)
        case .timeout, .transportError: host.ended(ended, status: nil)
        }
        return true
    }
}
