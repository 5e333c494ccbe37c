import Addressing
public import BridgeCore
public import Interworking
public import MappingTables
import SIPMessages

extension SIMPLELeg {
    /// The text message that tells a sender of this shore that its accepted message failed.
    ///
    /// It comes from the address that the sender wrote to, in the same conversation.
    ///
    /// - Parameters:
    ///   - origin: what the arrival kept.
    ///   - failure: how the message failed.
    ///   - generation: the tables that it was accepted under.
    /// - Returns: the departure; nil when no way leads back.
    public func notice(origin: [UInt8], failure: Failure, generation: Generation) -> Departure? {
        guard let origin = NoticeOrigin(origin) else { return nil }
        let domain = origin.sender.userDomain
        guard let route = settings.routes[domain] else { return nil }
        let identity = identity(callID: origin.callID, sender: origin.recipientKey, route: route)
        let bytes = Self.request(origin, identity, text: Self.sentence(for: failure, generation, domain))
        guard bytes.count <= Self.largestDatagram || route.isCongestionSafe else { return nil }
        let record = RequestRecord(
            branch: identity.branch,
            callID: identity.callID,
            fromTag: identity.fromTag,
            cseq: identity.cseq,
            destination: route.destination,
            peer: origin.senderKey,
            domain: domain,
            carrier: .sip
        )
        let draft = Draft(
            bytes: bytes,
            addresses: OutgoingRequest.Addresses(
                requestURI: origin.sender.description,
                from: origin.recipient.description,
                queue: origin.sender.canonicalDescription
            ),
            recipient: origin.sender.comparedAddress
        )
        return departure(draft, record, by: route, trace: .none)
    }

    private static func request(_ origin: NoticeOrigin, _ identity: RequestIdentity, text: String) -> [UInt8] {
        var builder = SIPRequestBuilder(.message, uri: origin.sender.description)
        builder.via(transport: identity.transport, sentBy: identity.sentBy, branch: identity.branch)
        builder.add(.maxForwards, "70")
        builder.address(.from, uri: origin.recipient.description, tag: identity.fromTag)
        builder.address(.to, uri: origin.sender.description)
        builder.add(.callID, identity.callID)
        builder.sequence(identity.cseq)
        builder.add(.contentLanguage, "en")
        builder.add(.contentType, "text/plain;charset=UTF-8")
        return builder.message(body: Array(text.utf8)[...])
    }

    /// One sentence: that of the error table for a failure of the gateway's own, else the condition by its name.
    private static func sentence(for failure: Failure, _ generation: Generation, _ domain: String) -> String {
        let code = failure.report.protocolCode
        if let words = generation.route(peer: domain).errors.words(for: code) { return words.text }
        return "The message could not be delivered: \(String(code.map { $0 == "-" ? " " : $0 }))."
    }
}
