import Addressing
import CPIM
import Testing
import XMLStreams
import XMPPStanzas

@testable import Interworking

@Suite("DelaySelection")
struct DelaySelectionTests {
    private func stamp(_ content: String) throws -> String? {
        let xml =
            "<message xmlns='jabber:client' from='juliet@example.com/a' to='romeo@example.net'>\(content)</message>"
        let stanza = try #require(MessageStanza(try XML.DocumentReader.read(Array(xml.utf8)[...])))
        return DelaySelection.stamp(
            of: stanza,
            sender: try JID("juliet@example.com/a"),
            now: 1_772_366_400_000,
            gateway: "gw.example.org"
        )?.description
    }

    private func delay(_ stamp: String, from: String? = nil) -> String {
        let attribute = from.map { " from='\($0)'" } ?? ""
        return "<delay xmlns='urn:xmpp:delay'\(attribute) stamp='\(stamp)'/>"
    }

    @Test("XEP-0203 §4: the stamp of the sender's own server counts")
    func ownServer() throws {
        let content =
            delay("2020-01-01T00:00:00Z", from: "other.example") + delay("2021-01-01T00:00:00Z", from: "example.com")
        #expect(try stamp(content) == "2021-01-01T00:00:00Z")
    }

    @Test("MSG-058: without one, the oldest counts")
    func oldest() throws {
        #expect(
            try stamp(delay("2021-01-01T00:00:00Z", from: "a.example") + delay("2020-01-01T00:00:00Z"))
                == "2020-01-01T00:00:00Z"
        )
    }

    @Test("MSG-059: a stamp of the gateway's own is discarded")
    func gateway() throws {
        #expect(try stamp(delay("2020-01-01T00:00:00Z", from: "gw.example.org")) == nil)
    }

    @Test("A stamp of the future, or none that can be read, is none")
    func unusable() throws {
        #expect(try stamp(delay("2027-01-01T00:00:00Z")) == nil)
        #expect(try stamp(delay("soon")) == nil)
        #expect(try stamp("") == nil)
    }

    @Test("XEP-0091: the older form counts only where the newer is absent")
    func legacy() throws {
        let legacy = "<x xmlns='jabber:x:delay' from='example.com' stamp='20020910T23:08:25'/>"
        #expect(try stamp(legacy) == "2002-09-10T23:08:25Z")
        #expect(try stamp(legacy + delay("2020-01-01T00:00:00Z")) == "2020-01-01T00:00:00Z")
    }
}
