import Testing
import XMLStreams

/// The same numbers at every run.
private struct Numbers {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }

    mutating func pick(_ choices: [String]) -> String { choices[next(choices.count)] }
}

@Suite("XML.StreamParser: generated input")
struct GeneratedInputTests {
    private func tree(_ numbers: inout Numbers, _ depth: Int) -> String {
        let name = numbers.pick(["a", "body", "p:x", "unheard\(numbers.next(9))", "iq", "message"])
        var text = "<" + name + (name.hasPrefix("p:") ? " xmlns:p='urn:p\(numbers.next(3))'" : "")
        if numbers.next(3) == 0 { text += " xmlns='urn:\(numbers.next(4))&amp;'" }
        for attribute in ["k", "to", "id", "xml:lang"].prefix(numbers.next(5)) {
            let (quote, other) = numbers.next(2) == 0 ? ("'", "\"") : ("\"", "'")
            let value = numbers.pick(["v", ">", "/>", "&lt;&#65;&amp;", other, "é\n\t", "]]>"])
            text += " \(attribute)=\(quote)\(value)\(quote)"
        }
        if numbers.next(4) == 0 { return text + "/>" }
        text += ">"
        for _ in 0..<numbers.next(depth > 0 ? 5 : 1) {
            switch numbers.next(7) {
            case 0: text += "text > \" ' é"
            case 1: text += "<![CDATA[<x '>\"]]]>"
            case 2: text += "&amp;&#x1F44B;"
            case 3: text += "<![CDATA[]]>"
            case 4: text += "\r\n "
            default: text += tree(&numbers, depth - 1)
            }
        }
        return text + "</\(name)" + (numbers.next(9) == 0 ? " \n>" : ">")
    }

    private func noise(_ numbers: inout Numbers) -> String {
        let pieces = [
            "<message to='a' id=\"b\"><body>x &amp; y</body></message>", "<iq/>", " ", "<a:b xmlns:a='urn:a' a:c='d'>",
            "</a:b>", "<![CDATA[ x ]] ]]>", "<![CDATA[<x \"]]>", "&#65;", "&lt;", "<x y='>' z=\"'\"/>", "</x>", "<x>",
            "text", "</stream:stream>", "<!-- c -->", "<?pi?>", "&foo;", "é", "]]>", "<", ">", "'", "\"", "&", "/",
            "\u{0}", "\u{FFFE}", "<!", "<!DOCTYPE x [", "\u{FEFF}",
        ]
        return (0..<numbers.next(12)).map { _ in numbers.pick(pieces) }.joined()
    }

    private func mutate(_ input: inout [UInt8], _ numbers: inout Numbers) {
        guard !input.isEmpty else { return }
        let place = numbers.next(input.count)
        switch numbers.next(3) {
        case 0: input[place] = UInt8(numbers.next(256))
        case 1: input.remove(at: place)
        default: input.insert(UInt8(numbers.next(256)), at: place)
        }
    }

    @Test("RFC 6120 §10.1: whole and in pieces, events and faults are the same", arguments: [1, 2, 3, 4] as [UInt64])
    func piecesMakeNoDifference(seed: UInt64) {
        var numbers = Numbers(state: seed)
        for _ in 0..<400 {
            var input = numbers.next(6) == 0 ? [] : bytes(header)
            input += bytes(numbers.next(2) == 0 ? tree(&numbers, 3) + tree(&numbers, 2) : noise(&numbers))
            for _ in 0..<numbers.next(3) { mutate(&input, &numbers) }
            var limits = XML.Limits(distinctNames: numbers.next(2) == 0 ? 1 : 4096)
            if numbers.next(3) == 0 {
                limits.stanzaBytes = 20 + numbers.next(200)
                limits.startTagBytes = 150 + numbers.next(50)
                limits.depth = 2 + numbers.next(4)
                limits.children = 1 + numbers.next(3)
            }
            let excess: XML.ExcessPolicy = numbers.next(2) == 0 ? .failsStream : .isRefused
            let whole = parse(input, limits: limits, excess: excess)
            let somewhere = (0..<3).map { _ in numbers.next(input.count + 1) }.sorted()
            for cuts in [Array(0..<input.count), somewhere] {
                let pieces = parse(input, cuts: cuts, limits: limits, excess: excess)
                #expect(pieces == whole, "\(String(decoding: input, as: UTF8.self).debugDescription) \(cuts)")
            }
        }
    }

    @Test("RFC 6120 §11.1: what is read, written and read again is the same", arguments: [5, 6] as [UInt64])
    func writingIsFaithful(seed: UInt64) throws {
        var numbers = Numbers(state: seed)
        for _ in 0..<300 {
            let text = tree(&numbers, 4)
            let element = try XML.DocumentReader.read(bytes(text)[...])
            var writer = XML.Writer()
            writer.copy(element)
            #expect(writer.replaced == 0)
            #expect(try XML.DocumentReader.read(writer.bytes[...]) == element, "\(text.debugDescription)")
        }
    }

    @Test("Inputs that once gave different results in pieces")
    func knownTraps() {
        let tight = XML.Limits(stanzaBytes: 40)
        for (text, limits, excess) in [
            (header + "<body><![CDATA[ x ]] ]]>text, a lot of it &foo;<iq/></body>", tight, XML.ExcessPolicy.isRefused),
            (header + "<body>\u{FFFE}</body>", tight, .failsStream),
            (header + "<b>\u{FFFE} a long text ahead<![CDATA[<'>]]></b>", tight, .failsStream),
            (header + "\r\n&#65;&#65;]]>", XML.Limits(), .failsStream),
            (header + "</stream:strea\"m>", XML.Limits(), .failsStream),
            ("<I><J/>", XML.Limits(), .failsStream),
            ("<I></I>", XML.Limits(), .failsStream),
            ("<?xml version='1.0'?\u{10}<a to='b'>", XML.Limits(startTagBytes: 30), .failsStream),
        ] {
            _ = parseEveryWay(bytes(text), limits: limits, excess: excess)
        }
    }
}
