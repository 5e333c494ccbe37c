import BridgeCore
import Interworking
import MappingTables
import SIPMessages
import SIPTransactions

/// Documents of presentities of this shore.
extension SIMPLELeg {
    /// What a document says of the presentity's devices; nil when it says nothing that counts.
    func parts(in inbound: InboundRequest?, _ id: UInt64) -> [PresencePart]? {
        reading(in: inbound, id)?.parts
    }

    /// Tells what a document says of the presentity's devices, and then of the presentity itself.
    func tellState(in inbound: InboundRequest?, _ id: UInt64, _ key: WatchKey) {
        guard let (reading, parts) = reading(in: inbound, id) else { return }
        tell(reading, parts, key)
    }

    private func tell(_ reading: PresenceReading, _ parts: [PresencePart], _ key: WatchKey) {
        host.presence(.state(key, parts))
        host.personal(Self.items(of: reading), of: key)
    }

    static func items(of reading: PresenceReading) -> [PersonalItem] {
        reading.events.map { PersonalItem(node: $0.node, payload: $0.payload) }
    }

    private func reading(
        in inbound: InboundRequest?,
        _ id: UInt64
    ) -> (reading: PresenceReading, parts: [PresencePart])? {
        guard let inbound else { return nil }
        let headers = inbound.request.headers
        let body = PresenceBody(
            type: headers.text(.contentType) ?? "",
            language: headers.text(.contentLanguage),
            bytes: Array(inbound.request.body)
        )
        guard let translated = reading(of: body, id) else { return nil }
        let rows = translated.trace.rows.map { host.generation.name(of: $0) }
        switch translated.outcome {
        case .value(let reading):
            let parts = parts(of: reading)
            guard subscriptions.changeDocuments(of: id, { $0.take(reading, body, parts) }) == true else {
                record(account(of: inbound), code: "outdated-document", trace: rows)
                return nil
            }
            host.recordPresence(
                "notify",
                account(of: inbound),
                trace: translated.trace,
                notes: translated.notes,
                isSubscription: false
            )
            return (reading, parts)
        case .nothing(let reason):
            record(account(of: inbound), code: reason, trace: rows)
            if reason == "partial-document" { subscriptions.subscribed[id]?.documents.isWholeWanted = true }
            return nil
        case .refused(let refusal):
            record(account(of: inbound), code: translated.documentFault ?? refusal.auditCode, trace: rows)
            return nil
        }
    }

    /// The last document again, when something in it has begun or ceased to hold.
    ///
    /// Source: RFC 4480 §3.1.
    func readAgain(_ id: UInt64) {
        guard let entry = subscriptions.subscribed[id], let due = entry.documents.nextChange, due <= host.now.wall,
            let body = entry.documents.body
        else { return }
        subscriptions.subscribed[id]?.documents.nextChange = nil
        guard let reading = reading(of: body, id)?.value else { return }
        let parts = parts(of: reading)
        if subscriptions.changeDocuments(of: id, { $0.take(reading, body, parts) }) == true {
            tell(reading, parts, entry.key)
        }
    }

    /// Source: RFC 4482 §3.2.
    private func reading(of body: PresenceBody, _ id: UInt64) -> Translated<PresenceReading>? {
        guard let key = subscriptions.subscribed[id]?.key, let ends = ends(of: key) else { return nil }
        return PresenceTranslator(generation: host.generation)
            .reading(of: body, about: ends.contact, facts: ends.facts, language: host.language(of: key.watcher))
    }

    func parts(of reading: PresenceReading) -> [PresencePart] {
        reading.presences.map {
            PresencePart(
                name: $0.resource ?? "",
                isOpen: $0.isAvailable,
                content: $0.stored,
                seen: min($0.since ?? host.now.wall, host.now.wall)
            )
        }
    }
}
