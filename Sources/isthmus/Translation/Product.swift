/// One item that a translation gave.
struct Product: Equatable {
    /// What it is.
    enum Kind: String {
        /// The message on its way.
        case message
        /// The presence of a user or of a resource.
        case presence
        /// The error that goes back to the sender.
        case error
    }

    let kind: Kind
    let form: Form
    let bytes: [UInt8]

    /// The name of its file, as in the conversion vectors.
    ///
    /// - Parameter number: its place among those of the same kind, from 1.
    /// - Returns: a name such as `expected.2.sip`.
    func fileName(_ number: Int) -> String {
        let end =
            switch (kind, form) {
            case (.message, .xmpp), (.presence, .xmpp): "xml"
            case (.error, .xmpp): "error.xml"
            case (_, .pidf): "pidf.xml"
            case (_, .sip): "sip"
            case (_, .cpim): "cpim"
            }
        return number == 1 ? "expected.\(end)" : "expected.\(number).\(end)"
    }
}
