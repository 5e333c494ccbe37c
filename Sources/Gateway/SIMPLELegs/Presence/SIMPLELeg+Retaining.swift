import Addressing
import BridgeCore
import Interworking
import MappingTables
import SIPTransactions

/// Locations in what is published: neither the store nor the memory has them longer than they may be kept.
///
/// Source: RFC 4119 §2.2.2.
extension SIMPLELeg {
    /// Leaves out of what a PUBLISH brings what may not be kept any more.
    ///
    /// - Parameters:
    ///   - content: what its document says; nil when it brings none.
    ///   - state: what is published with it.
    ///   - before: what was published before.
    /// - Returns: when the first location that is kept may not be kept any longer, in Unix milliseconds.
    func retain(
        _ content: inout PublishedContent?,
        in state: inout EventStateCompositor,
        after before: EventStateCompositor
    ) -> Int64? {
        // A document that comes with the end of its publication is not published.
        guard let last = state.publications.last, !before.publications.contains(where: { $0.tag == last.tag }),
            let retention = content?.discardLocations(expiredAt: host.now.wall, receivedAt: last.received)
        else { return nil }
        if let bytes = retention.bytes { state.replace(bytes, of: last.number) }
        return retention.next
    }

    /// Discards the published locations whose time is over, from the store as well.
    ///
    /// - Returns: whether there were any.
    func discardLocations(of id: UInt64) -> Bool {
        let now = host.now.wall
        guard let composition = compositions.all[id], composition.locationsEnd.map({ $0 <= now }) == true else {
            return false
        }
        let due = composition.state.publications.filter { publication in
            composition.locationEnds[publication.number].map { $0 <= now } == true
        }
        guard let contact = contact(of: composition) else {
            // The tables of this time do not know the user, so that nobody is told of it either.
            for publication in due {
                compositions.all[id]?.endLocations(of: publication.number, at: now + Self.retentionPause)
            }
            return false
        }
        let facts = host.facts(sender: contact.comparedAddress, recipient: contact.comparedAddress, from: .cpim)
        var state = composition.state
        for publication in due {
            var content = document(of: publication, in: id, contact, facts).content
            let retention = content?.discardLocations(expiredAt: now, receivedAt: publication.received)
            compositions.all[id]?.endLocations(of: publication.number, at: retention?.next)
            guard let content, let bytes = retention?.bytes else { continue }
            state.replace(bytes, of: publication.number)
            compositions.contents.keep(content, bytes: bytes.count, of: publication.number, id)
        }
        guard state != composition.state else { return false }
        compositions.count(state.weight - composition.state.weight, in: composition.domain)
        compositions.all[id]?.state = state
        keep(composition: id, state)
        return true
    }

    /// When documents of a user who is not known are looked at again, in milliseconds.
    private static let retentionPause: Int64 = 3_600_000

    // MARK: What documents say

    /// A document with what it says, which is kept for the next time.
    func document(
        of publication: EventStateCompositor.Publication,
        in composition: UInt64,
        _ contact: Correspondent,
        _ facts: Facts
    ) -> PublishedDocument {
        let body = PresenceBody(
            type: publication.contentType,
            language: publication.language,
            bytes: publication.body
        )
        var content = compositions.contents.content(of: publication.number, composition)
        if content == nil {
            compositions.documentsRead += 1
            content =
                PresenceTranslator(generation: host.generation)
                .content(of: body, by: contact, facts: facts, depth: settings.publishedDepth).value
            if let content {
                let size = publication.body.count
                compositions.contents.keep(content, bytes: size, of: publication.number, composition)
            }
        }
        return PublishedDocument(number: publication.number, body: body, content: content)
    }

    /// The user who published something.
    func contact(of composition: Composition) -> Correspondent? {
        let facts = host.facts(sender: composition.user, recipient: composition.user, from: .xmpp)
        return (try? BareJID(composition.user)).flatMap { jid in
            PresenceTranslator(generation: host.generation).presentity(jid, facts: facts).value
        }
    }
}
