/// Who watches a resource, or some of what changed about that: a document of type `application/watcherinfo+xml`.
///
/// Source: RFC 3858 §3.
public struct WatcherInformation: Sendable, Equatable {
    /// The watchers of one resource.
    public struct List: Sendable, Equatable {
        /// The URI of who is watched.
        public var resource: String
        /// The event package that they subscribe to.
        public var package: String
        /// The watchers, in the order of the document.
        public var watchers: [Watcher]
    }

    /// One subscription of a watcher.
    public struct Watcher: Sendable, Equatable {
        /// Where the subscription stands.
        ///
        /// Source: RFC 3857 §4.7.1.
        public enum Status: String, Sendable, CaseIterable {
            /// It waits for a decision.
            case pending
            /// The watcher is told the state.
            case active
            /// It ended before a decision, which is wanted all the same.
            case waiting
            /// It is over.
            case terminated
        }

        /// Its name among the subscriptions of one watcherinfo subscription.
        public var id: String
        /// Where it stands.
        public var status: Status
        /// What brought it there, such as `subscribe`; words that are not defined are kept.
        public var event: String
        /// The URI of the watcher.
        public var uri: String
        /// The name of the watcher; nil for none.
        public var displayName: String?
    }

    /// The number of the document in its subscription, from 0.
    public var version: UInt32
    /// Whether it tells all; otherwise only what changed.
    public var isFull: Bool
    /// The lists, in the order of the document.
    public var lists: [List]
}
