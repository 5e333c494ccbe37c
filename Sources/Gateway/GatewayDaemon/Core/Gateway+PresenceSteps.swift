import BridgeCore
import Interworking
import Logging
import MappingTables
import XMPPLegs

/// Steps of subscriptions, which go the way of a message, and what is shown behind them.
extension Gateway {
    /// A step goes the way of a message: stored, sent in order, and again until the neighbor has it.
    func tell(_ key: WatchKey, _ step: PresenceStep) {
        guard let departure = xmpp?.departure(of: named(step, key), key) else {
            logger.warning("a step of a subscription has no way", metadata: ["reason": "no component"])
            return
        }
        let offer = Offer(
            kind: .step,
            target: .xmpp,
            sender: key.target == .cpim ? key.presentity : key.watcher,
            recipient: departure.recipient,
            hop: departure.hop,
            lane: departure.lane,
            cargo: Cargo(
                source: [],
                wire: departure.wire,
                identity: departure.identity,
                facts: OriginText.encode([("kind", "step"), ("lane", departure.lane)])
            ),
            generation: generation.identifier
        )
        hasSteps = true
        stepping = (key, step, departure)
        defer { stepping = nil }
        take(offer)
        if step == .approved, key.target == .cpim, presence.isApproved(key.reversed) { xmpp?.learnInterests(of: key) }
    }

    /// Steps that may wait for room in the bridge.
    static let largestStepsAgain = 100_000

    /// The bridge had no room for a step: it is offered again a little later, for its watch says that it was told.
    func keepStep() {
        guard let stepping else { return }
        guard stepsAgain.count < Self.largestStepsAgain else {
            logger.error("a step of a subscription is lost: too many wait", metadata: ["error.code": "queue-full"])
            return
        }
        stepsAgain.append((stepping.key, stepping.step))
        stepsAgainAt = now.wall + 1_000
    }

    /// Offers steps once more that there was no room for.
    func offerStepsAgain(_ now: Int64) {
        guard !stepsAgain.isEmpty, stepsAgainAt <= now else { return }
        let steps = stepsAgain
        stepsAgain.removeAll()
        for (key, step) in steps { tell(key, step) }
    }

    /// What is shown follows the step that allows it, and that is stored first.
    func inOrder(_ show: PresenceShow) {
        if hasSteps || stepsOpen > 0 { shownLater.append(show) } else { self.show(show) }
    }

    private func show(_ show: PresenceShow) {
        switch show.what {
        case .parts(let parts, let device): xmpp?.show(parts, of: show.key, to: device)
        case .item(let item, let devices): xmpp?.publish(item, of: show.key, to: devices)
        }
    }

    /// A commit with steps came to its end.
    func stepsEnded() {
        stepsOpen -= 1
        guard stepsOpen == 0, !hasSteps else { return }
        let shows = shownLater
        shownLater.removeAll(keepingCapacity: true)
        for show in shows { self.show(show) }
    }
}

/// What a watcher of the XMPP shore is to see.
struct PresenceShow {
    enum What {
        /// Devices, for all devices of the watcher or one.
        case parts([PresencePart], to: String?)
        /// What the presentity tells of itself, for some devices of the watcher.
        case item(PersonalItem, to: [String])
    }

    let key: WatchKey
    let what: What
}

extension PresenceStep {
    /// What the record calls it.
    var name: String {
        switch self {
        case .ask: "subscribe"
        case .approved, .again: "subscribed"
        case .refused: "unsubscribed"
        case .failed: "subscription-failed"
        case .unknown: "subscription-unknown"
        case .departed: "watcher-departed"
        case .withdrawn: "unsubscribe"
        }
    }
}
