import Addressing
import BridgeCore
import Interworking
import Ledger
import SIPMessages
import XMLStreams

@testable import GatewayDaemon
@testable import SIMPLELegs
@testable import SIPTransactions
@testable import VectorSupport

/// The rows of a store that say what the `Context` lines of a vector say.
struct SeededWatch {
    /// A SIP dialog as a `dialog` line names it.
    struct Dialog {
        var callID = "dialog@gw.example.org"
        var localTag = "local"
        var remoteTag = "remote"
        /// Where the other side is reached; nil for its address of record.
        var remoteTarget: String?
        var localSequence: UInt32 = 1
    }

    let key: WatchKey
    let isApproved: Bool
    let parts: [PresencePart]
    /// The dialog that the watch rests on; nil for none.
    let dialog: Dialog?

    private static let seconds: UInt32 = 3_600

    /// The rows.
    ///
    /// - Parameter now: the time of the start.
    func rows(now: Moment) throws -> [LedgerOperation] {
        let isOutward = key.target == .cpim
        let record = WatchRecord(
            key: key,
            state: isOutward ? (isApproved ? 1 : 0) : (isApproved ? 2 : 1),
            request: nil,
            parts: parts
        )
        var rows: [LedgerOperation] = [
            .watch(
                WatchRow(
                    watcher: key.watcher,
                    presentity: key.presentity,
                    target: isOutward ? .cpim : .xmpp,
                    state: Int64(record.state),
                    changed: now.wall,
                    parts: record.bytes
                )
            )
        ]
        guard let dialog, let state = try isOutward ? subscriber(dialog, now) : notifier(dialog, now) else {
            return rows
        }
        rows.append(
            .usage(
                UsageRow(
                    id: 1,
                    kind: isOutward ? .subscriber : .notifier,
                    watcher: key.watcher,
                    presentity: key.presentity,
                    expires: now.wall + Int64(Self.seconds) * 1_000,
                    state: state
                )
            )
        )
        return rows
    }

    /// A subscription of the gateway's, with the dialog that the first NOTIFY made.
    private func subscriber(_ dialog: Dialog, _ now: Moment) throws -> [UInt8]? {
        let notify = try request(.notify, dialog)
        let expiry = Clock.after(now.monotonic, seconds: Self.seconds)
        var machine = SubscriberState(
            event: .presence,
            state: .established(
                .init(isApproved ? .active : .pending, expiry: expiry, isTold: true, now.monotonic)
            ),
            wanted: Self.seconds,
            wasActive: isApproved,
            patience: 32 * Clock.second
        )
        machine.dialog = try SIPDialog(notify: notify, localSequence: dialog.localSequence)
        return machine.stored(now: now.monotonic, date: UInt64(now.wall / 1_000))
    }

    /// A subscription of the neighbor's, with the dialog that its SUBSCRIBE made.
    private func notifier(_ dialog: Dialog, _ now: Moment) throws -> [UInt8]? {
        var made = try SIPDialog(accepting: try request(.subscribe, dialog), localTag: dialog.localTag)
        // A restart passes over numbers that may have been used; what is stored leads back to that of the vector.
        made.localSequence = dialog.localSequence &- 2 * SIMPLELeg.sequenceStep
        let machine = NotifierState(
            event: .presence,
            state: isApproved ? .active : .pending,
            expiry: Clock.after(now.monotonic, seconds: Self.seconds),
            limits: EventLimits()
        )
        return machine.stored(now: now.monotonic, date: UInt64(now.wall / 1_000)).map {
            StoredUsage.join($0, made.stored)
        }
    }

    /// A request of the neighbor's, out of which the dialog is made.
    private func request(_ method: SIPMethod, _ dialog: Dialog) throws -> SIPRequest {
        let (local, remote) = (localURI, remoteURI)
        let toTag = method == .notify ? ";tag=\(dialog.localTag)" : ""
        let lines = [
            "\(method) \(local) SIP/2.0", "Via: SIP/2.0/TCP 127.0.0.1:5070;branch=z9hG4bKseed",
            "From: <\(remote)>;tag=\(dialog.remoteTag)", "To: <\(local)>\(toTag)", "Call-ID: \(dialog.callID)",
            "CSeq: 1 \(method)", "Contact: <\(dialog.remoteTarget ?? remote)>", "Content-Length: 0", "", "",
        ]
        guard case .request(let request) = try SIPReader.read(datagram: Array(lines.joined(separator: "\r\n").utf8))
        else { throw VectorFault("the request of a dialog is none") }
        return request
    }

    private var localURI: String { "sip:" + (key.target == .cpim ? key.watcher : key.presentity) }
    var remoteURI: String { "sip:" + (key.target == .cpim ? key.presentity : key.watcher) }

    /// A NOTIFY in the dialog that brings a document.
    func notify(_ document: [UInt8], sequence: Int) -> [UInt8] {
        let dialog = dialog ?? Dialog()
        let lines = [
            "NOTIFY \(localURI) SIP/2.0", "Via: SIP/2.0/TCP 127.0.0.1:5070;branch=z9hG4bKnotify\(sequence)",
            "Max-Forwards: 70", "From: <\(remoteURI)>;tag=\(dialog.remoteTag)",
            "To: <\(localURI)>;tag=\(dialog.localTag)", "Call-ID: \(dialog.callID)", "CSeq: \(sequence) NOTIFY",
            "Contact: <\(remoteURI)>", "Event: presence", "Subscription-State: active;expires=600",
            "Content-Type: application/pidf+xml", "Content-Length: \(document.count)", "", "",
        ]
        return Array(lines.joined(separator: "\r\n").utf8) + document
    }
}

/// A vector that cannot be run.
struct VectorFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
