import Testing
import XMLStreams

/// The example of the module's page.
private func answer(_ bytes: ArraySlice<UInt8>, with parser: XML.StreamParser) throws -> [UInt8] {
    var events: [XML.StreamEvent] = []
    try parser.feed(bytes, into: &events)
    var writer = XML.Writer(inherited: "jabber:client")
    for case .element(let message) in events where message.is("message", "jabber:client") {
        writer.start("message", "jabber:client", ["to": message.attribute("from"), "type": "chat"])
        writer.element("body", text: message.first("body", "jabber:client")?.text ?? "")
        writer.end()
    }
    return writer.bytes
}

@Suite("XMLStreams: the example of its page")
struct ExampleTests {
    @Test("The example answers a message")
    func example() throws {
        let parser = XML.StreamParser()
        let input = "<s:s xmlns:s='urn:s' xmlns='jabber:client'><message from='a@b'><body>x</body></message>"
        #expect(
            try answer(bytes(input)[...], with: parser)
                == bytes("<message to='a@b' type='chat'><body>x</body></message>")
        )
    }
}
