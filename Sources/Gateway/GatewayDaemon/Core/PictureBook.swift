import BridgeCore
import Interworking

/// The pictures that were fetched lately, and who waits for those that are being fetched.
///
/// A picture is fetched once for all watchers, and again when it is wanted after a while, since its address does not say
/// when it changes.
struct PictureBook {
    /// Bounds; times in milliseconds.
    struct Limits {
        /// Addresses of which something is known, each with a picture of 64 KiB at most.
        var addresses = 256
        /// Watches that wait for one picture.
        var waiting = 1_000
        /// How long an address is not asked again.
        var pause: Int64 = 3_600_000
    }

    private struct Entry {
        var picture: ContactPicture?
        var asked: Int64
        var isOpen = true
        var waiting: [WatchKey] = []
    }

    private let limits: Limits
    private var entries: Recent<String, Entry>

    init(limits: Limits = Limits()) {
        self.limits = limits
        entries = Recent(capacity: limits.addresses)
    }

    /// The picture at an address, when it is held.
    subscript(address: String) -> ContactPicture? { entries[address]?.picture }

    /// Somebody may see the picture at an address; while it is being fetched, the watch waits for it.
    ///
    /// - Returns: the picture, when it is held, and whether to fetch it.
    mutating func want(
        _ address: String,
        for key: WatchKey,
        now: Int64
    ) -> (picture: ContactPicture?, isToBeFetched: Bool) {
        var entry = entries[address] ?? Entry(asked: now, isOpen: false)
        let isFirst = entries[address] == nil
        let isToBeFetched = !entry.isOpen && (isFirst || now - entry.asked >= limits.pause)
        if isToBeFetched {
            entry.isOpen = true
            entry.asked = now
        }
        if entry.isOpen, entry.waiting.count < limits.waiting, !entry.waiting.contains(key) {
            entry.waiting.append(key)
        }
        if entry.isOpen { entries[address] = entry }
        return (entry.picture, isToBeFetched)
    }

    /// An address was asked: with a picture as answer, or that there is none, or none at all.
    ///
    /// - Returns: the watches that waited.
    mutating func fetched(_ address: String, _ picture: ContactPicture?, isGone: Bool) -> [WatchKey] {
        guard var entry = entries[address] else { return [] }
        let waiting = entry.waiting
        // A web server that does not answer for a while takes nothing back.
        if picture != nil || isGone { entry.picture = picture }
        entry.isOpen = false
        entry.waiting = []
        entries[address] = entry
        return waiting
    }
}
