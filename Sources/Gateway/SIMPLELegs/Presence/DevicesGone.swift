import BridgeCore

/// The devices that the last document of one subscription has as closed.
///
/// A device that went stands in the next document of each subscription and in no other: not in one that a refresh asks
/// for, nor in the first one of somebody who never saw it open. When none is there any more one stays, as the only one.
///
/// Source: RFC 3922 §6.3.1, RFC 8048 §6.2.
struct DevicesGone {
    /// Their names; nil before the first document, which has none of them.
    private var told: Set<String>?
    /// The same of the document before.
    private var before: Set<String>?

    /// A subscription that has had no document.
    init() {}

    /// A subscription of an earlier process: nobody knows whether its last document got through.
    static var unknown: DevicesGone {
        var devices = DevicesGone()
        devices.told = []
        return devices
    }

    /// Takes what is known of all devices for the next document.
    ///
    /// - Returns: the devices that it tells of.
    mutating func take(_ parts: [PresencePart]) -> [PresencePart] {
        let shown = parts.filter { $0.isOpen || told?.contains($0.name) == false }
        before = told
        told = Set(parts.lazy.filter { !$0.isOpen }.map(\.name))
        return shown.isEmpty ? parts.suffix(1) : shown
    }

    /// The watcher has not taken the last document.
    mutating func takeBack() { told = before }
}
