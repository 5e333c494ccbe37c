import Addressing
import Interworking
import Ledger
import NIOCore
import SIPMessages
import XMPPStanzas

/// Presence: both users ask to see each other, and say how they are.
///
/// Source: RFC 8048 §5, §6.
extension Demonstration {
    func presence() async throws {
        guard let gateway = gateway.sipAddresses.first else { return }
        let subscribe = try await ask()
        try await approve(subscribe, gateway)
        try await notify(subscribe, gateway)
        try await watch(gateway)
        try await announce()
    }

    // MARK: The XMPP user watches

    private func ask() async throws -> SIPRequest {
        let stanza = "<presence from='juliet@example.com' to='romeo@example.net' id='s1' type='subscribe'/>"
        try await xmpp.send(stanza)
        let arrived = try await next(
            sip.messages,
            holding: ["SUBSCRIBE "],
            "the subscription did not reach the SIP user"
        )
        let asked = try PresenceStanza(element(ofStanza: stanza)).flatMap {
            PresenceTranslator(generation: generation).operation(from: $0, facts: facts).value
        }
        show(
            DemonstrationStep(
                title: "juliet@example.com (XMPP) asks to see the presence of romeo@example.net (SIP)",
                from: "xmpp",
                to: "cpim",
                source: stanza,
                form: Self.operation,
                pivot: asked.map { Self.text($0, watcher: $0.user, presentity: $0.contact) },
                target: String(decoding: arrived, as: UTF8.self),
                rules: try await rules(.subscription, leg: "xmpp", "subscribe"),
                losses: []
            )
        )
        return try Self.request(arrived)
    }

    private func approve(_ subscribe: SIPRequest, _ gateway: SocketAddress) async throws {
        let notify = try notify(of: subscribe, 1, body: "")
        try await sip.send(notify, to: gateway)
        let arrived = try await next(xmpp.stanzas, holding: ["subscribed"], "the approval did not reach the XMPP user")
        show(
            DemonstrationStep(
                title: "the SIP side lets juliet@example.com see romeo@example.net",
                from: "cpim",
                to: "xmpp",
                source: String(decoding: notify, as: UTF8.self),
                form: nil,
                pivot: nil,
                target: String(decoding: arrived, as: UTF8.self),
                rules: [],
                losses: []
            )
        )
    }

    private func notify(_ subscribe: SIPRequest, _ gateway: SocketAddress) async throws {
        let document = """
            <?xml version='1.0' encoding='UTF-8'?>
            <presence xmlns='urn:ietf:params:xml:ns:pidf' xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model' \
            xmlns:rpid='urn:ietf:params:xml:ns:pidf:rpid' entity='pres:romeo@example.net'>
            <tuple id='orchard'><status><basic>open</basic></status><note>In the orchard</note></tuple>
            <dm:person id='p1'><rpid:activities><rpid:away/></rpid:activities></dm:person>
            </presence>
            """
        let notify = try notify(of: subscribe, 2, body: document)
        try await sip.send(notify, to: gateway)
        let arrived = try await next(xmpp.stanzas, holding: ["orchard"], "the presence did not reach the XMPP user")
        show(
            DemonstrationStep(
                title: "romeo@example.net (SIP) is away",
                from: "cpim",
                to: "xmpp",
                source: String(decoding: notify, as: UTF8.self),
                form: Self.document,
                pivot: document,
                target: String(decoding: arrived, as: UTF8.self),
                rules: try await rules(.presence, leg: "sip", "notify"),
                losses: []
            )
        )
    }

    /// A NOTIFY of the SIP user in the dialog that the gateway began.
    private func notify(of subscribe: SIPRequest, _ number: UInt32, body: String) throws -> [UInt8] {
        var builder = SIPRequestBuilder(.notify, uri: try subscribe.headers.remoteTarget().description)
        builder.via(transport: "UDP", sentBy: "127.0.0.1:\(sip.port)", branch: "z9hG4bKtryn\(number)")
        builder.add(.maxForwards, "70")
        builder.address(.from, uri: "sip:romeo@example.net", tag: SIPNeighbor.tag)
        builder.address(.to, uri: "sip:juliet@example.com", tag: try subscribe.headers.from().tag)
        builder.add(.callID, subscribe.headers.text(.callID) ?? "")
        builder.sequence(number)
        builder.add(.contact("sip:romeo@127.0.0.1:\(sip.port)"))
        builder.add(.event(.presence))
        builder.add(.subscriptionState(SubscriptionState(.active, expires: 3_600)))
        if !body.isEmpty { builder.add(.contentType, "application/pidf+xml") }
        return builder.message(body: Array(body.utf8)[...])
    }

