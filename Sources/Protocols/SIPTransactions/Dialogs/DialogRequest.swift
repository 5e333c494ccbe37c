import Addressing
public import SIPMessages

/// The parts of a request in a dialog that the dialog decides.
///
/// Source: RFC 3261 §12.2.1.1.
public struct DialogRequest: Sendable, Equatable {
    /// The method.
    public let method: SIPMethod
    /// The Request-URI.
    public let uri: String
    /// The URI that says where the request is sent: the first route, or the Request-URI.
    public let nextHop: String
    /// The URIs of Route, in order.
    public let routes: [String]
    /// The Call-ID.
    public let callID: String
    /// The URI of From.
    public let localURI: String
    /// The tag of From.
    public let localTag: String
    /// The URI of To.
    public let remoteURI: String
    /// The tag of To; empty for a peer of RFC 2543 without one.
    public let remoteTag: String
    /// The number of CSeq.
    public let sequence: UInt32

    /// Begins the request: Via, Route, From, To, Call-ID and CSeq.
    ///
    /// - Parameters:
    ///   - transport: `UDP`, `TCP` or `TLS`.
    ///   - sentBy: host, or host and port, IPv6 in brackets.
    ///   - branch: with the cookie `z9hG4bK`.
    /// - Returns: the request, to which Contact and the fields of the method are to be added.
    public func begin(transport: String, sentBy: String, branch: String) -> SIPRequestBuilder {
        var builder = SIPRequestBuilder(method, uri: uri)
        builder.via(transport: transport, sentBy: sentBy, branch: branch)
        if !routes.isEmpty { builder.add(.route(routes)) }
        builder.address(.from, uri: localURI, tag: localTag)
        builder.address(.to, uri: remoteURI, tag: remoteTag.isEmpty ? nil : remoteTag)
        builder.add(.callID, callID)
        builder.sequence(sequence)
        return builder
    }
}

extension SIPDialog {
    /// The next request: it takes the next number, and the way by loose or strict routers.
    ///
    /// Source: RFC 3261 §12.2.1.1.
    public mutating func nextRequest(_ method: SIPMethod) -> DialogRequest {
        localSequence = min(localSequence, UInt32(Int32.max) - 1) + 1
        let parts = parts
        func text(_ part: Part) -> String { String(decoding: parts[part.rawValue], as: UTF8.self) }
        let target = text(parts[Part.remoteTarget.rawValue].isEmpty ? .remoteURI : .remoteTarget)
        var routes = parts.dropFirst(Part.allCases.count).map { String(decoding: $0, as: UTF8.self) }
        var uri = target
        var nextHop = routes.first ?? target
        if let first = routes.first, let strict = Self.strictRouter(first) {
            routes.removeFirst()
            routes.append(target)
            uri = strict
            nextHop = strict
        }
        return DialogRequest(
            method: method,
            uri: uri,
            nextHop: nextHop,
            routes: routes,
            callID: text(.callID),
            localURI: text(.localURI),
            localTag: text(.localTag),
            remoteURI: text(.remoteURI),
            remoteTag: text(.remoteTag),
            sequence: localSequence
        )
    }

    /// The Request-URI for a router that does not know loose routing; nil for one that does.
    private static func strictRouter(_ route: String) -> String? {
        do throws(AddressError) {
            let uri = try SIPURI(route)
            return uri.parameter("lr").isPresent ? nil : String(decoding: usable(uri), as: UTF8.self)
        } catch {
            return nil
        }
    }
}
