import Addressing
import Testing

@testable import Interworking
@testable import VectorSupport

@Suite("FactsText")
struct FactsTextTests {
    private static let defaults: Facts = {
        var facts = Facts(now: 1, gatewayDomain: "gw.example.org")
        facts.xmppDomains = ["example.com"]
        facts.cpimDomains = ["example.net"]
        return facts
    }()

    private func read(_ lines: String...) throws -> FactsText { try FactsText(lines, defaults: Self.defaults) }

    @Test("Without lines the defaults hold")
    func defaults() throws { #expect(try read().facts == Self.defaults) }

    @Test("KEY=VALUE lines set the clock, the domains and the carrier")
    func plainLines() throws {
        let text = try read(
            "now=2026-03-01T12:00:00Z",
            "gateway-domain=gw.example",
            "xmpp-domain=xmpp.example",
            "xmpp-domain=Other.Example",
            "cpim-domain=bücher.example",
            "carrier=sip",
            "congestion-safe=yes",
            "chat=yes"
        )
        #expect(text.facts.isChat)
        #expect(text.facts.now == 1_772_366_400_000)
        #expect(text.facts.gatewayDomain == "gw.example")
        #expect(text.facts.xmppDomains == ["xmpp.example", "other.example"])
        #expect(text.facts.cpimDomains == ["bücher.example"])
        #expect(text.settings == [.init(name: "msg.carrier", value: "sip")])
        #expect(text.facts.peer.isCongestionSafe)
    }

    @Test("Names, GRUUs and resources take the rest of the line")
    func namedLines() throws {
        let facts = try read(
            "formal-name juliet@example.com=Capulet, Juliet \"Jules\"",
            "formal-name a=b@example.com=\"Quoted Name\"",
            "gruu romeo@example.net=urn:uuid:1",
            "resource juliet@example.com=balcony"
        ).facts
        #expect(facts.formalNames[try BareJID("juliet@example.com")] == "Capulet, Juliet \"Jules\"")
        #expect(facts.formalNames[try BareJID("a=b@example.com")] == "Quoted Name")
        #expect(facts.gruus[try BareJID("romeo@example.net")] == "urn:uuid:1")
        #expect(facts.resources[try BareJID("juliet@example.com")] == "balcony")
    }

    @Test("Exchanges are read with quoted and unquoted values")
    func exchanges() throws {
        let facts = try read(
            "pending request branch=z9hG4bKm1 stanza=message id=m1 from=juliet@example.com/balcony to=romeo@example.net",
            "pending inbound MESSAGE branch=z9hG4bKe to=<sip:juliet@example.com> from=<sip:romeo@example.net>;tag=v call-id=c cseq=7 stanza-id=s via=\"SIP/2.0/TCP h.example\""
        ).facts
        let request = try #require(facts.pendingRequests.first)
        #expect(request.branch == "z9hG4bKm1" && request.method == "MESSAGE")
        #expect(request.origin.from.resource == "balcony" && request.origin.id == "m1")
        let inbound = try #require(facts.pendingInbound.first)
        #expect(inbound.via == ["SIP/2.0/TCP h.example;branch=z9hG4bKe"])
        #expect(inbound.from == "<sip:romeo@example.net>;tag=v" && inbound.sequence == 7)
        #expect(inbound.method == "MESSAGE" && inbound.stanzaID == "s")
    }

    @Test("What a peer has shown is read")
    func peers() throws {
        let facts = try read(
            "peer authenticated=example.net,example.org intermediary=yes",
            "peer reads-cpim=no uri-shape=sip accepts=text/plain,message/cpim takes-addresses=no",
            "request-limit=9000",
            "stanza-limit=20000"
        ).facts
        #expect(facts.peer.authenticatedDomains == ["example.net", "example.org"])
        #expect(facts.peer.isTrustedIntermediary)
        #expect(facts.peer.takesAddresses == false)
        #expect(facts.peer.readsCPIM == false && facts.peer.cpimURIShape == .sip)
        #expect(facts.peer.accepts == ["text/plain", "message/cpim"])
        #expect(facts.peer.requestLimit == 9000 && facts.peer.stanzaLimit == 20_000)
    }

    @Test("Statements of other kinds are kept")
    func otherKinds() throws {
        let facts = try read("dialog call-id=c1 local-tag=t", "roster-sent=no").facts
        #expect(facts.statements.map(\.description) == ["dialog call-id=c1 local-tag=t", "roster-sent=no"])
    }

    @Test("Who watches whom and who is online is read")
    func presence() throws {
        let facts = try read(
            "watcher=juliet@example.com",
            "presentity=romeo@example.net",
            "subscription=active",
            "last-state romeo@example.net/orchard=open",
            "last-state romeo@example.net/a=b=closed",
            "online juliet@example.com/chamber priority=5",
            "online juliet@example.com/balcony"
        ).facts
        #expect(facts.presence.watcher == (try JID("juliet@example.com")))
        #expect(facts.presence.presentity == (try JID("romeo@example.net")))
        #expect(facts.presence.subscription == .active)
        let states = [try JID("romeo@example.net/orchard"): PresenceFacts.State.open]
        #expect(facts.presence.lastStates == states.merging([try JID("romeo@example.net/a=b"): .closed]) { $1 })
        #expect(facts.presence.online.map(\.priority) == [5, 0])
        #expect(facts.presence.online.map(\.jid.resource) == ["chamber", "balcony"])
        #expect(facts.statements.isEmpty)
    }

    @Test(
        "Faults are named with their line",
        arguments: [
            ("frobnicate=1", FactsError.Code.unknownKind), ("gruu romeo@example.net", .missingValue),
            ("now=yesterday", .malformedValue), ("congestion-safe=maybe", .malformedValue),
            ("resource @=x", .malformedValue), ("peer colour=red", .unknownKind),
            ("peer uri-shape=tel", .malformedValue),
            ("pair a@b.example", .missingValue), ("pending request branch=\"x", .openQuote),
            ("stanza-limit=0", .malformedValue), ("watcher=@", .malformedValue),
            ("subscription=perhaps", .malformedValue), ("last-state a@b.example/c=ajar", .malformedValue),
            ("online priority=5", .missingValue), ("online a@b.example/c priority=128", .malformedValue),
        ]
    )
    func faults(line: String, code: FactsError.Code) {
        #expect(throws: FactsError(code, "", line: 1)) { try read("now=2026-03-01T12:00:00Z", line) }
    }

    @Test("Facts written as lines are read back")
    func roundTrip() throws {
        let text = try read(
            "now=2026-03-01T12:00:00.25Z",
            "pair romeo@example.net uri=sip:Romeo@example.net explicit=yes",
            "formal-name juliet@example.com=Juliet = \"J\"",
            "gruu romeo@example.net=a b",
            "conversation call-id=c1 thread=\"a \\\"b\\\" \\\\ c\"",
            "peer authenticated=example.net intermediary=yes reads-cpim=yes uri-shape=im takes-addresses=yes accepts=text/plain",
            "congestion-safe=yes",
            "pending=yes",
            "pending request branch=z9hG4bKm1 stanza=message from=juliet@example.com/a to=romeo@example.net",
            "pending inbound MESSAGE branch=z9hG4bKe to=<sip:a@b.example> from=<sip:c@d.example>;tag=v call-id=c cseq=7 stanza-id=s via=\"SIP/2.0/TCP h.example\"",
            "session call-id=x xmpp=juliet@example.com",
            "watcher=juliet@example.com",
            "presentity=romeo@example.net",
            "subscription=pending",
            "last-state romeo@example.net/the orchard=x=open",
            "online jid=\"juliet@example.com/2nd \\\"PC\\\" a=b\" priority=-3",
            "online juliet@example.com/balcony"
        )
        #expect(try FactsText(text.facts.lines, defaults: Facts(now: 0, gatewayDomain: "")).facts == text.facts)
        #expect(text.facts.threads == [ThreadPair(callID: "c1", thread: "a \"b\" \\ c")])
        #expect(text.facts.pairs.first?.isExplicit == true)
        #expect(text.facts.presence.online.map(\.priority) == [-3, 0])
    }

    @Test("Every Context line of the shipped vectors is read")
    func shippedLines() throws {
        var count = 0
        for folder in VectorFolder.shipped {
            _ = try FactsText(folder.context, defaults: Self.defaults)
            count += folder.context.count
        }
        #expect(count == 186)
    }
}
