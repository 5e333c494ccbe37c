import XMLStreams

/// Makes a document of its XML, tolerantly.
///
/// What has a property of its own is recognized at its own place only; extensions are kept whole wherever the schema
/// has room for them, and what the schema has no room for is ignored with all its content.
///
/// Source: RFC 3863 §4.1, §4.2.3.
struct PIDFInterpreter {
    private let limits: PIDFReader.Limits
    private(set) var warnings: [PIDFWarning] = []
    private var notes = 0
    private var namespaces = SharedNamespaces()

    init(limits: PIDFReader.Limits) {
        self.limits = limits
    }

    mutating func document(_ root: XML.Element) throws(PIDFError) -> PresenceDocument {
        var document = PresenceDocument(entity: entity(of: root))
        let language = Self.language(of: root, within: nil)
        var rank = 0
        for node in root.nodes {
            guard let child = element(node, in: nil) else { continue }
            if child.isIn(PresenceNamespace.pidf) {
                if child.isNamed("tuple") {
                    ranked(0, &rank, in: nil)
                    guard document.tuples.count < limits.tuples else {
                        throw PIDFError(.limit, "There are more than \(limits.tuples) tuples.")
                    }
                    document.tuples.append(try tuple(child, language))
                } else if child.isNamed("note") {
                    ranked(1, &rank, in: nil)
                    document.notes.append(try note(child, language))
                } else {
                    warn(.misplacedElement)
                }
                continue
            }
            ranked(2, &rank, in: nil)
            if child.is("person", PresenceNamespace.dataModel) {
                document.persons.append(try person(child, language))
            } else if child.is("device", PresenceNamespace.dataModel) {
                document.devices.append(try device(child, language))
            } else if child.isIn("") {
                warn(.misplacedElement)
            } else {
                document.elements.append(PresenceElement(child, &namespaces))
            }
        }
        if document.tuples.count > 1 { keepLastOfEachID(&document.tuples) }
        return document
    }

    private mutating func entity(of root: XML.Element) -> String? {
        let written = root.attribute("entity") ?? ""
        let entity = XMLSpace.trimmed(written)
        if entity.isEmpty {
            warn(.missingEntity)
            return nil
        }
        if entity.utf8.count != written.utf8.count { warn(.spacedURI) }
        return entity
    }

    private mutating func keepLastOfEachID(_ tuples: inout [PresenceTuple]) {
        var seen: Set<String> = []
        var kept: [PresenceTuple] = []
        for tuple in tuples.reversed() {
            if let id = tuple.id, !seen.insert(id).inserted { warn(.repeatedID, in: id) } else { kept.append(tuple) }
        }
        if kept.count < tuples.count { tuples = kept.reversed() }
    }

    // MARK: Tuples

    private mutating func tuple(_ element: XML.Element, _ outer: String?) throws(PIDFError) -> PresenceTuple {
        var tuple = PresenceTuple(id: id(of: element), basic: nil)
        tuple.hasStatus = false
        let language = Self.language(of: element, within: outer)
        var rank = 0
        for node in element.nodes {
            guard let child = self.element(node, in: tuple.id) else { continue }
            if !child.isIn(PresenceNamespace.pidf) {
                ranked(1, &rank, in: tuple.id)
                keep(child, in: &tuple.elements, tuple.id)
            } else if child.isNamed("status") {
                ranked(0, &rank, in: tuple.id)
                if tuple.hasStatus { warn(.repeatedElement, in: tuple.id) } else { status(child, of: &tuple) }
            } else if child.isNamed("contact") {
                ranked(2, &rank, in: tuple.id)
                if tuple.contact == nil {
                    tuple.contact = contact(child, in: tuple.id)
                } else {
                    warn(.repeatedElement, in: tuple.id)
                }
            } else if child.isNamed("note") {
                ranked(3, &rank, in: tuple.id)
                tuple.notes.append(try note(child, language))
            } else if child.isNamed("timestamp") {
                ranked(4, &rank, in: tuple.id)
                timestamp(child, into: &tuple.timestamp, tuple.id)
            } else {
                warn(.misplacedElement, in: tuple.id)
            }
        }
        if !tuple.hasStatus { warn(.missingStatus, in: tuple.id) }
        return tuple
    }

    private mutating func status(_ element: XML.Element, of tuple: inout PresenceTuple) {
        tuple.hasStatus = true
        var hasBasic = false
        for node in element.nodes {
            guard let child = self.element(node, in: tuple.id) else { continue }
            if child.is("basic", PresenceNamespace.pidf) {
                if hasBasic {
                    warn(.repeatedElement, in: tuple.id)
                } else {
                    if !tuple.status.isEmpty { warn(.order, in: tuple.id) }
                    tuple.basic = basic(child, in: tuple.id)
                }
                hasBasic = true
            } else if child.isIn(PresenceNamespace.pidf) {
                warn(.misplacedElement, in: tuple.id)
            } else {
                keep(child, in: &tuple.status, tuple.id)
            }
        }
        if !hasBasic, tuple.status.isEmpty { warn(.emptyStatus, in: tuple.id) }
    }

    private mutating func basic(_ element: XML.Element, in id: String?) -> PresenceTuple.Basic? {
        let written = element.text
        let value = XMLSpace.trimmed(written)
        guard let basic = PresenceTuple.Basic(rawValue: value) else {
            warn(.invalidBasic, in: id)
            return nil
        }
        if value.utf8.count != written.utf8.count { warn(.spacedBasic, in: id) }
        return basic
    }

