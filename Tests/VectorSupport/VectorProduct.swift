/// What came out of a translation or a gateway.
enum VectorProduct: Equatable {
    /// A request, for the CPIM shore.
    case request([UInt8])
    /// A response to the sender of a request.
    case response([UInt8])
    /// A stanza, for the XMPP shore.
    case stanza([UInt8])
    /// A stanza error to the sender of a stanza.
    case stanzaError([UInt8])

    var bytes: [UInt8] {
        switch self {
        case .request(let bytes), .response(let bytes), .stanza(let bytes), .stanzaError(let bytes): bytes
        }
    }

    var text: String { HeaderText.text(bytes) }

    /// Whether it leaves on the side opposite to the input.
    var crosses: Bool {
        switch self {
        case .request, .stanza: true
        case .response, .stanzaError: false
        }
    }

    /// Whether a file of the kind can be about it.
    func suits(_ kind: VectorFolder.Kind) -> Bool {
        switch (self, kind) {
        case (.request, .sip), (.request, .cpim), (.request, .pidf), (.response, .sip), (.stanza, .stanza),
            (.stanzaError, .stanzaError):
            true
        default: false
        }
    }

    /// A message of the SIP shore.
    static func sip(_ bytes: [UInt8]) -> VectorProduct {
        bytes.starts(with: Array("SIP/2.0 ".utf8)) ? .response(bytes) : .request(bytes)
    }
}
