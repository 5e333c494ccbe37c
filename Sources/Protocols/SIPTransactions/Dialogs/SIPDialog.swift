import Addressing
public import SIPMessages

/// What two user agents keep of a dialog: names, sequence numbers, the peer's address and the way to it.
///
/// All texts lie in one array of bytes, for there may be very many dialogs; they become strings when a request is made.
/// A remote target that is the remote URI is not kept twice.
///
/// Source: RFC 3261 §12.
public struct SIPDialog: Sendable, Equatable {
    /// The most bytes of all names and addresses together.
    public static let textLimit = 4_096

    /// The parts of ``text`` in their order; what comes after is the route set.
    enum Part: Int, CaseIterable {
        case callID, localTag, localURI, remoteTag, remoteURI, remoteTarget
    }

    /// The parts, each but the last with a line feed after it, which none can hold.
    private(set) var text: [UInt8]
    /// The number of the last request that was sent; 0 for none.
    public internal(set) var localSequence: UInt32
    /// The number of the last request that was received; nil for none.
    public internal(set) var remoteSequence: UInt32?

    /// Makes the dialog of a request that is accepted.
    ///
    /// - Parameters:
    ///   - request: a SUBSCRIBE or INVITE.
    ///   - localTag: the To tag of the answer.
    /// - Throws: `SIPError` with the status to answer when there is not exactly one usable Contact, or a
    ///   Record-Route that cannot be followed.
    ///
    /// Source: RFC 3261 §12.1.1.
    public init(accepting request: SIPRequest, localTag: String) throws(SIPError) {
        let headers = request.headers
        self = try Self(
            headers,
            local: (try headers.to(), Array(localTag.utf8)[...]),
            remote: try headers.from(),
            routes: try headers.addresses(.recordRoute),
            sequences: (0, try headers.cseq().number)
        )
    }

    /// Makes the dialog that a response to a request of ours confirms.
    ///
    /// - Parameter response: a 2xx.
    /// - Throws: `SIPError` as for a request.
    ///
    /// Source: RFC 3261 §12.1.2.
    public init(response: SIPResponse) throws(SIPError) {
        let headers = response.headers
        let from = try headers.from()
        self = try Self(
            headers,
            local: (from, from.tagBytes ?? []),
            remote: try headers.to(),
            routes: try headers.addresses(.recordRoute).reversed(),
            sequences: (try headers.cseq().number, nil)
        )
    }

    /// Makes the dialog of the first NOTIFY that answers a SUBSCRIBE of ours, whether its 200 has come or not.
    ///
    /// Notifiers in use leave Contact out; such a one is reached where it says it comes from.
    ///
    /// - Parameters:
    ///   - notify: the NOTIFY, whose To tag is the From tag of the SUBSCRIBE.
    ///   - localSequence: the CSeq number of the SUBSCRIBE.
    /// - Throws: `SIPError` as for a request.
    ///
    /// Source: RFC 6665 §4.4.1.
    public init(notify: SIPRequest, localSequence: UInt32) throws(SIPError) {
        let headers = notify.headers
        let to = try headers.to()
        let from = try headers.from()
        self = try Self(
            headers,
            local: (to, to.tagBytes ?? []),
            remote: from,
            target: headers.has(.contact) ? nil : from.sipURI,
            routes: try headers.addresses(.recordRoute),
            sequences: (localSequence, try headers.cseq().number)
        )
    }

    private init(
        _ headers: SIPHeaders,
        local: (address: NameAddress, tag: ArraySlice<UInt8>),
        remote: NameAddress,
        target: SIPURI? = nil,
        routes: [NameAddress],
        sequences: (local: UInt32, remote: UInt32?)
    ) throws(SIPError) {
        let address = if let target { target } else { try headers.remoteTarget() }
        let target = Self.usable(address)
        var parts: [[UInt8]] = [
            Array(try headers.callIDBytes()), Array(local.tag), Array(local.address.uriBytes),
            Array(remote.tagBytes ?? []), Array(remote.uriBytes),
            target.elementsEqual(remote.uriBytes) ? [] : target,
        ]
        for route in routes {
            guard route.sipURI != nil else {
                throw SIPError(
                    .malformedURI,
                    "A Record-Route is no sip: URI.",
                    at: route.uriBytes.startIndex,
                    header: .recordRoute
                )
            }
            parts.append(Array(route.uriBytes))
        }
        text = Self.joined(parts)
        (localSequence, remoteSequence) = sequences
        guard text.count <= Self.textLimit else {
            throw SIPError(.headersTooLong, "The names and addresses of the dialog are too long.", header: .recordRoute)
        }
    }

