/// What a watcher of the XMPP shore is told of one presentity of the CPIM shore, beside its presence.
struct ToldWatcher {
    /// What holds, as the devices that want it were told.
    private(set) var items: [PersonalItem] = []
    /// What waits for the pace.
    var held: [PersonalItem]?
    /// When something was told, in Unix milliseconds.
    var toldAt = Int64.min / 2
    /// The devices that are there and want to be told, each with the nodes that it wants.
    private(set) var devices: [String: Set<String>] = [:]

    /// Whether there is anything to keep.
    var isNeeded: Bool { !items.isEmpty || held?.isEmpty == false || !devices.isEmpty }

    /// Bytes of the items and of the devices' names.
    var bytes: Int {
        items.reduce(0) { $0 + $1.payload.count } + (held ?? []).reduce(0) { $0 + $1.payload.count }
            + devices.keys.reduce(0) { $0 + $1.utf8.count }
    }

    /// Whether a state is another than the one that was told.
    func isNews(_ state: [PersonalItem]) -> Bool {
        state.count != items.count || state.contains { !items.contains($0) }
    }

    /// Takes the state of now.
    ///
    /// - Returns: what is to be told: what is another, and a stop for what is gone.
    ///
    /// Source: XEP-0107 §2.2, XEP-0108 §2.2, XEP-0080 §4.1.
    mutating func differences(_ state: [PersonalItem]) -> [PersonalItem] {
        var news = state.filter { !items.contains($0) }
        for item in items where !state.contains(where: { $0.node == item.node }) {
            news.append(PersonalItem(node: item.node, payload: []))
        }
        items = state
        return news
    }

    /// A device says what it wants to be told.
    ///
    /// - Returns: what it has to be told to know the state.
    ///
    /// Source: XEP-0163 §4.3.4.
    mutating func wants(_ device: String, _ nodes: Set<String>, limits: PersonalLimits) -> [PersonalItem] {
        guard !nodes.isEmpty else {
            devices[device] = nil
            return []
        }
        let before = devices[device]
        guard before != nil || devices.count < limits.devices else { return [] }
        devices[device] = nodes
        return items.filter { nodes.contains($0.node) && before?.contains($0.node) != true }
    }

    /// A device is gone; an empty name stands for all.
    mutating func lose(_ device: String) {
        if device.isEmpty { devices = [:] } else { devices[device] = nil }
    }

    /// The devices that want to be told of a node.
    func devices(wanting node: String) -> [String] {
        devices.filter { $0.value.contains(node) }.keys.sorted()
    }
}
