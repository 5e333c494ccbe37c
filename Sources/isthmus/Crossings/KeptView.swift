import Ledger

/// The forms of a message that were kept, side by side, or why there are none.
struct KeptView: Encodable {
    /// As it was received.
    let source: String?
    /// As Message/CPIM.
    let canonical: String?
    /// As it was last sent.
    let target: String?
    /// Why nothing can be shown.
    let absent: String?

    /// Reads the forms of a message.
    init(of id: String, _ store: OpenStore) throws(Stop) {
        let keys = BodyKeyReader(beside: try OpenStore.path(store.configuration))
        let number = Int64(id) ?? 0
        let kept = try store.read { reader throws(LedgerError) in try KeptForms(of: number, reader, keys) }
        func text(_ form: BodyForm) -> String? { kept.forms[form].map { String(decoding: $0, as: UTF8.self) } }
        source = text(.source)
        canonical = text(.canonical)
        target = text(.target)
        absent = kept.absence?.text
    }

    /// What there is, by the names that JSON has for it.
    var named: [(String, String)] {
        [("source", source), ("canonical", canonical), ("target", target), ("absent", absent)]
            .compactMap { name, text in text.map { (name, $0) } }
    }

    /// Prints the forms, each under what it is.
    func print() {
        if let absent {
            Output.line("")
            return Output.line(absent)
        }
        for (name, text) in [("as received", source), ("in the middle", canonical), ("as sent", target)] {
            if let text { Output.block(name, text) }
        }
    }
}
