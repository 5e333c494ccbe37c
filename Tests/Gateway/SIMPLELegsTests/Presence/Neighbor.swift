import BridgeCore
import Interworking
import SIPMessages
import SIPTransactions
import Testing
import XMLStreams

@testable import SIMPLELegs

/// A neighbor that subscribes and is subscribed to, played from text.
final class Neighbor {
    let stage: Stage
    private var serial = 0
    private var seen = 0
    private var stored = 0

    /// romeo@example.net watches juliet@example.com.
    static let inward = WatchKey(watcher: "romeo@example.net", presentity: "juliet@example.com", target: .xmpp)
    /// juliet@example.com watches romeo@example.net.
    static let outward = WatchKey(watcher: "juliet@example.com", presentity: "romeo@example.net", target: .cpim)

    init(_ stage: Stage) { self.stage = stage }

    convenience init(switches: [(String, String)] = [], change: (inout SIMPLELegSettings) -> Void = { _ in }) throws {
        self.init(try Stage(switches: switches, change: change))
        stage.leg.advance(now: stage.host.now)
    }

    // MARK: What the neighbor sends

    /// Sends a request in a transaction of its own.
    func send(
        _ method: String,
        _ changes: [String],
        uri: String = "sip:juliet@example.com",
        body: String = "",
        on flow: SIPFlow = Stage.flow()
    ) {
        serial += 1
        let via = "Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bKp\(serial);rport"
        stage.receive(Stage.request(method, changed: [via] + changes, uri: uri, body: body), on: flow)
    }

    /// Sends a SUBSCRIBE outside a dialog, for ten minutes unless the changes say otherwise.
    func subscribe(_ changes: String..., uri: String = "sip:juliet@example.com", on flow: SIPFlow = Stage.flow()) {
        let usual = [
            "Event: presence", "Contact: <sip:romeo@127.0.0.1:5070>", "Accept: application/pidf+xml", "Expires: 600",
        ]
        send("SUBSCRIBE", usual + changes, uri: uri, on: flow)
    }

    /// Sends a SUBSCRIBE in the dialog of an answer.
    func refresh(in answer: String, cseq: Int, _ changes: String...) throws {
        let to = try #require(answer.values("To").first)
        let usual = [
            "To: \(to)", "CSeq: \(cseq) SUBSCRIBE", "Event: presence", "Contact: <sip:romeo@127.0.0.1:5070>",
            "Expires: 600",
        ]
        send("SUBSCRIBE", usual + changes, uri: "sip:127.0.0.1:5060")
    }

    /// Sends a NOTIFY in the dialog of a SUBSCRIBE of the gateway.
    func notify(
        _ subscribe: String,
        _ state: String,
        cseq: Int = 1,
        tag: String = "n1",
        _ changes: [String] = [],
        type: String = "application/pidf+xml",
        body: String = ""
    ) throws {
        let usual = [
            "From: <sip:romeo@example.net>;tag=\(tag)", "To: \(try #require(subscribe.values("From").first))",
            "Call-ID: \(try #require(subscribe.values("Call-ID").first))", "CSeq: \(cseq) NOTIFY", "Event: presence",
            "Contact: <sip:romeo@127.0.0.1:5070>", "Subscription-State: \(state)",
            body.isEmpty ? "Content-Type: -" : "Content-Type: \(type)",
        ]
        send("NOTIFY", usual + changes, uri: "sip:127.0.0.1:5060", body: body)
    }

    /// Answers a request of the gateway.
    func answer(_ request: String, _ status: Int, _ lines: String..., tag: String = "n1") {
        var text = ["SIP/2.0 \(status) Played"]
        for name in ["Via", "From", "Call-ID", "CSeq"] { text += request.values(name).map { "\(name): \($0)" } }
        let to = request.values("To").first ?? ""
        text.append("To: " + (to.contains(";tag=") ? to : "\(to);tag=\(tag)"))
        text += lines + ["Content-Length: 0", "", ""]
        stage.receive(text.joined(separator: "\r\n"))
    }

    // MARK: What the gateway does

    /// What has left since the last time.
    func taken() -> [String] {
        defer { seen = stage.wire.sent.count }
        return Array(stage.wire.texts.dropFirst(seen))
    }

    /// The store has, or has not, what was collected so far.
    func store(_ isStored: Bool = true) {
        while stored < stage.host.storing.count {
            stored += 1
            stage.leg.stored(stage.host.storing[stored - 1], isStored)
        }
    }

    /// Time passes, and the leg learns of it.
    func pass(_ seconds: Double) {
        stage.host.pass(seconds: seconds)
        stage.leg.advance(now: stage.host.now)
    }

