import PIDF

extension FuzzTarget {
    /// A document that is read survives being written, and changes keep it a document.
    static let pidf = FuzzTarget("pidf") { input throws(Violation) in
        var cuts = Cuts(of: input)
        let reader = PIDFReader(limits: cuts.below(3) > 0 ? PIDFReader.Limits() : small)
        try changes(input, reader)
        try watchers(input, reader)
        var warnings: [PIDFWarning] = []
        let document: PresenceDocument
        do throws(PIDFError) {
            document = try reader.read(input[...], isKnownUTF8: true, noting: &warnings)
        } catch {
            return try demand((0...input.count).contains(error.offset), "the error lies in the document: \(error)")
        }
        if let plain = try? reader.read(input[...]) {
            try demand(plain == document, "the charset changes nothing but what is refused")
        }
        let completed = document.completed().unmarked
        try demand(completed.completed() == completed, "what is complete stays so")
        let written = PIDFWriter.write(document)
        // Escapes and declarations may make it longer than what was read.
        let wide = PIDFReader(limits: PIDFReader.Limits(bytes: 1 << 26, depth: 250, attributes: 1 << 20))
        warnings = []
        let again = try succeed("what is written is read: \(shown(written))") { () throws(PIDFError) in
            try wide.read(written[...], noting: &warnings)
        }
        try demand(again == completed, "what is written is the document: \(shown(written))")
        try demand(PIDFWriter.write(again) == written, "writing is stable: \(shown(written))")
        let tolerated = Set(warnings.map(\.kind)).subtracting([.missingEntity, .emptyStatus, .missingDeviceID])
        try demand(tolerated.isEmpty, "what is written needs no tolerance but \(tolerated): \(shown(written))")
        let now = PresenceTime(seconds: 1_117_450_800)
        _ = (document.person(preferredAt: now), document.tuples.map(document.userInput(for:)))
        if let next = document.nextChange(after: now) { try demand(next > now, "the next change is to come: \(next)") }
        try location(document, now)
    }

    /// A list of watchers is bounded, and the charset changes nothing but what is refused.
    private static func watchers(_ input: [UInt8], _ reader: PIDFReader) throws(Violation) {
        let information: WatcherInformation
        do throws(PIDFError) { information = try reader.readWatchers(input[...], isKnownUTF8: true) } catch {
            return try demand((0...input.count).contains(error.offset), "the error lies in the document: \(error)")
        }
        if let plain = try? reader.readWatchers(input[...]) {
            try demand(plain == information, "the charset changes nothing but what is refused")
        }
        let count = information.lists.reduce(0) { $0 + $1.watchers.count }
        try demand(count <= reader.limits.watchers, "watchers are bounded: \(count)")
        try demand(!information.lists.contains { $0.watchers.contains { $0.id.isEmpty } }, "each watcher has an id")
    }

    /// A location that is found is kept as long as it may be, and is what is written of it.
    private static func location(_ document: PresenceDocument, _ now: PresenceTime) throws(Violation) {
        guard let found = document.location(receivedAt: now).location else { return }
        try demand(found.expires > now, "what has expired is discarded: \(found.expires)")
        let element = found.object.element
        guard let again = LocationObject(element) else { return try demand(false, "a location is read: \(element)") }
        try demand(again.unread.isEmpty, "all of it is read: \(again.unread)")
        try demand(again.position == found.object.position, "the position is kept: \(element)")
        try demand(again.radius == found.object.radius, "the radius is kept: \(element)")
        try demand(Set(again.civic) == Set(found.object.civic), "the address is kept: \(element)")
        try demand(again.element == element, "writing is stable: \(element)")
    }

    private static let small = PIDFReader.Limits(
        bytes: 400,
        depth: 5,
        tuples: 2,
        notes: 2,
        elements: 12,
        attributes: 4,
        operations: 2,
        watchers: 2
    )

    /// The document that changes of seeds are made for.
    private static let before: PresenceDocument = {
        var tuple = PresenceTuple(id: "a", basic: .open)
        tuple.contact = PresenceContact(uri: "im:a@b", priority: ContactPriority(thousandths: 500))
        tuple.notes = [PresenceNote("note", language: "en")]
        let away = PresenceElement("away", PresenceNamespace.rpid)
        let activities = PresenceElement("activities", PresenceNamespace.rpid, children: [away])
        return PresenceDocument(
            entity: "pres:a@b",
            tuples: [tuple, PresenceTuple(id: "b", basic: .closed)],
            notes: [PresenceNote("top")],
            persons: [PresencePerson(id: "p", elements: [activities])]
        )
    }()

    private static func changes(_ input: [UInt8], _ reader: PIDFReader) throws(Violation) {
        let partial: PartialPresence
        do throws(PIDFError) { partial = try reader.readPartial(input[...]) } catch {
            return try demand((0...input.count).contains(error.offset), "the error lies in the document: \(error)")
        }
        guard let after = try? partial.apply(to: before, reader: reader) else { return }
        let written = PIDFWriter.write(after)
        let wide = PIDFReader(limits: PIDFReader.Limits(bytes: 1 << 26, depth: 250, attributes: 1 << 20))
        let again = try succeed("what was changed is written: \(shown(written))") { () throws(PIDFError) in
            try wide.read(written[...])
        }
        try demand(again == after.completed().unmarked, "what was changed is the document: \(shown(written))")
    }
}

extension PresenceDocument {
    /// The document without marks that are never written.
    fileprivate var unmarked: PresenceDocument {
        var document = self
        for place in document.tuples.indices {
            document.tuples[place].status = document.tuples[place].status.map(\.unmarked)
            document.tuples[place].elements = document.tuples[place].elements.map(\.unmarked)
        }
        for place in document.persons.indices {
            document.persons[place].elements = document.persons[place].elements.map(\.unmarked)
        }
        for place in document.devices.indices {
            document.devices[place].elements = document.devices[place].elements.map(\.unmarked)
        }
        document.elements = document.elements.map(\.unmarked)
        return document
    }
}

extension PresenceElement {
    fileprivate var unmarked: PresenceElement {
        var element = self
        element.attributes.removeAll {
            $0.name == "mustUnderstand" && ($0.namespace.isEmpty || $0.namespace == PresenceNamespace.pidf)
        }
        element.content = element.content.map { item in
            guard case .element(let child) = item else { return item }
            return .element(child.unmarked)
        }
        return element
    }
}
