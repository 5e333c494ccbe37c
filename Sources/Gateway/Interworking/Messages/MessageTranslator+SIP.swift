import Addressing
import CPIM
import MIME
import MappingTables
import SIPMessages

extension MessageTranslator {
    /// The Call-ID that the thread of a message stands for.
    ///
    /// A leg asks before it numbers the request, since the sequence numbers of one Call-ID grow.
    ///
    /// - Parameters:
    ///   - pivot: the message.
    ///   - facts: what is known.
    /// - Returns: the Call-ID; nil when the message has no thread, or one that cannot stand as a Call-ID.
    ///
    /// Source: RFC 7572 §4, RFC 3261 §8.1.1.4.
    public func callID(for pivot: Pivot, facts: Facts) -> String? {
        let route = outwardRoute(pivot)
        let source = PivotSource(pivot: pivot, text: nil)
        for rule in route.carrierFields.rules(filling: .core(.callID), .toSIP) {
            guard let value = source.values(of: rule.source).first else { continue }
            let conversion = Self.conversion(pivot, setting(facts, route), fresh: nil)
            guard let found = try? conversion.convert(value, rule.converter, .toSIP), CallIDText.isLegal(found.text)
            else { continue }
            return found.text
        }
        return nil
    }

    /// Makes the request of a message.
    ///
    /// - Parameters:
    ///   - pivot: the message.
    ///   - identity: what identifies the request.
    ///   - facts: what is known.
    ///   - carrier: how it is carried; nil takes what the route says.
    /// - Returns: the request; a refusal when it is larger than the way to the recipient takes.
    ///
    /// Source: RFC 3428 §4, RFC 7572 §4, RFC 3922 §4.1.
    public func request(
        from pivot: Pivot,
        identity: RequestIdentity,
        facts: Facts,
        carrier: Carrier? = nil
    ) -> Translated<OutgoingRequest> {
        Crossing.run(setting(facts, outwardRoute(pivot))) { crossing throws(Refusal) in
            .value(try request(from: pivot, identity, carrier, &crossing))
        }
    }

    private func outwardRoute(_ pivot: Pivot) -> Route {
        route(AddressTranslator.peerDomain(of: pivot.recipient.jid.bare, generation.addresses))
    }

    private static func conversion(_ pivot: Pivot, _ setting: Setting, fresh: String?) -> FieldConversion {
        FieldConversion(
            sender: (pivot.message.from.uriText, pivot.sender.address),
            recipient: (pivot.message.to.uriText, pivot.recipient.address),
            setting: setting,
            freshCallID: fresh
        )
    }

    private func request(
        from pivot: Pivot,
        _ identity: RequestIdentity,
        _ forced: Carrier?,
        _ crossing: inout Crossing
    ) throws(Refusal) -> OutgoingRequest {
        // A notification has its own sender and recipient, which only an object can name (RFC 5438 §7.2.1).
        let carrier = pivot.isNotification ? .cpim : forced ?? Self.carrier(crossing)
        let pivot = carrier == .cpim ? pivot.identified(by: identity.messageID) : pivot
        var text = Self.text(of: pivot) ?? MessageText()
        // A content of parts alone has no text, and the row that carries content carries it.
        if text.plain == nil { text.plain = [] }
        let conversion = Self.conversion(pivot, crossing.setting, fresh: identity.callID)
        let source = PivotSource(pivot: pivot, text: text, choosesSubject: true)
        var target = RequestTarget()
        try crossing.apply(crossing.route.carrierFields, from: source, to: &target, way: .toSIP, conversion)
        guard let recipient = target.requestURI, let from = target.from, let to = target.to else {
            throw .mapping()
        }
        guard let body = target.body else { throw .mapping() }
        var content = pivot.message.content
        if carrier == .sip {
            if let type = content.headers.first("Content-Type"), BodyReader.isPlainUTF8(type.value) {
                content.content = Array(body.utf8)[...]
            }
            crossing.loseOutsideEnvelope(pivot)
        } else {
            target.removeContentHeaders()
        }
        let accepts = crossing.facts.peer.accepts
        if !accepts.isEmpty, let type = Self.multipart(content), !MediaRange.accepts(type, accepts),
            let plain = Self.plainText(of: content)
        {
            crossing.trace.lose(Self.isMixed(content) ? .part : text.html == nil ? .body : .html)
            content = plain
        }
        let addresses = (
            to: Self.with(pivot.recipient.instance, recipient, pivot.recipient),
            from: Self.with(pivot.sender.instance, from, pivot.sender)
        )
        let callID = target.callID ?? identity.callID
        func write(_ content: MIMEPart) throws(Refusal) -> [UInt8] {
            let (type, body) = try Self.carried(pivot, content, carrier, crossing)
            return target.write(
                RequestTarget.Envelope(
                    requestURI: addresses.to,
                    from: addresses.from,
                    to: to,
                    callID: callID,
                    identity: identity,
                    contentType: type,
                    body: body
                )
            )
        }
        var bytes = try write(content)
        let limit = Self.limit(crossing)
        if bytes.count > limit, let plain = Self.plainText(of: content) {
            // Markup, further languages and further parts are given up before the message is.
            crossing.trace.lose(Self.isMixed(content) ? .part : text.html == nil ? .body : .html)
            bytes = try write(plain)
        }
        guard bytes.count <= limit else { throw .oversize }
        let requestURI = Self.uri(addresses.to, pivot.recipient)
        return OutgoingRequest(
            bytes: bytes,
            requestURI: requestURI,
            addresses: OutgoingRequest.Addresses(
                requestURI: addresses.to,
                from: addresses.from,
                queue: addresses.to == pivot.recipient.address
                    ? pivot.recipient.canonicalAddress : requestURI.canonicalDescription
            ),
            callID: callID,
            thread: target.callID == nil ? nil : pivot.thread,
            carrier: carrier,
            messageID: carrier == .cpim ? pivot.messageID : nil
        )
    }

