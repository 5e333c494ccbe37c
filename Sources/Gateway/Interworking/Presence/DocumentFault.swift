import PIDF

extension Translated {
    /// Why a presence document was not taken, in the word of records: what is wrong with it, or else the refusal's own
    /// word; nil when it was taken.
    ///
    /// Source: RFC 3863 §4.1.1.
    public var documentFault: String? {
        guard let refusal else { return nil }
        guard let last = notes.last, DocumentFault.words(of: refusal).contains(last) else { return refusal.auditCode }
        return last
    }
}

/// The notes that say what is wrong with a document; all others are about what is tolerated.
private enum DocumentFault {
    private static let unreadable = Set(PIDFError.Code.allCases.map(\.rawValue) + ["pidf-missing-entity"])

    static func words(of refusal: Refusal) -> Set<String> {
        switch refusal.code {
        case .malformedBody, .oversize: unreadable
        case .identityMismatch: ["entity-mismatch"]
        default: []
        }
    }
}
