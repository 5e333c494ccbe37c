import Addressing
import MIME
import MappingTables
import SIPMessages

extension MessageTranslator {
    /// Where a request goes.
    ///
    /// - Throws: ``Refusal`` with `.secureURI` for schemes that do not cross, or `.malformedAddress`.
    ///
    /// Source: RFC 7247 §8, RFC 3261 §8.2.2.1.
    static func recipient(of request: SIPRequest, _ switches: SwitchSet) throws(Refusal) -> AddressURI {
        let recipient: AddressURI
        let isLenient = switches.isSet(.percent, "lenient")
        do throws(SIPError) { recipient = try request.uri(lenient: isLenient) } catch { throw .malformedAddress }
        switch recipient {
        case .xmpp, .other: throw .secureURI
        case .sip, .im, .pres, .tel: try checkSecurity(of: recipient, switches)
        }
        // Only a secure address is worth reading here.
        if let to = try? request.headers.to(),
            to.uriBytes.prefix(5).elementsEqual("sips:".utf8, by: { $0 | 0x20 == $1 | 0x20 }),
            let uri = try? to.uri(lenient: true)
        {
            try checkSecurity(of: uri, switches)
        }
        return recipient
    }

    private static func checkSecurity(of uri: AddressURI, _ switches: SwitchSet) throws(Refusal) {
        guard case .sip(let address) = uri, address.isSecure else { return }
        guard switches.domains(.sipsAllow).contains(address.userDomain) else { throw .secureURI }
    }

    /// Whether the gateway can do what a request asks for.
    ///
    /// - Throws: ``Refusal`` with `.hopsExhausted`, `.recipientList` or `.unsupportedType`.
    ///
    /// Source: RFC 3261 §8.2.2.3, §8.2.3, §16.3, RFC 5365 §4.
    static func checkSupport(of request: SIPRequest) throws(Refusal) {
        if request.headers.maxForwards == 0 { throw .hopsExhausted }
        let required = request.headers.list(.require)
        if !required.isEmpty {
            var refusal = Refusal.recipientList
            refusal.headers = [Refusal.Header("Unsupported", required.joined(separator: ", "))]
            if !required.contains("recipient-list-message") {
                refusal.detail = "The request requires an extension that is not supported."
            }
            throw refusal
        }
        for encoding in request.headers.list(.contentEncoding) where encoding.lowercased() != "identity" {
            throw .unsupportedType(isEncoding: true)
        }
    }

    /// Whether a message is still worth delivering: Expires counts from Date, else from the receipt.
    ///
    /// Source: RFC 3428 §7.
    static func isTimely(_ request: SIPRequest, _ facts: Facts) throws(Refusal) -> Bool {
        guard let expires = request.headers.expires else { return true }
        let start = request.headers.date.map { $0.secondsSince1970 * 1_000 } ?? facts.now
        return start + Int64(expires) * 1_000 > facts.now
    }

    /// Whether it is a receipt or a state of writing of this minute.
    ///
    /// Clients send states of writing with `Expires: 0`, so that nobody keeps them; they are told at once.
    static func isFreshSignal(_ request: SIPRequest, _ facts: Facts) -> Bool {
        let start = request.headers.date.map { $0.secondsSince1970 * 1_000 } ?? facts.now
        return facts.now - start < 60_000 && isSignal(request)
    }

    /// Whether the body is a Message/CPIM object.
    ///
    /// Source: RFC 3862 §2.
    static func isObject(_ request: SIPRequest) throws(Refusal) -> Bool {
        do throws(SIPError) {
            return try request.contentType()?.is("message", "cpim") ?? false
        } catch { throw .unsupportedType() }
    }

    /// The body with the headers of the request that describe it.
    ///
    /// The language of the request is a field of its own.
    static func part(of request: SIPRequest) -> MIMEPart {
        var part = MIMEPart(headers: HeaderList(), content: request.body)
        if let type = request.headers.text(.contentType) { part.headers.append("Content-Type", type) }
        if let encoding = request.headers.text(.contentTransferEncoding) {
            part.headers.append("Content-Transfer-Encoding", encoding)
        }
        // A body that is no multipart is named by a header of the request.
        if request.headers.has(.other), let id = request.headers[named: "Content-ID"] {
            part.headers.append("Content-ID", id)
        }
        return part
    }
}
