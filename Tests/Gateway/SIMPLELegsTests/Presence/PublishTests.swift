import BridgeCore
import SIPTransactions
import Testing

@testable import SIMPLELegs

/// Users of the other shore whose presence a presence server keeps.
@Suite("SIMPLELeg: PUBLISH to a presence server")
struct PublishTests {
    /// A neighbor whose presence server keeps the presence of users.
    private static func server() throws -> Neighbor { try Neighbor(switches: [("pres.mode", "publish")]) }

    private func part(
        _ device: String,
        _ inner: String = "",
        isOpen: Bool = true,
        to contact: String = "romeo"
    ) -> PresencePart {
        let from = device.isEmpty ? "juliet@example.com" : "juliet@example.com/\(device)"
        let type = isOpen ? "" : " type='unavailable'"
        let text =
            "<presence xmlns='jabber:client' from='\(from)' to='\(contact)@example.net'\(type)>\(inner)</presence>"
        return PresencePart(name: device, isOpen: isOpen, content: Array(text.utf8), seen: 1_772_366_400_000)
    }

    private func key(_ contact: String = "romeo") -> WatchKey {
        WatchKey(watcher: "\(contact)@example.net", presentity: "juliet@example.com", target: .xmpp)
    }

    /// A peer to which juliet's balcony is published under the entity-tag `a`.
    private func published() throws -> Neighbor {
        let peer = try Self.server()
        peer.stage.leg.publish(part("balcony"), of: key())
        peer.answer(try #require(peer.taken().last), 200, "SIP-ETag: a", "Expires: 3600")
        peer.pass(10)
        return peer
    }

    @Test("PRES-083, RFC 3903 §4: presence becomes a PUBLISH of the user's own address, with the document")
    func initial() throws {
        let peer = try Self.server()
        peer.stage.leg.publish(part("balcony", "<show>away</show>"), of: key())
        let sent = peer.taken()
        #expect(sent.count == 1)
        let request = try #require(sent.first)
        #expect(request.hasPrefix("PUBLISH sip:juliet@example.com SIP/2.0\r\n"))
        #expect(request.values("To") == ["<sip:juliet@example.com>"])
        #expect(request.values("From").first?.hasPrefix("<sip:juliet@example.com>;tag=") == true)
        #expect(request.values("Event") == ["presence"] && request.values("Expires") == ["3600"])
        #expect(request.values("SIP-If-Match").isEmpty && request.values("CSeq") == ["1 PUBLISH"])
        #expect(request.values("Content-Type") == ["application/pidf+xml"])
        #expect(request.sipBody.contains("<basic>open</basic>") && request.sipBody.contains("away"))
        #expect(request.sipBody.contains("entity='pres:juliet@example.com'"))
        #expect(peer.stage.wire.sent.last?.flow.remotePort == 5_070)
        #expect(peer.stage.host.usages.isEmpty)
        peer.answer(request, 200, "SIP-ETag: a", "Expires: 3600")
        #expect(peer.stage.host.usages.values.map(\.kind) == [.publisher])
    }

    @Test("Users are published up to the bound; one more is not, and an end makes room")
    func usersAreBounded() throws {
        let peer = try Neighbor(switches: [("pres.mode", "publish")]) { $0.publications = 1 }
        let nurse = WatchKey(watcher: "romeo@example.net", presentity: "nurse@example.com", target: .xmpp)
        peer.stage.leg.publish(part("balcony"), of: key())
        peer.answer(try #require(peer.taken().last), 200, "SIP-ETag: a", "Expires: 3600")
        peer.stage.leg.publish(part("kitchen"), of: nurse)
        #expect(peer.taken().isEmpty)
        peer.pass(10)
        peer.stage.leg.publish(part("balcony", isOpen: false), of: key())
        peer.answer(try #require(peer.taken().last), 200, "Expires: 0")
        peer.stage.leg.publish(part("kitchen"), of: nurse)
        #expect(peer.taken().last?.hasPrefix("PUBLISH sip:nurse@example.com ") == true)
    }

    @Test("Devices of one user are published up to the bound, the oldest goes; what is too long is not taken")
    func devicesAreBounded() {
        let name = Publications.Name(user: "juliet@example.com", domain: "example.net")
        var publication = Publication(name: name, contact: "romeo@example.net", machine: PublisherState())
        for number in 0...Publication.largestCount {
            let isNews = publication.say(
                PresencePart(name: "d\(number)", isOpen: true, content: [1], seen: 0),
                to: "romeo@example.net"
            )
            #expect(isNews)
        }
        #expect(publication.parts.count == Publication.largestCount)
        #expect(publication.parts.first?.name == "d1")
        let words = [UInt8](repeating: 0x78, count: Publication.largestPart)
        let isTaken = publication.say(
            PresencePart(name: "d1", isOpen: true, content: words, seen: 0),
            to: "romeo@example.net"
        )
        #expect(isTaken)
        let isTooMuch = publication.say(
            PresencePart(name: "d1", isOpen: true, content: words + [0x79], seen: 0),
            to: "romeo@example.net"
        )
        #expect(!isTooMuch)
    }

    @Test("One publication holds all devices, whomever of the domain they spoke to; a repetition is no change")
    func merged() throws {
        let peer = try published()
        peer.stage.leg.publish(part("balcony", to: "nurse"), of: key("nurse"))
        #expect(peer.taken().isEmpty)
        peer.stage.leg.publish(part("garden", "<show>dnd</show>", to: "nurse"), of: key("nurse"))
        let modify = try #require(peer.taken().last)
        #expect(modify.values("SIP-If-Match") == ["a"])
        #expect(modify.sipBody.contains("balcony") && modify.sipBody.contains("garden"))
    }

    @Test("RFC 6121 §3.2.2: who is gone for one contact alone is still published; who is gone for all is not")
    func goneForOne() throws {
        let peer = try published()
        let modified: () -> [String] = { peer.taken().filter { $0.hasPrefix("PUBLISH ") } }
        peer.stage.leg.publish(part("balcony", to: "nurse"), of: key("nurse"))
        // So servers acknowledge a request to see them (RFC 6121 §3.1.3).
        peer.stage.leg.publish(part("", isOpen: false, to: "tybalt"), of: key("tybalt"))
        peer.stage.leg.publish(part("balcony", isOpen: false, to: "tybalt"), of: key("tybalt"))
        peer.stage.leg.publish(part("balcony", isOpen: false), of: key())
        #expect(modified().isEmpty)
        peer.stage.leg.publish(part("balcony", isOpen: false, to: "nurse"), of: key("nurse"))
        #expect(modified().first?.values("Expires") == ["0"])
    }

    @Test("After a lost link a device is there for whom it says so again")
    func shownAnew() throws {
        let peer = try published()
        peer.stage.leg.publish(part("balcony", to: "nurse"), of: key("nurse"))
        peer.stage.leg.linkUp("example.net")
        peer.stage.leg.publish(part("balcony"), of: key())
        #expect(peer.taken().isEmpty)
        peer.stage.leg.publish(part("balcony", isOpen: false), of: key())
        #expect(peer.taken().last?.values("Expires") == ["0"])
    }

    @Test("Of so many contacts it is known who was shown a device; beyond them the first word counts")
    func shownIsBounded() {
        let name = Publications.Name(user: "juliet@example.com", domain: "example.net")
        var publication = Publication(name: name, contact: "c0@example.net", machine: PublisherState())
        let open = PresencePart(name: "d", isOpen: true, content: [1], seen: 0)
        let closed = PresencePart(name: "d", isOpen: false, seen: 0)
        for number in 0...Publication.largestShown { _ = publication.say(open, to: "c\(number)@example.net") }
        let isUnknown = publication.say(closed, to: "c\(Publication.largestShown)@example.net")
        #expect(!isUnknown)
        for number in 1..<Publication.largestShown { _ = publication.say(closed, to: "c\(number)@example.net") }
        #expect(publication.parts.count == 1)
        let isGone = publication.say(closed, to: "c0@example.net")
        #expect(isGone && publication.parts.isEmpty)
    }

    @Test("RFC 3903 §4.1: it is modified and removed under its tag; the last device takes it away")
    func life() throws {
        let peer = try published()
        peer.stage.leg.publish(part("balcony", "<show>xa</show>"), of: key())
        let modify = try #require(peer.taken().last)
        #expect(modify.values("SIP-If-Match") == ["a"] && modify.sipBody.contains("xa"))
        peer.answer(modify, 200, "SIP-ETag: b", "Expires: 3600")
        peer.pass(10)
        peer.stage.leg.publish(part("balcony", isOpen: false), of: key())
        let remove = try #require(peer.taken().last)
        #expect(remove.values("SIP-If-Match") == ["b"] && remove.values("Expires") == ["0"])
        #expect(remove.sipBody.isEmpty && remove.values("Content-Type").isEmpty)
        peer.answer(remove, 200, "Expires: 0", "SIP-ETag: c")
        #expect(peer.stage.host.usages.isEmpty && peer.stage.leg.publications.all.isEmpty)
        #expect(peer.stage.leg.publications.byName.isEmpty)
        #expect(peer.stage.host.ends == ["juliet@example.com example.net"], "what was told beside it is not needed")
    }

    @Test("RFC 3903 §4.1: it is refreshed without a body before it expires")
    func refresh() throws {
        let peer = try published()
        peer.pass(3_100)
        #expect(peer.taken().isEmpty)
        peer.pass(200)
        let refresh = try #require(peer.taken().last)
        #expect(refresh.values("SIP-If-Match") == ["a"] && refresh.values("Expires") == ["3600"])
        #expect(refresh.sipBody.isEmpty)
    }

    @Test("SIP-PUB-007: 412 leads to one PUBLISH of the whole without a tag, 423 to one with Min-Expires")
    func conditions() throws {
        let peer = try published()
        peer.stage.leg.publish(part("balcony", "<show>xa</show>"), of: key())
        peer.answer(try #require(peer.taken().last), 412)
        let again = try #require(peer.taken().last)
        #expect(again.values("SIP-If-Match").isEmpty && again.sipBody.contains("xa"))
        peer.answer(again, 423, "Min-Expires: 7200")
        let longer = try #require(peer.taken().last)
        #expect(longer.values("Expires") == ["7200"] && longer.sipBody.contains("xa"))
        peer.answer(longer, 423, "Min-Expires: 9999")
        #expect(peer.taken().isEmpty)
    }

    @Test("SIP-PUB-007: one PUBLISH is out at a time; what changes meanwhile goes in the next one")
    func oneAtATime() throws {
        let peer = try Self.server()
        peer.stage.leg.publish(part("balcony"), of: key())
        let first = try #require(peer.taken().last)
        peer.stage.leg.publish(part("balcony", "<show>chat</show>"), of: key())
        peer.stage.leg.publish(part("balcony", "<show>dnd</show>"), of: key())
        #expect(peer.taken().isEmpty)
        peer.answer(first, 200, "SIP-ETag: a", "Expires: 3600")
        peer.pass(6)
        let second = peer.taken()
        #expect(second.count == 1 && second.first?.sipBody.contains("dnd") == true)
    }

    @Test("A server that refuses for good is written down, and asked again with the next change only")
    func refused() throws {
        let peer = try Self.server()
        peer.stage.leg.publish(part("balcony"), of: key())
        peer.answer(try #require(peer.taken().last), 403)
        #expect(peer.stage.host.refusals.map(\.code) == ["publication-403"])
        peer.pass(3_600)
        #expect(peer.taken().isEmpty)
        peer.stage.leg.publish(part("balcony", "<show>xa</show>"), of: key())
        #expect(peer.taken().count == 1)
    }

    @Test("Who is away publishes nothing, and who goes wholly takes all devices away")
    func away() throws {
        let peer = try Self.server()
        peer.stage.leg.publish(part("balcony", isOpen: false), of: key())
        #expect(peer.taken().isEmpty && peer.stage.leg.publications.all.isEmpty)
        let other = try published()
        other.stage.leg.publish(part("garden"), of: key())
        other.answer(try #require(other.taken().last), 200, "SIP-ETag: b", "Expires: 3600")
        other.stage.leg.publish(part("", isOpen: false), of: key())
        #expect(other.taken().last?.values("Expires") == ["0"])
    }

    @Test("After a restart it goes on under its tag; devices that stay silent when they are asked are gone")
    func restored() throws {
        let peer = try published()
        let usage = try #require(peer.stage.host.usages.values.first)
        let next = try Self.server()
        #expect(next.stage.leg.restore(usage, delay: 0))
        next.stage.leg.linkUp("example.net")
        next.pass(0.1)
        #expect(next.stage.host.asked == [key()])
        next.pass(59)
        #expect(next.taken().isEmpty)
        next.pass(2)
        let remove = try #require(next.taken().last)
        #expect(remove.values("SIP-If-Match") == ["a"] && remove.values("Expires") == ["0"])
        let live = try Self.server()
        #expect(live.stage.leg.restore(usage, delay: 0))
        live.stage.leg.linkUp("example.net")
        live.pass(1)
        live.stage.leg.publish(part("balcony"), of: key())
        live.pass(70)
        #expect(live.taken().isEmpty)
    }

    @Test("What was said before a link went down holds for a minute")
    func linkDown() throws {
        let peer = try published()
        peer.stage.leg.linkDown("example.net")
        peer.pass(59)
        #expect(peer.taken().isEmpty)
        peer.pass(2)
        #expect(peer.taken().last?.values("Expires") == ["0"])
    }

    @Test("RFC 6121 §4.3: a link to one peer concerns that domain's users alone")
    func linkToOnePeer() throws {
        let peer = try published()
        for other in ["example.org", "sub.example.com"] {
            peer.stage.leg.linkDown("example.net", peer: other)
            peer.stage.leg.linkUp("example.net", peer: other)
        }
        peer.pass(120)
        #expect(peer.taken().isEmpty && peer.stage.host.asked.isEmpty)
        peer.stage.leg.linkUp("example.net", peer: "example.com")
        peer.pass(0.1)
        #expect(peer.stage.host.asked == [key()])
        let other = try published()
        other.stage.leg.linkDown("example.net", peer: "example.com")
        other.pass(61)
        #expect(other.taken().last?.values("Expires") == ["0"])
    }

    @Test("PRES-083: a route that does not want publications has none, and one of earlier is taken back")
    func unwanted() throws {
        let usage = try #require(try published().stage.host.usages.values.first)
        let peer = try Neighbor()
        peer.stage.leg.publish(part("balcony"), of: key())
        #expect(peer.taken().isEmpty && peer.stage.leg.publications.all.isEmpty)
        #expect(peer.stage.leg.restore(usage, delay: 0))
        peer.stage.leg.publish(part("balcony"), of: key())
        let remove = try #require(peer.taken().last)
        #expect(remove.values("SIP-If-Match") == ["a"] && remove.values("Expires") == ["0"])
    }
}
