public import Addressing
public import SIPMessages

/// The checks of a server core that come before the work of a method, in the order of the standard.
///
/// Authentication comes before, and is the caller's.
///
/// Source: RFC 3261 §8.2.
public struct UserAgentServer: Sendable {
    /// What becomes of a request.
    public enum Verdict: Sendable, Equatable {
        /// The method does its work.
        case serve(SIPMethod)
        /// It is answered.
        case respond(Answer)
        /// It is not answered.
        case drop
    }

    /// An answer without a body.
    public struct Answer: Sendable, Equatable {
        /// The code.
        public var status: Int
        /// The phrase; the usual one when nil.
        public var reason: String?
        /// The header fields to add.
        public var headers: [SIPHeaderLine]

        /// Makes an answer.
        public init(_ status: Int, reason: String? = nil, headers: [SIPHeaderLine] = []) {
            self.status = status
            self.reason = reason
            self.headers = headers
        }
    }

    /// The methods that are served; SUBSCRIBE, NOTIFY and PUBLISH for whoever adds them.
    public var methods: [SIPMethod] = [.message, .options]
    /// The schemes of Request-URIs, in lower case.
    public var schemes: Set<String> = ["sip", "sips", "im", "pres"]
    /// Whether a `%` in a Request-URI that starts no escape is read as a percent sign.
    public var takesStrayPercents = false
    /// The option tags that a request may demand, in lower case.
    public var extensions: [String] = []
    /// The media types that MESSAGE may have, `type/subtype` in lower case.
    public var accept: [String] = [
        "text/plain", "message/cpim", "application/im-iscomposing+xml", "multipart/mixed", "multipart/alternative",
    ]
    /// How bodies may be packed, for whoever unpacks them before they are judged.
    public var encodings: [String] = ["identity"]
    /// The languages to name; empty: any, and none are named.
    public var languages: [String] = []
    /// The event packages that SUBSCRIBE, NOTIFY and PUBLISH may have; empty: none.
    public var events: [String] = []
    /// The event packages that only NOTIFY may have, beside those.
    public var followed: [String] = []
    /// The media types that NOTIFY and PUBLISH may have, `type/subtype` in lower case.
    public var documents: [String] = ["application/pidf+xml"]

    /// Makes a server of MESSAGE and OPTIONS.
    public init() {}

    /// The Allow header field.
    public var allow: SIPHeaderLine {
        SIPHeaderLine(.allow, methods.map(\.description).joined(separator: ", "))
    }

    /// Judges a delivered request.
    ///
    /// - Parameters:
    ///   - inbound: as delivered.
    ///   - refusal: the answer for a recipient that is not served, such as 404; asked after the scheme is known to be
    ///     served.
    ///   - dialogExists: whether a request with a To tag belongs to a dialog.
    /// - Returns: the verdict.
    public func check(
        _ inbound: InboundRequest,
        refusal: (AddressURI) -> Answer? = { _ in nil },
        dialogExists: (SIPRequest) -> Bool = { _ in false }
    ) -> Verdict {
        check(inbound.request, isMerged: inbound.isMerged, refusal: refusal, dialogExists: dialogExists)
    }

