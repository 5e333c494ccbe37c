import MIME
import SIPMessages

extension UserAgentServer {
    /// The answer to a body that is not understood; nil when it is, or may be left unread.
    ///
    /// Source: RFC 3261 §8.2.3.
    func content(_ request: SIPRequest) -> Answer? {
        if request.body.isEmpty || request.headers.isBodyOptional { return nil }
        let types = request.method == .notify ? documents : accept
        return ContentCheck.refusal(of: request, accept: types, encodings: encodings)
    }

    /// The answer to an INVITE of a server that has no sessions: the session is what cannot be had.
    func refuseSession(_ request: SIPRequest) -> Answer {
        if !request.body.isEmpty, ContentCheck.mediaType(of: request) != "application/sdp" {
            return Answer(415, headers: [SIPHeaderLine(.accept, "application/sdp")])
        }
        return Answer(488)
    }
}

/// The check of encoding and type of a body.
enum ContentCheck {
    /// The answer to a body that is encoded, or of another type than these.
    ///
    /// Source: RFC 3261 §8.2.3.
    static func refusal(
        of request: SIPRequest,
        accept: [String],
        encodings: [String] = ["identity"]
    ) -> UserAgentServer.Answer? {
        if !isPlain(request.headers) {
            return UserAgentServer.Answer(
                415,
                headers: [SIPHeaderLine(.acceptEncoding, encodings.joined(separator: ", "))]
            )
        }
        if let type = mediaType(of: request), accept.contains(type) { return nil }
        return UserAgentServer.Answer(415, headers: [accept.acceptLine])
    }

    /// Type and subtype in lower case; nil when there is none or it cannot be read.
    static func mediaType(of request: SIPRequest) -> String? {
        do throws(SIPError) {
            return try request.contentType().map { $0.type + "/" + $0.subtype }
        } catch {
            return nil
        }
    }

    /// Whether the body has no encoding but `identity`.
    private static func isPlain(_ headers: SIPHeaders) -> Bool {
        guard headers.has(.contentEncoding) else { return true }
        return headers.list(.contentEncoding).allSatisfy { $0.lowercased() == "identity" }
    }
}
