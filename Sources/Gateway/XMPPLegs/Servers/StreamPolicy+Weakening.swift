public import XMPPStreams

extension StreamPolicy.Trust {
    /// What it allows that is weaker than the default; nil where nothing is.
    ///
    /// Source: RFC 7590 §3.4.
    public var weakening: String? {
        var words: [String] = []
        switch encryption {
        case .required: break
        case .optional: words.append("encryption optional")
        }
        switch authentication {
        case .certificate, .certificateOrDialback: break
        case .dialback: words.append("dialback alone")
        }
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }
}
