import Testing
import XMLStreams
import XMPPStreams

/// The example of the module's page.
private func run(
    _ bytes: ArraySlice<UInt8>,
    _ parser: XML.StreamParser,
    _ stream: inout ComponentStream,
    now: UInt64,
    sha1: (String) -> String
) -> [ComponentStream.Action] {
    stream.heard(now: now)
    var events: [XML.StreamEvent] = []
    var actions: [ComponentStream.Action] = []
    do throws(XMLStreamError) {
        try parser.feed(bytes, into: &events)
        for event in events { actions += stream.receive(event, now: now, digest: sha1) }
    } catch {
        for event in events { actions += stream.receive(event, now: now, digest: sha1) }
        actions += stream.failed(error)
    }
    return actions
}

@Suite("XMPPStreams: the example of its page")
struct ExampleTests {
    @Test("The example opens a stream, delivers what came before a fault, and answers the fault")
    func example() {
        let parser = XML.StreamParser()
        var stream = ComponentStream(domain: "plays.shakespeare.lit", secret: "test", pingSeed: "x")
        _ = stream.connected(now: 0)
        let first = run(Array((serverHeader + "<handshake/>").utf8)[...], parser, &stream, now: 1) { $0 }
        #expect(first == [send("<handshake>3BF96D32test</handshake>"), .open])
        let second = run(Array("<presence/><!--".utf8)[...], parser, &stream, now: 2) { $0 }
        #expect(second.count == 3)
        #expect(second.last == .close(.init(.unreadable(XMLStreamError(.restrictedXML, "", offset: 182)))))
    }
}
