import Addressing
import CPIM
import MIME
import MappingTables
import PIDF
public import XMLStreams

extension PresenceTranslator {
    /// The type of a document.
    ///
    /// Source: RFC 3863 §3.1.
    static let documentType = "application/pidf+xml"

    /// Makes the body of a NOTIFY or a PUBLISH about a user of the XMPP shore: all its resources as one watcher may see
    /// them.
    ///
    /// Shape: as ``document(of:resources:events:for:facts:)`` makes it. Without a list of types a watcher takes a document
    /// as such.
    ///
    /// - Parameters:
    ///   - ends: the user, and the watcher, by whom the route is chosen.
    ///   - resources: the last presence of each resource that was sent to the watcher, the one seen first first.
    ///   - events: the payloads of the user's personal events that the watcher may see, one of each kind, and its card.
    ///   - facts: what is known.
    ///   - accepts: the media ranges of the watcher's Accept; empty when it has none.
    /// - Returns: the document, in a Message/CPIM object where the route says so and the watcher takes one; a refusal
    ///   when the watcher takes neither.
    ///
    /// Source: RFC 3922 §5.1, RFC 8048 §6.2, RFC 3856 §6.7.
    public func body(
        about ends: WatchEnds,
        resources: [ResourcePresence],
        events: [XML.Element] = [],
        facts: Facts,
        accepts: [String] = []
    ) -> Translated<PresenceBody> {
        Crossing.run(setting(facts, ends.contact)) { crossing throws(Refusal) in
            let document = try document(of: ends.user, ends.names, resources, events, &crossing)
            return .value(try Self.body(of: document, from: ends.user, to: ends.contact, accepts, crossing))
        }
    }

    /// The body that a document is sent in.
    static func body(
        of document: PresenceDocument,
        from user: Correspondent,
        to contact: Correspondent,
        _ accepts: [String],
        _ crossing: Crossing
    ) throws(Refusal) -> PresenceBody {
        let language = language(of: document)
        let bytes = PIDFWriter.write(document)
        if crossing.isSet(.presenceCarrier, "cpim"), accepts.isEmpty || MediaRange.accepts("message/cpim", accepts) {
            let object = try object(bytes, language, from: user, to: contact, crossing)
            return PresenceBody(type: "message/cpim", bytes: object)
        }
        guard accepts.isEmpty || MediaRange.accepts(documentType, accepts) else { throw .unacceptableType }
        return PresenceBody(type: documentType, language: language, bytes: bytes)
    }

    /// The language that the first text of a document is in; nil when a text says none, for it would take this one.
    ///
    /// Source: RFC 3863 §4.1.6.
    private static func language(of document: PresenceDocument) -> String? {
        var first: PresenceNote?
        for tuple in document.tuples {
            for note in tuple.notes {
                if note.language == nil { return nil }
                first = first ?? note
            }
        }
        for note in document.notes {
            if note.language == nil { return nil }
            first = first ?? note
        }
        return first?.language.flatMap { LanguageTag.isValid($0) ? $0 : nil }
    }

    /// Source: RFC 3922 §5.1.1, §5.1.2.
    private static func object(
        _ bytes: [UInt8],
        _ language: String?,
        from user: Correspondent,
        to contact: Correspondent,
        _ crossing: Crossing
    ) throws(Refusal) -> [UInt8] {
        var headers = HeaderList()
        headers.append("Content-Type", documentType + "; charset=utf-8")
        if let language { headers.append("Content-Language", language) }
        let draft = CPIMDraft(
            from: try address(user, crossing),
            to: try address(contact, crossing),
            content: MIMEPart(headers: headers, content: bytes[...])
        )
        do throws(CPIMError) { return try CPIMWriter.write(draft) } catch { throw .mapping() }
    }

    private static func address(_ user: Correspondent, _ crossing: Crossing) throws(Refusal) -> CPIMAddress {
        let bare = user.jid.bare
        let uri = try crossing.addresses.uri(for: bare.jid, facts: crossing.facts).instant.description
        let name = crossing.formalName(of: bare)
        guard let address = CPIMAddress(formalName: name, uriText: uri) ?? CPIMAddress(formalName: nil, uriText: uri)
        else { throw .mapping() }
        return address
    }
}

/// The media ranges of an Accept header.
///
/// Source: RFC 3261 §20.1.
enum MediaRange {
    /// Whether a type is in one of the ranges; one of weight zero takes it away.
    static func accepts(_ type: String, _ ranges: [String]) -> Bool {
        var isAccepted = false
        for range in ranges {
            // Most ranges are a type and nothing else.
            if range == type {
                isAccepted = true
                continue
            }
            let parts = range.split(separator: ";").map { SingleLine.text(String($0)).lowercased() }
            guard let name = parts.first, name == type || isGroup(name, of: type) else { continue }
            if parts.dropFirst().contains(where: {
                $0 == "q=0" || $0.hasPrefix("q=0.0") && !$0.contains { "1"..."9" ~= $0 }
            }) {
                if name == type { return false }
                continue
            }
            isAccepted = true
        }
        return isAccepted
    }

    private static func isGroup(_ name: String, of type: String) -> Bool {
        name == "*/*" || name.hasSuffix("/*") && type.hasPrefix(name.dropLast())
    }
}
