import PIDF
import Testing

@Suite("PresenceElement")
struct PresenceElementTests {
    private static let known: Set<String> = ["activities", "away", "jail"]

    private func understood(_ content: String) throws -> [Bool] {
        let (document, _) = try Documents.reading(content)
        return document.persons.flatMap(\.elements).map { element in
            element.isUnderstood { namespace, name in
                namespace == PresenceNamespace.rpid && Self.known.contains(name)
            }
        }
    }

    @Test(
        "RFC 3863 §4.2.3: an extension is ignored for what must be understood in it and is not",
        arguments: [
            ("<rpid:activities><x:a mustUnderstand='true'/></rpid:activities>", false),
            ("<rpid:activities><x:a x:mustUnderstand='true'/></rpid:activities>", true),
            (
                "<rpid:activities xmlns:p='urn:ietf:params:xml:ns:pidf'><x:a p:mustUnderstand='1'/></rpid:activities>",
                false
            ),
            ("<rpid:activities><x:a mustUnderstand=' 1 '/></rpid:activities>", false),
            ("<rpid:activities><x:a mustUnderstand='0'/></rpid:activities>", true),
            ("<rpid:activities><x:a/><rpid:away mustUnderstand='1'/></rpid:activities>", true),
            ("<rpid:activities><x:a><x:b mustUnderstand='1'/></x:a></rpid:activities>", true),
            ("<rpid:activities><rpid:away><x:b mustUnderstand='1'/></rpid:away></rpid:activities>", true),
            (
                "<rpid:activities><rpid:away mustUnderstand='1'><x:b mustUnderstand='1'/></rpid:away></rpid:activities>",
                false
            ),
            ("<x:activities><rpid:away/></x:activities>", false), ("<rpid:mood/>", false),
        ]
    )
    func understanding(content: String, expected: Bool) throws {
        #expect(try understood("<dm:person id='p'>\(content)</dm:person>") == [expected])
    }

    @Test("RFC 3863 §4.3.3: basic and contact are read beside an extension that is not understood")
    func example() throws {
        let document = try Documents.read("Documents/rfc3863-must-understand.xml")
        let tuple = try #require(document.tuples.first)
        #expect(tuple.basic == .open && tuple.contact?.priority == ContactPriority(thousandths: 725))
        let complex = try #require(tuple.elements.first)
        #expect(!complex.isUnderstood { _, name in name != "ex1" })
        #expect(complex.isUnderstood { _, name in name != "ex2" })
    }

    @Test("Text, children and attributes are found")
    func access() {
        let child = PresenceElement("b", "n", attributes: [PresenceAttribute("k", "v")], text: "x")
        var element = PresenceElement("a", "n", text: "one", children: [child])
        element.content.append(.text("two"))
        #expect(element.text == "onetwo" && element.children == [child])
        #expect(element.first("b", "n") == child && element.first("b", "m") == nil)
        #expect(child.attribute("k") == "v" && child.attribute("k", namespace: "n") == nil)
        #expect(element.is("a", "n") && !element.is("a", ""))
    }
}
