extension PresenceFlow {
    /// Since when no device of a presentity of the CPIM shore can be reached, as the watcher was shown it.
    ///
    /// - Parameter key: the watch.
    /// - Returns: the time in Unix milliseconds; nil while a device can be reached, and when nothing was said of any.
    ///
    /// Source: XEP-0012 §3.
    public func closedSince(_ key: WatchKey) -> Int64? {
        let shown = shown(to: key)
        guard !shown.contains(where: \.isOpen) else { return nil }
        return shown.map(\.seen).max()
    }

    /// Whether a watcher of the XMPP shore has asked to see a presentity, and was not refused.
    ///
    /// - Parameter key: the watch.
    /// - Returns: whether there is such a watch, decided or not.
    public func isWatched(_ key: WatchKey) -> Bool { outward[key] != nil }
}
