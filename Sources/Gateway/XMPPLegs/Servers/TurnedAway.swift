import XMPPStreams

/// Domains whose servers connected and were not believed or not admitted, for operators who ask why there is no link.
struct TurnedAway {
    /// What became of the last try of a domain.
    struct Try {
        var failure: RouteFailure
        /// In milliseconds since 1970.
        var time: Int64
    }

    /// How many domains are remembered; the oldest makes room.
    static let capacity = 200

    private(set) var tries: [String: Try] = [:]

    /// A stream of a peer ended before it had proved anything.
    mutating func note(_ reason: StreamReason, at time: Int64) {
        let domain: String
        switch reason {
        case .certificateRefused(let claimed, _), .notAdmitted(let claimed): domain = claimed
        default: return
        }
        if tries[domain] == nil, tries.count >= Self.capacity,
            let oldest = tries.min(by: { $0.value.time < $1.value.time })
        {
            tries[oldest.key] = nil
        }
        tries[domain] = Try(failure: RouteFailure(reason), time: time)
    }

    /// A domain is believed now.
    mutating func forget(_ domain: String) { tries[domain] = nil }
}
