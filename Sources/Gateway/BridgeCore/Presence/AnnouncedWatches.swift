/// Watchers of whom presence servers told, open and refused; who was told of longest ago comes first.
///
/// Servers choose how many there are, so that they have places of their own beside the requests of watchers.
///
/// Source: RFC 3857 §4.7.1.
struct AnnouncedWatches {
    private var told = WatchTimes()
    private var byPresentity: [String: [WatchKey]] = [:]

    /// How many there are.
    var count: Int { told.count }

    /// No server told earlier than this of one; nil when there are none.
    var earliest: Int64? { told.earliest }

    /// Those of one presentity.
    func keys(of presentity: String) -> [WatchKey] { byPresentity[presentity] ?? [] }

    /// Whether a server told of the watcher.
    func contains(_ key: WatchKey) -> Bool { told[key] != nil }

    /// A server tells of a watcher, for the first time or once more.
    mutating func tell(_ key: WatchKey, _ now: Int64) {
        unlist(key)
        byPresentity[key.presentity, default: []].append(key)
        told.set(key, to: now)
    }

    /// The watcher is none of them any more.
    mutating func remove(_ key: WatchKey) {
        guard contains(key) else { return }
        unlist(key)
        told.set(key, to: nil)
    }

    /// The one of all that a server told of longest ago.
    mutating func oldest() -> (key: WatchKey, time: Int64)? { told.first() }

    /// The same of one presentity.
    func oldest(of presentity: String) -> (key: WatchKey, time: Int64)? {
        guard let key = byPresentity[presentity]?.first, let time = told[key] else { return nil }
        return (key, time)
    }

    private mutating func unlist(_ key: WatchKey) {
        byPresentity[key.presentity]?.removeAll { $0 == key }
        if byPresentity[key.presentity]?.isEmpty == true { byPresentity[key.presentity] = nil }
    }
}
