import Testing

@testable import XMLStreams

@Suite("XML.StreamParser: the memory of names")
struct NameTableTests {
    /// Stanzas whose every name is met once, with markup characters where they mean nothing.
    private func hostile(_ count: Int) -> [UInt8] {
        stream(
            (0..<count).map { number in
                """
                <e\(number) xmlns='urn:ns:\(number)' xmlns:p='urn:p:\(number)' p:a\(number)='>\(number)' b='/>'>\
                <![CDATA[<x>\(number)</x>]]> <p:f\(number) c\(number)="it's &gt;"/>t\(number)</e\(number)>
                """
            }.joined(separator: " ")
        ) + bytes("</stream:stream>")
    }

    @Test("XEP-0205: forgetting names changes nothing in what is read", arguments: [1, 7, 64, 1000, 16_384, 65_536])
    func replacementIsInvisible(size: Int) {
        let input = hostile(1500)
        let keeping = parse(input, limits: XML.Limits(distinctNames: .max, nameBytes: .max))
        #expect(keeping.error == nil)
        #expect(keeping.elements.count == 1500)
        #expect(keeping.elements[7].first("f7", "urn:p:7")?.attribute("c7") == "it's >")
        let cuts = Array(stride(from: size, to: input.count, by: size))
        for limits in [XML.Limits(distinctNames: 100), XML.Limits(nameBytes: 8192), XML.Limits(distinctNames: 1)] {
            #expect(parse(input, cuts: cuts, limits: limits) == keeping)
        }
    }

    @Test("XEP-0205: names are forgotten once they are too many or too long")
    func replacementsHappen() throws {
        var counts: [Int] = []
        for limits in [XML.Limits(), XML.Limits(distinctNames: 100), XML.Limits(nameBytes: 8192)] {
            let parser = XML.StreamParser(limits: limits)
            var events: [XML.StreamEvent] = []
            let input = hostile(1500)
            for start in stride(from: 0, to: input.count, by: 512) {
                try parser.feed(input[start..<min(start + 512, input.count)], into: &events)
            }
            counts.append(parser.nameTableReplacements)
        }
        #expect(counts[0] == 2 || counts[0] == 1)
        #expect(counts[1] > 50)
        #expect(counts[2] > 10)
    }

    @Test("XEP-0205: reads that all end inside a stanza do not keep names from being forgotten")
    func replacementBetweenUnevenReads() throws {
        let parser = XML.StreamParser(limits: XML.Limits(distinctNames: 100))
        var events: [XML.StreamEvent] = []
        try parser.feed((stream("") + bytes("<z><y>"))[...], into: &events)
        for number in 0..<500 {
            try parser.feed(bytes("</y></z><a\(number) b\(number)=''/><z><y>")[...], into: &events)
        }
        #expect(parser.nameTableReplacements > 5)
        #expect(events.count == 1001)
    }

    @Test("A usual stream is never interrupted")
    func usualStreamsKeepTheirContext() throws {
        let parser = XML.StreamParser()
        var events: [XML.StreamEvent] = []
        try parser.feed(bytes(header)[...], into: &events)
        for number in 0..<2000 {
            try parser.feed(bytes("<message id='\(number)'><body>\(number)</body></message>")[...], into: &events)
        }
        #expect(parser.nameTableReplacements == 0)
        #expect(events.count == 2001)
    }

    @Test("A stanza that made the buffers grow does not leave them behind")
    func largeStanzasAreForgotten() throws {
        let parser = XML.StreamParser()
        var events: [XML.StreamEvent] = []
        let body = String(repeating: "0123456789", count: 20_000)
        try parser.feed(stream("<message><body>\(body)</body></message><presence/>")[...], into: &events)
        #expect(parser.nameTableReplacements == 1)
        #expect(events.count == 3)
    }

    @Test("A long namespace is stored once in a stanza, however many elements are in it")
    func longNamespaceIsNotMultiplied() {
        let long = "urn:" + String(repeating: "x", count: 15_000)
        let children = (0..<4000).map { "<p:\($0 % 2 == 0 ? "a" : "b")z\($0 % 300)/>" }.joined()
        let transcript = parse(stream("<iq xmlns:p='\(long)'>\(children)</iq>"))
        let found = transcript.elements.first?.children.filter { $0.isIn(long) }
        #expect(found?.count == 4000)
        #expect(transcript.elements.first.map { $0.arena.bytes.count < 30_000 } == true)
    }
}
