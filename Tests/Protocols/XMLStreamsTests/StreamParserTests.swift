import Testing
import XMLStreams

@Suite("XML.StreamParser")
struct StreamParserTests {
    @Test("XEP-0114 §3: the stream header gives its attributes and namespace declarations")
    func headerIsRead() {
        let transcript = parseEveryWay(bytes(header))
        #expect(transcript.error == nil)
        guard case .opened(let root)? = transcript.events.first, transcript.events.count == 1 else {
            Issue.record("no header")
            return
        }
        #expect(root.is("stream", "http://etherx.jabber.org/streams"))
        #expect(root.isPrefixed)
        #expect(root.attribute("id") == "3BF96D32")
        #expect(root.attribute("from") == "plays.shakespeare.lit")
        #expect(
            root.declarations == [
                XML.NamespaceDeclaration(prefix: "", namespace: accept),
                XML.NamespaceDeclaration(prefix: "stream", namespace: "http://etherx.jabber.org/streams"),
            ]
        )
    }

    @Test("RFC 6120 §4.2: stanzas come out complete, in order, however the bytes are cut")
    func stanzasAreRead() {
        let transcript = parseEveryWay(
            stream(
                """
                <message from='juliet@example.com/balcony' to='romeo@example.net' id='m1' type='chat' xml:lang='cs'>\
                <body>Proč &lt;jsi&gt; &amp; 👋\nty?</body><active xmlns='http://jabber.org/protocol/chatstates'/>\
                <x:y xmlns:x='urn:example:unknown' x:z='&quot;1&quot;'>a<b/>c</x:y></message>\
                <presence from='a@b'/></stream:stream>
                """
            )
        )
        #expect(transcript.error == nil)
        #expect(transcript.events.count == 4)
        #expect(transcript.events.last == .closed)
        let message = transcript.elements[0]
        #expect(message.is("message", accept))
        #expect(!message.isPrefixed)
        #expect(message.language == "cs")
        #expect(message.attribute("to") == "romeo@example.net")
        #expect(message.first("body", accept)?.text == "Proč <jsi> & 👋\nty?")
        #expect(message.children.map(\.name) == ["body", "active", "y"])
        let unknown = message.first("y", "urn:example:unknown")
        #expect(unknown?.isPrefixed == true)
        #expect(unknown?.attribute("z", namespace: "urn:example:unknown") == "\"1\"")
        #expect(unknown?.attribute("z") == nil)
        #expect(unknown?.text == "ac")
        #expect(unknown.map { Array($0.nodes).count } == 3)
        #expect(transcript.elements[1].attribute("from") == "a@b")
    }

    @Test("RFC 6120 §4.4: what follows the closing tag is discarded")
    func bytesBehindTheEndAreDiscarded() {
        let transcript = parseEveryWay(stream("<presence/></stream:stream><iq type='get'/>\u{0}<<"))
        #expect(transcript.error == nil)
        #expect(transcript.events.count == 3)
        #expect(transcript.events.last == .closed)
    }

    @Test("RFC 6120 §4.6.1: white space between stanzas has no effect and is not kept")
    func keepalivesAreDropped() throws {
        let spaced = parseEveryWay(stream(" \n\t<presence id='1'/>   \r\n<presence id='2'/> "))
        let plain = parse(stream("<presence id='1'/><presence id='2'/>"))
        #expect(spaced == plain)
        #expect(spaced.elements.count == 2)
        let parser = XML.StreamParser()
        var events: [XML.StreamEvent] = []
        try parser.feed(bytes(header)[...], into: &events)
        for _ in 0..<10_000 { try parser.feed([0x20][...], into: &events) }
        #expect(parser.isBetweenElements)
        try parser.feed([0x3C][...], into: &events)
        #expect(!parser.isBetweenElements)
        #expect(parser.consumed == bytes(header).count + 10_001)
    }

    @Test("RFC 6120 §11.1: CDATA, predefined entities and character references are plain text")
    func referencesAreText() {
        let transcript = parseEveryWay(
            stream(
                "<message a='&#65;&apos;'><body><![CDATA[</stream:stream>]]]]>]]&lt;&#xe9;&#233;&gt;</body></message>"
            )
        )
        #expect(transcript.error == nil)
        #expect(transcript.elements[0].first("body", accept)?.text == "</stream:stream>]]]]<éé>")
        #expect(transcript.elements[0].attribute("a") == "A'")
    }

    @Test("White space inside a stanza is kept, between child elements as well")
    func whiteSpaceIsKept() {
        let transcript = parseEveryWay(stream("<a> <b/>\n\t<c> </c></a>"))
        #expect(transcript.elements.first?.text == " \n\t")
        #expect(transcript.elements.first?.first("c", accept)?.text == " ")
    }

    @Test("RFC 6120 §11.1: ampersands in values and namespaces, also of the header, are read once")
    func ampersandsInValues() {
        let input = bytes(
            "<s:s xmlns:s='urn:s' xmlns:p='urn:a&amp;b' c='&amp;amp;&#38;'><p:d e='&amp;#38;&lt;&#60;'/>"
                + "<f xmlns='&amp;'>&amp;#38;</f>"
        )
        let transcript = parseEveryWay(input)
        guard case .opened(let root)? = transcript.events.first else {
            Issue.record("no header")
            return
        }
        #expect(root.attribute("c") == "&amp;&")
        #expect(root.declarations.last?.namespace == "urn:a&b")
        #expect(transcript.elements[0].is("d", "urn:a&b"))
        #expect(transcript.elements[0].attribute("e") == "&#38;<<")
        #expect(transcript.elements[1].is("f", "&"))
        #expect(transcript.elements[1].text == "&#38;")
        #expect(parse(input, cuts: Array(1..<input.count), limits: XML.Limits(distinctNames: 1)) == transcript)
    }

    @Test("A '>' or a CDATA end inside a value does not end a tag")
    func closingCharactersInValues() {
        let transcript = parseEveryWay(stream("<iq a='>/>' b=\"'/>\"><x y='<' /></iq>".replacing("'<'", with: "']]>'")))
        #expect(transcript.error == nil)
        #expect(transcript.elements[0].attribute("a") == ">/>")
        #expect(transcript.elements[0].attribute("b") == "'/>")
        #expect(Array(transcript.elements[0].children)[0].attribute("y") == "]]>")
    }

    @Test("RFC 6120 §11.6: a byte order mark in UTF-8 before the header is skipped")
    func byteOrderMarkIsSkipped() {
        let marked = parseEveryWay([0xEF, 0xBB, 0xBF] + stream("<presence/>"))
        #expect(marked == parse(stream("<presence/>")))
    }

    @Test("A failed parser fails the same way again")
    func failureIsFinal() {
        let parser = XML.StreamParser()
        var events: [XML.StreamEvent] = []
        var errors: [XMLStreamError] = []
        for _ in 0..<2 {
            do throws(XMLStreamError) {
                try parser.feed(stream("<!-- -->")[...], into: &events)
            } catch {
                errors.append(error)
            }
        }
        #expect(errors.count == 2)
        #expect(errors[0] == errors[1])
    }

    @Test("Text is one run, whatever libxml2 makes of it")
    func textIsJoined() {
        let long = String(repeating: "žluťoučký kůň ", count: 300)
        let transcript = parse(stream("<message><body>\(long)&amp;<![CDATA[x]]>\(long)</body></message>"))
        let body = transcript.elements[0].first("body", accept)
        #expect(body.map { Array($0.nodes).count } == 1)
        #expect(body?.text == long + "&x" + long)
    }

    @Test(
        "A vcard namespace, which is no absolute URI, and one that is no URI at all are accepted",
        arguments: ["vcard-temp", "not a uri", "%%%"]
    )
    func oddNamespacesAreAccepted(namespace: String) {
        let transcript = parseEveryWay(stream("<iq><x xmlns='\(namespace)'/></iq>"))
        #expect(transcript.error == nil)
        #expect(transcript.elements.first?.first("x", namespace) != nil)
    }
}
