import Testing
import XMLStreams

@Suite("Escaping")
struct EscapingTests {
    /// A byte as it is written among ASCII.
    private func escaped(_ byte: UInt8, inValue: Bool) -> [UInt8] {
        switch byte {
        case UInt8(ascii: "&"): bytes("&amp;")
        case UInt8(ascii: "<"): bytes("&lt;")
        case UInt8(ascii: ">"): bytes("&gt;")
        case 0x0D: bytes("&#13;")
        case UInt8(ascii: "\"") where inValue: bytes("&quot;")
        case UInt8(ascii: "'") where inValue: bytes("&apos;")
        case 0x09 where inValue: bytes("&#9;")
        case 0x0A where inValue: bytes("&#10;")
        case 0x09, 0x0A, 0x20..<0x80: [byte]
        default: bytes("\u{FFFD}")
        }
    }

    private func expectEscaped(_ input: ArraySlice<UInt8>) {
        var writer = XML.Writer()
        writer.start("a")
        writer.attribute("b", input)
        writer.text(input)
        writer.end()
        let value = input.flatMap { escaped($0, inValue: true) }
        let text = input.flatMap { escaped($0, inValue: false) }
        #expect(writer.bytes == bytes("<a b='") + value + bytes("'>") + text + bytes("</a>"))
        let strange = input.count { escaped($0, inValue: false) == bytes("\u{FFFD}") }
        #expect(writer.replaced == 2 * strange)
    }

    @Test("RFC 6120 §11.1: every byte is escaped at every place of a text, wherever that begins in memory")
    func everyByteAtEveryPlace() {
        for byte in UInt8.min...UInt8.max {
            for place in 0..<18 {
                var input = [UInt8](repeating: UInt8(ascii: "~"), count: 27)
                // What is next to the byte in value is next to it in place.
                input[8 + place] = byte & 0x7F ^ 1
                input[7 + place] = byte
                expectEscaped(input[(place % 8)...])
                expectEscaped(input[(place % 8)..<(8 + place)])
            }
        }
    }

    @Test("RFC 6120 §11.1: any row of bytes below 0x80 is escaped byte by byte")
    func anyRow() {
        // A linear congruential generator: the same rows at every run.
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        func next(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        let near = bytes("\u{1F} !\"#%&'(;<=>?\t\n\r\u{7F}")
        for _ in 0..<2_000 {
            let row = (0..<next(40)).map { _ in
                next(4) == 0 ? near[Int(next(UInt64(near.count)))] : UInt8(0x40 + next(0x40))
            }
            expectEscaped(row[...])
        }
    }

    @Test("RFC 3629 §4: a character that reaches over eight bytes stays whole")
    func longCharacters() {
        for character in ["é", "€", "👋"] {
            for place in 0..<17 {
                let text = String(repeating: "a", count: place) + character + String(repeating: "b", count: 9)
                var writer = XML.Writer()
                writer.element("a", nil, ["b": text], text: text + "<")
                #expect(writer.bytes == bytes("<a b='\(text)'>\(text)&lt;</a>"))
                #expect(writer.replaced == 0)
            }
        }
    }
}
