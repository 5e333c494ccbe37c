import Addressing
public import SIPMessages

/// The parts of a request in a dialog that the dialog decides.
///
/// Source: RFC 3261 §12.2.1.1.
public struct DialogRequest: Sendable, Equatable {
    private typealias Part = SIPDialog.Part

    /// The method.
    public let method: SIPMethod
    /// The number of CSeq.
    public let sequence: UInt32

    private let text: [UInt8]
    private let places: [Range<Int>]
    /// The Request-URI where the first router does not know loose routing.
    private let strictRouter: [UInt8]?

    fileprivate init(_ method: SIPMethod, of dialog: SIPDialog) {
        self.method = method
        sequence = dialog.localSequence
        text = dialog.text
        places = dialog.places
        strictRouter = places.count > Part.allCases.count ? Self.strict(text[places[Part.allCases.count]]) : nil
    }

    /// The Request-URI.
    public var uri: String { (strictRouter?[...] ?? target).text }
    /// The URI that says where the request is sent: the first route, or the Request-URI.
    public var nextHop: String { nextHopBytes.text }
    /// The URI that says where the request is sent.
    public var nextHopBytes: ArraySlice<UInt8> { strictRouter?[...] ?? routeSet.first.map { text[$0] } ?? target }
    /// The URIs of Route, in order.
    public var routes: [String] {
        let routes = routeSet.map { text[$0].text }
        return strictRouter == nil ? routes : routes.dropFirst() + [target.text]
    }
    /// Whether there is a Route.
    public var hasRoutes: Bool { !routeSet.isEmpty }
    /// The Call-ID.
    public var callID: String { self[.callID].text }
    /// The URI of From.
    public var localURI: String { self[.localURI].text }
    /// The tag of From.
    public var localTag: String { self[.localTag].text }
    /// The URI of To.
    public var remoteURI: String { self[.remoteURI].text }
    /// The tag of To; empty for a peer of RFC 2543 without one.
    public var remoteTag: String { self[.remoteTag].text }

    private subscript(part: Part) -> ArraySlice<UInt8> { text[places[part.rawValue]] }
    private var target: ArraySlice<UInt8> {
        let target = self[.remoteTarget]
        return target.isEmpty ? self[.remoteURI] : target
    }
    private var routeSet: ArraySlice<Range<Int>> { places[Part.allCases.count...] }

    /// Begins the request: Via, Route, From, To, Call-ID and CSeq.
    ///
    /// - Parameters:
    ///   - transport: `UDP`, `TCP` or `TLS`.
    ///   - sentBy: host, or host and port, IPv6 in brackets.
    ///   - branch: with the cookie `z9hG4bK`.
    /// - Returns: the request, to which Contact and the fields of the method are to be added.
    public func begin(transport: String, sentBy: String, branch: String) -> SIPRequestBuilder {
        var builder = SIPRequestBuilder(method, uri: strictRouter?[...] ?? target)
        builder.via(transport: transport, sentBy: sentBy, branch: branch)
        if hasRoutes { builder.add(.route(routes)) }
        let remoteTag = self[.remoteTag]
        builder.address(.from, uri: self[.localURI], tag: self[.localTag])
        builder.address(.to, uri: self[.remoteURI], tag: remoteTag.isEmpty ? nil : remoteTag)
        builder.add(.callID, self[.callID])
        builder.sequence(sequence)
        return builder
    }

    /// The Request-URI for a router that does not know loose routing; nil for one that does.
    private static func strict(_ route: ArraySlice<UInt8>) -> [UInt8]? {
        do throws(AddressError) {
            let uri = try SIPURI(String(decoding: route, as: UTF8.self))
            return uri.parameter("lr").isPresent ? nil : SIPDialog.usable(uri)
        } catch {
            return nil
        }
    }
}

extension SIPDialog {
    /// The next request: it takes the next number, and the way by loose or strict routers.
    ///
    /// Source: RFC 3261 §12.2.1.1.
    public mutating func nextRequest(_ method: SIPMethod) -> DialogRequest {
        localSequence = min(localSequence, UInt32(Int32.max) - 1) + 1
        return DialogRequest(method, of: self)
    }
}

extension ArraySlice<UInt8> {
    fileprivate var text: String { String(decoding: self, as: UTF8.self) }
}
