import Testing
import XMLStreams
import XMPPStreams

@Suite("StreamFault")
struct StreamFaultTests {
    @Test("RFC 6120 §4.9.3: each condition is written and read back", arguments: StreamFault.Condition.allCases)
    func conditionsRoundTrip(condition: StreamFault.Condition) throws {
        for content in ["jabber:server", "jabber:component:accept"] {
            let fault = StreamFault(
                condition,
                text: "a & b",
                textLanguage: "en",
                otherHost: condition == .seeOtherHost ? "[2001:db8::1]:5222" : nil,
                application: XML.Element("x", "urn:x", text: "y")
            )
            let header = serverHeader.replacing("jabber:component:accept", with: content)
            let found = try events(header + text(fault.closingBytes(content: content)))
            guard found.count == 3, case .element(let element) = found[1] else {
                Issue.record("\(found)")
                return
            }
            #expect(StreamFault(reading: element) == fault)
            #expect(found[2] == .closed)
        }
    }

    @Test("RFC 6120 §4.9.3: there are 25 conditions")
    func conditions() {
        #expect(StreamFault.Condition.allCases.count == 25)
    }

    @Test("Only an error element of the stream namespace is a stream error")
    func otherElements() throws {
        #expect(try StreamFault(reading: element("<error/>")) == nil)
        #expect(try StreamFault(reading: element("<stream:features/>")) == nil)
        #expect(try StreamFault(reading: element("<stream:error/>")) == StreamFault(.undefinedCondition))
    }
}
