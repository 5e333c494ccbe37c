import Addressing
import Testing

@testable import Interworking

/// Percent signs that start no escape, in the URIs of requests.
@Suite("MessageTranslator: addr.percent")
struct StrayPercentTests {
    private func samples(_ value: String, isIntermediary: Bool = false) -> MessageSamples {
        var samples = MessageSamples(settings: [("addr.percent", value)])
        samples.facts.peer.isTrustedIntermediary = isIntermediary
        return samples
    }

    @Test("ADDR-026: in From")
    func sender() throws {
        let from = "From: <sip:cr%zy@example.net>;tag=a"
        #expect(try samples("strict").received(from).refusal?.sipStatus == 400)
        #expect(try samples("lenient").stanza(from).text.contains("from='cr%zy@example.net'"))
        #expect(try samples("lenient").received("From: <sip:cr%41zy@>;tag=a").refusal?.sipStatus == 400)
    }

    @Test("ADDR-026: in the Request-URI, with or without To")
    func recipient() throws {
        let uri = "sip:cr%zy@example.com"
        #expect(try samples("strict").received(uri: uri).refusal?.sipStatus == 400)
        #expect(try samples("lenient").stanza(uri: uri).text.contains("to='cr%zy@example.com'"))
        let secure = "sips:cr%zy@example.com"
        #expect(try samples("lenient").received("To: <\(secure)>").refusal?.sipStatus == 416)
    }

    @Test("ADDR-026: in an asserted identity")
    func asserted() throws {
        let asserted = "P-Asserted-Identity: <sip:cr%zy@example.net>"
        #expect(try samples("strict", isIntermediary: true).received(asserted).refusal?.sipStatus == 400)
        let known = try samples("lenient", isIntermediary: true).received(asserted)
        #expect(known.value?.sender.jid.description == "cr%zy@example.net")
        let request = try MessageSamples.message([asserted], body: Array("hi".utf8))
        let named = try MessageTranslator.namedSender(of: request, isIntermediary: true)
        #expect(named.description == "sip:cr%25zy@example.net")
    }

    @Test("ADDR-026: what was tolerated goes out as a valid URI")
    func answer() throws {
        let pivot = try #require(try samples("lenient").received("From: <sip:cr%zy@example.net>;tag=a").value)
        #expect(pivot.sender.address == "sip:cr%25zy@example.net")
        let back = try samples("lenient").requestText("<body>hi</body>", to: "cr%zy@example.net")
        #expect(back.hasPrefix("MESSAGE sip:cr%25zy@example.net SIP/2.0\r\n"))
    }
}
