import Addressing
import SIPMessages
import Testing

@Suite("Header fields of event packages")
struct EventHeadersTests {
    private func code(_ lines: String, _ read: (SIPHeaders) throws(SIPError) -> Void) throws -> SIPError.Code? {
        let headers = try options(lines).headers
        do throws(SIPError) {
            try read(headers)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("RFC 6665 §8.2.1: Event is a package with an id, compared octet by octet")
    func event() throws {
        func event(_ value: String) throws -> SIPEvent? { try options("Event: \(value)").headers.event() }
        #expect(try event("presence") == .presence)
        #expect(try options("o: presence").headers.event() == .presence)
        #expect(try event("presence ; id = 7;x=y") == SIPEvent("presence", id: "7"))
        #expect(try event("Presence") != .presence)
        #expect(try event("presence;id=A") != SIPEvent("presence", id: "a"))
        #expect(try event("presence.winfo")?.package == "presence.winfo")
        #expect(try options("X: y").headers.event() == nil)
        #expect(SIPEvent("presence", id: "7").description == "presence;id=7")
        for bad in ["", ";id=7", "a/b", "a b", "\"a\"", "presence;;"] {
            #expect(
                try code("Event: \(bad)") { headers throws(SIPError) in _ = try headers.event() } == .malformedHeader
            )
        }
        #expect(
            try code("Event: a\nEvent: b") { headers throws(SIPError) in _ = try headers.event() } == .duplicateHeader
        )
    }

