import Addressing
import CPIM
import MIME
import MappingTables
public import PIDF

extension PresenceTranslator {
    /// The type of a document.
    ///
    /// Source: RFC 3863 §3.1.
    static let documentType = "application/pidf+xml"

    /// Makes the body of a NOTIFY or a PUBLISH.
    ///
    /// Without a list of types a watcher takes a document as such.
    ///
    /// - Parameters:
    ///   - document: the document.
    ///   - user: whom it is about.
    ///   - contact: who gets it, by whom the route is chosen.
    ///   - facts: what is known.
    ///   - accepts: the media ranges of the watcher's Accept; empty when it has none.
    /// - Returns: the document, in a Message/CPIM object where the route says so and the watcher takes one; a refusal
    ///   when the watcher takes neither.
    ///
    /// Source: RFC 3922 §5.1, RFC 8048 §6.2, RFC 3856 §6.7.
    public func body(
        of document: PresenceDocument,
        from user: Correspondent,
        to contact: Correspondent,
        facts: Facts,
        accepts: [String] = []
    ) -> Translated<PresenceBody> {
        Crossing.run(setting(facts, contact)) { crossing throws(Refusal) in
            let language = Self.language(of: document)
            let bytes = PIDFWriter.write(document)
            if crossing.isSet(.presenceCarrier, "cpim"),
                accepts.isEmpty || MediaRange.accepts("message/cpim", accepts)
            {
                let object = try Self.object(bytes, language, from: user, to: contact, crossing)
                return .value(PresenceBody(type: "message/cpim", bytes: object))
            }
            guard accepts.isEmpty || MediaRange.accepts(Self.documentType, accepts) else { throw .unacceptableType }
            return .value(PresenceBody(type: Self.documentType, language: language, bytes: bytes))
        }
    }

    /// The language that the first text of a document is in; nil when a text says none, for it would take this one.
    ///
    /// Source: RFC 3863 §4.1.6.
    private static func language(of document: PresenceDocument) -> String? {
        let languages = (document.tuples.flatMap(\.notes) + document.notes).map(\.language)
        guard let first = languages.first, let language = first, !languages.contains(nil) else { return nil }
        return LanguageTag.isValid(language) ? language : nil
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
