import CPIM
import PIDF

/// One document out of all that a user has published.
///
/// The tuples of all publications stand beside each other, those of earlier publications first, whichever was modified
/// since. Of persons the one that was published last comes first, since of several without a time the first one counts.
///
/// Source: RFC 3856 §7.3, RFC 4479 §3.5.
enum PresenceComposition {
    /// What one publication gives.
    struct Part {
        let number: UInt64
        let document: PresenceDocument
        /// The language of notes that say none.
        let language: String?

        init(_ publication: PublishedDocument, _ document: PresenceDocument) {
            number = publication.number
            self.document = document
            language = publication.body.language.map { SingleLine.text($0) }.flatMap {
                LanguageTag.isValid($0) ? $0 : nil
            }
        }

        /// Its notes, each in the language that it is in.
        func notes(_ notes: [PresenceNote]) -> [PresenceNote] {
            notes.map { PresenceNote($0.text, language: $0.language ?? language) }
        }
    }

    /// Composes the document.
    ///
    /// - Parameters:
    ///   - parts: the publications, what was published or modified last at the end.
    ///   - entity: the user.
    /// - Returns: the document; its tuples have ids that differ.
    static func document(of parts: [Part], entity: String) -> PresenceDocument {
        var document = PresenceDocument(entity: entity)
        var taken: Set<String> = []
        for part in parts.sorted(by: { $0.number < $1.number }) {
            // Within one publication ids are as they are: of two alike the later tuple counts.
            let ids = part.document.tuples.enumerated().map { $1.id ?? "t\($0 + 1)" }
            let own = Set(ids.map { TupleID.resource(of: $0) })
            var named: [String: String] = [:]
            for (tuple, id) in zip(part.document.tuples, ids) {
                guard document.tuples.count < largestTuples else { break }
                var tuple = tuple
                let name = named[id] ?? apart(id, part.number, taken, own)
                named[id] = name
                tuple.id = name
                tuple.notes = part.notes(tuple.notes)
                document.tuples.append(tuple)
            }
            taken.formUnion(own)
            document.devices += part.document.devices
            document.elements += part.document.elements
        }
        for part in parts.reversed() {
            document.notes += part.notes(part.document.notes)
            document.persons += part.document.persons.map { person in
                var person = person
                person.notes = part.notes(person.notes)
                return person
            }
        }
        return document
    }

    /// Tuples that count, as of one document (RFC 3863 §6).
    static let largestTuples = PIDFReader.Limits().tuples

    /// An id whose resource no other publication has: the number of its own behind it where it is taken.
    ///
    /// Source: RFC 3863 §4.1.2.
    private static func apart(_ id: String, _ number: UInt64, _ taken: Set<String>, _ own: Set<String>) -> String {
        guard taken.contains(TupleID.resource(of: id)) else { return id }
        var apart = "\(id)-\(number)"
        var count = number
        while taken.contains(TupleID.resource(of: apart)) || own.contains(TupleID.resource(of: apart)) {
            apart = "\(id)-\(number)-\(count)"
            count += 1
        }
        return apart
    }
}
