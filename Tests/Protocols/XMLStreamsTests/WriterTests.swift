import Testing
import XMLStreams

@Suite("XML.Writer")
struct WriterTests {
    private func written(inherited: String = "", _ body: (inout XML.Writer) -> Void) -> String {
        var writer = XML.Writer(inherited: inherited)
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test("RFC 6120 §4.8.3: a namespace is declared only where it differs from the one in scope")
    func namespaceScoping() {
        let text = written(inherited: accept) {
            $0.start("message", accept, ["to": "a@b", "from": nil, "xml:lang": "en"])
            $0.element("body", accept, text: "x")
            $0.start("delay", "urn:xmpp:delay", ["stamp": "s"])
            $0.element("inner", accept)
            $0.element("plain")
            $0.end()
            $0.element("thread")
            $0.end()
        }
        #expect(
            text == """
                <message to='a@b' xml:lang='en'><body>x</body><delay xmlns='urn:xmpp:delay' stamp='s'>\
                <inner xmlns='jabber:component:accept'/><plain/></delay><thread/></message>
                """
        )
        #expect(written { $0.element("a", "") } == "<a/>")
        #expect(written(inherited: "x") { $0.element("a", "") } == "<a xmlns=''/>")
    }

    @Test("RFC 6120 §11.1: text and values are escaped so that reading gives them back")
    func escaping() {
        let text = written {
            $0.start("a", nil, ["b": "<&>\"'\t\r\n"])
            $0.text("<&>\"'\t\r\n]]>")
            $0.endAll()
        }
        #expect(text == "<a b='&lt;&amp;&gt;&quot;&apos;&#9;&#13;&#10;'>&lt;&amp;&gt;\"'\t&#13;\n]]&gt;</a>")
    }

    @Test("RFC 6120 §8.4: an id cannot break out of its attribute")
    func mirroredValue() throws {
        let id = "x'/><message from='boss@gw.example'/>&amp;\""
        let text = written { $0.element("iq", accept, ["id": id]) }
        #expect(try XML.DocumentReader.read(bytes(text)[...]).attribute("id") == id)
    }

