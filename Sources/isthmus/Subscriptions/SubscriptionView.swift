import BridgeCore
import GatewayDaemon
import Interworking
import Ledger
import SIMPLELegs

/// A subscription as an object of JSON output.
struct SubscriptionView: Encodable {
    /// A device of the presentity, as the watcher was last shown it.
    struct Device: Encodable {
        let name: String
        let open: Bool
        let seen: String
        let language: String?
        let content: String
    }

    /// A dialog that the subscription rests on.
    struct Dialog: Encodable {
        let id: Int64
        let madeBy: String
        var state: String?
        var event: String?
        var expires: String?
        var callID: String?
        var localTag: String?
        var remoteTag: String?
        var localSequence: UInt32?
        var remoteSequence: UInt32?
        var remoteTarget: String?
    }

    let watcher: String
    let presentity: String
    let direction: String
    let state: String
    let changed: String
    let request: String?
    let openDevices: Int
    let devices: [Device]
    let expires: String?
    let dialogs: [Dialog]

    init(_ stored: StoredSubscription) {
        let key = stored.key
        watcher = key.watcher
        presentity = key.presentity
        direction = "to-" + key.target.name
        state = stored.state
        changed = Timestamp.text(milliseconds: stored.row.changed)
        let record = WatchRecord(key: key, state: UInt8(clamping: stored.row.state), bytes: stored.row.parts)
        request = record?.request
        let parts = record?.parts ?? []
        openDevices = parts.count { $0.isOpen }
        devices = parts.map { Device($0, target: key.target) }
        dialogs = stored.usages.map { Dialog($0) }
        expires = dialogs.compactMap(\.expires).max()
    }
}

extension SubscriptionView.Device {
    init(_ part: PresencePart, target: Shore) {
        name = part.name
        open = part.isOpen
        seen = Timestamp.text(milliseconds: part.seen)
        // Of a contact of the CPIM shore what is shown is kept, of a user of the XMPP shore the stanza.
        let shown = target == .cpim ? ContactPresence(stored: part.content) : nil
        language = shown?.language
        content = String(decoding: shown?.payload ?? part.content, as: UTF8.self)
    }
}

extension SubscriptionView.Dialog {
    init(_ row: UsageRow) {
        id = row.id
        madeBy = row.kind == .subscriber ? "gateway" : "neighbor"
        guard let details = StoredUsage(row).details else { return }
        state = details.phase
        event = details.event
        expires = Timestamp.text(milliseconds: details.expires)
        callID = details.callID
        localTag = details.localTag
        remoteTag = details.remoteTag
        localSequence = details.localSequence
        remoteSequence = details.remoteSequence
        remoteTarget = details.remoteTarget
    }
}
