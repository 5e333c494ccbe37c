import Interworking
import Ledger

/// What correspondents of the CPIM shore have shown that they read, by bare address.
struct PeerMemory: ~Copyable {
    /// How long it counts, in milliseconds.
    static let lifetime: Int64 = 24 * 3_600_000
    /// How many correspondents are remembered.
    static let capacity = 100_000

    struct Entry: Equatable {
        var readsCPIM: Bool
        var shape: CPIMURIShape?
        var expires: Int64
    }

    /// The media types that somebody has named in Accept.
    private struct Accepted {
        var types: [String]
        var expires: Int64
    }

    private var entries: [String: Entry] = [:]
    private var accepted: [String: Accepted] = [:]

    /// How the store tells them from the rest: no JID has a space (RFC 7622 §3.3).
    private static let acceptRow = (prefix: "accept ", carrier: 2 as Int64)

    init(_ stored: [Capability] = []) {
        for capability in stored {
            if capability.carrier == Self.acceptRow.carrier {
                accepted[String(capability.peer.dropFirst(Self.acceptRow.prefix.count))] = Accepted(
                    types: capability.scheme.split(separator: ",").map(String.init),
                    expires: capability.expires
                )
                continue
            }
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

    /// The media types that a correspondent has named; empty when it has named none.
    func accepts(of address: String, now: Int64) -> [String] {
        guard !accepted.isEmpty, let known = accepted[address], known.expires > now else { return [] }
        return known.types
    }

    /// Remembers the media types that a correspondent has named; none forgets those of before.
    ///
    /// - Returns: what the store has to keep; nil when it knows already.
    mutating func learn(_ address: String, accepts types: [String], now: Int64) -> Capability? {
        let known = accepted[address]
        if types.isEmpty, known == nil { return nil }
        if let known, known.types == types, known.expires - now > Self.lifetime / 2 { return nil }
        if known == nil, accepted.count >= Self.capacity {
            accepted = accepted.filter { $0.value.expires > now }
            guard accepted.count < Self.capacity else { return nil }
        }
        let expires = types.isEmpty ? now : now + Self.lifetime
        accepted[address] = types.isEmpty ? nil : Accepted(types: types, expires: expires)
        return Capability(
            peer: Self.acceptRow.prefix + address,
            carrier: Self.acceptRow.carrier,
            scheme: types.joined(separator: ","),
            expires: expires
        )
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