    @Test("RFC 6120 §11.3: characters XML cannot carry become U+FFFD and are counted")
    func forbiddenCharacters() {
        var writer = XML.Writer()
        writer.element("a", nil, ["b": "1\u{0}2"], text: "\u{1}\u{B}\u{1F}\u{FFFE}\u{FFFF}\u{FFFD}\u{7F}\t")
        #expect(writer.replaced == 6)
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == "<a b='1\u{FFFD}2'>\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{7F}\t</a>"
        )
    }

    @Test(
        "RFC 3629 §4: bytes that are not UTF-8 become U+FFFD",
        arguments: [
            [0x80], [0xC0, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5], [0xFF],
            [0xE0, 0x80, 0x80], [0xF0, 0x80, 0x80, 0x80],
        ] as [[UInt8]]
    )
    func badUTF8(input: [UInt8]) throws {
        var writer = XML.Writer()
        writer.start("a")
        writer.text((bytes("x") + input + bytes("y"))[...])
        writer.end()
        #expect(writer.replaced == input.count)
        let text = try XML.DocumentReader.read(writer.bytes[...]).text
        #expect(text == "x" + String(repeating: "\u{FFFD}", count: input.count) + "y")
        let clean = XML.Characters.sanitize(input[...])
        #expect(clean.replaced == input.count)
    }

    @Test("Any string survives writing and reading")
    func everyStringSurvives() throws {
        // A linear congruential generator: the same strings at every run.
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        func next(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        let odd: [Unicode.Scalar] = ["<", ">", "&", "'", "\"", "\t", "\n", "\r", " ", "]", "é", "€", "👋", "\u{85}"]
        for _ in 0..<300 {
            var text = ""
            for _ in 0..<next(30) {
                let scalar = next(2) == 0 ? odd[Int(next(UInt64(odd.count)))] : Unicode.Scalar(UInt32(next(0x1_1000)))
                if let scalar { text.unicodeScalars.append(scalar) }
            }
            let expected = XML.Characters.sanitize(text).text
            var writer = XML.Writer()
            writer.start("a", "urn:x")
            writer.attribute("b", text)
            writer.attribute("c", namespace: text.isEmpty ? "urn:y" : "urn:\(text)", Array(text.utf8)[...])
            writer.text(text)
            writer.end()
            let read = try XML.DocumentReader.read(writer.bytes[...])
            #expect(Array(read.text.utf8) == Array(expected.utf8))
            #expect(read.attribute("b").map { Array($0.utf8) } == Array(expected.utf8))
            #expect(read.attributes.count == 2)
            #expect(Array(read.attributes[1].value.utf8) == Array(expected.utf8))
            #expect(read.attributes[1].namespace == (text.isEmpty ? "urn:y" : "urn:\(expected)"))
            let built = XML.Element("a", "urn:x", ["b": text], text: text)
            #expect(built.textBytes.elementsEqual(expected.utf8))
        }
    }

    @Test("Writing what was read and reading it again gives the same element")
    func copyIsIdentity() throws {
        let source = """
            <message to='a@b' xmlns='jabber:client' xml:lang='de'>t<body>1 &lt; 2&#13;</body>u<x:y xmlns:x='urn:x' \
            x:k='v' k='w' xmlns:z='urn:z' z:k='q'><z:z/><n xmlns=''/></x:y><empty/> </message>
            """
        let element = try XML.DocumentReader.read(bytes(source)[...])
        for inherited in ["", "jabber:client", "urn:x"] {
            var writer = XML.Writer(inherited: inherited)
            writer.start("root", nil)
            writer.copy(element)
            writer.end()
            let rewritten =
                inherited.isEmpty
                ? writer.bytes
                : bytes("<root xmlns='\(inherited)'" + String(decoding: writer.bytes, as: UTF8.self).dropFirst(5))
            let again = try XML.DocumentReader.read(rewritten[...])
            #expect(Array(again.children) == [element])
        }
    }

    @Test("RFC 6120 §4.8.3: a stanza takes the namespace of the stream it goes to; forwarded stanzas keep theirs")
    func contentNamespace() {
        let stanza = parse(
            stream(
                """
                <message to='a@b' id='1'><body>x</body><forwarded xmlns='urn:xmpp:forward:0'>\
                <message xmlns='jabber:client'><body>y</body></message><message xmlns='jabber:component:accept'/>\
                </forwarded><error><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
                """
            )
        ).elements[0]
        let text = written(inherited: "jabber:server") {
            $0.copy(stanza, content: "jabber:server", replacing: ["to": "c@d", "from": "e@f", "id": nil])
        }
        #expect(
            text == """
                <message to='c@d' from='e@f'><body>x</body><forwarded xmlns='urn:xmpp:forward:0'>\
                <message xmlns='jabber:client'><body>y</body></message><message xmlns='jabber:component:accept'/>\
                </forwarded><error><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
                """
        )
    }

    @Test("An attribute out of place is left out, and surplus ends do nothing")
    func misuse() {
        let text = written {
            $0.end()
            $0.attribute("a", "b")
            $0.start("x")
            $0.raw("<y/>")
            $0.attribute("a", "b")
            $0.attribute("a", namespace: "urn:x", [])
            $0.end()
            $0.end()
        }
        #expect(text == "<x><y/></x>")
    }

    @Test("XEP-0114 §3: a stream header stays open")
    func streamHeader() {
        let text = written {
            $0.start("stream:stream", accept, ["xmlns:stream": "http://etherx.jabber.org/streams", "to": "a.b"])
            $0.closeHeader()
            $0.element("presence", accept)
        }
        #expect(
            text == """
                <stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' \
                to='a.b'><presence/>
                """
        )
    }
}
