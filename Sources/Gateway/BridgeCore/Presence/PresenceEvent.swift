/// What can happen to watches; both legs speak in these words.
///
/// Source: RFC 3859 §3.4, RFC 8048 §4-7.
public enum PresenceEvent {
    // MARK: A watcher of the XMPP shore

    /// The watcher asks to see the presentity; `request` names the request for an error about it.
    case asked(WatchKey, request: String?)
    /// The watcher does not want to see the presentity any more.
    case unsubscribed(WatchKey, request: String?)
    /// The watcher, or its server for it, wants to know the present state once.
    case probed(WatchKey, by: String)
    /// The watcher came online for the presentity, or went.
    case watcherOnline(WatchKey, device: String, Bool)
    /// The presentity's side lets the watcher see.
    case admitted(WatchKey)
    /// The presentity's side has not decided.
    case undecided(WatchKey)
    /// The presentity's devices as they are now, all of them.
    case state(WatchKey, [PresencePart])
    /// The subscription on the presentity's side has ended or could not be made.
    case ended(WatchKey, WatchEnd)
    /// The subscription that the watcher gave up is gone.
    case left(WatchKey)
    /// The subscription is to be renewed, which can wait for so many milliseconds.
    case refreshDue(WatchKey, patience: Int64)
    /// The watcher's server has said whether the watcher exists.
    case watcherAnswered(WatchKey, WatcherAnswer)
    /// What was fetched once; nil when nothing could be.
    case fetched(WatchKey, [PresencePart]?, by: String)
    /// The presentity's side does not let the watcher see what was fetched.
    case fetchRefused(WatchKey)

    // MARK: A watcher of the CPIM shore

    /// A subscription of the watcher was made; the number is the leg's own.
    case watching(WatchKey, subscription: UInt64, note: String?, nick: String?)
    /// A presence server tells that the watcher waits there for a decision.
    case awaiting(WatchKey, nick: String?)
    /// A presence server that tells of all who wait does not tell of the watcher any more.
    case unlisted(WatchKey)
    /// The watcher wants to know the present state once.
    case fetching(WatchKey, subscription: UInt64)
    /// A subscription of the watcher is gone; `asked` when the watcher wanted that.
    case stopped(WatchKey, subscription: UInt64, asked: Bool)
    /// The presentity lets the watcher see.
    case approved(WatchKey)
    /// The presentity lets the watcher see whenever it asks; for routes that keep what nobody asked for.
    case preapproved(WatchKey)
    /// The presentity does not let the watcher see, or not any more.
    case refused(WatchKey)
    /// A device of the presentity said something.
    case said(WatchKey, PresencePart)
    /// The presentity as a whole is away.
    case silent(WatchKey, PresencePart)
    /// What was asked of the presentity came back as an error.
    case askFailed(WatchKey, reason: String, retryAfter: Int?)

    // MARK: Both

    /// An operator wants the presentity's side to be asked again.
    case repair(WatchKey)
    /// An operator ends the watch.
    case dropped(WatchKey)

    /// A link to the XMPP shore is up again: what it had said may have changed meanwhile; with a peer, this holds for
    /// users of that domain alone.
    case linkUp(domain: String, peer: String? = nil)
    /// A link to the XMPP shore is down: what it had said may not hold any more; with a peer, this holds for users of
    /// that domain alone.
    case linkDown(domain: String, peer: String? = nil)
    /// The gateway stops: what it shows holds no more.
    case stopping
    /// Time has passed.
    case advanced
}

/// How a subscription on the presentity's side ended.
public enum WatchEnd: Sendable, Equatable {
    /// The presentity does not let the watcher see: its authorization is gone.
    case refused(OutcomeReport)
    /// It is to be made anew at once.
    case again
    /// It is to be made anew after so many seconds; nil when the other side did not say.
    case later(seconds: UInt32?)
    /// It stays as it is, without a subscription: the state cannot change.
    case final
    /// It could not be made, and the watcher is to be told why.
    case failed(Failure)
}
