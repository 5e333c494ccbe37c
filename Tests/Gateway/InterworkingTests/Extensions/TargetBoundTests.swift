import MIME
import MappingTables
import Testing

@testable import Interworking
@testable import VectorSupport

/// What a stranger can make many or long stays within bounds when rows carry it.
@Suite("Bounds of what rows write")
struct TargetBoundTests {
    private static func values(_ count: Int, _ text: String = "x") -> FieldValues {
        FieldValues([FieldValue](repeating: FieldValue(text: text), count: count))
    }

    @Test("a stanza gets at most so many elements, one after the other or at once")
    func elements() throws {
        let selector = FieldSelector.element(namespace: "urn:example:x", name: "e", attribute: nil)
        var target = StanzaTarget()
        try target.set(Self.values(StanzaTarget.elementLimit), for: selector)
        #expect(target.extensions.count == StanzaTarget.elementLimit)
        #expect(throws: ConversionFault.self) { try target.set(Self.values(1), for: selector) }
        var other = StanzaTarget()
        #expect(throws: ConversionFault.self) {
            try other.set(Self.values(StanzaTarget.elementLimit + 1), for: selector)
        }
        #expect(other.extensions.isEmpty)
    }

    @Test("a stanza gets at most so many elements that came as a whole")
    func copies() throws {
        let selector = FieldSelector.markup(namespace: "urn:example:x", name: "e")
        let text = "<e xmlns='urn:example:x'/>"
        var target = StanzaTarget()
        try target.set(Self.values(StanzaTarget.largestCount, text), for: selector)
        #expect(target.copied.count == StanzaTarget.largestCount)
        #expect(throws: ConversionFault.self) { try target.set(Self.values(1, text), for: selector) }
    }

    @Test("a request gets at most so many headers")
    func headers() throws {
        let selector = FieldSelector.header(namespace: nil, name: "X-Example")
        var target = RequestTarget()
        try target.set(Self.values(RequestTarget.headerLimit), for: selector)
        #expect(target.headers.count == RequestTarget.headerLimit)
        #expect(throws: ConversionFault.self) { try target.set(Self.values(1), for: selector) }
    }

    @Test("what a stanza cannot name is a fault and no silence", arguments: ["e", "e f", "1e", "x:e", ""])
    func elementNames(_ name: String) throws {
        for selector in [
            FieldSelector.element(namespace: "urn:example:x", name: name, attribute: nil),
            .element(namespace: "urn:example:x", name: "e", attribute: name),
        ] {
            var target = StanzaTarget()
            if name == "e" {
                try target.set(Self.values(1), for: selector)
            } else {
                #expect(throws: ConversionFault.self) { try target.set(Self.values(1), for: selector) }
            }
            #expect(target.extensions.count == (name == "e" ? 1 : 0))
        }
    }

    @Test("what a request cannot name, or names itself, is a fault", arguments: ["X-A: q\r\nY", "X A", "", "Via", "v"])
    func requestNames(_ name: String) throws {
        var target = RequestTarget()
        #expect(throws: ConversionFault.self) {
            try target.set(Self.values(1), for: .header(namespace: nil, name: name))
        }
        #expect(target.headers.isEmpty)
    }

    @Test(
        "what an object cannot name, or names itself, is a fault",
        arguments: [
            ("urn:example:x", "C: D"), ("urn:example:x", "c.d"), ("urn:example:x", ""), ("n m", "C"), ("n", "C"),
            (nil, "Subject"), ("urn:ietf:params:cpim-headers:", "cc"),
        ] as [(String?, String)]
    )
    func objectNames(namespace: String?, name: String) throws {
        var target = PivotTarget()
        #expect(throws: ConversionFault.self) {
            try target.set(Self.values(1), for: .header(namespace: namespace, name: name))
        }
        #expect(target.extensions.isEmpty)
        try target.set(Self.values(1), for: .header(namespace: "urn:example:x", name: "C"))
        #expect(target.extensions.count == 1)
    }

    @Test("a parameter of a part is at most so long")
    func parameters() throws {
        let part = try #require(ContentPart("message/external-body; access-type=URL", form: .parameter("url")))
        let most = Self.values(1, String(repeating: "x", count: MIMEPart.longestParameter))
        #expect(try MIMEPart.parts(of: most, as: part).count == 1)
        let more = Self.values(1, String(repeating: "x", count: MIMEPart.longestParameter + 1))
        #expect(throws: ConversionFault.self) { try MIMEPart.parts(of: more, as: part) }
    }

    @Test("the name of a sender is cut at the bound")
    func names() throws {
        let shore = try ExtensionShore(ShippedTables.generation(), [(name: "msg.carrier", value: "cpim")])
        for count in [PivotTarget.longestName, PivotTarget.longestName + 1] {
            let nick = String(repeating: "n", count: count)
            let text = try shore.sent("<body>hi</body><nick xmlns='http://jabber.org/protocol/nick'>\(nick)</nick>")
            let most = String(repeating: "n", count: PivotTarget.longestName)
            #expect(text.contains(most) && !text.contains(most + "n"))
        }
    }
}
