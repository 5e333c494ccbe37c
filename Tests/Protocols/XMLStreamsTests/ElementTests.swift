import Testing
import XMLStreams

@Suite("XML.Element")
struct ElementTests {
    private func read(_ text: String) throws -> XML.Element { try XML.DocumentReader.read(bytes(text)[...]) }

    @Test("Equality is about names, values and order, not about prefixes, quotes or the order of attributes")
    func equality() throws {
        let one = try read("<a xmlns='urn:x' b='1' c='2'>t<d/><e f=''/></a>")
        #expect(try one == read("<p:a c=\"2\" b='1' xmlns:p='urn:x'>t<p:d></p:d><p:e f=''/></p:a>"))
        for other in [
            "<a xmlns='urn:y' b='1' c='2'>t<d/><e f=''/></a>", "<z xmlns='urn:x' b='1' c='2'>t<d/><e f=''/></z>",
            "<a xmlns='urn:x' b='1' c='3'>t<d/><e f=''/></a>", "<a xmlns='urn:x' b='1'>t<d/><e f=''/></a>",
            "<a xmlns='urn:x' b='1' c='2'>u<d/><e f=''/></a>", "<a xmlns='urn:x' b='1' c='2'>t<d><e f=''/></d></a>",
            "<a xmlns='urn:x' b='1' c='2'><d/>t<e f=''/></a>", "<a xmlns='urn:x' b='1' c='2'>t<d/><e g=''/></a>",
            "<a xmlns='urn:x' b='1' c='2'>t<d/><e f=''/><h/></a>", "<a xmlns='urn:x' b='1' c='2'>t<d/>x</a>",
        ] {
            #expect(try one != read(other), "\(other)")
        }
    }

    @Test("Views into different places of different stanzas compare by what they show")
    func viewsCompare() throws {
        let one = try read("<a><b><k l='1'>x</k></b></a>")
        let two = try read("<k l='1'>x</k>")
        #expect(one.first("b", "")?.first("k", "") == two)
    }

    @Test("Names compare byte by byte, not by canonical equivalence")
    func namesAreBytes() throws {
        let element = try read("<e\u{301} \u{212B}='1'/>")
        #expect(element.is("e\u{301}", ""))
        #expect(!element.is("\u{E9}", ""))
        #expect(element.attribute("\u{C5}") == nil)
        #expect(element.attribute("\u{212B}") == "1")
        #expect(try read("<e\u{301}/>") != read("<\u{E9}/>"))
    }

    @Test("Names of any length that differ in one byte differ")
    func oneByteDiffers() throws {
        // The first is a name that all know, the others are of this element alone.
        for name in ["urn:ietf:params:xml:ns:xmpp-stanzas"] + (1...25).map({ String(repeating: "n", count: $0) }) {
            let element = try read("<a xmlns='\(name)' \(name.filter { $0 != ":" })='1'/>")
            #expect(element.is("a", name))
            #expect(element.attribute(name.filter { $0 != ":" }) == "1")
            #expect(!element.isIn(name + "n"))
            #expect(!element.isIn(String(name.dropLast())))
            for place in 0..<name.utf8.count {
                var other = bytes(name)
                other[place] ^= 1
                #expect(!element.isIn(String(decoding: other, as: UTF8.self)))
            }
        }
    }

