import SIPMessages

extension RequestTarget {
    /// What a request says that no row decides.
    struct Envelope {
        let requestURI: String
        let from: String
        let to: String
        let callID: String
        let identity: RequestIdentity
        let contentType: String
        let body: ArraySlice<UInt8>
    }

    /// Writes the request.
    ///
    /// A MESSAGE has no Contact, and one made of a stanza may go seventy hops.
    ///
    /// Source: RFC 3428 §4, RFC 3261 §8.1.1.6.
    func write(_ envelope: Envelope) -> [UInt8] {
        let identity = envelope.identity
        var builder = SIPRequestBuilder(.message, uri: envelope.requestURI, capacity: envelope.body.count + 768)
        builder.via(transport: identity.transport, sentBy: identity.sentBy, branch: identity.branch)
        builder.add(.maxForwards, "70")
        builder.address(.from, displayName: fromName, uri: envelope.from, tag: identity.fromTag)
        builder.address(.to, uri: envelope.to)
        builder.add(.callID, envelope.callID)
        builder.sequence(identity.cseq)
        if let date { builder.add(.date, date) }
        if let expires { builder.add(.expires, expires) }
        if let subject, !subject.isEmpty { builder.add(.subject, subject) }
        if let priority { builder.add(.priority, priority) }
        if let inReplyTo { builder.add(.inReplyTo, inReplyTo) }
        for (name, value) in headers {
            if let line = SIPHeaderLine(named: name, value) { builder.add(line) }
        }
        if let contentLanguage { builder.add(.contentLanguage, contentLanguage) }
        builder.add(.contentType, envelope.contentType)
        return builder.message(body: envelope.body)
    }
}
