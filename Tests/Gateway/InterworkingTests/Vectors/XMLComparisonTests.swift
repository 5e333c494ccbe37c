import Testing

@testable import VectorSupport

@Suite("XMLComparison")
struct XMLComparisonTests {
    private func differences(_ expected: String, _ actual: String, _ mode: XMLComparison.Mode = .stanza) -> [String] {
        var bindings = Bindings()
        return XMLComparison.differences(
            expected: Array(expected.utf8),
            actual: Array(actual.utf8),
            mode: mode,
            bindings: &bindings
        )
    }

    private func areEqual(_ expected: String, _ actual: String) -> Bool { differences(expected, actual).isEmpty }

    private func message(_ content: String, _ attributes: String = "", xmlns: String = "jabber:client") -> String {
        "<message xmlns='\(xmlns)' id='1'\(attributes)>\(content)</message>"
    }

    @Test("Prefixes, quotes, attribute order and declarations do not matter")
    func spelling() {
        #expect(
            areEqual(
                "<message xmlns='jabber:client' a='1' b='2'/>",
                "<x:message xmlns:x='jabber:client' b=\"2\" a='1'></x:message>"
            )
        )
        #expect(!areEqual("<message xmlns='jabber:client' a='1'/>", "<message xmlns='jabber:client' a='2'/>"))
        #expect(!areEqual("<message xmlns='jabber:client' a='1'/>", "<message xmlns='jabber:client'/>"))
        #expect(!areEqual("<message xmlns='jabber:client'/>", "<message xmlns='jabber:client' a='1'/>"))
    }

    @Test("The content namespaces are equal on the stanza and its own children only")
    func contentNamespaces() {
        #expect(areEqual(message("<body>x</body>"), message("<body>x</body>", xmlns: "jabber:component:accept")))
        #expect(!areEqual(message("<body>x</body>"), message("<body>x</body>", xmlns: "urn:other")))
        let inner = "<x xmlns='urn:x'><body xmlns='jabber:client'/></x>"
        #expect(!areEqual(message(inner), message("<x xmlns='urn:x'><body xmlns='jabber:server'/></x>")))
        let document = "<?xml version='1.0'?><presence xmlns='jabber:client'/>"
        let other = "<?xml version='1.0'?><presence xmlns='jabber:server'/>"
        #expect(differences(document, document, .document).isEmpty)
        #expect(!differences(document, other, .document).isEmpty)
    }

    @Test("White space next to elements is layout, other text is exact")
    func whiteSpace() {
        #expect(areEqual(message("\n  <body>x</body>\n"), message("<body>x</body>")))
        #expect(!areEqual(message("<body> x</body>"), message("<body>x</body>")))
        #expect(!areEqual(message("<body>x</body>"), message("y<body>x</body>")))
        #expect(!areEqual(message("<body>a\nb</body>"), message("<body>a b</body>")))
    }

    @Test("Children of different names stand in any order, those of one name do not")
    func order() {
        #expect(areEqual(message("<subject>s</subject><body>x</body>"), message("<body>x</body><subject>s</subject>")))
        #expect(
            !areEqual(
                message("<subject>a</subject><subject>b</subject>"),
                message("<subject>b</subject><subject>a</subject>")
            )
        )
        #expect(!areEqual(message("<body>x</body>"), message("")))
        #expect(!areEqual(message(""), message("<body>x</body>")))
        #expect(!areEqual(message("<body>x</body>"), message("<body>x</body><body>x</body>")))
    }

    @Test("In XHTML all order matters")
    func xhtml() {
        func html(_ content: String) -> String {
            message(
                "<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>\(content)</body></html>"
            )
        }
        #expect(areEqual(html("<p>a</p><br/>"), html("<p>a</p><br/>")))
        #expect(!areEqual(html("<p>a</p><br/>"), html("<br/><p>a</p>")))
        #expect(!areEqual(html("<p>a <em>b</em> c</p>"), html("<p>a  c<em>b</em></p>")))
    }

    @Test("Dates are points in time")
    func dates() {
        func delay(_ stamp: String) -> String { message("<delay xmlns='urn:xmpp:delay' stamp='\(stamp)'/>") }
        #expect(areEqual(delay("2026-03-01T12:00:00+01:00"), delay("2026-03-01T11:00:00.000Z")))
        #expect(!areEqual(delay("2026-03-01T12:00:00Z"), delay("2026-03-01T12:00:01Z")))
        #expect(!areEqual(message("<x at='2026-03-01T12:00:00Z'/>"), message("<x at='2026-03-01T12:00:00.0Z'/>")))
    }

    @Test("Origin ids and hints may stand in addition, nothing else")
    func extras() {
        let origin = "<origin-id xmlns='urn:xmpp:sid:0' id='1'/>"
        #expect(areEqual(message(""), message(origin + "<store xmlns='urn:xmpp:hints'/>")))
        #expect(!areEqual(message(origin), message("")))
        #expect(!areEqual(message(origin), message("<origin-id xmlns='urn:xmpp:sid:0' id='2'/>")))
        #expect(!areEqual(message(""), message("<stanza-id xmlns='urn:xmpp:sid:0' id='1'/>")))
    }

    @Test("A presence may have an id in addition, no other attribute and no other stanza")
    func presenceID() {
        let presence = "<presence xmlns='jabber:client' to='a@b'/>"
        #expect(areEqual(presence, "<presence xmlns='jabber:client' to='a@b' id='1'/>"))
        #expect(!areEqual(presence, "<presence xmlns='jabber:client' to='a@b' from='c@d'/>"))
        #expect(!areEqual("<presence xmlns='jabber:client' id='1'/>", "<presence xmlns='jabber:client' id='2'/>"))
        #expect(!areEqual("<message xmlns='jabber:client'/>", "<message xmlns='jabber:client' id='1'/>"))
    }

    @Test("An error may have by and text and echo the payload, in error stanzas only")
    func errors() {
        let condition = "<gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
        let text = "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>t</text>"
        let plain = message("<error type='cancel'>\(condition)</error>", " type='error'")
        #expect(
            areEqual(
                plain,
                message("<body>b</body><error type='cancel' by='gw'>\(condition)\(text)</error>", " type='error'")
            )
        )
        #expect(!areEqual(plain, message("<error type='modify'>\(condition)</error>", " type='error'")))
        #expect(!areEqual(message("<error type='cancel'>\(condition)\(text)</error>", " type='error'"), plain))
        #expect(!areEqual(plain, message("<error type='cancel' code='404'>\(condition)</error>", " type='error'")))
        #expect(!areEqual(message(""), message("<body>b</body>")))
    }

    @Test("A document starts with an XML declaration and keeps its order")
    func documents() {
        let pidf = "<presence xmlns='urn:ietf:params:xml:ns:pidf'><tuple id='a'/><note>n</note></presence>"
        let other = "<presence xmlns='urn:ietf:params:xml:ns:pidf'><note>n</note><tuple id='a'/></presence>"
        let declaration = "<?xml version='1.0' encoding='UTF-8'?>"
        #expect(differences(pidf, declaration + pidf, .document).isEmpty)
        #expect(!differences(pidf, pidf, .document).isEmpty)
        #expect(!differences(pidf, declaration + other, .document).isEmpty)
    }

    @Test("What is not well-formed is not equal")
    func malformed() { #expect(!areEqual(message(""), "<message xmlns='jabber:client' id='1'>")) }

    @Test("Placeholders in attributes and text are bound")
    func placeholders() {
        #expect(
            areEqual(
                "<message xmlns='jabber:client' id='${id}'><x>${id}</x></message>",
                "<message xmlns='jabber:client' id='7'><x>7</x></message>"
            )
        )
        #expect(
            !areEqual(
                "<message xmlns='jabber:client' id='${id}'><x>${id}</x></message>",
                "<message xmlns='jabber:client' id='7'><x>8</x></message>"
            )
        )
        #expect(!areEqual("<message xmlns='jabber:client' id='${id}'/>", "<message xmlns='jabber:client' id=''/>"))
    }
}
