import Interworking
import Ledger

/// What correspondents of the CPIM shore have shown that they read, by bare address.
struct PeerMemory {
    /// How long it counts, in milliseconds.
    static let lifetime: Int64 = 24 * 3_600_000
    /// How many correspondents are remembered.
    static let capacity = 100_000

    struct Entry: Equatable {
        var readsCPIM: Bool
        var shape: CPIMURIShape?
        var expires: Int64
    }

    private var entries: [String: Entry] = [:]

    init(_ stored: [Capability] = []) {
        for capability in stored {
            entries[capability.peer] = Entry(
                readsCPIM: capability.carrier == 1,
                shape: CPIMURIShape(stored: capability.scheme),
                expires: capability.expires
            )
        }
    }

    func entry(_ address: String, now: Int64) -> Entry? {
        guard let entry = entries[address], entry.expires > now else { return nil }
        return entry
    }

    /// Remembers what was shown.
    ///
    /// - Returns: what the store has to keep; nil when it knows already.
    mutating func learn(_ address: String, readsCPIM: Bool, shape: CPIMURIShape?, now: Int64) -> Capability? {
        let known = entries[address]
        let fresh = (known?.expires ?? 0) - now > Self.lifetime / 2
        if fresh, known?.readsCPIM == readsCPIM, shape == nil || known?.shape == shape { return nil }
        if entries.count >= Self.capacity { entries = entries.filter { $0.value.expires > now } }
        guard entries.count < Self.capacity else { return nil }
        let entry = Entry(readsCPIM: readsCPIM, shape: shape ?? known?.shape, expires: now + Self.lifetime)
        entries[address] = entry
        return Capability(
            peer: address,
            carrier: readsCPIM ? 1 : 0,
            scheme: entry.shape?.stored ?? "",
            expires: entry.expires
        )
    }
}

extension CPIMURIShape {
    init?(stored: String) {
        switch stored {
        case "im": self = .im
        case "sip": self = .sip
        default: return nil
        }
    }

    var stored: String { self == .im ? "im" : "sip" }
}