    /// Makes a dialog of stored parts.
    init(text: [UInt8], localSequence: UInt32, remoteSequence: UInt32?) {
        self.text = text
        self.localSequence = localSequence
        self.remoteSequence = remoteSequence
    }

    private static func joined(_ parts: [[UInt8]]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(parts.reduce(parts.count - 1) { $0 + $1.count })
        for (index, part) in parts.enumerated() {
            if index > 0 { result.append(0x0A) }
            result.append(contentsOf: part.lazy.map { $0 == 0x0A ? 0x20 : $0 })
        }
        return result
    }

    /// The URI as a Request-URI may be: without what belongs to other places.
    ///
    /// Source: RFC 3261 §19.1.1.
    static func usable(_ uri: SIPURI) -> [UInt8] {
        Array(uri.removing("method").removingHeaders().description.utf8)
    }

    /// One of the parts, without a look at those behind it.
    subscript(part: Part) -> ArraySlice<UInt8> {
        var start = text.startIndex
        for _ in 0..<part.rawValue {
            guard let end = text[start...].firstIndex(of: 0x0A) else { return [] }
            start = end + 1
        }
        return text[start..<(text[start...].firstIndex(of: 0x0A) ?? text.endIndex)]
    }

    var parts: [ArraySlice<UInt8>] { places.map { text[$0] } }

    /// Where the parts lie in ``text``.
    var places: [Range<Int>] {
        var places: [Range<Int>] = []
        places.reserveCapacity(Part.allCases.count + 2)
        let bytes = text.span
        var start = 0
        for index in bytes.indices where bytes[index] == 0x0A {
            places.append(start..<index)
            start = index + 1
        }
        places.append(start..<bytes.count)
        return places
    }

    /// Takes the address in a Contact as the one where the peer is reached from here on; without a usable one nothing
    /// changes.
    ///
    /// - Parameter headers: those of a 2xx to a request of ours; requests of the peer are seen to by ``receive(_:)``.
    ///
    /// Source: RFC 3261 §12.2.1.2.
    public mutating func refreshTarget(from headers: SIPHeaders) {
        guard headers.has(.contact) else { return }
        do throws(SIPError) {
            // Most peers stay where they are.
            let known = self[.remoteTarget].isEmpty ? self[.remoteURI] : self[.remoteTarget]
            guard try headers.remoteTargetBytes() != known else { return }
            let target = Self.usable(try headers.remoteTarget())
            var parts = parts.map { Array($0) }
            let derived = parts[Part.remoteURI.rawValue] == target
            guard parts[Part.remoteTarget.rawValue] != (derived ? [] : target) else { return }
            parts[Part.remoteTarget.rawValue] = derived ? [] : target
            let changed = Self.joined(parts)
            if changed.count <= Self.textLimit { text = changed }
        } catch {
            // A peer that says nothing usable is reached where it was.
        }
    }

    /// What a request in the dialog is.
    public enum Reception: Sendable, Equatable {
        /// The next one.
        case inOrder
        /// An older one than was seen; it is answered 500.
        case outOfOrder
        /// It belongs to another dialog, or none; it is answered 481.
        case foreign
    }

    /// A request arrived; one in order brings its number, and its Contact as the peer's address.
    ///
    /// Source: RFC 3261 §12.2.2.
    public mutating func receive(_ request: SIPRequest) -> Reception {
        do throws(SIPError) {
            guard try names(request.headers) else { return .foreign }
            let number = try request.headers.cseq().number
            if let remoteSequence, number <= remoteSequence { return .outOfOrder }
            remoteSequence = number
        } catch {
            return .foreign
        }
        switch request.method {
        case .subscribe, .notify, .invite, .update, .refer: refreshTarget(from: request.headers)
        default: break
        }
        return .inOrder
    }

    /// Whether a received request has the names of this dialog.
    private func names(_ headers: SIPHeaders) throws(SIPError) -> Bool {
        guard try headers.callIDBytes() == self[.callID] else { return false }
        guard try headers.to().tagBytes ?? [] == self[.localTag] else { return false }
        return try headers.from().tagBytes ?? [] == self[.remoteTag]
    }
}
