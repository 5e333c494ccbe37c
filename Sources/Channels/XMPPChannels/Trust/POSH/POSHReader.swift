/// Reads the way to the fingerprints of a domain: one document, or one that leads to another.
///
/// Source: RFC 7711 §3.2, §6, §10.
struct POSHReader {
    /// What was learned: the fingerprints, and for how many seconds.
    struct Material: Equatable {
        let fingerprints: [POSHFingerprint]
        let seconds: Int64
    }

    /// How long the document that led to another counts.
    private var reference: Int64?

    mutating func read(_ bytes: [UInt8]) throws(HTTPSFault) -> HTTPSRetrieval<Material>.Reading {
        switch try POSHDocument(bytes) {
        case .fingerprints(let fingerprints, let seconds):
            return .value(Material(fingerprints: fingerprints, seconds: min(seconds, reference ?? .max)))
        case .reference(let place, let seconds):
            guard reference == nil else {
                throw HTTPSFault(.circular, "the document that was referred to refers on")
            }
            reference = seconds
            return .reference(place)
        }
    }
}
