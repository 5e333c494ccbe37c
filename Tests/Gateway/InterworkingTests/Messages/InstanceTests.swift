import Addressing
import Testing

@testable import Interworking

/// Endpoints that Message/CPIM objects name for the two users of their carrier.
@Suite("MessageTranslator: gr in Message/CPIM From and To")
struct InstanceTests {
    private static func object(from: String = "<im:romeo@example.net>", to: [String]) -> String {
        let recipients = to.map { "To: \($0)" }
        return (["From: \(from)"] + recipients + ["", "Content-Type: text/plain", "", "hi"]).joined(separator: "\r\n")
    }

    private func ends(
        from: String = "<im:romeo@example.net>",
        to: String...,
        uri: String = "sip:juliet@example.com",
        settings: [(String, String)] = []
    ) throws -> [String?] {
        let body = Self.object(from: from, to: to)
        let samples = MessageSamples(settings: settings)
        let stanza = try samples.stanza("Content-Type: message/cpim", uri: uri, body: body).value
        return [stanza?.from.description, stanza?.to.description]
    }

    @Test("ADDR-008, ADDR-053: gr of the CPIM To addresses the full JID, in the URI or after it; the one inside wins")
    func recipient() throws {
        for to in [
            "<im:juliet@example.com>;gr=balcony", "Juliet <sip:juliet@example.com;gr=balcony>",
            "<sip:juliet@example.com;gr=balcony>;gr=chamber", "<pres:juliet@example.com>;GR=balcony",
        ] {
            #expect(try ends(to: to) == ["romeo@example.net", "juliet@example.com/balcony"], "\(to)")
        }
        #expect(try ends(to: "<im:juliet@example.com>").last == "juliet@example.com")
    }

    @Test("ADDR-050: gr of somebody else's To counts for nothing, and the Request-URI wins")
    func others() throws {
        #expect(try ends(to: "<im:nurse@example.com>;gr=x").last == "juliet@example.com")
        #expect(
            try ends(to: "<im:nurse@example.com>;gr=x", "<im:juliet@example.com>;gr=balcony").last
                == "juliet@example.com/balcony"
        )
        let uri = "sip:juliet@example.com;gr=chamber"
        #expect(try ends(to: "<im:juliet@example.com>;gr=balcony", uri: uri).last == "juliet@example.com/chamber")
        #expect(
            try ends(to: "<im:juliet@example.com>;gr=balcony", uri: "im:juliet@example.com").last
                == "juliet@example.com/balcony"
        )
    }

    @Test("ADDR-008: gr of the CPIM From is the sender's resource, unless the carrier names one")
    func sender() throws {
        let from = "<im:romeo@example.net>;gr=dr4hcr0st3lup4c"
        #expect(try ends(from: from, to: "<im:juliet@example.com>").first == "romeo@example.net/dr4hcr0st3lup4c")
        let stanza = try MessageSamples().stanza(
            "From: <sip:romeo@example.net;gr=carrier>;tag=a",
            "Content-Type: message/cpim",
            body: Self.object(from: from, to: ["<im:juliet@example.com>"])
        )
        #expect(stanza.value?.from.description == "romeo@example.net/carrier")
    }

    @Test("ADDR-053: addr.gruu and addr.to-resource hold for it too")
    func switches() throws {
        let to = "<im:juliet@example.com>;gr=balcony"
        #expect(try ends(to: to, settings: [("addr.gruu", "drop")]).last == "juliet@example.com")
        #expect(try ends(to: to, settings: [("addr.to-resource", "never")]).last == "juliet@example.com")
    }

    @Test("RFC 7247 §6.3: a gr that is no resource is left out")
    func unusable() throws {
        #expect(try ends(to: "<im:juliet@example.com>;gr=%00").last == "juliet@example.com")
        #expect(try ends(to: "<im:juliet@example.com>;gr=\"a b\"").last == "juliet@example.com")
    }

    @Test("ADDR-053: an object that came alone addresses the full JID")
    func alone() throws {
        let bytes = Array(Self.object(to: ["<im:juliet@example.com>;gr=balcony"]).utf8)
        let pivot = try MessageSamples().translator().pivot(fromCPIM: bytes[...], facts: MessageSamples().facts)
        #expect(pivot.value?.recipient.jid.description == "juliet@example.com/balcony")
    }
}
