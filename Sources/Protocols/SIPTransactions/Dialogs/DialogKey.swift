public import SIPMessages

/// What dialogs are found by, in the same process: 128 bits for Call-ID and both tags.
///
/// Source: RFC 3261 §12.
public struct DialogKey: Sendable, Hashable {
    let name: TransactionName

    /// Makes a key.
    ///
    /// - Parameters:
    ///   - callID: the Call-ID.
    ///   - localTag: our tag.
    ///   - remoteTag: the peer's tag; nil for all dialogs that one request of ours can make (RFC 6665 §4.4.1).
    public init(callID: String, localTag: String, remoteTag: String?) {
        self.init(callID.utf8, localTag.utf8, remoteTag?.utf8)
    }

    /// The key of the dialog that a received request names; nil when it cannot be read.
    public init?(received request: SIPRequest) {
        self.init(request, withRemoteTag: true)
    }

    /// The key of the request of ours that a received request follows, whoever sent it; nil when it cannot be read.
    public init?(following request: SIPRequest) {
        self.init(request, withRemoteTag: false)
    }

    private init?(_ request: SIPRequest, withRemoteTag: Bool) {
        do throws(SIPError) {
            let remote: ArraySlice<UInt8>? = withRemoteTag ? try request.headers.from().tagBytes ?? [] : nil
            self.init(try request.headers.callIDBytes(), try request.headers.to().tagBytes ?? [], remote)
        } catch {
            return nil
        }
    }

    init(
        _ callID: some Sequence<UInt8>,
        _ localTag: some Sequence<UInt8>,
        _ remoteTag: (some Sequence<UInt8>)?
    ) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(96)
        bytes.append(contentsOf: callID)
        bytes.append(0)
        bytes.append(contentsOf: localTag)
        if let remoteTag {
            bytes.append(0)
            bytes.append(contentsOf: remoteTag)
        }
        name = TransactionName(bytes)
    }
}

extension SIPDialog {
    /// What the dialog is found by.
    public var key: DialogKey {
        let parts = parts
        return DialogKey(
            parts[Part.callID.rawValue],
            parts[Part.localTag.rawValue],
            Optional(parts[Part.remoteTag.rawValue])
        )
    }

    /// What all dialogs of the same request of ours are found by.
    public var requestKey: DialogKey {
        let parts = parts
        return DialogKey(parts[Part.callID.rawValue], parts[Part.localTag.rawValue], nil as ArraySlice<UInt8>?)
    }
}
