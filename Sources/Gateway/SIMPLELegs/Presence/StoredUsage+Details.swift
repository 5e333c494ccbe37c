import BridgeCore
import SIPMessages
import SIPTransactions

extension StoredUsage {
    /// What the state of a subscription says, for people.
    public struct Details: Sendable, Equatable {
        /// Whether the watcher may see: `active` or `pending`; `terminated` when it has only to be told of the end.
        public var phase: String
        /// The value of Event.
        public var event: String
        /// When it ends unless it is renewed, in Unix milliseconds.
        public var expires: Int64
        /// The Call-ID of the dialog.
        public var callID: String
        /// The gateway's tag.
        public var localTag: String
        /// The neighbor's tag.
        public var remoteTag: String
        /// The number of the last request that the gateway is known to have sent.
        public var localSequence: UInt32
        /// The number of the last request of the neighbor; nil for none.
        public var remoteSequence: UInt32?
        /// Where the neighbor is reached.
        public var remoteTarget: String
    }

    /// What the state says; nil for a publication, or when no version wrote it.
    public var details: Details? {
        // With a clock that begins in 1970, moments are dates.
        switch kind {
        case .subscriber:
            guard let machine = SubscriberState(stored: state, now: 0, date: 0, refresh: .max),
                let dialog = machine.dialog
            else { return nil }
            let phase = machine.phase == .active ? "active" : "pending"
            return Details(phase, machine.event, machine.expiry ?? 0, dialog)
        case .notifier:
            guard let (stored, names) = Self.split(state), let dialog = SIPDialog(stored: names),
                let machine = NotifierState(stored: stored, again: 0, now: 0, date: 0)
            else { return nil }
            let phase = machine.isActive ? "active" : machine.isPending ? "pending" : "terminated"
            return Details(phase, machine.event, machine.expiry, dialog)
        case .publisher, .compositor: return nil
        }
    }
}

extension StoredUsage.Details {
    fileprivate init(_ phase: String, _ event: SIPEvent, _ expiry: UInt64, _ dialog: SIPDialog) {
        self.phase = phase
        self.event = event.description
        expires = Int64(clamping: expiry / 1_000_000)
        var copy = dialog
        let next = copy.nextRequest(.subscribe)
        callID = next.callID
        localTag = next.localTag
        remoteTag = next.remoteTag
        localSequence = dialog.localSequence
        remoteSequence = dialog.remoteSequence
        remoteTarget = next.uri
    }
}
