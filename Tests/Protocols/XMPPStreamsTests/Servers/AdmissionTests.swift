import Testing
import XMPPStanzas

@testable import XMPPStreams

@Suite("ReceivingStream: admission")
struct AdmissionTests {
    private static let refusing = StreamPolicy(admission: DomainAdmission(refused: ["peer.example", "bad.example"]))
    private static let accepting = StreamPolicy(admission: DomainAdmission(accepted: ["peer.example"]))
    private static let fault =
        "<stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
        + "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams' xml:lang='en'>This domain is not admitted.</text>"
        + "</stream:error></stream:stream>"

    @Test("RFC 6120 §4.9.3.14: a list admits no others, a refusal goes before it, names stand alone")
    func rule() {
        let all = DomainAdmission()
        #expect(all.admits("peer.example"))
        let refusing = DomainAdmission(refused: ["peer.example"])
        #expect(!refusing.admits("peer.example") && refusing.admits("sub.peer.example"))
        let few = DomainAdmission(accepted: ["peer.example", "both.example"], refused: ["both.example"])
        #expect(few.admits("peer.example"))
        #expect(!few.admits("other.example") && !few.admits("both.example") && !few.admits("sub.peer.example"))
        #expect(!DomainAdmission(accepted: []).admits("peer.example"))
    }

    @Test("RFC 6120 §4.9.3.14: a header of a domain that is not admitted ends the stream, and says why")
    func header() {
        var clear = Receptions.connected(policy: Self.refusing)
        #expect(clear.says(peerHeader) == ["send " + ourHeader(firstID) + Self.fault, "close not-admitted"])
        var accepted = Receptions.connected(policy: StreamPolicy(admission: DomainAdmission(accepted: ["a.example"])))
        #expect(accepted.says(peerHeader).last == "close not-admitted")
        var admitted = Receptions.connected(policy: Self.accepting)
        #expect(admitted.says(peerHeader) == ["send " + ourHeader(firstID) + tlsOffer])
    }

    @Test("RFC 6120 §4.9.3.14: inside TLS no certificate is looked at for it")
    func certificate() {
        var stream = Reception(Receptions.machine(policy: Self.refusing))
        _ = stream.does(.connected(tlsFacts))
        #expect(stream.says(peerHeader) == ["send " + ourHeader(secondID) + Self.fault, "close not-admitted"])
    }

    @Test("XEP-0220 §2.5: a key of a domain that is not admitted gets policy-violation, and the others go on")
    func multiplexed() throws {
        let refused =
            "send <db:result from='gw.example' to='bad.example' type='error'><error type='cancel'>"
            + "<policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></db:result>"
        for policy in [
            Self.accepting, StreamPolicy(admission: DomainAdmission(refused: ["bad.example"])),
        ] {
            var stream = Receptions.authenticated(policy: policy)
            let key = "<db:result from='bad.example' to='gw.example'>k</db:result>"
            #expect(stream.says(key) == [refused])
            #expect(stream.does(.certificate("bad.example", .proved(.pkix))) == [])
            #expect(stream.machine.established == [Initiations.pair()])
            let message = "<message from='a@peer.example' to='b@gw.example'/>"
            #expect(stream.says(message) == ["deliver message 1 gw.example <-> peer.example"])
            #expect(stream.says("<message from='a@bad.example' to='b@gw.example'/>").last == "close invalid-from")
        }
        // Without a from the header says nothing, and the key is the first to name the domain.
        var nameless = Receptions.connected(policy: Self.refusing)
        let header = peerHeader.replacing(" from='peer.example'", with: "")
        _ = nameless.says(header + startTLS)
        _ = nameless.does(.secured(tlsFacts))
        _ = nameless.says(header)
        #expect(nameless.says("<db:result from='bad.example' to='gw.example'>k</db:result>") == [refused])
    }

    @Test("XEP-0220 §2.5: a question of a domain that is not admitted gets policy-violation, with a right key, too")
    func question() {
        let key = Initiations.key("s", remote: "bad.example")
        for (policy, type) in [(Self.accepting, "error"), (StreamPolicy(), "valid")] {
            var stream = Receptions.secured(policy: policy, facts: namelessFacts)
            let said = stream.says("<db:verify from='bad.example' to='gw.example' id='s'>\(key)</db:verify>")
            #expect(said.count == 1 && said.first?.contains("type='\(type)'") == true, "\(said)")
            #expect(said.first?.contains("<policy-violation ") == (type == "error"))
        }
    }
}