    @Test("SIP-SUB-003 RFC 6665 §8.2.3: Subscription-State is read and written")
    func subscriptionState() throws {
        func state(_ value: String) throws -> SubscriptionState? {
            try options("Subscription-State: \(value)").headers.subscriptionState()
        }
        #expect(try state("active;expires=599") == SubscriptionState(.active, expires: 599))
        #expect(try state("Pending ; Expires = 3600") == SubscriptionState(.pending, expires: 3_600))
        #expect(try state("terminated;reason=timeout") == .terminated(.timeout))
        #expect(try state("TERMINATED;reason=GiveUp;retry-after=5") == .terminated(.giveUp, retryAfter: 5))
        #expect(try state("waiting;reason=Because") == SubscriptionState(.other("waiting"), reason: .other("because")))
        #expect(try state("active;expires=99999999999")?.expires == UInt32.max)
        #expect(try options("X: y").headers.subscriptionState() == nil)
        for reason in SubscriptionState.Reason.standard {
            let value = SubscriptionState.terminated(reason, retryAfter: 9)
            #expect(value.description == "terminated;reason=\(reason.name);retry-after=9")
            #expect(try state(value.description) == value)
        }
        #expect(SubscriptionState(.active, expires: 599).description == "active;expires=599")
        #expect(SubscriptionState(.pending, expires: 0).description == "pending;expires=0")
        for bad in ["", "active;expires", "active;expires=x", "active;expires=-1", "terminated;retry-after=1.5", ";"] {
            #expect(
                try code("Subscription-State: \(bad)") { headers throws(SIPError) in
                    _ = try headers.subscriptionState()
                } == .malformedHeader,
                "\(bad)"
            )
        }
        #expect(
            try code("Subscription-State: active, pending") { headers throws(SIPError) in
                _ = try headers.subscriptionState()
            } == .duplicateHeader
        )
    }

    @Test("SIP-PUB-001 RFC 3903 §11.3: entity-tags are single tokens")
    func entityTags() throws {
        #expect(try options("SIP-ETag: dx200xyz").headers.entityTag() == "dx200xyz")
        #expect(try options("SIP-If-Match: dx200xyz").headers.ifMatch() == "dx200xyz")
        #expect(try options("X: y").headers.ifMatch() == nil)
        for bad in ["", "a, b", "a b", "\"a\"", "a;b"] {
            #expect(
                try code("SIP-If-Match: \(bad)") { headers throws(SIPError) in _ = try headers.ifMatch() }
                    == .malformedHeader
            )
        }
        #expect(
            try code("SIP-If-Match: a\nSIP-If-Match: a") { headers throws(SIPError) in _ = try headers.ifMatch() }
                == .duplicateHeader
        )
    }

    @Test("SIP-UAS-015 RFC 3261 §12.1.1: a dialog needs exactly one usable Contact")
    func remoteTarget() throws {
        func target(_ lines: String) throws -> String { try options(lines).headers.remoteTarget().description }
        #expect(try target("Contact: \"x\" <sip:a@h:5070;transport=tcp>;expires=5") == "sip:a@h:5070;transport=tcp")
        #expect(try target("m: sips:a@h") == "sips:a@h")
        let wrong: [(String, SIPError.Code)] = [
            ("X: y", .missingHeader), ("Contact: *", .missingHeader), ("Contact: <<x", .malformedHeader),
            ("Contact: <sip:a@h>, <sip:b@h>", .duplicateHeader), ("Contact: <sip:a@h>\nm: <sip:a@h>", .duplicateHeader),
            ("Contact: <tel:+1>", .malformedURI), ("Contact: <sip:>", .malformedHeader),
            ("Contact: <sip:a@>", .malformedURI),
        ]
        for (lines, expected) in wrong {
            #expect(
                try code(lines) { headers throws(SIPError) in _ = try headers.remoteTarget() } == expected,
                "\(lines)"
            )
        }
    }

    @Test("SIP-SUB-008 RFC 3261 §20.1: the most specific range of Accept decides")
    func accept() throws {
        func accepts(_ lines: String, isDefault: Bool = false) throws -> Bool {
            try options(lines).headers.accepts("application/pidf+xml", isDefault: isDefault)
        }
        #expect(try accepts("X: y", isDefault: true))
        #expect(try !accepts("X: y"))
        #expect(try accepts("Accept: text/x, Application/PIDF+xml"))
        #expect(try accepts("Accept: application/*;q=0.1"))
        #expect(try accepts("Accept: */*"))
        #expect(try !accepts("Accept: text/x", isDefault: true))
        #expect(try !accepts("Accept:", isDefault: true))
        #expect(try !accepts("Accept: application/pidf+xml;q=0, */*"))
        #expect(try accepts("Accept: application/*;q=0\nAccept: application/pidf+xml"))
    }

    @Test("RFC 3261 §20.19: a wrong Expires is told apart from none")
    func duration() throws {
        #expect(try options("Expires: 0").headers.duration() == 0)
        #expect(try options("X: y").headers.duration() == nil)
        for bad in ["", "-1", "1.5", "soon"] {
            #expect(
                try code("Expires: \(bad)") { headers throws(SIPError) in _ = try headers.duration() }
                    == .malformedHeader
            )
        }
    }

    @Test("Lines that are written read back")
    func lines() throws {
        #expect(SIPHeaderLine.expires(60) == SIPHeaderLine(.expires, "60"))
        #expect(SIPHeaderLine.minExpires(60) == SIPHeaderLine(.minExpires, "60"))
        #expect(SIPHeaderLine.retryAfter(5) == SIPHeaderLine(.retryAfter, "5"))
        #expect(SIPHeaderLine.entityTag("a") == SIPHeaderLine(.entityTag, "a"))
        #expect(SIPHeaderLine.ifMatch("a") == SIPHeaderLine(.ifMatch, "a"))
        #expect(SIPHeaderLine.event(.presence).value == "presence")
        #expect(SIPHeaderLine.subscriptionState(.terminated(.timeout)).value == "terminated;reason=timeout")
        #expect(SIPHeaderLine.allowEvents(["presence", "conference"]).value == "presence, conference")
        #expect(SIPHeaderLine.contact("sip:gw>\r\nX: y").value == "<sip:gw%3E%0D%0AX:%20y>")
        #expect(SIPHeaderLine.route(["sip:a;lr", "sip:b"]).value == "<sip:a;lr>, <sip:b>")
        #expect(try options("Allow-Events: presence, x").headers.allowEvents == ["presence", "x"])
        #expect(try options("X: y").headers.allowEvents == nil)
    }
}
