public import Addressing
import MIME
import MappingTables
import PIDF
public import SIPMessages

/// What users of the CPIM shore publish to the gateway, where it is their presence server.
extension PresenceTranslator {
    /// Whose presence a PUBLISH tells of: the sender's own, and nobody else's.
    ///
    /// - Parameters:
    ///   - request: a valid request, whose sender's domain the leg has proved or states in the facts.
    ///   - facts: what is known.
    /// - Returns: the presentity, by its bare address; refused for a sender who speaks for somebody else.
    ///
    /// Source: RFC 3903 §4, §14.1, RFC 3261 §8.2.
    public func presentity(publishedBy request: SIPRequest, facts: Facts) -> Translated<Correspondent> {
        let sender: AddressURI
        do throws(Refusal) { sender = try messages.sender(of: request, facts) } catch {
            return Crossing.refused(error, messages.route(""))
        }
        let route = messages.route(messages.domain(of: sender))
        return Crossing.run(messages.setting(facts, route)) { crossing throws(Refusal) in
            let target = try MessageTranslator.recipient(of: request, crossing.route.switches)
            guard let key = AddressKey(target), key == AddressKey(sender) else { throw .identityMismatch }
            let mapped = try crossing.addresses.jid(for: target, role: .sender, facts: facts)
            crossing.fire(mapped.row)
            crossing.notes += mapped.notes
            var known = facts
            if !mapped.isDerivable { known.pairs.append(mapped.pair) }
            let back = try crossing.addresses.uri(for: mapped.jid.bare.jid, facts: known)
            let pair = mapped.isDerivable ? nil : mapped.pair
            return .value(Correspondent(jid: mapped.jid.bare.jid, uri: back.uri, pair: pair))
        }
    }

    /// A user of the CPIM shore by the address that it has on the XMPP shore.
    ///
    /// - Parameters:
    ///   - jid: the address.
    ///   - facts: what is known.
    /// - Returns: the user; refused for an address without a form on the CPIM shore.
    ///
    /// Source: RFC 7247 §6.5.
    public func presentity(_ jid: BareJID, facts: Facts) -> Translated<Correspondent> {
        let route = messages.route(AddressTranslator.peerDomain(of: jid, generation.addresses))
        return Crossing.run(messages.setting(facts, route)) { crossing throws(Refusal) in
            let mapped = try crossing.addresses.uri(for: jid.jid, facts: facts)
            crossing.fire(mapped.row)
            return .value(Correspondent(jid: jid.jid, uri: mapped.uri))
        }
    }

    /// Whether a document can be published: it is read, and it names the publisher as the one that it is about.
    ///
    /// - Parameters:
    ///   - body: the body of a PUBLISH.
    ///   - contact: the publisher.
    ///   - facts: what is known.
    ///   - depth: elements inside each other, 64 unless set.
    /// - Returns: what it says; refused for a document that cannot be read, names nobody, or is about somebody else.
    ///
    /// Source: RFC 3863 §4.1.1, RFC 3903 §6, RFC 3856 §7.3.
    public func check(
        published body: PresenceBody,
        by contact: Correspondent,
        facts: Facts,
        depth: Int = PresenceTranslator.publishedDepth
    ) -> Translated<PublishedContent> {
        Crossing.run(setting(facts, contact)) { crossing throws(Refusal) in
            let document = try Self.document(published: body, depth: depth, &crossing)
            guard document.entity != nil else {
                crossing.notes.append("pidf-missing-entity")
                throw .malformedBody(isTooLarge: false)
            }
            guard Self.isAbout(contact, document, crossing) else {
                crossing.notes.append("entity-mismatch")
                throw .identityMismatch
            }
            return .value(PublishedContent(document: document))
        }
    }

    /// Reads a published document that was checked before.
    ///
    /// - Parameters:
    ///   - body: the document.
    ///   - contact: the publisher.
    ///   - facts: what is known.
    ///   - depth: elements inside each other, 64 unless set.
    /// - Returns: what it says; refused when it cannot be read any more.
    public func content(
        of body: PresenceBody,
        by contact: Correspondent,
        facts: Facts,
        depth: Int = PresenceTranslator.publishedDepth
    ) -> Translated<PublishedContent> {
        Crossing.run(setting(facts, contact)) { crossing throws(Refusal) in
            .value(PublishedContent(document: try Self.document(published: body, depth: depth, &crossing)))
        }
    }

    /// Reads what all publications of one user say together.
    ///
    /// - Parameters:
    ///   - publications: the documents, what was published or modified last at the end.
    ///   - contact: the user.
    ///   - facts: what is known.
    /// - Returns: the presence of each resource, as ``reading(of:about:facts:)`` reads one document; a document that
    ///   cannot be read any more says nothing.
    ///
    /// Source: RFC 3856 §7.3, RFC 3903 §10.4.
    public func reading(
        of publications: [PublishedDocument],
        about contact: Correspondent,
        facts: Facts
    ) -> Translated<PresenceReading> {
        Crossing.run(setting(facts, contact)) { crossing throws(Refusal) in
            var parts: [PresenceComposition.Part] = []
            for publication in publications {
                do throws(Refusal) {
                    var document = publication.content?.document
                    if document == nil {
                        let depth = Self.publishedDepth
                        document = try Self.document(published: publication.body, depth: depth, &crossing)
                    }
                    guard let document else { continue }
                    parts.append(PresenceComposition.Part(publication, document))
                } catch {
                    crossing.notes.append("publication-unreadable")
                }
            }
            let address = try crossing.addresses.uri(for: contact.jid.bare.jid, facts: crossing.facts)
            let document = PresenceComposition.document(of: parts, entity: Self.entity(address.instant))
            guard let type = MediaType(type: "application", subtype: "pidf+xml") else { throw .unreadablePresence }
            let isCopied = crossing.isSet(.includePIDF, "on")
            let carried = Carried(type: type, language: nil, bytes: isCopied ? PIDFWriter.write(document)[...] : [])
            let context = DocumentContext(
                document,
                language: nil,
                now: crossing.facts.now,
                rules: crossing.route.presenceFields
            )
            return .value(try Self.told(context, carried, of: contact, in: nil, &crossing))
        }
    }

    /// Elements inside each other in a published document.
    public static let publishedDepth = 64

    private static func document(
        published body: PresenceBody,
        depth: Int,
        _ crossing: inout Crossing
    ) throws(Refusal) -> PresenceDocument {
        let type: MediaType
        do throws(MIMEError) { type = try MediaType(body.type) } catch { throw .unreadablePresence }
        let carried = Carried(type: type, language: body.language, bytes: body.bytes[...])
        // What only changes another document is none.
        guard type.is("application", "pidf+xml"), let document = try document(in: carried, depth: depth, &crossing)
        else {
            throw .unreadablePresence
        }
        return document
    }
}
