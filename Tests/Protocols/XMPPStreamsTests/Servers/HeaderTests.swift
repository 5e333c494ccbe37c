import Testing
import XMLStreams
import XMPPStreams

/// The root of a stream, as its parser gives it.
func root(_ header: String) throws -> XML.Element {
    guard case .opened(let root) = try events(header).first else {
        throw XMLStreamError(.incomplete, header, offset: 0)
    }
    return root
}

@Suite("ServerStreamHeader")
struct ServerStreamHeaderTests {
    @Test("RFC 6120 §4.7, XEP-0220 §2.4.1: our header has both namespaces, from, to, id, version and language")
    func written() {
        let header = ServerStreamHeader(from: "gw.example", to: "peer.example", id: "a1")
        #expect(
            text(header.bytes) == """
                <?xml version='1.0'?><stream:stream xmlns='jabber:server' \
                xmlns:stream='http://etherx.jabber.org/streams' xmlns:db='jabber:server:dialback' \
                from='gw.example' to='peer.example' id='a1' version='1.0' xml:lang='en'>
                """
        )
    }

    @Test("RFC 6120 §4.7: what is written reads back")
    func roundTrip() throws {
        for id in ["a1", nil, "x'/><y>&amp;"] {
            let header = ServerStreamHeader(from: "gw.example", to: "peer.example", id: id, hasDialback: id == nil)
            let read = try ServerStreamHeader(reading: root(text(header.bytes)))
            #expect(read == header)
        }
    }

    @Test(
        "RFC 6120 §4.8.2, §4.8.5: any prefix and none are taken for the stream namespace",
        arguments: [
            "<stream xmlns='http://etherx.jabber.org/streams' to='a' version='1.0'>",
            "<s:stream xmlns:s='http://etherx.jabber.org/streams' xmlns='jabber:server' to='a' version='1.0'>",
            "<s:stream xmlns:s='http://etherx.jabber.org/streams' to='a' version='1.0'>",
        ]
    )
    func prefixes(header: String) throws {
        #expect(try ServerStreamHeader(reading: root(header)).to == "a")
    }

    @Test(
        "RFC 6120 §4.9.3.10: another stream or content namespace is a fault",
        arguments: [
            "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client'>",
            "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:component:accept'>",
            "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='http://etherx.jabber.org/streams'>",
            "<stream:stream xmlns:stream='http://etherx.jabber.org/stream' xmlns='jabber:server'>", "<html>",
        ]
    )
    func namespaces(header: String) throws {
        let element = try root(header)
        #expect(throws: ServerStreamHeader.Fault.namespace) { try ServerStreamHeader(reading: element) }
    }

    @Test("RFC 6120 §4.9.3.11: a root of another name is a fault")
    func names() throws {
        let element = try root("<s:features xmlns:s='http://etherx.jabber.org/streams' xmlns='jabber:server'>")
        #expect(throws: ServerStreamHeader.Fault.name) { try ServerStreamHeader(reading: element) }
    }

    @Test(
        "RFC 6120 §4.7.5: versions are two numbers",
        arguments: [
            ("1.0", [1, 0]), ("1.10", [1, 10]), ("11.0", [11, 0]), ("001.01", [1, 1]), ("1", nil), ("", nil),
            ("1.0.0", nil), ("1.-1", nil), ("+1.0", nil), (" 1.0", nil), ("99999999999.0", nil), ("x.y", nil),
        ] as [(String, [UInt32]?)]
    )
    func versions(text: String, parts: [UInt32]?) {
        let version = StreamVersion(text)
        #expect(version.map { [$0.major, $0.minor] } == parts)
    }

    @Test("RFC 6120 §4.7.5: 1.10 is higher than 1.9, 11.0 than 2.0")
    func order() throws {
        #expect(try #require(StreamVersion("1.9")) < #require(StreamVersion("1.10")))
        #expect(try #require(StreamVersion("2.0")) < #require(StreamVersion("11.0")))
    }

    @Test(
        "RFC 6120 §4.7.4: a language tag is kept, what is none is dropped",
        arguments: [
            ("fr", "fr"), ("zh-Hant-TW", "zh-Hant-TW"), ("x", "x"), ("de_DE", nil), ("1a", nil), ("", nil),
            ("abcdefghi", nil), ("en-", nil), (String(repeating: "en-", count: 22) + "en", nil),
        ] as [(String, String?)]
    )
    func languages(tag: String, kept: String?) throws {
        let header = "<stream xmlns='http://etherx.jabber.org/streams' xml:lang='\(tag)'>"
        #expect(try ServerStreamHeader(reading: root(header)).language == kept)
    }

    @Test("RFC 6120 §4.7.3: three ids of 128 random bits are drawn for the three streams of a connection")
    func ids() throws {
        var generator = SystemRandomNumberGenerator()
        var seen: Set<String> = []
        for _ in 0..<100 {
            let nonces = StreamNonces(using: &generator)
            for id in nonces.everyStream {
                #expect(id.utf8.count == 32)
                seen.insert(id)
            }
        }
        #expect(seen.count == 300)
    }
}

