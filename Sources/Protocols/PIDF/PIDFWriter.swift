import XMLStreams

/// Writes presence documents.
///
/// The output follows the schema: UTF-8 with an XML declaration; tuples, notes, persons, devices, then other elements;
/// inside a tuple status, extensions, contact, notes, timestamp. Prefixes are declared at the root for the namespaces
/// that occur and have a usual one, and for others that occur more than once; the rest are declared where they occur.
///
/// Left out are the attribute `mustUnderstand`, timestamps that RFC 3339 does not permit, and extensions the schema has
/// no room for: those of the namespace they extend, in no namespace, or with a name that is no XML name.
///
/// Source: RFC 3863 §4.1, §4.4; RFC 4479 §5.
public enum PIDFWriter {
    /// Writes a document.
    ///
    /// Ids are unique: what has none gets one, and what repeats another's gets a number behind its own, as
    /// ``PresenceDocument/completed()`` shows.
    ///
    /// - Parameter document: the document; without an entity it is not valid by the schema.
    /// - Returns: the document in UTF-8.
    public static func write(_ document: PresenceDocument) -> [UInt8] {
        var writer = DocumentWriter()
        if document.isComplete { writer.write(document) } else { writer.write(document.completed()) }
        return writer.xml.bytes
    }

    /// Writes a document as it was read, to be read again by the same side and by nobody else.
    ///
    /// Ids stay as they are, also such as are missing or repeated, and so does the attribute `mustUnderstand`.
    ///
    /// - Parameter document: the document.
    /// - Returns: the document in UTF-8.
    public static func writeCopy(_ document: PresenceDocument) -> [UInt8] {
        var writer = DocumentWriter()
        writer.keepsMustUnderstand = true
        writer.write(document)
        return writer.xml.bytes
    }
}

/// Writes the parts of one document.
struct DocumentWriter {
    var xml = XML.Writer()
    /// Whether `mustUnderstand` is written, for a copy that stays inside.
    var keepsMustUnderstand = false
    private var prefixes = RootPrefixes()

    mutating func write(_ document: PresenceDocument) {
        prefixes.count(document)
        xml.reserve(1024)
        xml.raw("<?xml version='1.0' encoding='UTF-8'?>\n")
        xml.start("presence", PresenceNamespace.pidf)
        declarePrefixes()
        if let entity = document.entity { xml.attribute("entity", entity) }
        for tuple in document.tuples { write(tuple) }
        for note in document.notes { write(note, "note") }
        for person in document.persons {
            xml.start("dm:person")
            if let id = person.id { xml.attribute("id", id) }
            write(person.elements, within: PresenceNamespace.dataModel)
            end(person.notes, person.timestamp)
        }
        for device in document.devices {
            xml.start("dm:device")
            if let id = device.id { xml.attribute("id", id) }
            write(device.elements, within: PresenceNamespace.dataModel)
            if let deviceID = device.deviceID { xml.element("dm:deviceID", text: deviceID) }
            end(device.notes, device.timestamp)
        }
        write(document.elements, within: PresenceNamespace.pidf)
        xml.endAll()
    }

    /// Writes a document that is a tree of elements.
    mutating func write(tree root: PresenceElement) {
        prefixes.count(root)
        xml.raw("<?xml version='1.0' encoding='UTF-8'?>\n")
        xml.start(root.name, root.namespace)
        declarePrefixes()
        writeContent(of: root)
        xml.endAll()
    }

    private mutating func declarePrefixes() {
        let prefixes = prefixes
        prefixes.declare { prefix, namespace in xml.attribute("xmlns:" + prefix, namespace) }
    }

    private mutating func write(_ tuple: PresenceTuple) {
        xml.start("tuple")
        if let id = tuple.id { xml.attribute("id", id) }
        xml.start("status")
        switch tuple.basic {
        case .open: xml.raw("<basic>open</basic>")
        case .closed: xml.raw("<basic>closed</basic>")
        case nil: break
        }
        write(tuple.status, within: PresenceNamespace.pidf)
        xml.end()
        write(tuple.elements, within: PresenceNamespace.pidf)
        if let contact = tuple.contact {
            xml.start("contact")
            if let priority = contact.priority { xml.attribute("priority", priority.description) }
            xml.text(contact.uri)
            xml.end()
        }
        for note in tuple.notes { write(note, "note") }
        if let timestamp = tuple.timestamp, PresenceTime(timestamp) != nil { xml.element("timestamp", text: timestamp) }
        xml.end()
    }

    private mutating func write(_ note: PresenceNote, _ name: String) {
        xml.start(name)
        if let language = note.language { xml.attribute("xml:lang", language) }
        if !note.text.isEmpty { xml.text(note.text) }
        xml.end()
    }

    /// The end of a person or device.
    private mutating func end(_ notes: [PresenceNote], _ timestamp: String?) {
        for note in notes { write(note, "dm:note") }
        if let timestamp, PresenceTime(timestamp) != nil { xml.element("dm:timestamp", text: timestamp) }
        xml.end()
    }

    // MARK: Extensions

    private mutating func write(_ elements: [PresenceElement], within namespace: String) {
        for element in elements where element.extends(namespace) { write(element) }
    }

    /// Writes any element; the depth is that of the value.
    private mutating func write(_ element: PresenceElement) {
        guard XML.Characters.isName(element.name) else { return }
        if element.namespace == XML.namespace {
            xml.start(prefix: "xml", element.name)
        } else if let prefix = prefixes[element.namespace] {
            xml.start(prefix: prefix, element.name)
        } else {
            xml.start(element.name, element.namespace)
        }
        writeContent(of: element)
        xml.end()
    }

    private mutating func writeContent(of element: PresenceElement) {
        for attribute in element.attributes where isWritten(attribute) {
            if attribute.namespace.isEmpty {
                xml.attribute(attribute.name, attribute.value)
            } else if let prefix = prefixes[attribute.namespace] {
                xml.attribute(prefix + ":" + attribute.name, attribute.value)
            } else {
                xml.attribute(attribute.name, namespace: attribute.namespace, Array(attribute.value.utf8)[...])
            }
        }
        for item in element.content {
            switch item {
            case .text(let text): if !text.isEmpty { xml.text(text) }
            case .element(let child): write(child)
            }
        }
    }

    /// Source: RFC 3863 §4.2.3.
    private func isWritten(_ attribute: PresenceAttribute) -> Bool {
        if attribute.isMustUnderstand, !keepsMustUnderstand { return false }
        if attribute.name == "xmlns", attribute.namespace.isEmpty { return false }
        return XML.Characters.isName(attribute.name)
    }
}

extension PresenceElement {
    /// Whether the schema has room for the element where another namespace is extended.
    ///
    /// Source: RFC 3863 §4.4.
    func extends(_ other: String) -> Bool { !namespace.isEmpty && namespace != other }
}