    /// What a device of juliet says.
    func say(_ inner: String = "", device: String = "balcony", isOpen: Bool = true) {
        let type = isOpen ? "" : " type='unavailable'"
        let text =
            "<presence xmlns='jabber:client' from='juliet@example.com/\(device)' to='romeo@example.net'\(type)>"
            + "\(inner)</presence>"
        let part = PresencePart(name: device, isOpen: isOpen, content: Array(text.utf8), seen: stage.host.now.wall)
        stage.host.parts[Self.inward] = [part]
    }

    /// A watcher that is let in: its 200, and the first NOTIFY, which was answered.
    func admitted(_ changes: String...) throws -> (answer: String, notify: String) {
        stage.host.approved = [Self.inward]
        if stage.host.parts[Self.inward] == nil { say() }
        let usual = [
            "Event: presence", "Contact: <sip:romeo@127.0.0.1:5070>", "Accept: application/pidf+xml", "Expires: 600",
        ]
        send("SUBSCRIBE", usual + changes)
        store()
        let sent = taken()
        let answer = try #require(sent.first)
        let notify = try #require(sent.last)
        #expect(sent.count == 2 && answer.hasPrefix("SIP/2.0 200") && notify.hasPrefix("NOTIFY "))
        self.answer(notify, 200)
        return (answer, notify)
    }

    /// A subscription of juliet that stands: the SUBSCRIBE that made it.
    func subscribed() throws -> String {
        stage.leg.subscribe(Self.outward)
        let subscribe = try #require(taken().last)
        answer(subscribe, 200, "Expires: 3600", "Contact: <sip:romeo@127.0.0.1:5070>")
        try notify(subscribe, "active;expires=3600", body: Self.document())
        store()
        #expect(taken().map { $0.prefix(11) } == ["SIP/2.0 200"])
        stage.host.approved = [Self.outward]
        return subscribe
    }

    /// The events that the leg told, in short.
    var told: [String] { stage.host.events.map { $0.brief } }

    /// A document of romeo with one tuple.
    static func document(
        _ basic: String = "open",
        id: String = "ID-orchard",
        entity: String = "pres:romeo@example.net",
        inner: String = ""
    ) -> String {
        "<?xml version='1.0' encoding='UTF-8'?><presence xmlns='urn:ietf:params:xml:ns:pidf' entity='\(entity)'>"
            + "<tuple id='\(id)'><status><basic>\(basic)</basic></status>\(inner)</tuple></presence>"
    }
}

extension PresenceEvent {
    /// Its name and what it says, without the watch.
    var brief: String {
        switch self {
        case .asked: "asked"
        case .unsubscribed: "unsubscribed"
        case .probed: "probed"
        case .watcherOnline: "watcherOnline"
        case .admitted: "admitted"
        case .undecided: "undecided"
        case .state(_, let parts): "state " + Self.text(parts)
        case .ended(_, let end): "ended " + Self.text(end)
        case .left: "left"
        case .refreshDue(_, let patience): "refreshDue \(patience)"
        case .watcherAnswered: "watcherAnswered"
        case .fetched(_, let parts, let device): "fetched \(device) " + (parts.map(Self.text) ?? "nothing")
        case .fetchRefused: "fetchRefused"
        case .watching(_, _, let note, let nick): "watching \(note ?? "-") \(nick ?? "-")"
        case .unlisted(let key): "unlisted \(key.watcher)"
        case .awaiting(let key, let nick): "awaiting \(key.watcher) \(nick ?? "-")"
        case .fetching: "fetching"
        case .stopped(_, _, let asked): asked ? "stopped as asked" : "stopped"
        case .approved: "approved"
        case .preapproved: "preapproved"
        case .refused: "refused"
        case .said: "said"
        case .silent: "silent"
        case .askFailed(_, let reason, _): "askFailed \(reason)"
        case .linkUp: "linkUp"
        case .linkDown: "linkDown"
        case .repair: "repair"
        case .dropped: "dropped"
        case .stopping: "stopping"
        case .advanced: "advanced"
        }
    }

    private static func text(_ parts: [PresencePart]) -> String {
        parts.map { ($0.name.isEmpty ? "*" : $0.name) + ($0.isOpen ? "+" : "-") }.joined(separator: " ")
    }

    private static func text(_ end: WatchEnd) -> String {
        switch end {
        case .refused(let report): "refused \(report.protocolCode) \(report.text)"
        case .again: "again"
        case .later(let seconds): "later \(seconds.map { String($0) } ?? "-")"
        case .final: "final"
        case .failed(let failure): "failed \(failure.report.protocolCode)"
        }
    }
}
