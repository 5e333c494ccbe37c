/// What the flow of presence asks for; carried out in order by the caller.
public enum PresenceEffect: Equatable {
    // MARK: At the shore of a presentity

    /// Make a subscription, or take up the one that was.
    case subscribe(WatchKey)
    /// Renew the subscription before it is due, or make another one.
    case renew(WatchKey)
    /// End the subscription, as the watcher wants.
    case leave(WatchKey)
    /// Ask the server of a watcher of the XMPP shore whether the watcher exists, before the subscription is renewed.
    case verify(WatchKey)
    /// Let the subscription run out, since nobody looks.
    case rest(WatchKey)
    /// Ask for the present state once.
    case fetch(WatchKey, by: String)
    /// Ask a presentity of the XMPP shore for its present state.
    case probe(WatchKey)

    // MARK: At the shore of a watcher

    /// A step that must not be lost.
    case tell(WatchKey, PresenceStep)
    /// Show these devices to the watcher, or to one device of it.
    case show(WatchKey, [PresencePart], to: String?)
    /// The watcher may see, may not yet, or no longer; for all its subscriptions or one.
    case access(WatchKey, WatchAccess, subscription: UInt64?)
    /// What the presentity says has changed; ``PresenceFlow/parts(of:)`` has it.
    case changed(WatchKey)
    /// The answer to a fetch: the present state, or nothing about it.
    case answerFetch(WatchKey, subscription: UInt64, isNeutral: Bool)

    /// What the presentity says is not kept, since there is no room for so many words.
    case overflow(WatchKey)

    /// A presence server told of a watcher about whom the presentity is asked.
    case announced(WatchKey)

    // MARK: In the store

    /// Keep the watch as it is now; ``PresenceFlow/record(of:)`` has it.
    case store(WatchKey)
    /// Forget the watch.
    case forget(WatchKey)
}

/// A step of a subscription that its addressee must learn.
///
/// Source: RFC 6121 §3, RFC 8048 §5.
public enum PresenceStep: Equatable, Sendable {
    /// To the presentity: the watcher asks to see it, in these words and under this name.
    case ask(note: String?, nick: String?)
    /// To the watcher: it may see.
    case approved
    /// To the watcher: it may not see, or not any more.
    case refused
    /// To the watcher: its request failed.
    case failed(request: String?, Failure)
    /// To the watcher: nobody of that name is watched.
    case unknown(request: String?)
    /// To the watcher: it has asked before.
    case again(request: String?)
    /// To the presentity: the watcher stopped looking; what it had said itself holds no more.
    case departed
    /// To the presentity: the watcher does not want to see it any more, and asks anew if it does again.
    case withdrawn
}

/// What a watcher of the CPIM shore may see.
public enum WatchAccess: Equatable, Sendable {
    /// Not decided.
    case pending
    /// The state of the presentity.
    case active
    /// Nothing, and why, in the words of RFC 6665 §4.1.3; after so many seconds it may ask again.
    case ended(reason: String, retryAfter: Int?)
}