    private mutating func contact(_ element: XML.Element, in id: String?) -> PresenceContact? {
        let written = element.text
        var contact = PresenceContact(uri: XMLSpace.trimmed(written))
        if contact.uri.isEmpty {
            warn(.emptyContact, in: id)
            return nil
        }
        if contact.uri.utf8.count != written.utf8.count { warn(.spacedURI, in: id) }
        if let text = element.attribute("priority") {
            contact.priority = ContactPriority(text)
            if contact.priority == nil {
                warn(.invalidPriority, in: id)
            } else if XMLSpace.trimmed(text).utf8.count > 5 {
                warn(.longPriority, in: id)
            }
        }
        return contact
    }

    // MARK: Persons and devices

    private mutating func person(_ element: XML.Element, _ outer: String?) throws(PIDFError) -> PresencePerson {
        var person = PresencePerson(id: id(of: element))
        let language = Self.language(of: element, within: outer)
        var rank = 0
        for node in element.nodes {
            guard let child = self.element(node, in: person.id) else { continue }
            let isModel = child.isIn(PresenceNamespace.dataModel)
            guard isModel || child.isIn(PresenceNamespace.pidf) else {
                ranked(0, &rank, in: person.id)
                keep(child, in: &person.elements, person.id)
                continue
            }
            if child.isNamed("note") {
                ranked(1, &rank, in: person.id)
                person.notes.append(try note(child, language))
            } else if child.isNamed("timestamp") {
                ranked(2, &rank, in: person.id)
                timestamp(child, into: &person.timestamp, person.id)
            } else {
                warn(.misplacedElement, in: person.id)
                continue
            }
            if !isModel { warn(.foreignNamespace, in: person.id) }
        }
        return person
    }

    private mutating func device(_ element: XML.Element, _ outer: String?) throws(PIDFError) -> PresenceDevice {
        var device = PresenceDevice(id: id(of: element), deviceID: nil)
        let language = Self.language(of: element, within: outer)
        var rank = 0
        for node in element.nodes {
            guard let child = self.element(node, in: device.id) else { continue }
            let isModel = child.isIn(PresenceNamespace.dataModel)
            guard isModel || child.isIn(PresenceNamespace.pidf) else {
                ranked(0, &rank, in: device.id)
                keep(child, in: &device.elements, device.id)
                continue
            }
            if isModel, child.isNamed("deviceID") {
                ranked(1, &rank, in: device.id)
                if device.deviceID == nil {
                    device.deviceID = XMLSpace.trimmed(child.text)
                } else {
                    warn(.repeatedElement, in: device.id)
                }
                continue
            }
            if child.isNamed("note") {
                ranked(2, &rank, in: device.id)
                device.notes.append(try note(child, language))
            } else if child.isNamed("timestamp") {
                ranked(3, &rank, in: device.id)
                timestamp(child, into: &device.timestamp, device.id)
            } else {
                warn(.misplacedElement, in: device.id)
                continue
            }
            if !isModel { warn(.foreignNamespace, in: device.id) }
        }
        if device.deviceID == nil { warn(.missingDeviceID, in: device.id) }
        return device
    }

    // MARK: Parts

    private mutating func note(_ element: XML.Element, _ outer: String?) throws(PIDFError) -> PresenceNote {
        notes += 1
        guard notes <= limits.notes else { throw PIDFError(.limit, "There are more than \(limits.notes) notes.") }
        return PresenceNote(element.text, language: Self.language(of: element, within: outer))
    }

    private mutating func timestamp(_ element: XML.Element, into value: inout String?, _ id: String?) {
        if value != nil { return warn(.repeatedElement, in: id) }
        let text = XMLSpace.trimmed(element.text)
        if PresenceTime(text) != nil { value = text } else { warn(.invalidTimestamp, in: id) }
    }

    private mutating func id(of element: XML.Element) -> String? {
        if let id = element.attribute("id"), !id.isEmpty { return id }
        warn(.missingID)
        return nil
    }

    private mutating func keep(_ element: XML.Element, in list: inout [PresenceElement], _ id: String?) {
        if element.isIn("") {
            warn(.misplacedElement, in: id)
        } else {
            list.append(PresenceElement(element, &namespaces))
        }
    }

    /// The element of a node; text between elements is ignored.
    private mutating func element(_ node: XML.Node, in id: String?) -> XML.Element? {
        switch node {
        case .element(let element): return element
        case .text(let run):
            if !run.allSatisfy(XMLSpace.isSpace) { warn(.strayText, in: id) }
            return nil
        }
    }

    private mutating func ranked(_ rank: Int, _ highest: inout Int, in id: String?) {
        if rank < highest { warn(.order, in: id) } else { highest = rank }
    }

    /// An empty value ends what is inherited.
    ///
    /// Source: RFC 3863 §4.1.6.
    private static func language(of element: XML.Element, within outer: String?) -> String? {
        guard let own = element.language else { return outer }
        return own.isEmpty ? nil : own
    }

    private mutating func warn(_ kind: PIDFWarning.Kind, in id: String? = nil) {
        warnings.append(PIDFWarning(kind, in: id))
    }
}