    // MARK: The SIP user watches

    private func watch(_ gateway: SocketAddress) async throws {
        var builder = SIPRequestBuilder(.subscribe, uri: "sip:juliet@example.com")
        builder.via(transport: "UDP", sentBy: "127.0.0.1:\(sip.port)", branch: "z9hG4bKtrys1")
        builder.add(.maxForwards, "70")
        builder.address(.from, uri: "sip:romeo@example.net", tag: "r2")
        builder.address(.to, uri: "sip:juliet@example.com")
        builder.add(.callID, "orchard")
        builder.sequence(1)
        builder.add(.contact("sip:romeo@127.0.0.1:\(sip.port)"))
        builder.add(.event(.presence))
        builder.add(.accept, "application/pidf+xml")
        builder.add(.expires(3_600))
        let bytes = builder.message()
        try await sip.send(bytes, to: gateway)
        let arrived = try await next(
            xmpp.stanzas,
            holding: ["subscribe"],
            "the subscription did not reach the XMPP user"
        )
        let asked = PresenceTranslator(generation: generation)
            .operation(from: try Self.request(bytes), facts: facts).value
        show(
            DemonstrationStep(
                title: "romeo@example.net (SIP) asks to see the presence of juliet@example.com (XMPP)",
                from: "cpim",
                to: "xmpp",
                source: String(decoding: bytes, as: UTF8.self),
                form: Self.operation,
                pivot: asked.map { Self.text($0, watcher: $0.contact, presentity: $0.user) },
                target: String(decoding: arrived, as: UTF8.self),
                rules: try await rules(.subscription, leg: "sip", "subscribe"),
                losses: []
            )
        )
    }

    private func announce() async throws {
        let stanzas = """
            <presence from='juliet@example.com' to='romeo@example.net' id='s2' type='subscribed'/>
            <presence from='juliet@example.com/balcony' to='romeo@example.net'>\
            <show>dnd</show><status>Speaking to the night</status></presence>
            """
        try await xmpp.send(stanzas)
        let arrived = try await next(
            sip.messages,
            holding: ["NOTIFY ", "Speaking to the night"],
            "the presence did not reach the SIP user"
        )
        show(
            DemonstrationStep(
                title: "juliet@example.com (XMPP) lets him see her, and does not wish to be disturbed",
                from: "xmpp",
                to: "cpim",
                source: stanzas,
                form: Self.document,
                pivot: String(decoding: try Self.request(arrived).body, as: UTF8.self),
                target: String(decoding: arrived, as: UTF8.self),
                rules: try await rules(.presence, leg: "xmpp", "notify"),
                losses: []
            )
        )
    }

    // MARK: What is shown

    private static let operation = "an operation of CPP (RFC 3859)"
    private static let document = "a presence document (RFC 3863)"

    private static func text(
        _ operation: PresenceOperation,
        watcher: Correspondent,
        presentity: Correspondent
    ) -> String {
        """
        subscribe
        watcher: \(watcher.jid.bare), \(watcher.uri)
        target: \(presentity.jid.bare), \(presentity.uri)
        """
    }

    private static func request(_ bytes: [UInt8]) throws -> SIPRequest {
        guard case .request(let request) = try SIPReader.read(datagram: bytes) else {
            throw StartFault.unreachable("an answer came in place of a request")
        }
        return request
    }

    /// The rules of the last record of its kind, which is written a moment after the item was sent.
    private func rules(_ event: AuditEvent, leg: String, _ what: String) async throws -> [String] {
        for _ in 0..<500 {
            if let record = try records([event]).last(where: { $0.leg == leg && $0.reason == what }) {
                return record.rules ?? []
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        return []
    }
}