@Suite("StreamFeatures")
struct StreamFeaturesTests {
    /// Every combination of what may be offered.
    static let all: [StreamFeatures] = {
        var list: [StreamFeatures] = []
        for encryption in [StreamFeatures.Encryption.none, .offered, .required] {
            for mechanisms in [nil, [], ["EXTERNAL"], ["EXTERNAL", "PLAIN"]] as [[String]?] {
                for bits in 0..<8 {
                    list.append(
                        StreamFeatures(
                            encryption: encryption,
                            mechanisms: mechanisms,
                            hasDialback: bits & 1 != 0,
                            isBidirectional: bits & 2 != 0,
                            hasStreamManagement: bits & 4 != 0
                        )
                    )
                }
            }
        }
        return list
    }()

    @Test("RFC 6120 §4.3.2: what is written reads back, in every combination", arguments: all)
    func roundTrip(features: StreamFeatures) throws {
        let read = try StreamFeatures(reading: serverElement(text(features.bytes)))
        #expect(read == features)
    }

    @Test("RFC 6120 §5.4.1: TLS that is required is written as the RFC shows it")
    func required() {
        #expect(
            text(StreamFeatures(encryption: .required).bytes) == """
                <stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>\
                </stream:features>
                """
        )
    }

    @Test("XEP-0220 §2.4.2: dialback is offered with errors")
    func dialback() {
        #expect(
            text(StreamFeatures(hasDialback: true).bytes) == """
                <stream:features><dialback xmlns='urn:xmpp:features:dialback'><errors/></dialback></stream:features>
                """
        )
    }

    @Test("XEP-0220 §2.4.2: dialback without errors is told apart")
    func dialbackWithoutErrors() throws {
        let element = try serverElement(
            "<stream:features><dialback xmlns='urn:xmpp:features:dialback'/></stream:features>"
        )
        let features = try #require(StreamFeatures(reading: element))
        #expect(features.hasDialback && !features.hasDialbackErrors)
    }

    @Test("RFC 6120 §4.3.2: an unknown feature that is required is seen, one that is not is passed over")
    func unknown() throws {
        let markup = "<stream:features><x xmlns='urn:example'><required/></x></stream:features>"
        #expect(try StreamFeatures(reading: serverElement(markup))?.requiresUnknown == true)
        let voluntary = markup.replacing("<required/>", with: "")
        #expect(try StreamFeatures(reading: serverElement(voluntary)) == StreamFeatures())
    }

    @Test("RFC 6120 §4.3.2: another element is none")
    func others() throws {
        #expect(try StreamFeatures(reading: serverElement("<features xmlns='urn:example'/>")) == nil)
        #expect(try StreamFeatures(reading: serverElement("<stream:error/>")) == nil)
    }

    @Test("At most 32 mechanisms are read")
    func bound() throws {
        for count in [32, 33, 200] {
            let list = String(repeating: "<mechanism> X </mechanism>", count: count)
            let markup =
                "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\(list)</mechanisms>"
                + "</stream:features>"
            let features = try StreamFeatures(reading: serverElement(markup))
            #expect(features?.mechanisms == Array(repeating: "X", count: 32))
        }
    }
}
