/// What users tell of themselves beside their presence, and who wants to know it.
///
/// A value: what happens goes in with the time, effects come out in order. Whether a watcher may see a presentity is
/// the caller's to know. Nothing is stored: after a restart the presentities' sides tell it with
/// the next thing that they tell.
///
/// Source: XEP-0163 §4, RFC 4480 §3.
public struct PersonalFlow: ~Copyable {
    /// The bounds in force.
    public let limits: PersonalLimits

    /// Watchers of the XMPP shore.
    private var told: [WatchKey: ToldWatcher] = [:]
    /// What presentities of the XMPP shore let watchers of the CPIM shore know.
    private var kept: [WatchKey: [PersonalItem]] = [:]
    /// Bytes of all that is kept.
    public private(set) var bytes = 0
    /// When what is held for the pace is told.
    private(set) var timers = WatchTimes()

    /// Makes a flow in which nobody tells anything.
    ///
    /// - Parameter limits: the bounds in force.
    public init(limits: PersonalLimits = PersonalLimits()) { self.limits = limits }

    /// What a presentity tells, as the watcher may know it.
    ///
    /// - Parameter key: the watch, of either direction.
    /// - Returns: an item for each node, none of them a stop.
    public func items(of key: WatchKey) -> [PersonalItem] {
        key.target == .cpim ? told[key]?.held ?? told[key]?.items ?? [] : kept[key] ?? []
    }

    /// How many watches there are of which anything is kept, in each direction.
    public var count: (outward: Int, inward: Int) { (told.count, kept.count) }

    // MARK: A presentity of the CPIM shore

    /// All that a presentity of the CPIM shore tells at the moment.
    ///
    /// - Parameters:
    ///   - key: the watch; its watcher may see the presentity.
    ///   - items: an item for each node.
    ///   - now: the time, in Unix milliseconds.
    /// - Returns: what has to be done, at once or when the pace allows it.
    public mutating func state(_ key: WatchKey, _ items: [PersonalItem], now: Int64) -> [PersonalEffect] {
        guard told[key] != nil || !items.isEmpty else { return [] }
        var watcher = told[key] ?? ToldWatcher()
        var effects: [PersonalEffect] = []
        var state = items.filter { !$0.isStop && $0.payload.count <= limits.itemBytes }
        if state.count > limits.items { state.removeLast(state.count - limits.items) }
        let size = state.reduce(0) { $0 + $1.payload.count }
        if bytes + size > limits.bytes { state = [] }
        if state.count != items.count { effects.append(.overflow(key)) }
        let before = watcher.bytes
        if watcher.held == nil, !watcher.isNews(state) {
            return effects
        } else if watcher.held != nil || now - watcher.toldAt < limits.pace {
            if watcher.held == nil { timers.set(key, to: watcher.toldAt + limits.pace) }
            watcher.held = state
        } else {
            effects += Self.tell(watcher.differences(state), &watcher, key, now)
        }
        put(watcher, key, before: before)
        return effects
    }

    /// A device of a watcher of the XMPP shore is there, and says what it wants to be told.
    ///
    /// - Parameters:
    ///   - device: the resource.
    ///   - key: the watch; its watcher may see the presentity.
    ///   - nodes: what it wants to be told; it is told no more of others.
    /// - Returns: what it has to be told to know the state; nothing for what it was told before.
    public mutating func online(_ device: String, _ key: WatchKey, wants nodes: Set<String>) -> [PersonalEffect] {
        guard told[key] != nil || !nodes.isEmpty, bytes + device.utf8.count <= limits.bytes else { return [] }
        var watcher = told[key] ?? ToldWatcher()
        let before = watcher.bytes
        let news = watcher.wants(device, nodes, limits: limits)
        put(watcher, key, before: before)
        return news.map { .publish(key, $0, to: [device]) }
    }

    /// A device of a watcher of the XMPP shore is gone.
    ///
    /// - Parameters:
    ///   - device: the resource; empty for all devices.
    ///   - key: the watch.
    public mutating func offline(_ device: String, _ key: WatchKey) {
        guard var watcher = told[key] else { return }
        let before = watcher.bytes
        watcher.lose(device)
        put(watcher, key, before: before)
    }

    /// When time alone will have something to do, in Unix milliseconds; nil for never.
    public var deadline: Int64? { timers.earliest }

    /// Time has passed: what was held for the pace is told.
    ///
    /// - Parameter now: the time, in Unix milliseconds.
    /// - Returns: what has to be done.
    public mutating func advance(now: Int64) -> [PersonalEffect] {
        var effects: [PersonalEffect] = []
        while let first = timers.first(), first.time <= now {
            timers.set(first.key, to: nil)
            guard var watcher = told[first.key], let state = watcher.held else { continue }
            let before = watcher.bytes
            watcher.held = nil
            effects += Self.tell(watcher.differences(state), &watcher, first.key, now)
            put(watcher, first.key, before: before)
        }
        return effects
    }

    private static func tell(
        _ news: [PersonalItem],
        _ watcher: inout ToldWatcher,
        _ key: WatchKey,
        _ now: Int64
    ) -> [PersonalEffect] {
        if !news.isEmpty { watcher.toldAt = now }
        return news.compactMap { item in
            let devices = watcher.devices(wanting: item.node)
            return devices.isEmpty ? nil : .publish(key, item, to: devices)
        }
    }

    private mutating func put(_ watcher: ToldWatcher, _ key: WatchKey, before: Int) {
        bytes += watcher.bytes - before
        told[key] = watcher.isNeeded ? watcher : nil
    }

    // MARK: A presentity of the XMPP shore

    /// A presentity of the XMPP shore tells something, or that it tells it no more.
    ///
    /// - Parameters:
    ///   - item: what it tells.
    ///   - key: the watch; its watcher may see the presentity.
    /// - Returns: what has to be done; nothing when it was told before.
    public mutating func received(_ item: PersonalItem, of key: WatchKey) -> [PersonalEffect] {
        var items = kept[key] ?? []
        let index = items.firstIndex { $0.node == item.node }
        let before = index.map { items[$0].payload.count } ?? 0
        if item.isStop {
            guard let index else { return [] }
            items.remove(at: index)
        } else {
            if let index, items[index] == item { return [] }
            guard !items.isEmpty || kept.count < limits.watches,
                item.payload.count <= limits.itemBytes, index != nil || items.count < limits.items,
                bytes - before + item.payload.count <= limits.bytes
            else { return [.overflow(key)] }
            if let index { items[index] = item } else { items.append(item) }
        }
        bytes += item.payload.count - before
        kept[key] = items.isEmpty ? nil : items
        return [.changed(key)]
    }

    // MARK: Both

    /// A watch is over: its watcher knows nothing more of the presentity.
    ///
    /// - Parameter key: the watch, of either direction.
    /// - Returns: what has to be done.
    public mutating func ended(_ key: WatchKey) -> [PersonalEffect] {
        if let items = kept.removeValue(forKey: key) { bytes -= items.reduce(0) { $0 + $1.payload.count } }
        timers.set(key, to: nil)
        guard var watcher = told.removeValue(forKey: key) else { return [] }
        bytes -= watcher.bytes
        return Self.tell(watcher.differences([]), &watcher, key, 0)
    }
}
