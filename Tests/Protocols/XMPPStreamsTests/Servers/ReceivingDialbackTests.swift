import Testing
import XMLStreams
import XMPPStanzas

@testable import XMPPStreams

@Suite("ReceivingStream: dialback")
struct ReceivingDialbackTests {
    private func key(_ from: String, to: String = "gw.example", key: String = "k") -> String {
        "<db:result from='\(from)' to='\(to)'>\(key)</db:result>"
    }

    private func answer(_ remote: String, _ type: String, local: String = "gw.example") -> String {
        "send <db:result from='\(local)' to='\(remote)' type='\(type)'/>"
    }

    private func fault(_ remote: String, _ condition: String, local: String = "gw.example") -> String {
        let kind = DialbackFault(rawValue: condition)?.kind ?? ""
        return "<db:result from='\(local)' to='\(remote)' type='error'><error type='\(kind)'>"
            + "<\(condition) xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></db:result>"
    }

    @Test("XEP-0220 §2.2.1: a key is asked about, a valid one establishes the pair, and stanzas flow")
    func valid() throws {
        var peer = Receptions.secured(facts: namelessFacts)
        #expect(
            peer.says(key("peer.example", key: "\n  k ")) == ["verify gw.example <-> peer.example \(secondID) k"]
        )
        let request = try dialbackRequest("peer.example", key: "k")
        #expect(
            peer.does(.verified(request, .valid)) == [
                answer("peer.example", "valid"), "established gw.example <-> peer.example dialback",
            ]
        )
        #expect(
            peer.says("<message from='peer.example' to='gw.example'/>") == [
                "deliver message 1 gw.example <-> peer.example"
            ]
        )
    }

    @Test("XEP-0220 §2.1.2: an answer counts only for the pair, id and key that are open")
    func mismatched() throws {
        var peer = Receptions.secured(facts: namelessFacts)
        _ = peer.says(key("peer.example"))
        for other in [
            try dialbackRequest("victim.example", key: "k"), try dialbackRequest("peer.example", key: "l"),
            try dialbackRequest("peer.example", stream: firstID, key: "k"),
            try dialbackRequest("peer.example", local: "second.example", key: "k"),
        ] {
            #expect(peer.does(.verified(other, .valid)) == [])
        }
        let said = peer.says("<message from='a@peer.example' to='gw.example'/>")
        #expect(said == ["send " + faultText("not-authorized"), "close not-authorized"])
    }

    @Test("XEP-0220 §3.1: an answer that the peer gives itself changes nothing", arguments: ["valid", "error", "x"])
    func unsolicited(type: String) {
        for element in ["result", "verify"] {
            var peer = Receptions.secured(facts: namelessFacts)
            _ = peer.says(key("peer.example"))
            let spoof = "<db:\(element) from='peer.example' to='gw.example' id='\(secondID)' type='\(type)'/>"
            #expect(peer.says(spoof) == [])
            let said = peer.says("<message from='a@peer.example' to='gw.example'/>")
            #expect(said == ["send " + faultText("not-authorized"), "close not-authorized"])
        }
    }

    @Test("XEP-0220 §2.2.1: an invalid key on a fresh stream ends it")
    func invalid() throws {
        var peer = Receptions.secured(facts: namelessFacts)
        _ = peer.says(key("peer.example"))
        let said = peer.does(.verified(try dialbackRequest("peer.example", key: "k"), .invalid))
        #expect(said == [answer("peer.example", "invalid") + "</stream:stream>", "close dialback-refused"])
    }

    @Test("XEP-0220 §2.2.1, §2.5: beside a valid pair an invalid key is forbidden, and the stream stays")
    func forbidden() throws {
        var peer = try Receptions.verified()
        _ = peer.says(key("other.example"))
        let said = peer.does(.verified(try dialbackRequest("other.example", key: "k"), .invalid))
        #expect(
            said == ["send " + fault("other.example", "forbidden"), "refused gw.example <-> other.example invalid"]
        )
        #expect(
            peer.says("<message from='a@other.example' to='gw.example'/>").last == "close invalid-from"
        )
    }

    @Test("XEP-0220 §2.5: what failed is told by its condition", arguments: DialbackFault.allCases)
    func failures(failure: DialbackFault) throws {
        var peer = try Receptions.verified()
        _ = peer.says(key("other.example"))
        let said = peer.does(.verified(try dialbackRequest("other.example", key: "k"), .failed(failure)))
        #expect(said.first == "send " + fault("other.example", failure.rawValue))
        #expect(peer.end == nil)
    }

    @Test("RFC 6120 §4.9.3.15, XEP-0220 §2.5: an authoritative server out of reach ends a stream that has nothing else")
    func unreachable() throws {
        var peer = Receptions.secured(facts: namelessFacts)
        _ = peer.says(key("peer.example"))
        let request = try dialbackRequest("peer.example", key: "k")
        let said = peer.does(.verified(request, .failed(.remoteConnectionFailed)))
        let told = self.fault("peer.example", "remote-connection-failed")
        #expect(
            said == [
                "send " + told,
                "refused gw.example <-> peer.example dialback(XMPPStreams.DialbackFault."
                    + "remoteConnectionFailed)", "send " + faultText("remote-connection-failed"),
                "close dialback-refused",
            ]
        )
        #expect(peer.end?.reason == .dialbackRefused(.dialback(.remoteConnectionFailed)))
    }

    @Test("XEP-0220 §2.5: silence of the authoritative server is told after 30 seconds")
    func silence() {
        var peer = Receptions.secured(facts: namelessFacts)
        _ = peer.says(key("peer.example"), now: 10 * second)
        #expect(peer.does(.timer, now: 40 * second - 1) == [])
        #expect(
            peer.does(.timer, now: 40 * second).first == "send " + fault("peer.example", "remote-server-timeout")
        )
    }

    @Test("XEP-0220 §2.2.1: a key for a domain that is not served gets item-not-found, and the stream stays")
    func unknownTarget() {
        var peer = Receptions.secured(facts: namelessFacts)
        #expect(
            peer.says(key("peer.example", to: "unknown.invalid")) == [
                "send " + fault("peer.example", "item-not-found", local: "unknown.invalid")
            ]
        )
        #expect(peer.end == nil)
    }

    @Test("XEP-0220 §2.5: a key in the clear is refused, unless that is allowed for the domain")
    func clear() {
        var peer = Receptions.connected()
        _ = peer.says(peerHeader)
        #expect(peer.says(key("peer.example")) == ["send " + fault("peer.example", "policy-violation")])
        let open = StreamPolicy.Trust(encryption: .optional, authentication: .dialback)
        var other = Receptions.connected(policy: StreamPolicy(exceptions: ["peer.example": open]))
        #expect(
            other.says(peerHeader).first?.hasSuffix(
                "<stream:features><starttls xmlns='\(tls)'/>\(dialbackOffer)</stream:features>"
            ) == true
        )
        #expect(other.says(key("peer.example")) == ["verify gw.example <-> peer.example \(firstID) k"])
        #expect(other.says(key("third.example")) == ["send " + fault("third.example", "policy-violation")])
    }

    @Test("RFC 6120 §5.4.3.3: what dialback proved in the clear is forgotten inside TLS")
    func forgottenProof() throws {
        let open = StreamPolicy.Trust(encryption: .optional, authentication: .dialback)
        var peer = Receptions.connected(policy: StreamPolicy(usual: open))
        _ = peer.says(peerHeader + key("peer.example"))
        _ = peer.does(.verified(try dialbackRequest("peer.example", stream: firstID, key: "k"), .valid))
        #expect(peer.machine.established.count == 1)
        _ = peer.says(startTLS)
        _ = peer.does(.secured(namelessFacts))
        _ = peer.says(peerHeader)
        #expect(peer.machine.established.isEmpty)
        let said = peer.says("<message from='a@peer.example' to='b@gw.example'/>")
        #expect(said == ["send " + faultText("not-authorized"), "close not-authorized"])
    }

    @Test("XEP-0220 §2.5: where a certificate is demanded, a key is not enough")
    func certificateDemanded() {
        let policy = StreamPolicy(exceptions: ["strict.example": .init(authentication: .certificate)])
        var bare = Receptions.secured(policy: policy, facts: namelessFacts)
        #expect(bare.says(key("strict.example")) == ["send " + fault("strict.example", "not-authorized")])
        var peer = Receptions.secured(policy: policy)
        #expect(peer.says(key("strict.example")) == ["check strict.example"])
        #expect(
            peer.does(.certificate("strict.example", .refused("another name"))).first
                == "send " + fault("strict.example", "not-authorized")
        )
    }

    @Test("XEP-0344 §2.4: a certificate that proves the domain makes the call back needless")
    func withoutDialback() {
        var peer = Receptions.authenticated()
        #expect(peer.says(key("sub.peer.example")) == ["check sub.peer.example"])
        #expect(
            peer.does(.certificate("sub.peer.example", .proved(.pkix))) == [
                answer("sub.peer.example", "valid"), "established gw.example <-> sub.peer.example pkix",
            ]
        )
        #expect(
            peer.says("<message from='a@sub.peer.example' to='gw.example'/>") == [
                "deliver message 1 gw.example <-> sub.peer.example"
            ]
        )
    }

    @Test("XEP-0344 §2.4: one that does not leads to the authoritative server")
    func calledBack() {
        var peer = Receptions.authenticated()
        _ = peer.says(key("sub.peer.example"))
        #expect(
            peer.does(.certificate("sub.peer.example", .refused("another name"))) == [
                "verify gw.example <-> sub.peer.example \(thirdID) k"
            ]
        )
    }

    @Test(
        "XEP-0220 §2.2.1: a domain of ours, no domain and the target itself are never valid",
        arguments: ["gw.example", "second.example", "user@peer.example", "peer.example/r", "", "a b"]
    )
    func senders(from: String) {
        var peer = Receptions.secured(facts: namelessFacts)
        #expect(peer.says(key(from)) == ["send " + fault(from, "not-acceptable")])
    }

    @Test("XEP-0220 §2.2.1: a key without a byte or beyond the bound is not looked at")
    func keySizes() {
        for (count, isTaken) in [(0, false), (1, true), (1024, true), (1025, false)] {
            var peer = Receptions.secured(facts: namelessFacts)
            let said = peer.says(key("peer.example", key: String(repeating: "k", count: count)))
            #expect((said.first?.hasPrefix("verify") == true) == isTaken)
        }
    }

    @Test("XEP-0220 §2.2.1: a key without addresses ends the stream", arguments: ["from", "to"])
    func missingAddress(name: String) {
        var peer = Receptions.secured(facts: namelessFacts)
        let attribute = name == "from" ? "to='gw.example'" : "from='peer.example'"
        #expect(peer.says("<db:result \(attribute)>k</db:result>").last == "close improper-addressing")
    }

    @Test("XEP-0220 §2.6.1: a stream holds 50 pairs, and 20 open proofs; thousands more are refused one by one")
    func bounds() throws {
        var peer = try Receptions.verified()
        var refused = 0
        for number in 0..<3000 {
            let said = peer.says(key("d\(number).example"), now: UInt64(number) * second / 100)
            if number < 20 {
                #expect(said == ["verify gw.example <-> d\(number).example \(secondID) k"])
            } else {
                #expect(said.first == "send " + fault("d\(number).example", "resource-constraint"))
                refused += 1
            }
        }
        #expect(refused == 2980)
        var other = try Receptions.verified()
        for number in 1..<60 {
            let said = other.says(key("d\(number).example"))
            if number < 50 {
                _ = other.does(.verified(try dialbackRequest("d\(number).example", key: "k"), .valid))
            } else {
                #expect(said == ["send " + fault("d\(number).example", "resource-constraint")])
            }
        }
        #expect(other.machine.established.count == 50)
    }

    @Test("XEP-0220 §2.2.1: a pair that is established is answered again, one that is open is not asked about twice")
    func repeated() throws {
        var peer = try Receptions.verified()
        #expect(peer.says(key("peer.example", key: "other")) == [answer("peer.example", "valid")])
        #expect(peer.says(key("a.example")).count == 1)
        #expect(peer.says(key("a.example", key: "other")) == [])
    }

    // MARK: As the authoritative server

    private func question(
        _ key: String,
        from: String = "peer.example",
        to: String = "gw.example",
        id: String = "i"
    )
        -> String
    { "<db:verify from='\(from)' to='\(to)' id='\(id)'>\(key)</db:verify>" }

    @Test("XEP-0220 §2.2.2: our own key is valid, under its pair and id alone, and nothing is remembered")
    func authoritative() throws {
        let keys = try #require(DialbackKeys.over("s3cr3tf0rd14lb4ck"))
        let own = keys.key(receiving: "peer.example", originating: "gw.example", stream: "i")
        func reply(
            _ type: String,
            from: String = "peer.example",
            to: String = "gw.example",
            id: String = "i"
        ) -> [String] { ["send <db:verify from='\(to)' to='\(from)' id='\(id)' type='\(type)'/>"] }
        var peer = Receptions.secured(facts: namelessFacts)
        #expect(peer.says(question(own)) == reply("valid"))
        #expect(peer.says(question(" \n" + own + "\n")) == reply("valid"))
        #expect(peer.says(question("unknown")) == reply("invalid"))
        #expect(peer.says(question(own, id: "j")) == reply("invalid", id: "j"))
        #expect(peer.says(question(own, from: "q.example")) == reply("invalid", from: "q.example"))
        #expect(peer.says(question(own, to: "second.example")) == reply("invalid", to: "second.example"))
        #expect(peer.says(question(own)) == reply("valid"))
        #expect(peer.machine.established.isEmpty)
    }

    @Test("XEP-0220 §2.2.2, §2.5: a question for a domain that is not served, or in the clear, gets an error")
    func refusedQuestions() {
        var peer = Receptions.secured(facts: namelessFacts)
        #expect(peer.says(question("k", to: "unknown.invalid")).first?.contains("item-not-found") == true)
        var clear = Receptions.connected()
        _ = clear.says(peerHeader)
        #expect(clear.says(question("k")).first?.contains("policy-violation") == true)
        #expect(peer.end == nil && clear.end == nil)
    }
}
