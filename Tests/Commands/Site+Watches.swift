import BridgeCore
import Foundation
import Ledger

/// Subscriptions in the store of a site.
extension Site {
    /// 2026-03-01T12:00:00Z.
    private static let noon: Int64 = 1_772_366_400_000

    /// Stores that Juliet sees Romeo and waits for Mercutio, and that Romeo sees Juliet.
    func storeWatches() throws {
        let directory = try owner()
        let writer = try LedgerWriter(path: directory.databasePath) { $0.run() }
        defer { writer.close() }
        let desk = PresencePart(
            name: "desk",
            isOpen: true,
            content: Array("it\0<show>away</show>".utf8),
            seen: Self.noon
        )
        let phone = PresencePart(name: "phone", isOpen: false, seen: Self.noon)
        let balcony = PresencePart(name: "balcony", isOpen: true, content: Array("<presence/>".utf8), seen: Self.noon)
        try writer.perform([
            .watch(Self.watch("juliet@example.com", "romeo@example.net", .cpim, 1, "s1", [desk, phone])),
            .watch(Self.watch("juliet@example.com", "mercutio@example.net", .cpim, 0, "s2", [])),
            .watch(Self.watch("romeo@example.net", "juliet@example.com", .xmpp, 2, nil, [balcony])),
            .usage(Self.usage(1, .subscriber, "juliet@example.com", "romeo@example.net", Self.subscriber)),
            .usage(Self.usage(2, .notifier, "romeo@example.net", "juliet@example.com", Self.notifier)),
        ])
    }

    private static func watch(
        _ watcher: String,
        _ presentity: String,
        _ target: Shore,
        _ state: UInt8,
        _ request: String?,
        _ parts: [PresencePart]
    ) -> WatchRow {
        let key = WatchKey(watcher: watcher, presentity: presentity, target: target)
        return WatchRow(
            watcher: watcher,
            presentity: presentity,
            target: target == .xmpp ? .xmpp : .cpim,
            state: Int64(state),
            changed: noon,
            parts: WatchRecord(key: key, state: state, request: request, parts: parts).bytes
        )
    }

    private static func usage(
        _ id: Int64,
        _ kind: UsageRow.Kind,
        _ watcher: String,
        _ presentity: String,
        _ state: [UInt8]
    ) -> UsageRow {
        UsageRow(id: id, kind: kind, watcher: watcher, presentity: presentity, expires: noon, state: state)
    }

    // The forms are those that the machines document for what they store.

    /// An active subscription of the gateway until 13:00.
    private static var subscriber: [UInt8] {
        let event = Array("presence".utf8)
        let head: [UInt8] = [1, 1, 1] + bytes(UInt32(3_600)) + expiry + [UInt8(event.count)]
        return head + event + dialog("call-1", target: "sip:romeo@192.0.2.1")
    }

    /// An active subscription of a neighbor until 13:00.
    private static var notifier: [UInt8] {
        let machine: [UInt8] = [1, 1] + expiry + Array("presence".utf8)
        return bytes(UInt16(machine.count)) + machine + dialog("call-2", target: "")
    }

    private static var expiry: [UInt8] { bytes(UInt64(noon / 1_000 + 3_600)) }

    private static func dialog(_ callID: String, target: String) -> [UInt8] {
        let names = [callID, "lt", "sip:juliet@example.com", "rt", "sip:romeo@example.net", target]
        return [1] + bytes(UInt32(3)) + [1] + bytes(UInt32(7)) + Array(names.joined(separator: "\n").utf8)
    }

    private static func bytes(_ number: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
        stride(from: number.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
