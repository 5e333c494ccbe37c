import PIDF
import PresenceSchemas
import Testing

@Suite("PartialPresence")
struct PartialPresenceTests {
    private let reader = PIDFReader()

    private func partial(_ name: String) throws -> PartialPresence {
        try reader.readPartial(Documents.bytes("Partial/\(name).xml")[...])
    }

    private func document(_ name: String) throws -> PresenceDocument {
        guard case .full(let document, _) = try partial(name) else { throw PIDFError(.root, "not full") }
        return document
    }

    /// The change of a document by operations written with the prefixes `r`, `d` and, for PIDF itself, none.
    private func changed(_ document: PresenceDocument, _ operations: String) throws -> PresenceDocument {
        let text =
            "<p:pidf-diff xmlns='urn:ietf:params:xml:ns:pidf' xmlns:p='urn:ietf:params:xml:ns:pidf-diff'"
            + " xmlns:r='urn:ietf:params:xml:ns:pidf:rpid' xmlns:d='urn:ietf:params:xml:ns:pidf:data-model'"
            + " version='2'>\(operations)</p:pidf-diff>"
        return try reader.readPartial(Array(text.utf8)[...]).apply(to: document)
    }

    @Test("RFC 5262 §3: a full document has its entity, version and tuples")
    func full() throws {
        let partial = try partial("rfc5262-full")
        #expect(partial.version == 567)
        let document = try document("rfc5262-full")
        #expect(document.entity == "pres:someone@example.com")
        #expect(document.tuples.map(\.id) == ["sg89ae", "cg231jcr", "r1230d"])
        #expect(document.persons.count == 1 && document.devices.count == 1)
        #expect(try partial.apply(to: PresenceDocument(entity: nil)) == document)
    }

    @Test("RFC 5262 §6: the changes of the example lead to the document of the example")
    func example() throws {
        let partial = try partial("rfc5262-diff")
        #expect(partial.version == 568)
        guard case .diff(let entity, _, let operations) = partial else {
            Issue.record("no diff")
            return
        }
        #expect(entity == "pres:someone@example.com" && operations.count == 4)
        let after = try partial.apply(to: document("rfc5262-full"))
        var expected = try document("rfc5262-after")
        // The example removes white space behind an element; the text of its sibling is not compared.
        expected.persons[0].elements = after.persons[0].elements
        #expect(after == expected)
        #expect(after.persons[0].elements[0].children.map(\.name) == ["on-the-phone"])
        #expect(SchemaValidator.fault(in: PIDFWriter.write(after)) == nil)
    }

    @Test("RFC 5262 §3: other roots are refused, also that of a plain document")
    func roots() throws {
        let plain = try Documents.bytes("Documents/rfc3863-default.xml")
        #expect(throws: PIDFError(.root, "")) { try reader.readPartial(plain[...]) }
        let bytes = Array("<pidf-full xmlns='urn:ietf:params:xml:ns:pidf'/>".utf8)
        #expect(throws: PIDFError(.root, "")) { try reader.readPartial(bytes[...]) }
    }

    private static let before =
        "<tuple id='a'><status><basic>open</basic></status><contact>im:a@b</contact></tuple>"
        + "<tuple id='b'><status><basic>closed</basic></status></tuple><note>n</note>"
        + "<dm:person id='p'><rpid:activities><rpid:away/><rpid:busy/></rpid:activities></dm:person>"

    @Test(
        "RFC 5261 §4.1, §4.2: selectors find one place by name, position, value and id",
        arguments: [
            "presence/tuple[2]/status/basic", "*/tuple[@id='b']/status/*", "/presence/tuple[2]/status/basic",
            "presence/tuple[status='closed']/status/basic", "presence/tuple/status[basic='closed']/basic",
            "presence/tuple/status/basic[.='closed']", "id('b')/status/basic", "*/*[2]/*/basic",
            "presence/tuple[@id=\"b\"][1]/status/basic", "p:pidf-full/tuple[ @id = 'b' ]/status/basic",
        ]
    )
    func selectors(selector: String) throws {
        let before = try Documents.reading(Self.before).document
        let quoted = selector.replacing("\"", with: "&quot;")
        let after = try changed(before, "<p:replace sel=\"\(quoted)\"><basic>open</basic></p:replace>")
        #expect(after.tuples.map(\.basic) == [.open, .open])
        #expect(after.tuples[0] == before.tuples[0])
    }