    /// Judges a request that passed `SIPRequest.validate(limits:takesStrayPercents:)`.
    ///
    /// The order: method (501, 405), dialog (481), Request-URI (416, then `refusal`), merged request (482), Require
    /// (420), Event (400, 489), body (415, 488). A NOTIFY without a To tag is in no dialog that it could tell of. What
    /// is in a dialog of events is sent to our own address, so that `refusal` is not asked. The body of a PUBLISH is
    /// judged by ``EventStateCompositor``, after other things of it.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - isMerged: whether the same request came over another way before.
    ///   - refusal: the answer for a recipient that is not served.
    ///   - dialogExists: whether a request with a To tag belongs to a dialog.
    /// - Returns: the verdict.
    ///
    /// Source: RFC 3261 §8.2, §12.2.2.
    public func check(
        _ request: SIPRequest,
        isMerged: Bool = false,
        refusal: (AddressURI) -> Answer? = { _ in nil },
        dialogExists: (SIPRequest) -> Bool = { _ in false }
    ) -> Verdict {
        if request.method == .ack || request.method == .cancel { return .drop }
        let isRefusedInvite = request.method == .invite && !methods.contains(.invite)
        if !methods.contains(request.method), !isRefusedInvite {
            return .respond(unsupported(request, dialogExists))
        }
        let isInDialog = isInDialog(request)
        if isInDialog ? !dialogExists(request) : request.method == .notify { return .respond(Answer(481)) }
        let isOurs = isInDialog && (request.method == .notify || request.method == .subscribe)
        if let answer = recipient(request, isOurs ? { _ in nil } : refusal) { return .respond(answer) }
        if isMerged { return .respond(Answer(482)) }
        let missing = missingExtensions(request)
        if !missing.isEmpty {
            return .respond(Answer(420, headers: [SIPHeaderLine(.unsupported, missing.joined(separator: ", "))]))
        }
        if isRefusedInvite { return .respond(refuseSession(request)) }
        let packages = request.method == .notify ? events + followed : events
        if hasEvent(request), let answer = EventCheck.refusal(of: request.headers, packages: packages) {
            return .respond(answer)
        }
        if request.method == .message || request.method == .notify, let answer = content(request) {
            return .respond(answer)
        }
        return .serve(request.method)
    }

    /// The header fields of the answer to OPTIONS.
    ///
    /// Source: RFC 3261 §11.2.
    public var capabilities: [SIPHeaderLine] {
        let takesDocuments = methods.contains(.notify) || methods.contains(.publish)
        let more = takesDocuments ? documents.filter { !accept.contains($0) } : []
        var lines = [
            allow,
            (accept + more).acceptLine,
            SIPHeaderLine(.acceptEncoding, encodings.joined(separator: ", ")),
            SIPHeaderLine(.acceptLanguage, languages.isEmpty ? "*" : languages.joined(separator: ", ")),
            SIPHeaderLine(.supported, extensions.joined(separator: ", ")),
        ]
        if !events.isEmpty { lines.append(.allowEvents(events)) }
        return lines
    }

    /// The answer to a method that is not served.
    ///
    /// A method that works inside dialogs gets 481 when it names one, for there is none it could mean.
    private func unsupported(_ request: SIPRequest, _ dialogExists: (SIPRequest) -> Bool) -> Answer {
        guard request.method.isKnown else { return Answer(501, headers: [allow]) }
        if isInDialog(request), !dialogExists(request) { return Answer(481) }
        return Answer(405, headers: [allow])
    }

    /// Whether To has a tag; REGISTER and PUBLISH never make a dialog.
    private func isInDialog(_ request: SIPRequest) -> Bool {
        if request.method == .register || request.method == .publish || !request.method.isKnown { return false }
        do throws(SIPError) {
            return try request.headers.to().tagBytes != nil
        } catch {
            return false
        }
    }

    private func hasEvent(_ request: SIPRequest) -> Bool {
        request.method == .subscribe || request.method == .notify || request.method == .publish
    }

    private func recipient(_ request: SIPRequest, _ refusal: (AddressURI) -> Answer?) -> Answer? {
        if let uri = try? request.uri(lenient: takesStrayPercents) {
            return schemes.contains(uri.scheme) ? refusal(uri) : Answer(416)
        }
        // What cannot be read has a scheme too, whose fault comes first.
        let scheme = request.uriBytes.prefix { $0 != UInt8(ascii: ":") }
        let name = String(decoding: scheme.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }, as: UTF8.self)
        return Answer(schemes.contains(name) ? 400 : 416)
    }

    /// The option tags in Require that are not served, each once; Proxy-Require is not for a server.
    ///
    /// Source: RFC 3261 §8.2.2.3.
    private func missingExtensions(_ request: SIPRequest) -> [String] {
        guard request.headers.has(.require) else { return [] }
        var missing: [String] = []
        for tag in request.headers.list(.require) {
            if !extensions.contains(where: { $0.utf8.elementsEqual(tag.utf8.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }) }
            ),
                !missing.contains(tag)
            {
                missing.append(tag)
            }
        }
        return missing
    }
}
