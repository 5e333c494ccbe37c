import Testing
import XMLStreams

@Suite("XML.Limits")
struct LimitTests {
    private func outcome(_ content: String, _ limits: XML.Limits) -> Transcript {
        parseEveryWay(stream(content), limits: limits)
    }

    private let start = bytes(header).count

    @Test("RFC 6120 §13.12: a stanza of exactly the limit passes, one byte more does not")
    func stanzaBytes() {
        let stanza = "<message><body>0123456789</body></message>"
        #expect(outcome(stanza, XML.Limits(stanzaBytes: stanza.utf8.count)).elements.count == 1)
        let over = outcome("<a/>" + stanza, XML.Limits(stanzaBytes: stanza.utf8.count - 1))
        #expect(over.error == XMLStreamError(.tooManyBytes, "", offset: start + 4 + stanza.utf8.count - 1))
        #expect(over.elements.count == 1)
    }

    @Test("The stanza limit trips before the element is complete")
    func stanzaBytesUnfinished() {
        let over = outcome("<message><body>" + String(repeating: "x", count: 100), XML.Limits(stanzaBytes: 60))
        #expect(over.error == XMLStreamError(.tooManyBytes, "", offset: start + 60))
    }

    @Test("A start tag of exactly the limit passes, one byte more does not, finished or not")
    func startTagBytes() {
        let tag = "<a b='\(String(repeating: ">", count: 200))'/>"
        #expect(outcome(tag, XML.Limits(startTagBytes: tag.utf8.count)).elements.count == 1)
        let limits = XML.Limits(startTagBytes: tag.utf8.count - 1)
        let fault = XMLStreamError(.startTagTooLong, "", offset: start + tag.utf8.count - 1)
        #expect(outcome(tag, limits).error == fault)
        #expect(outcome(String(tag.dropLast(2)) + "xxxxx", limits).error == fault)
    }

    @Test("XEP-0205: nesting up to the limit passes, one level more does not")
    func depth() {
        func nested(_ count: Int) -> String {
            String(repeating: "<a>", count: count) + String(repeating: "</a>", count: count)
        }
        #expect(outcome(nested(9), XML.Limits(depth: 10)).elements.count == 1)
        let over = outcome(nested(10), XML.Limits(depth: 10))
        #expect(over.error == XMLStreamError(.tooDeep, "", offset: start + 29))
        let deep = parse(stream(String(repeating: "<a>", count: 200_000)), limits: XML.Limits(stanzaBytes: 1 << 20))
        #expect(deep.error?.code == .tooDeep)
    }

    @Test("XEP-0205: attributes and declarations up to the limit pass, one more does not")
    func attributes() {
        func tag(_ count: Int) -> String {
            "<a xmlns:p='urn:p'" + (1..<count).map { " a\($0)=''" }.joined() + "/>"
        }
        #expect(outcome(tag(12), XML.Limits(attributes: 12)).elements.first?.attributes.count == 11)
        #expect(outcome(tag(13), XML.Limits(attributes: 12)).error?.code == .tooManyAttributes)
        let flood = parse(stream(tag(20_000)), limits: XML.Limits(startTagBytes: 1 << 20))
        #expect(flood.error?.code == .tooManyAttributes)
    }

    @Test("XEP-0205: child elements up to the limit pass, one more does not; stanzas are not counted")
    func children() {
        let limits = XML.Limits(children: 3)
        #expect(outcome(String(repeating: "<a><b/><b></b><b/></a>", count: 5), limits).elements.count == 5)
        #expect(outcome("<a><b/><b><c/><c/></b><b/><b/></a>", limits).error?.code == .tooManyChildren)
        #expect(outcome("<a><b/><b><c/><c/><c/></b><b/></a>", limits).error == nil)
    }

    @Test("Limits outside of what the parser can keep are brought into range")
    func clamping() {
        let parser = XML.StreamParser(limits: XML.Limits(stanzaBytes: -5, depth: 100_000))
        #expect(parser.limits.stanzaBytes == 1)
        #expect(parser.limits.depth == 250)
        parser.limits.stanzaBytes = Int.max
        #expect(parser.limits.stanzaBytes == 1 << 28)
    }

