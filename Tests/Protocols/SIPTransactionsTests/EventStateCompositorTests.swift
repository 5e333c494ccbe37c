import SIPMessages
import SIPTransactions
import Testing

@Suite("EventStateCompositor")
struct EventStateCompositorTests {
    private func publish(
        _ body: String = "",
        tag: String? = nil,
        event: String? = "presence",
        expires: String? = "600",
        type: String? = "application/pidf+xml",
        lines: [String] = []
    ) throws -> SIPRequest {
        let fields =
            [
                tag.map { "SIP-If-Match: \($0)" },
                body.isEmpty ? nil : type.map { "Content-Type: \($0)" },
            ].compactMap { $0 } + lines
        return try eventRequest(
            "PUBLISH",
            event: event,
            expires: expires,
            contact: nil,
            lines: fields.joined(separator: "\n"),
            body: body
        )
    }

    private func bodies(_ compositor: EventStateCompositor) -> [String] {
        compositor.publications.map { text($0.body) }
    }

    @Test("SIP-PUB-002 RFC 3903 §6: each success has another entity-tag, and only the last one counts")
    func entityTags() throws {
        var esc = EventStateCompositor(seed: 35)
        #expect(describe(esc.publish(try publish("x"), now: 0)) == "200 SIP-ETag: z-1 Expires: 600, changed")
        #expect(describe(esc.publish(try publish(tag: "z-1"), now: 0)) == "200 SIP-ETag: z-2 Expires: 600")
        #expect(describe(esc.publish(try publish(tag: "z-1"), now: 0)) == "412")
        #expect(
            describe(esc.publish(try publish("y", tag: "z-2"), now: 0)) == "200 SIP-ETag: z-3 Expires: 600, changed"
        )
        #expect(describe(esc.publish(try publish("y", tag: "z-3"), now: 0)) == "200 SIP-ETag: z-4 Expires: 600")
        #expect(bodies(esc) == ["y"])
        #expect(
            describe(esc.publish(try publish(tag: "z-4", expires: "0"), now: 0))
                == "200 SIP-ETag: z-5 Expires: 0, changed"
        )
        #expect(esc.isEmpty)
        #expect(describe(esc.publish(try publish("x"), now: 0)) == "200 SIP-ETag: z-6 Expires: 600, changed")
        #expect(EventStateCompositor(seed: UInt64.max).isEmpty)
    }

    @Test("SIP-PUB-001 RFC 3903 §6: the checks, and of two faults the earlier one")
    func order() throws {
        let refuse: (SIPRequest) -> UserAgentServer.Answer? = { request in
            text(request.body) == "bad" ? UserAgentServer.Answer(400, reason: "Not PIDF") : nil
        }
        let many = "SIP-If-Match: a\nSIP-If-Match: b"
        let cases: [(SIPRequest, String)] = [
            (try publish("bad", tag: "no", event: "x", expires: "1"), "489 Allow-Events: presence"),
            (try publish("x", event: nil), "489 Allow-Events: presence"),
            (try publish("bad", expires: "1", lines: [many]), "400"),
            (try publish("x", tag: "a, b"), "400"),
            (try publish("bad", tag: "no", expires: "1"), "412"),
            (try publish("bad", expires: "1", type: "text/plain"), "423 Min-Expires: 60"),
            (try publish("x", expires: "soon"), "400"),
            (try publish("bad", type: "text/plain"), "415 Accept: application/pidf+xml"),
            (try publish("bad", type: nil), "415 Accept: application/pidf+xml"),
            (try publish("x", lines: ["Content-Encoding: gzip"]), "415 Accept-Encoding: identity"),
            (try publish("bad"), "400"), (try publish(), "400"), (try publish(expires: "0"), "400"),
        ]
        for (request, expected) in cases {
            var esc = EventStateCompositor(seed: 35)
            #expect(describe(esc.publish(request, check: refuse, now: 0)) == expected)
            #expect(esc == EventStateCompositor(seed: 35), "what is refused changes nothing")
        }
        var esc = EventStateCompositor(seed: 35)
        _ = esc.publish(try publish("x"), now: 0)
        let before = esc
        #expect(describe(esc.publish(try publish("bad", tag: "z-1"), check: refuse, now: 0)) == "400")
        #expect(describe(esc.publish(try publish(tag: "z-1", expires: "5"), now: 0)) == "423 Min-Expires: 60")
        #expect(esc == before)
    }

    @Test("SIP-PUB-003 RFC 3903 §4.1: body and entity-tag choose the operation")
    func operations() throws {
        var esc = EventStateCompositor(seed: 35)
        _ = esc.publish(try publish("phone"), now: 0)
        _ = esc.publish(try publish("desk", expires: nil), now: 0)
        #expect(bodies(esc) == ["phone", "desk"])
        #expect(esc.publications.map(\.mediaType) == ["application/pidf+xml", "application/pidf+xml"])
        _ = esc.publish(try publish("phone, away", tag: "z-1"), now: second)
        #expect(bodies(esc) == ["desk", "phone, away"])
        #expect(esc.publications.map(\.tag) == ["z-2", "z-3"])
        _ = esc.publish(try publish(tag: "z-2", expires: "0"), now: second)
        #expect(bodies(esc) == ["phone, away"])
        #expect(describe(esc.publish(try publish(tag: "z-2"), now: second)) == "412")
        #expect(
            describe(esc.publish(try publish("brief", expires: "0"), now: second)) == "200 SIP-ETag: z-5 Expires: 0"
        )
        #expect(bodies(esc) == ["phone, away"])
    }

    @Test("SIP-PUB-004 RFC 3903 §6: publications expire, and a refresh prolongs")
    func expiry() throws {
        var esc = EventStateCompositor(seed: 35)
        _ = esc.publish(try publish("a", expires: "60"), now: 0)
        _ = esc.publish(try publish("b", expires: "99999"), now: 0)
        #expect(esc.publications.map(\.expiry) == [60 * second, 3_600 * second])
        #expect(esc.deadline == 60 * second)
        _ = esc.publish(try publish(tag: "z-1", expires: "60"), now: 30 * second)
        #expect(esc.deadline == 90 * second)
        #expect(describe(esc.timerFired(now: 90 * second - 1)) == "")
        #expect(describe(esc.timerFired(now: 90 * second)) == "changed")
        #expect(bodies(esc) == ["b"])
        #expect(describe(esc.publish(try publish(tag: "z-3"), now: 90 * second)) == "412")
        #expect(describe(esc.publish(try publish(tag: "z-2"), now: 3_600 * second)) == "changed, 412")
        #expect(esc.deadline == nil)
        var late = EventStateCompositor(seed: 35)
        _ = late.publish(try publish("a", expires: "60"), now: 0)
        #expect(describe(late.publish(try publish("a"), now: 60 * second)) == "200 SIP-ETag: z-2 Expires: 600, changed")
        #expect(bodies(late) == ["a"])
    }

    @Test("SIP-PUB-005 RFC 3903 §6: a value that could not be stored is put back whole")
    func atomic() throws {
        var esc = EventStateCompositor(seed: 35)
        _ = esc.publish(try publish("x"), now: 0)
        let before = esc
        _ = esc.publish(try publish("y", tag: "z-1"), now: 0)
        #expect(esc != before)
        esc = before
        #expect(bodies(esc) == ["x"])
        #expect(describe(esc.publish(try publish(tag: "z-1"), now: 0)) == "200 SIP-ETag: z-2 Expires: 600")
    }

    @Test("Publications of one address are bounded")
    func bound() throws {
        var esc = EventStateCompositor(seed: 35, capacity: 2)
        _ = esc.publish(try publish("a"), now: 0)
        _ = esc.publish(try publish("b"), now: 0)
        #expect(describe(esc.publish(try publish("c"), now: 0)) == "503 Retry-After: 60")
        #expect(
            describe(esc.publish(try publish("c", tag: "z-1"), now: 0)) == "200 SIP-ETag: z-3 Expires: 600, changed"
        )
        #expect(bodies(esc) == ["b", "c"])
    }

    @Test("SIP-PUB-002: a publication keeps its number however often it is modified, and no other ever has it")
    func numbers() throws {
        var esc = EventStateCompositor(seed: 35)
        _ = esc.publish(try publish("a"), now: 0)
        _ = esc.publish(try publish("b"), now: 0)
        _ = esc.publish(try publish("c", tag: "z-1"), now: 0)
        #expect(esc.publications.map(\.number) == [2, 1] && bodies(esc) == ["b", "c"])
        _ = esc.publish(try publish(tag: "z-3", expires: "0"), now: 0)
        _ = esc.publish(try publish("d"), now: 0)
        #expect(esc.publications.map(\.number) == [2, 5])
    }

    @Test("Another type or language of the same bytes is another document")
    func sameBytes() throws {
        var esc = EventStateCompositor(seed: 35)
        let typed = "application/pidf+xml;charset=utf-8"
        _ = esc.publish(try publish("a"), now: 0)
        #expect(describe(esc.publish(try publish("a", tag: "z-1", type: typed), now: 0)).hasSuffix(", changed"))
        let french = try publish("a", tag: "z-2", type: typed, lines: ["Content-Language: fr"])
        #expect(describe(esc.publish(french, now: 0)).hasSuffix(", changed"))
        #expect(esc.publications.map(\.contentType) == [typed] && esc.publications.map(\.language) == ["fr"])
        #expect(esc.publications.map(\.mediaType) == ["application/pidf+xml"])
    }

    @Test("RFC 4479 §3.5: what was modified last comes last, which is a change even when its document is the same")
    func reordered() throws {
        var esc = EventStateCompositor(seed: 35)
        _ = esc.publish(try publish("a"), now: 0)
        _ = esc.publish(try publish("b"), now: 0)
        #expect(describe(esc.publish(try publish("a", tag: "z-1"), now: 0)).hasSuffix(", changed"))
        #expect(!describe(esc.publish(try publish("a", tag: "z-3"), now: 0)).hasSuffix(", changed"))
        #expect(bodies(esc) == ["b", "a"])
    }

    @Test("SIP-PUB-004: what is published survives a restart, with tags, documents and what is left of its time")
    func restored() throws {
        var esc = EventStateCompositor(seed: 35)
        _ = esc.publish(try publish("brief", expires: "60"), now: 0)
        _ = esc.publish(try publish("long", expires: "600", lines: ["Content-Language: de"]), now: 0)
        let bytes = esc.stored(now: 10 * second, date: 1_000)
        let same = EventStateCompositor(stored: bytes, now: 10 * second, date: 1_000)
        #expect(same == esc)
        var later = try #require(EventStateCompositor(stored: bytes, now: 5 * second, date: 1_060))
        #expect(later.publications.map(\.expiry) == [5 * second, 535 * second])
        #expect(describe(later.timerFired(now: 5 * second)) == "changed")
        #expect(bodies(later) == ["long"])
        #expect(describe(later.publish(try publish(tag: "z-2"), now: 5 * second)) == "200 SIP-ETag: z-3 Expires: 600")
        for count in bytes.indices {
            let part = EventStateCompositor(stored: bytes.prefix(count), now: 0, date: 0)
            #expect(part == nil || bytes.prefix(count).elementsEqual(part?.stored(now: 0, date: 0) ?? []))
        }
        #expect(EventStateCompositor(stored: [4] + bytes.dropFirst(), now: 0, date: 0) == nil)
        let narrow = EventStateCompositor(stored: bytes, capacity: 2, now: 10 * second, date: 1_000)
        var full = try #require(narrow)
        #expect(describe(full.publish(try publish("c"), now: 10 * second)) == "503 Retry-After: 60")
    }
    @Test("RFC 3903 §14.2: under a lower bound what was published or modified last is taken up, and its tag goes on")
    func lowered() throws {
        var esc = EventStateCompositor(seed: 35)
        for body in ["a", "b", "c"] { _ = esc.publish(try publish(body), now: 0) }
        _ = esc.publish(try publish("A", tag: "z-1"), now: 0)
        let bytes = esc.stored(now: 0, date: 1_000)
        for (capacity, kept) in [(3, ["b", "c", "A"]), (2, ["c", "A"]), (1, ["A"])] {
            var next = try #require(EventStateCompositor(stored: bytes, capacity: capacity, now: 0, date: 1_000))
            #expect(bodies(next) == kept)
            #expect(describe(next.publish(try publish(tag: "z-4"), now: 0)).hasPrefix("200 "))
            #expect(describe(next.publish(try publish("d"), now: 0)).hasPrefix("503 "))
        }
    }

    @Test("GEO-007, RFC 4119 §2.2.2: when a document was received outlasts refreshes and restarts")
    func received() throws {
        var esc = EventStateCompositor(seed: 35)
        _ = esc.publish(try publish("a"), now: 0, date: 1_000)
        _ = esc.publish(try publish(tag: "z-1"), now: 0, date: 1_100)
        #expect(esc.publications.map(\.received) == [1_000])
        let bytes = esc.stored(now: 0, date: 1_100)
        var next = try #require(EventStateCompositor(stored: bytes, now: 0, date: 1_200))
        #expect(next.publications.map(\.received) == [1_000])
        #expect(!describe(next.publish(try publish("a", tag: "z-2"), now: 0, date: 1_300)).hasSuffix(", changed"))
        #expect(next.publications.map(\.received) == [1_300])
        // Version 1 has no such time: eight bytes less, behind 15 of the whole, the number and the expiry. Neither it nor
        // version 2 has an origin, whose length comes last.
        let former = bytes.dropLast(4)
        let later = EventStateCompositor(stored: [2] + former.dropFirst(), now: 0, date: 1_200)
        #expect(later?.publications.map(\.received) == [1_000] && later.map(bodies) == ["a"])
        let old = EventStateCompositor(stored: [1] + former[1..<31] + former[39...], now: 0, date: 1_200)
        #expect(old?.publications.map(\.received) == [1_200] && old.map(bodies) == ["a"])
    }

    @Test("RFC 3903 §6: a copy of the last PUBLISH of a publication is answered with its tag, also after a restart")
    func copies() throws {
        var first = EventStateCompositor(seed: 35)
        _ = first.publish(try publish("a"), origin: [1], now: 0)
        let bytes = first.stored(now: 0, date: 1_000)
        var esc = try #require(EventStateCompositor(stored: bytes, now: 0, date: 1_000))
        #expect(esc == first)
        let answer = esc.publish(try publish("a"), origin: [1], now: 10 * second)
        #expect(describe(answer) == "200 SIP-ETag: z-1 Expires: 590")
        #expect(esc == first)
        // A modification whose answer was lost names a tag that is gone.
        _ = esc.publish(try publish("b", tag: "z-1"), origin: [2], now: 0)
        let again = esc.publish(try publish("b", tag: "z-1"), origin: [2], now: 0)
        #expect(describe(again) == "200 SIP-ETag: z-2 Expires: 600")
        #expect(bodies(esc) == ["b"])
        // Nothing tells those apart that have no origin.
        _ = esc.publish(try publish("c"), now: 0)
        _ = esc.publish(try publish("c"), now: 0)
        #expect(bodies(esc) == ["b", "c", "c"])
        // What has expired is published anew.
        #expect(describe(esc.publish(try publish("b"), origin: [2], now: 600 * second)).hasSuffix(", changed"))
    }

    @Test("GEO-007, RFC 4119 §2.2.2: a document is replaced under its tag, and one that is gone is not")
    func replaced() throws {
        var esc = EventStateCompositor(seed: 35)
        for body in ["a", "b"] { _ = esc.publish(try publish(body), now: 0) }
        esc.replace(Array("less".utf8), of: 1)
        esc.replace(Array("none".utf8), of: 7)
        #expect(bodies(esc) == ["less", "b"] && esc.publications.map(\.tag) == ["z-1", "z-2"])
    }
}