    /// The URI that was written for a user: usually the address of record.
    private static func uri(_ text: String, _ user: Correspondent) -> SIPURI {
        text == user.address ? user.uri : (try? SIPURI(text)) ?? user.uri
    }

    // MARK: Parts

    /// A peer that has refused message/cpim gets text until what it showed is forgotten (RFC 3261 §21.4.13).
    static func carrier(_ crossing: Crossing) -> Carrier {
        switch crossing.route.switches.text(.carrier) {
        case "cpim": crossing.facts.peer.readsCPIM == false ? .sip : .cpim
        case "auto": crossing.facts.peer.readsCPIM == true ? .cpim : .sip
        default: .sip
        }
    }

    /// Source: RFC 3428 §8.
    private static func limit(_ crossing: Crossing) -> Int {
        crossing.isSet(.oversize, "tcp") && crossing.facts.peer.isCongestionSafe
            ? crossing.facts.peer.requestLimit : 1_300
    }

    /// The text of a content that a gateway's own pivot has; nil for one that nobody can read.
    private static func text(of pivot: Pivot) -> MessageText? {
        switch try? BodyReader().read(pivot.message.content) {
        case .message(let text): return text
        // It has no text, and what it is crosses as it stands.
        case .signal: return MessageText(plain: [])
        case nil: return nil
        }
    }

    /// The last plain text of a multipart/alternative, the first of a multipart/mixed; nil when the content is none.
    private static func plainText(of content: MIMEPart) -> MIMEPart? {
        guard let multipart = try? MIMEReader().multipart(content) else { return nil }
        func isPlain(_ part: MIMEPart) -> Bool { (try? part.mediaType())??.is("text", "plain") == true }
        guard multipart.type.is("multipart", "mixed") else { return multipart.parts.last(where: isPlain) }
        guard let first = multipart.parts.first else { return nil }
        return isPlain(first) ? first : plainText(of: first)
    }

    private static func isMixed(_ content: MIMEPart) -> Bool { multipart(content) == "multipart/mixed" }

    /// The type of a content of several parts that was put together here; nil for any other.
    private static func multipart(_ content: MIMEPart) -> String? {
        guard let type = try? content.mediaType(), type.type == "multipart" else { return nil }
        return ["mixed", "alternative"].contains(type.subtype) ? "multipart/" + type.subtype : nil
    }

    /// A URI with the instance of its user.
    ///
    /// Source: RFC 7247 §6.5.
    private static func with(_ instance: String?, _ text: String, _ user: Correspondent) -> String {
        guard let instance, text == user.address else { return text }
        return text + ";gr=" + instance
    }

    /// The body of the request and its type.
    private static func carried(
        _ pivot: Pivot,
        _ content: MIMEPart,
        _ carrier: Carrier,
        _ crossing: Crossing
    ) throws(Refusal) -> (type: String, body: ArraySlice<UInt8>) {
        guard carrier == .cpim else {
            return (content.headers.first("Content-Type")?.text ?? "text/plain", content.content)
        }
        var message = pivot.message
        message.content = content
        if usesCarrierURIs(crossing) {
            message.from = CPIMAddress(uri: .sip(pivot.sender.uri))
            message.to = CPIMAddress(uri: .sip(pivot.recipient.uri))
        }
        do throws(CPIMError) { return ("message/cpim", try CPIMWriter.write(message)[...]) } catch {
            throw .mapping()
        }
    }

    private static func usesCarrierURIs(_ crossing: Crossing) -> Bool {
        switch crossing.route.switches.text(.cpimURI) {
        case "carrier": true
        case "mirror": crossing.facts.peer.cpimURIShape == .sip
        default: false
        }
    }
}

extension Crossing {
    /// Records what a request without an envelope cannot carry.
    fileprivate mutating func loseOutsideEnvelope(_ pivot: Pivot) {
        if pivot.message.subjects.count > 1 || !pivot.message.subjects.isEmpty && !names(.core(.subject)) {
            trace.lose(.subject)
        }
        for header in pivot.message.extensions where !names(header) {
            trace.lose(.header, "{\(header.namespace)}\(header.name)")
        }
    }

    private func names(_ selector: FieldSelector) -> Bool { route.carrierFields.names(selector, way: .toSIP) }

    private func names(_ header: CPIMExtension) -> Bool {
        names(.header(namespace: header.namespace, name: header.name))
    }
}

extension Pivot {
    /// The Message-ID that the object has; nil when it has none.
    ///
    /// Source: RFC 5438 §6.3.
    public var messageID: String? {
        message.extensions.first { $0.name == CPIMName.messageID.local && $0.namespace == CPIMNamespace.imdn }?.value
    }

    /// Names the message when notifications of it are asked for, which need a name, and every notification.
    ///
    /// Source: RFC 5438 §6.3, §7.2.1.
    fileprivate func identified(by token: String?) -> Pivot {
        guard let token, messageID == nil else { return self }
        let request = CPIMName.dispositionNotification
        let asks = message.extensions.contains { $0.name == request.local && $0.namespace == request.namespace }
        guard asks || isNotification else { return self }
        var message = message
        message.extensions.append(CPIMExtension(.messageID, token))
        return with(message)
    }
}
