import MIME
import SIPMessages

extension UserAgentServer {
    /// The answer to a body that is not understood; nil when it is, or may be left unread.
    ///
    /// Source: RFC 3261 §8.2.3.
    func content(_ request: SIPRequest) -> Answer? {
        let headers = request.headers
        if request.body.isEmpty || headers.isBodyOptional { return nil }
        if !isPlain(headers) {
            return Answer(415, headers: [SIPHeaderLine(.acceptEncoding, "identity")])
        }
        if let type = mediaType(headers), accept.contains(type) { return nil }
        return Answer(415, headers: [SIPHeaderLine(.accept, accept.joined(separator: ", "))])
    }

    /// The answer to an INVITE of a server that has no sessions: the session is what cannot be had.
    func refuseSession(_ request: SIPRequest) -> Answer {
        if !request.body.isEmpty, mediaType(request.headers) != "application/sdp" {
            return Answer(415, headers: [SIPHeaderLine(.accept, "application/sdp")])
        }
        return Answer(488)
    }

    /// Whether the body has no encoding but `identity`.
    private func isPlain(_ headers: SIPHeaders) -> Bool {
        guard headers.has(.contentEncoding) else { return true }
        return headers.list(.contentEncoding).allSatisfy { $0.lowercased() == "identity" }
    }

    /// Type and subtype in lower case; nil when there is none or it cannot be read.
    private func mediaType(_ headers: SIPHeaders) -> String? {
        do throws(SIPError) {
            return try headers.contentType().map { $0.type + "/" + $0.subtype }
        } catch {
            return nil
        }
    }
}
