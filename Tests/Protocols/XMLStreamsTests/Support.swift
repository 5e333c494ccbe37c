import Testing
import XMLStreams

/// Everything a parser gave, and how it ended.
struct Transcript: Equatable {
    var events: [XML.StreamEvent] = []
    var error: XMLStreamError?

    var elements: [XML.Element] {
        events.compactMap {
            guard case .element(let element) = $0 else { return nil }
            return element
        }
    }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// Feeds the pieces that `cuts` makes of the input.
func parse(
    _ input: [UInt8],
    cuts: [Int] = [],
    limits: XML.Limits = XML.Limits(),
    excess: XML.ExcessPolicy = .failsStream
) -> Transcript {
    let parser = XML.StreamParser(limits: limits, excess: excess)
    var transcript = Transcript()
    var start = 0
    for end in cuts + [input.count] {
        do throws(XMLStreamError) {
            try parser.feed(input[start..<end], into: &transcript.events)
        } catch {
            transcript.error = error
            return transcript
        }
        start = end
    }
    return transcript
}

/// Parses whole, in single bytes and in every split into two, expects the same each time, and gives it.
func parseEveryWay(
    _ input: [UInt8],
    limits: XML.Limits = XML.Limits(),
    excess: XML.ExcessPolicy = .failsStream,
    sourceLocation: SourceLocation = #_sourceLocation
) -> Transcript {
    let whole = parse(input, limits: limits, excess: excess)
    let single = parse(input, cuts: Array(1..<max(input.count, 1)), limits: limits, excess: excess)
    #expect(single == whole, "single bytes", sourceLocation: sourceLocation)
    for cut in 1..<max(input.count, 1) {
        let split = parse(input, cuts: [cut], limits: limits, excess: excess)
        if split != whole {
            #expect(split == whole, "split at \(cut)", sourceLocation: sourceLocation)
            break
        }
    }
    return whole
}

let header = """
    <?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' \
    xmlns:stream='http://etherx.jabber.org/streams' from='plays.shakespeare.lit' id='3BF96D32'>
    """

func stream(_ content: String) -> [UInt8] { bytes(header + content) }

let accept = "jabber:component:accept"
