/// The forms of one item that were kept and can be read, or why there are none.
public struct KeptForms: Sendable, Equatable {
    /// Why nothing can be shown.
    public enum Absence: Sendable, Equatable {
        /// Nothing of the text was kept.
        case notKept
        /// The key was erased.
        case erased
        /// There is no file of keys, as after a restoration.
        case noKeys(String)
        /// The ciphertext is not what the key sealed.
        case altered

        /// A sentence without the final period.
        public var text: String {
            switch self {
            case .notKept:
                "the text was not kept: see audit: bodies in the configuration and the switch log.bodies of routes"
            case .erased: "what opened it, a key of its conversation and day, was erased, and with it the text"
            case .noKeys(let path): "there is no \(path); keys are not part of a backup"
            case .altered: "what is stored of the text is not what was sealed"
            }
        }
    }

    /// The bytes by form; empty when nothing can be shown.
    public private(set) var forms: [BodyForm: [UInt8]] = [:]
    /// Why nothing can be shown; nil where something can.
    public private(set) var absence: Absence?

    /// Reads the forms of an item.
    ///
    /// - Parameters:
    ///   - crossing: the id of the item.
    ///   - ledger: where the ciphertexts are.
    ///   - keys: where the keys are.
    /// - Throws: ``LedgerError`` when a database cannot be read.
    public init(of crossing: Int64, _ ledger: LedgerReader, _ keys: BodyKeyReader) throws(LedgerError) {
        let sealed = try ledger.sealedBodies(of: crossing)
        absence = sealed.isEmpty ? .notKept : nil
        for body in sealed {
            guard !body.sealed.isEmpty, let key = try keys.key(body.key), key.entry.opensTexts else {
                absence = body.sealed.isEmpty || keys.isThere ? .erased : .noKeys(keys.place)
                continue
            }
            guard let text = key.open(body) else {
                absence = .altered
                continue
            }
            forms[body.form] = text
        }
        if !forms.isEmpty { absence = nil }
    }
}
