import BridgeCore
import Interworking
import MappingTables
import XMPPLegs
import XMPPStanzas

/// A gateway that keeps what the leg tells it.
final class RecordingHost: XMPPLegHost {
    /// What the leg told, in order.
    enum Call: Equatable {
        case accepted(String)
        case refused(String)
        case delivered(CrossingID, String)
        case failed(CrossingID, String)
        case up(String)
        case down(String, [CrossingID])
        case presence(PresenceOperation.Kind)
        case told(WatchKey, PersonalItem)
        case interested(WatchKey, String, Set<String>)
        case peerUp(String?, of: String)
        case peerDown(String, of: String)
    }

    var generation: Generation
    /// The domains whose users live on the XMPP shore.
    var xmppDomains: Set<String> = ["example.com"]
    var calls: [Call] = [] {
        didSet {
            if calls.count > oldValue.count { calls.last.map(whenTold) }
        }
    }
    /// Called with each call.
    var whenTold: (Call) -> Void = { _ in }
    /// Called when the leg asks for a flush.
    var whenFlushIsWanted: () -> Void = {}
    var arrivals: [Arrival] = []
    /// Who handed over what was refused.
    var refusedAccounts: [Arrival.Account] = []
    var failures: [Failure] = []
    /// What the other leg says to an arrival.
    var verdict: Outcome<Void> = .value(())
    var wantsFlush = false
    /// Called when a component opens.
    var whenUp: () -> Void = {}
    private var tokens = 0

    init(generation: Generation) { self.generation = generation }

    func accept(_ arrival: Arrival, from shore: Shore) -> Translated<Void> {
        arrivals.append(arrival)
        calls.append(.accepted(arrival.sender))
        return Translated(outcome: verdict, trace: .none)
    }

    func accept(
        _ operation: PresenceOperation,
        of stanza: PresenceStanza,
        account: @autoclosure () -> Arrival.Account,
        trace: @autoclosure () -> [String]
    ) {
        calls.append(.presence(operation.kind))
    }

    func accept(_ item: PersonalItem, of key: WatchKey, account: Arrival.Account) { calls.append(.told(key, item)) }

    func interested(_ key: WatchKey, device: String, in nodes: Set<String>) {
        calls.append(.interested(key, device, nodes))
    }

    /// The watches that are approved.
    var approved: Set<WatchKey> = []

    func isPresenceApproved(_ key: WatchKey) -> Bool { approved.contains(key) }

    /// What askers may know, by asker and contact.
    var acquaintances: [String: Acquaintance] = [:]

    /// The nodes that askers asked about, nil for questions about none.
    var nodesAsked: [String?] = []

    func acquaintance(of asker: String, with contact: String, device: String?, node: String?) -> Acquaintance? {
        nodesAsked.append(node)
        return acquaintances["\(asker) \(contact)"]
    }

    func refused(_ account: Arrival.Account, code: String, trace: [String]) {
        refusedAccounts.append(account)
        calls.append(.refused(code))
    }

    func facts(sender: String, recipient: String, from shore: Shore) -> Facts {
        var facts = Facts(now: 1_700_000_000_000, gatewayDomain: "gw.example.com")
        facts.xmppDomains = xmppDomains
        return facts
    }

    func delivered(_ id: CrossingID, _ report: OutcomeReport) { calls.append(.delivered(id, report.protocolCode)) }

    func failed(_ id: CrossingID, _ failure: Failure) {
        failures.append(failure)
        calls.append(.failed(id, failure.report.protocolCode))
    }

    func hopUp(_ name: String) {
        calls.append(.up(name))
        whenUp()
    }

    func hopDown(_ name: String, unconfirmed: [CrossingID]) { calls.append(.down(name, unconfirmed)) }

    func peerUp(_ peer: String?, of domain: String) { calls.append(.peerUp(peer, of: domain)) }

    func peerDown(_ peer: String, of domain: String) { calls.append(.peerDown(peer, of: domain)) }

    func scheduleFlush() {
        wantsFlush = true
        whenFlushIsWanted()
    }

    func freshToken() -> String {
        tokens += 1
        return "fresh\(tokens)"
    }
}