    @Test("RFC 5261 §4.3, §4.4, §4.5: elements, attributes and text are added, replaced and removed")
    func operations() throws {
        let before = try Documents.reading(Self.before).document
        func after(_ operations: String) throws -> PresenceDocument { try changed(before, operations) }
        let tuple = "<tuple id='c'><status><basic>open</basic></status></tuple>"
        #expect(try after("<p:add sel='*/tuple[1]' pos='before'>\(tuple)</p:add>").tuples.map(\.id) == ["c", "a", "b"])
        #expect(try after("<p:add sel='*/tuple[1]' pos='after'>\(tuple)</p:add>").tuples.map(\.id) == ["a", "c", "b"])
        #expect(try after("<p:add sel='*' pos='prepend'>\(tuple)</p:add>").tuples.map(\.id) == ["c", "a", "b"])
        #expect(try after("<p:add sel='presence'>\(tuple)</p:add>").tuples.map(\.id) == ["a", "b", "c"])
        #expect(try after("<p:remove sel='*/tuple[1]' ws='both'/>").tuples.map(\.id) == ["b"])
        let contact = try after(
            "<p:add sel='*/tuple/contact' type='@priority'>0.5</p:add>"
                + "<p:replace sel='*/tuple/contact/text()'>im:c@d</p:replace>"
        ).tuples[0].contact
        #expect(contact == PresenceContact(uri: "im:c@d", priority: ContactPriority(thousandths: 500)))
        let gone = try after(
            "<p:add sel='*/tuple/contact' type='@priority'>0.5</p:add><p:remove sel='*/tuple/contact/@priority'/>"
        )
        #expect(gone == before)
        #expect(try after("<p:add sel='*' type='namespace::q'>urn:q</p:add>") == before)
        #expect(try after("<p:remove sel='*/note/text()'/>").notes == [PresenceNote("")])
        let joined = try after(
            "<p:add sel='*/note' pos='prepend'>a</p:add><p:add sel='*/note/text()' pos='after'>b</p:add>"
        )
        #expect(joined.notes == [PresenceNote("anb")])
        let activities = try after("<p:replace sel='*/d:person/r:activities/r:away'><r:meal/></p:replace>")
        #expect(activities.persons[0].elements[0].children.map(\.name) == ["meal", "busy"])
        let language = try after("<p:add sel='*/note' type='@xml:lang'>cs</p:add>")
        #expect(language.notes == [PresenceNote("n", language: "cs")])
    }

