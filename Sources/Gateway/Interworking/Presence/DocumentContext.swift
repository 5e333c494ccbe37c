import CPIM
import MappingTables
import PIDF

/// A document with what its tuples share: the person, the time at which it is read, the language around it.
struct DocumentContext {
    /// The document without the extensions that hide something that must be understood.
    let document: PresenceDocument
    /// The expanded names of the extensions that were left out of it.
    let ignored: [String]
    /// The person that the document is about; nil when it describes none.
    let person: PresencePerson?
    /// The language of notes that say none, a Content-Language.
    let language: String?
    /// The time, in milliseconds since 1970-01-01T00:00:00Z.
    let now: Int64
    /// The activities of the person that hold at the time, in document order.
    ///
    /// Source: RFC 4480 §3.2.
    let activities: [String]
    /// What the first device of each id that says so, and the person, tell of user input.
    private let deviceInputs: [String: PresenceElement]
    private let personInput: PresenceElement?

    /// Activities that count; a person does not do more at once.
    static let largestActivities = 100

    init(_ document: PresenceDocument, language: String?, now: Int64, rules: FieldRules) {
        var document = document
        ignored = document.leaveOutHidden { Self.isKnown($0, $1, rules) }
        self.document = document
        self.language = language
        self.now = now
        let person = Self.person(of: document)
        self.person = person
        activities = Self.activities(of: person, now)
        personInput = Self.userInput(in: person?.elements ?? [], now)
        var inputs: [String: PresenceElement] = [:]
        for device in document.devices {
            guard let id = device.deviceID, inputs[id] == nil else { continue }
            inputs[id] = Self.userInput(in: device.elements, now)
        }
        deviceInputs = inputs
    }

    /// Of several persons the one with the newest timestamp, else the first.
    ///
    /// Source: RFC 4479 §3.5.
    private static func person(of document: PresenceDocument) -> PresencePerson? {
        var best: (person: PresencePerson, time: PresenceTime)?
        for person in document.persons {
            guard let time = person.timestamp.flatMap(PresenceTime.init), best.map({ $0.time < time }) ?? true else {
                continue
            }
            best = (person, time)
        }
        return best?.person ?? document.persons.first
    }

    private static func activities(of person: PresencePerson?, _ now: Int64) -> [String] {
        var names: [String] = []
        for element in person?.elements ?? []
        where element.is("activities", PresenceNamespace.rpid) && holds(element, now) {
            for child in element.children where child.namespace == PresenceNamespace.rpid && child.name != "note" {
                guard names.count < largestActivities else { return names }
                if !names.contains(child.name) { names.append(child.name) }
            }
        }
        return names
    }

    /// Source: RFC 4480 §3.14, RFC 4479 §3.4.
    func userInput(of tuple: PresenceTuple) -> PresenceElement? {
        if let input = Self.userInput(in: tuple.elements, now) { return input }
        let device = tuple.elements.first { $0.is("deviceID", PresenceNamespace.dataModel) }
        if let id = device.map({ SingleLine.text($0.text) }), !id.isEmpty, let input = deviceInputs[id] { return input }
        return personInput
    }

    private static func userInput(in elements: [PresenceElement], _ now: Int64) -> PresenceElement? {
        elements.first { $0.is("user-input", PresenceNamespace.rpid) && holds($0, now) }
    }

    /// The extensions that hold, for rows.
    func tree(_ elements: [PresenceElement]) -> ElementTree {
        ElementTree(side: .document, elements: elements.filter { Self.holds($0, now) })
    }

    /// Source: RFC 4480 §3.1.
    private static func holds(_ element: PresenceElement, _ now: Int64) -> Bool {
        if let from = time(element, "from"), from > now { return false }
        if let until = time(element, "until"), until <= now { return false }
        return true
    }

    /// Whether an element is one that is read: of those that documents are made of, or by a row.
    ///
    /// Source: RFC 3863 §4.2.3.
    private static func isKnown(_ namespace: String, _ name: String, _ rules: FieldRules) -> Bool {
        if PresenceVocabulary.contains(namespace, name) { return true }
        if namespace == PresenceNamespace.civic || namespace == PresenceNamespace.civicLoc {
            return rules.civicNames(.toXMPP).contains(name)
        }
        return rules.goes(by: FieldAnchor(namespace: namespace, name: name), .toXMPP)
    }

    private static func time(_ element: PresenceElement, _ name: String) -> Int64? {
        element.attribute(name).flatMap { CPIMDateTime(SingleLine.text($0)) }?.milliseconds
    }

    // MARK: Times

    /// When something in the document begins or ends to hold, the next time after now; nil when nothing does.
    ///
    /// Source: RFC 4480 §3.1.
    var nextChange: Int64? {
        var next: Int64?
        let elements =
            (person?.elements ?? []) + document.tuples.flatMap(\.elements) + document.devices.flatMap(\.elements)
        for element in elements {
            for name in ["from", "until"] {
                guard let time = Self.time(element, name), time > now else { continue }
                next = min(next ?? time, time)
            }
        }
        return next
    }

    /// The newest timestamp; nil when there is none.
    ///
    /// Source: RFC 3863 §6.
    var newest: Int64? {
        document.tuples.compactMap { $0.timestamp.flatMap { CPIMDateTime($0) }?.milliseconds }.max()
    }
}
