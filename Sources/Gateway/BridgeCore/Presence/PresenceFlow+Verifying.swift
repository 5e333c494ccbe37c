import HeapModule

/// What the server of a watcher says when it is asked whether the watcher still exists.
public enum WatcherAnswer: Sendable, Equatable {
    /// There is no such user, or not any more.
    case gone
    /// The presentity may not see the watcher, which a server says of users who do not exist too.
    case unauthorized
    /// Something that tells nothing of the watcher.
    case other
}

/// Whether a watcher of the XMPP shore still exists, before its subscription is renewed.
///
/// A subscription costs the presence server of the other shore one request after another, while its watcher paid with
/// one stanza, long ago. So before each refresh the watcher's server is asked, by a probe in the name of the presentity,
/// and bears as much as the presence server does. Who was online since the last refresh is not asked: its presence, or
/// the probe that its server sends when it comes online, proves that it exists.
///
/// Only an answer that says so ends the subscription: an error that names nobody, and `unsubscribed` from a watcher that
/// the presentity could see until now. A server says `unsubscribed` to everybody whom its user has not authorized, so
/// that it tells nothing in other cases. A presentity that waits for the watcher's approval is not used to ask, for the
/// answer would look like a refusal.
///
/// Probes keep to the pace of all probes. What gets no turn, or no answer, in time is refreshed as usual.
///
/// Source: RFC 8048 §8.1, §5.2.2, RFC 6121 §4.3.2.
extension PresenceFlow {
    mutating func refreshDue(_ key: WatchKey, _ patience: Int64, _ now: Int64, _ effects: inout [PresenceEffect]) {
        guard let watch = outward[key], watch.state != .leaving, !watch.isSeen,
            inward[key.reversed]?.state.isUndecided != true, patience >= limits.verifyPatience
        else { return refresh(key, &effects) }
        verify(key, by: now + min(patience, limits.verifyWait))
        verifyQueue.append(key)
        verifyNext(now, &effects)
    }

    private mutating func verify(_ key: WatchKey, by due: Int64) {
        outward[key]?.verifyBy = due
        timers.insert(Timer(due: due, kind: .verify, key: key))
    }

    /// Asks about those whose turn it is.
    mutating func verifyNext(_ now: Int64, _ effects: inout [PresenceEffect]) {
        while let key = verifyQueue.first {
            guard let due = outward[key]?.verifyBy else {
                verifyQueue.removeFirst()
                continue
            }
            guard probePace.take(now: now) else { return }
            verifyQueue.removeFirst()
            effects.append(.verify(key))
            if now + limits.verifyPatience < due { verify(key, by: now + limits.verifyPatience) }
        }
    }

    /// Nothing was heard in time.
    mutating func assumeExistence(_ key: WatchKey, _ now: Int64, _ effects: inout [PresenceEffect]) {
        if let due = outward[key]?.verifyBy, due <= now { refresh(key, &effects) }
    }

    /// The watcher was heard of.
    mutating func saw(_ key: WatchKey, _ effects: inout [PresenceEffect]) {
        guard let place = outward.index(forKey: key) else { return }
        outward.values[place].isSeen = true
        if outward.values[place].verifyBy != nil { refresh(key, &effects) }
    }

    mutating func watcherAnswered(
        _ key: WatchKey,
        _ answer: WatcherAnswer,
        _ now: Int64,
        _ effects: inout [PresenceEffect]
    ) {
        guard outward[key]?.verifyBy != nil else { return }
        switch answer {
        case .other: refresh(key, &effects)
        case .unauthorized where inward[key.reversed]?.state != .approved: refresh(key, &effects)
        case .gone, .unauthorized: unsubscribed(key, nil, now, &effects)
        }
    }

    private mutating func refresh(_ key: WatchKey, _ effects: inout [PresenceEffect]) {
        outward[key]?.verifyBy = nil
        outward[key]?.isSeen = false
        effects.append(.subscribe(key))
    }
}