    @Test("Attributes are found by name and namespace")
    func attributes() throws {
        let element = try read("<a xmlns:p='urn:p' b='1' p:b='2' xml:lang='en' unheard-of=''/>")
        #expect(element.attribute("b") == "1")
        #expect(element.attribute("b", namespace: "urn:p") == "2")
        #expect(element.attribute("lang") == nil)
        #expect(element.language == "en")
        #expect(element.attribute("unheard-of") == "")
        #expect(element.attribute("c") == nil)
        #expect(element.attributeBytes("b").map(Array.init) == [0x31])
        #expect(
            element.attributes == [
                XML.Attribute("b", "1"), XML.Attribute("b", "2", namespace: "urn:p"),
                XML.Attribute("lang", "en", namespace: XML.namespace), XML.Attribute("unheard-of", ""),
            ]
        )
    }

    @Test("Children and text are found in order; the text of children is not the element's own")
    func content() throws {
        let element = try read("<a>1<b>2</b>3<c xmlns='urn:c'/><b>4</b>5</a>")
        #expect(element.text == "135")
        #expect(element.children.map(\.name) == ["b", "c", "b"])
        #expect(element.all("b", "").map(\.text) == ["2", "4"])
        #expect(element.first("c", "") == nil)
        #expect(element.first("c", "urn:c")?.text == "")
        #expect(element.firstOwn("b")?.text == "2" && element.firstOwn("c") == nil && element.firstOwn("d") == nil)
        #expect(try read("<a xmlns='urn:odd'>1<x/><b xmlns=''/><b>2<b/></b></a>").firstOwn("b")?.text == "2")
        let shapes = element.nodes.map { node in
            switch node {
            case .text(let run): String(decoding: run, as: UTF8.self)
            case .element(let child): child.name
            }
        }
        #expect(shapes == ["1", "b", "3", "c", "b", "5"])
    }

    @Test("A built element equals the one that is read from its own writing")
    func building() throws {
        var builder = XML.ElementBuilder("message", "jabber:client", ["to": "a@b", "from": nil, "xml:lang": "cs"])
        builder.element("body", "jabber:client", text: "ahoj & sbohem")
        builder.start("x", "urn:unheard-of", ["unheard-of": "1"])
        builder.text("1")
        builder.text("2")
        builder.copy(try read("<q xmlns='urn:q'><r s='t'/>u</q>"))
        builder.text("3")
        builder.end()
        builder.end()
        builder.start("open", "jabber:client")
        let built = builder.finish()
        #expect(try built == read(built.description))
        #expect(built.language == "cs")
        #expect(built.attribute("from") == nil)
        let nested = built.first("x", "urn:unheard-of")
        #expect(nested?.text == "123")
        #expect(nested.map { Array($0.nodes).count } == 3)
        #expect(nested?.first("q", "urn:q")?.first("r", "urn:q")?.attribute("s") == "t")
        let short = XML.Element("a", "", ["b": "c"], text: "t", children: [XML.Element("d", "urn:d")])
        #expect(try short == read("<a b='c'>t<d xmlns='urn:d'/></a>"))
    }

    @Test("Namespaces of elements from two stanzas compare")
    func sharedNamespace() throws {
        let known = try read("<a xmlns='jabber:client'><b xmlns='urn:odd'/></a>")
        let other = try read("<c xmlns='urn:odd'/>")
        #expect(known.first("b", "urn:odd")?.sharesNamespace(with: other) == true)
        #expect(!known.sharesNamespace(with: other))
        #expect(try known.sharesNamespace(with: read("<z xmlns='jabber:client'/>")))
    }
}

@Suite("XML.Characters")
struct CharactersTests {
    @Test("XML 1.0: names without a colon are told from other text")
    func names() {
        for name in ["a", "_b-1.2", "été", "x·y", "名前"] { #expect(XML.Characters.isName(name)) }
        for text in ["", "1a", "-a", "a b", "a:b", "a>", "a'", "\u{37E}", "a\u{0}"] {
            #expect(!XML.Characters.isName(text))
        }
    }

    @Test("RFC 6120 §11.3: text is changed only where it has to be")
    func sanitizing() {
        #expect(XML.Characters.sanitize("plain\t\r\n é👋").replaced == 0)
        let dirty = XML.Characters.sanitize("a\u{8}b\u{FFFF}")
        #expect(dirty.text == "a\u{FFFD}b\u{FFFD}")
        #expect(dirty.replaced == 2)
    }
}
