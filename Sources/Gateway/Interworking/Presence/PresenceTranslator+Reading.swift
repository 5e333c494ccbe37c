import Addressing
import CPIM
import MIME
import MappingTables
import PIDF
import XMLStreams

extension PresenceTranslator {
    /// Reads what a body says of the resources of a user of the CPIM shore.
    ///
    /// - Parameters:
    ///   - body: the body of a NOTIFY or a PUBLISH.
    ///   - contact: the presentity, as the subscription or the request names it.
    ///   - facts: what is known.
    /// - Returns: the presence of each resource; nothing for a document about somebody else, and for one that says only
    ///   what changed; a refusal for a body that cannot be read, whose fault is among the notes.
    ///
    /// Source: RFC 3922 §5.2, §6.3, RFC 8048 §6.3.
    public func presences(
        from body: PresenceBody,
        of contact: Correspondent,
        facts: Facts
    ) -> Translated<[ContactPresence]> {
        let reading = reading(of: body, about: contact, facts: facts)
        let outcome: Outcome<[ContactPresence]> =
            switch reading.outcome {
            case .value(let value): .value(value.presences)
            case .nothing(let reason): .nothing(reason: reason)
            case .refused(let refusal): .refused(refusal)
            }
        return Translated(outcome: outcome, trace: reading.trace, notes: reading.notes)
    }

    /// Reads a body as ``presences(from:of:facts:)`` does, with what is to be known of the document's age.
    ///
    /// - Parameters:
    ///   - body: the body of a NOTIFY or a PUBLISH.
    ///   - contact: the presentity.
    ///   - facts: what is known.
    ///   - language: the language of the watcher, in which it sees a name; nil when it is not known.
    /// - Returns: the presence of each resource, the newest timestamp and the next change.
    ///
    /// Source: RFC 3922 §5.2, RFC 3863 §6, RFC 4480 §3.1.
    public func reading(
        of body: PresenceBody,
        about contact: Correspondent,
        facts: Facts,
        language: String? = nil
    ) -> Translated<PresenceReading> {
        Crossing.run(setting(facts, contact)) { crossing throws(Refusal) in
            let carried = try Self.carried(body, about: contact, &crossing)
            guard let document = try Self.document(in: carried, &crossing) else {
                return .nothing(reason: "partial-document")
            }
            guard Self.isAbout(contact, document, crossing) else {
                crossing.notes.append("entity-mismatch")
                return .nothing(reason: "entity-mismatch")
            }
            let context = DocumentContext(
                document,
                language: carried.language,
                now: crossing.facts.now,
                rules: crossing.route.presenceFields
            )
            return .value(try Self.told(context, carried, of: contact, in: language, &crossing))
        }
    }

    // MARK: Bodies

    /// A document as it is carried.
    struct Carried {
        var type: MediaType
        var language: String?
        var bytes: ArraySlice<UInt8>
    }

    /// The document in a body, taken out of the Message/CPIM object that it may lie in.
    ///
    /// That a feature is required which is not known is noted and no more, unlike in messages: RFC 3922 has no error
    /// for it.
    ///
    /// Source: RFC 3922 §5.2.3, §5.2.4, §5.2.7, RFC 8048 §6.3.
    private static func carried(
        _ body: PresenceBody,
        about contact: Correspondent,
        _ crossing: inout Crossing
    ) throws(Refusal) -> Carried {
        let language = single(body.language)
        let type: MediaType
        do throws(MIMEError) { type = try MediaType(body.type) } catch { throw .unreadablePresence }
        guard type.is("message", "cpim") else { return Carried(type: type, language: language, bytes: body.bytes[...]) }
        let message: CPIMMessage
        let reader = MessageTranslator.reader(crossing.route.switches)
        do throws(CPIMError) { message = try reader.read(body.bytes[...]) } catch {
            throw .malformedBody(isTooLarge: error.isLimit)
        }
        crossing.notes += message.warnings.map { "cpim-\($0.kind.rawValue)" }
        if !message.unmetRequirements(implemented: MessageTranslator.implemented).isEmpty {
            crossing.notes.append("cpim-required-feature")
        }
        if let from = message.from, let uri = try? from.uri(lenient: true), !isAddress(uri, of: contact) {
            throw .identityMismatch
        }
        let inner = single(message.content.headers.first("Content-Language")?.text)
        return Carried(type: message.contentType, language: inner ?? language, bytes: message.content.content)
    }

    /// A language that all of a content is in.
    ///
    /// Source: RFC 3261 §20.13.
    private static func single(_ text: String?) -> String? {
        guard let text = text.map({ SingleLine.text($0) }), LanguageTag.isValid(text) else { return nil }
        return text
    }

    /// The whole state that a body tells; nil when it tells only what changed.
    ///
    /// Source: RFC 3863 §4, §7, RFC 5262 §3.
    static func document(
        in carried: Carried,
        depth: Int = PIDFReader.Limits().depth,
        _ crossing: inout Crossing
    ) throws(Refusal) -> PresenceDocument? {
        let isPartial = carried.type.is("application", "pidf-diff+xml")
        guard isPartial || carried.type.is("application", "pidf+xml") else { throw .unreadablePresence }
        // The parameter counts, whatever the declaration in the document says.
        let charset = carried.type.charset
        guard charset == nil || charset == "utf-8" || charset == "us-ascii" else { throw .unreadablePresence }
        do throws(PIDFError) {
            if isPartial {
                let partial = try PIDFReader().readPartial(carried.bytes, isKnownUTF8: charset != nil)
                guard case .full(let document, _) = partial else { return nil }
                return document
            }
            var warnings: [PIDFWarning] = []
            let reader = PIDFReader(limits: PIDFReader.Limits(depth: depth))
            let document = try reader.read(carried.bytes, isKnownUTF8: charset != nil, noting: &warnings)
            for warning in warnings where !crossing.notes.contains(warning.note) { crossing.notes.append(warning.note) }
            return document
        } catch {
            crossing.notes.append(error.code.rawValue)
            throw .malformedBody(isTooLarge: error.code == .limit)
        }
    }

    // MARK: Identity

    /// Whether a document is about the presentity; one that names nobody is.
    ///
    /// Source: RFC 3863 §4.1.1, RFC 3859 §3.4.2.
    static func isAbout(_ contact: Correspondent, _ document: PresenceDocument, _ crossing: Crossing) -> Bool {
        guard let entity = document.entity else { return true }
        guard let uri = try? AddressURI(entity, lenient: crossing.takesStrayPercents) else { return false }
        return isAddress(uri, of: contact)
    }

    static func isAddress(_ uri: AddressURI, of contact: Correspondent) -> Bool {
        switch uri {
        case .xmpp(let jid): jid.bare == contact.jid.bare
        case .sip, .im, .pres: AddressKey(uri).map { $0 == AddressKey(.sip(contact.uri)) } ?? false
        case .tel, .other: false
        }
    }
}

extension PIDFWarning {
    /// The tolerance in the stable words of records: `pidf-missing-entity`.
    fileprivate var note: String {
        var words = "pidf-"
        var isInCapitals = false
        for scalar in kind.rawValue.unicodeScalars {
            let isCapital = ("A"..."Z").contains(scalar)
            if isCapital, !isInCapitals { words += "-" }
            words += isCapital ? scalar.properties.lowercaseMapping : String(scalar)
            isInCapitals = isCapital
        }
        return words
    }
}