    @Test("RFC 5261 §4.2.1: prefixes are those of the change, also declared on the operation itself")
    func prefixes() throws {
        let before = try Documents.reading(Self.before).document
        let operation =
            "<p:remove xmlns:q='urn:ietf:params:xml:ns:pidf:rpid' xmlns='urn:ietf:params:xml:ns:pidf:data-model'"
            + " sel='*/person/q:activities/q:busy'/>"
        let after = try changed(before, operation)
        #expect(after.persons[0].elements[0].children.map(\.name) == ["away"])
        #expect(throws: PIDFError(.patch, "")) {
            try changed(before, operation + "<p:remove sel='*/d:person/q:activities'/>")
        }
    }

    @Test(
        "RFC 5261 §4.1, §5: a change that finds no place, several, or one it does not fit, is refused",
        arguments: [
            "<p:remove sel='*/tuple'/>", "<p:remove sel='*/tuple[3]'/>", "<p:remove sel='*'/>",
            "<p:add sel='*' pos='before'><note/></p:add>", "<p:replace sel='*/note'>text</p:replace>",
            "<p:replace sel='*/note'><note/><note/></p:replace>", "<p:remove sel='*/note/@id'/>",
            "<p:add sel='*/tuple[1]' type='@id'>c</p:add>", "<p:add sel='*/note/text()'>x</p:add>",
            "<p:remove sel='*/note/text()[2]'/>", "<p:remove sel='tuple'/>", "<p:remove sel='*/comment()'/>",
            "<p:remove sel='*/q:note'/>", "<p:remove/>", "<p:remove sel='//note'/>", "<p:remove sel='/'/>",
            "<p:remove sel='*/tuple[last()]'/>", "<p:remove sel='*/tuple['/>", "<p:move sel='*/note'/>",
            "<p:add sel='*/note' pos='append'>x</p:add>", "<p:remove sel='*/note' ws='none'/>",
            "<p:remove sel='text()'/>", "<p:remove sel='@id'/>", "<p:remove sel='*/tuple[0]'/>",
            "<p:add sel='*/tuple/contact/@priority'>x</p:add>", "<p:remove sel='*/tuple/'/>",
        ]
    )
    func refusals(operation: String) throws {
        let before = try Documents.reading(Self.before).document
        #expect(throws: PIDFError(.patch, "")) { try changed(before, operation) }
    }

    @Test("RFC 5262 §3.2: changes of another presentity are refused")
    func otherEntity() throws {
        let partial = try partial("rfc5262-diff")
        var document = try document("rfc5262-full")
        document.entity = "pres:other@example.com"
        #expect(throws: PIDFError(.patch, "")) { try partial.apply(to: document) }
        document.entity = nil
        #expect(try partial.apply(to: document).tuples.count == 4)
    }

    @Test("RFC 3863 §4.2.3: a change keeps what must be understood elsewhere")
    func keepsMarks() throws {
        let before = try Documents.read("Documents/rfc3863-must-understand.xml")
        let after = try changed(before, "<p:replace sel='*/tuple/status/basic/text()'>closed</p:replace>")
        #expect(after.tuples[0].basic == .closed)
        #expect(after.tuples[0].elements == before.tuples[0].elements)
    }

    @Test("Selectors that look at too much are refused", .timeLimit(.minutes(1)))
    func work() throws {
        let before = try Documents.reading(String(repeating: "<x:a/>", count: 9000)).document
        let values = String(repeating: "[.='']", count: 200)
        let many = String(repeating: "<p:remove sel=\"*/*[.=''][2]\"/>", count: 100)
        #expect(throws: PIDFError(.limit, "")) { try changed(before, many) }
        #expect(throws: PIDFError(.limit, "")) { try changed(before, "<p:remove sel=\"*/*\(values)\"/>") }
        #expect(try changed(before, "<p:remove sel=\"*/*[.=''][2]\"/>").elements.count == 8999)
    }

    @Test("The result keeps within the limits, and so does the number of changes")
    func limits() throws {
        let before = try Documents.reading(Self.before).document
        let add = "<p:add sel='*'><note/></p:add>"
        let diff = "<p:pidf-diff xmlns='urn:ietf:params:xml:ns:pidf' xmlns:p='urn:ietf:params:xml:ns:pidf-diff'>"
        let two = Array("\(diff)\(add)\(add)</p:pidf-diff>".utf8)
        let narrow = PIDFReader(limits: PIDFReader.Limits(notes: 2))
        #expect(throws: PIDFError(.limit, "")) { try reader.readPartial(two[...]).apply(to: before, reader: narrow) }
        let single = PIDFReader(limits: PIDFReader.Limits(operations: 1))
        #expect(throws: PIDFError(.limit, "")) { try single.readPartial(two[...]) }
        #expect(try reader.readPartial(two[...]).apply(to: before).notes.count == 3)
    }
}