    @Test("RFC 6120 §13.12: limits may be raised after authentication")
    func raised() throws {
        let parser = XML.StreamParser(limits: XML.Limits(stanzaBytes: 20))
        var events: [XML.StreamEvent] = []
        try parser.feed(stream("<handshake/>")[...], into: &events)
        parser.limits.stanzaBytes = 1000
        try parser.feed(bytes("<message><body>more than twenty</body></message>")[...], into: &events)
        #expect(events.count == 3)
    }
}

@Suite("XML.ExcessPolicy")
struct ExcessTests {
    private func refusedEveryWay(_ bad: String, _ limits: XML.Limits) -> (XML.Element?, XMLStreamError)? {
        let input = stream("<presence id='1'/>\(bad) <presence id='2'><x xmlns='urn:x'/></presence></stream:stream>")
        let transcript = parseEveryWay(input, limits: limits, excess: .isRefused)
        #expect(transcript.error == nil)
        #expect(transcript.elements.map { $0.attribute("id") } == ["1", "2"])
        #expect(transcript.events.last == .closed)
        guard transcript.events.count == 5, case .refused(let element, let error) = transcript.events[2] else {
            Issue.record("nothing was refused: \(transcript.events)")
            return nil
        }
        return (element, error)
    }

    @Test("A stanza over the byte limit is passed over; its start tag is told, and the next stanza passes")
    func bytesAreSkipped() {
        let text = String(repeating: "x", count: 300)
        let refused = refusedEveryWay(
            "<message from='a@b' id='big'><body a='>'>\(text)<![CDATA[</message>]]>&gt;</body></message>",
            XML.Limits(stanzaBytes: 100)
        )
        #expect(refused?.1.code == .tooManyBytes)
        #expect(refused?.0?.is("message", accept) == true)
        #expect(refused?.0?.attribute("id") == "big")
        #expect(refused?.0.map { Array($0.nodes).isEmpty } == true)
    }

    @Test("Depth, attributes, children and tag length are passed over likewise")
    func otherLimitsAreSkipped() {
        let nested = String(repeating: "<a>", count: 20) + String(repeating: "</a>", count: 20)
        #expect(refusedEveryWay("<iq id='d'>\(nested)</iq>", XML.Limits(depth: 10))?.1.code == .tooDeep)
        let flat = "<iq>\(String(repeating: "<a/>", count: 20))</iq>"
        #expect(refusedEveryWay(flat, XML.Limits(children: 10))?.1.code == .tooManyChildren)
        let many = (0..<20).map { "a\($0)='1'" }.joined(separator: " ")
        let first = refusedEveryWay("<iq \(many)><b/></iq>", XML.Limits(attributes: 10))
        #expect(first?.1.code == .tooManyAttributes)
        #expect(first?.0 == nil)
        #expect(refusedEveryWay("<iq><b \(many)/></iq>", XML.Limits(attributes: 10))?.0?.name == "iq")
        let long = "<iq id='\(String(repeating: "/>", count: 100))'/>"
        #expect(refusedEveryWay(long, XML.Limits(startTagBytes: 160))?.1.code == .startTagTooLong)
    }

    @Test("Bad XML inside an element that is passed over still ends the stream")
    func badMarkupWhileSkipping() {
        let input = stream("<a>\(String(repeating: "x", count: 50))<!-- --></a>")
        let transcript = parseEveryWay(input, limits: XML.Limits(stanzaBytes: 20), excess: .isRefused)
        #expect(transcript.error?.code == .restrictedXML)
    }

    @Test("A stream header over a limit cannot be passed over")
    func headerIsNotSkipped() {
        let transcript = parseEveryWay(bytes(header), limits: XML.Limits(startTagBytes: 50), excess: .isRefused)
        #expect(transcript.error?.code == .startTagTooLong)
    }
}
