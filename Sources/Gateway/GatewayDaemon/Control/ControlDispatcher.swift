import BridgeCore
import Ledger
import NIOCore

/// Turns what a command asks into calls of the gateway, with a record that says who asked.
///
/// Used on the event loop of the gateway; it does not keep the gateway alive.
final class ControlDispatcher {
    private weak var host: (any ControlHost)?
    private let eventLoop: any EventLoop
    private let node: String

    init(host: any ControlHost, eventLoop: any EventLoop, node: String) {
        self.host = host
        self.eventLoop = eventLoop
        self.node = node
    }

    /// Answers one request.
    ///
    /// - Parameters:
    ///   - request: what is asked.
    ///   - user: who asks, from the credentials of the connection.
    /// - Returns: the reply; a refusal of the store is one too.
    func answer(_ request: ControlRequest, user: String) -> EventLoopFuture<ControlReply> {
        guard let host else { return reply(ControlReply(code: 3, message: "the gateway stops")) }
        let acts = OperatorActs(node: node, actor: user, now: SystemClock.wall)
        let answer: EventLoopFuture<ControlReply>
        do throws(AddressFault) {
            switch request.command {
            case ControlRequest.status: answer = reply(host.status)
            case ControlRequest.links: answer = reply(host.links(peer: request.arguments["peer"]))
            case ControlRequest.addAddress:
                let pair = try acts.pair(
                    jid: request.arguments["jid"] ?? "",
                    uri: request.arguments["uri"] ?? ""
                )
                answer = host.addAddress(pair, record: acts.added(pair))
            case ControlRequest.removeAddress:
                let jid = try StoredAddress.jid(request.arguments["jid"] ?? "")
                answer = host.removeAddress(jid: jid, record: acts.removed(jid: jid))
            case ControlRequest.importAddresses:
                let pairs = try acts.pairs(csv: Array((request.arguments["csv"] ?? "").utf8))
                answer = host.importAddresses(pairs, record: acts.imported(pairs))
            case ControlRequest.exportAudit:
                guard let what = request.arguments["what"], let reason = request.arguments["reason"], !reason.isEmpty
                else { return reply(ControlReply(code: 2, message: "an export says what, and has a reason")) }
                answer = host.note(acts.exported(what, reason: reason))
            case ControlRequest.readAudit:
                guard let (command, question, records) = request.reading else { return reply(Self.noReading) }
                answer = host.note(acts.read(command, asking: question, records: records))
            case ControlRequest.eraseBodies, ControlRequest.placeHold, ControlRequest.liftHold:
                guard let act = BodyAct(request) else { return reply(Self.noBodies) }
                answer = host.carryOut(act, as: acts)
            case ControlRequest.repairSubscriptions where request.arguments.isEmpty:
                answer = host.repair(nil, record: acts.repaired(nil))
            case ControlRequest.repairSubscriptions:
                guard let key = WatchKey(request.arguments) else { return reply(Self.noWatch) }
                answer = host.repair(key, record: acts.repaired(key))
            case ControlRequest.dropSubscription:
                guard let key = WatchKey(request.arguments) else { return reply(Self.noWatch) }
                answer = host.drop(key, record: acts.dropped(key, reason: request.arguments["reason"]))
            case ControlRequest.applyMappings, ControlRequest.rollBackMappings:
                guard let order = Self.order(request, user: user) else { return reply(Self.noOrder) }
                answer = host.activate(order: order)
            case ControlRequest.reprocessMessages, ControlRequest.dropMessages:
                guard let ids = Self.messages(request.arguments["ids"] ?? "") else { return reply(Self.noMessages) }
                let act = MessageAct(actor: user, reason: request.arguments["reason"] ?? "")
                answer =
                    request.command == ControlRequest.dropMessages
                    ? host.drop(ids, act) : host.reprocess(ids, act, isTrial: request.arguments["trial"] != nil)
            default: answer = reply(ControlReply(code: 2, message: "this gateway knows no \"\(request.command)\""))
            }
        } catch {
            return reply(ControlReply(code: 1, message: error.reason))
        }
        return answer.flatMapErrorThrowing { error in
            // What the store refuses is an answer, not a failure of the connection.
            guard let refused = error as? LedgerError else { throw error }
            return ControlReply(code: 1, message: refused.description)
        }
    }

    /// What a command asks of the tables; nil without a reason, or without a generation to return to.
    private static func order(_ request: ControlRequest, user: String) -> ActivationOrder? {
        guard let reason = request.arguments["reason"], !reason.isEmpty else { return nil }
        let isRollback = request.command == ControlRequest.rollBackMappings
        let generation = isRollback ? request.arguments["generation"] : nil
        guard isRollback == (generation != nil) else { return nil }
        return ActivationOrder(
            isRollback ? .rollback : .apply,
            actor: user,
            reason: reason,
            generation: generation,
            expected: request.arguments["expect"],
            shadow: request.arguments["shadow"].flatMap { Int($0) } ?? 0
        )
    }

    private static var noOrder: ControlReply {
        ControlReply(code: 2, message: "an activation has a reason, and a return names a generation")
    }

    /// The numbers of messages, each once; nil when there are none, too many, or others than numbers.
    private static func messages(_ text: String) -> [CrossingID]? {
        let words = text.split(separator: " ")
        let numbers = words.compactMap { Int64($0) }
        guard !numbers.isEmpty, numbers.count == words.count, numbers.count <= ControlRequest.largestBatch,
            Set(numbers).count == numbers.count
        else { return nil }
        return numbers.map { CrossingID($0) }
    }

    private static var noMessages: ControlReply {
        ControlReply(
            code: 2,
            message:
                "ids are the numbers of 1 to \(ControlRequest.largestBatch) messages, each once, with blanks between"
        )
    }

    private static var noReading: ControlReply {
        ControlReply(
            code: 2,
            message:
                "a read names its command and the number of records, in at most \(ControlRequest.longestQuestion) bytes"
        )
    }

    private static var noBodies: ControlReply {
        ControlReply(
            code: 2,
            message: "an act on texts names a person, a conversation, a domain or a hold, and a reason"
        )
    }

    private static var noWatch: ControlReply {
        ControlReply(
            code: 2,
            message: "a subscription is named by watcher, presentity and target, which is xmpp or cpim"
        )
    }

    private func reply(_ reply: ControlReply) -> EventLoopFuture<ControlReply> {
        eventLoop.makeSucceededFuture(reply)
    }
}
