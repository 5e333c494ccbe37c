import IMDN
import PresenceSchemas
import Testing

@Suite("Composing states")
struct ComposingStatusTests {
    private func read(
        _ inside: String,
        root: String = "urn:ietf:params:xml:ns:im-iscomposing"
    ) throws(IMDNError)
        -> ComposingStatus
    {
        let text = "<isComposing xmlns='\(root)'>\(inside)</isComposing>"
        return try IMDNReader().readComposing(Array(text.utf8)[...])
    }

    @Test("RFC 3994 §5: the printed documents are read, their schemaLocation ignored")
    func printed() throws {
        let active = """
            <?xml version="1.0" encoding="UTF-8"?>
            <isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
            xsi:schemaLocation="urn:ietf:params:xml:ns:im-composing
            iscomposing.xsd">
              <state>active</state>
              <contenttype>text/plain</contenttype>
              <refresh>90</refresh>
            </isComposing>
            """
        let found = try IMDNReader().readComposing(Array(active.utf8)[...])
        #expect(found == ComposingStatus(.active, contentType: "text/plain", refresh: 90))
        let idle = "<state>idle</state><lastactive>2003-01-27T10:43:00Z</lastactive><contenttype>audio</contenttype>"
        #expect(
            try read(idle) == ComposingStatus(.idle, lastActive: "2003-01-27T10:43:00Z", contentType: "audio")
        )
    }

    @Test("RFC 3994 §3.5: any other state is idle, and unknown elements are ignored")
    func unknownState() throws {
        #expect(try read("<state>recording</state><x xmlns='urn:x'/>").state == .idle)
        #expect(try read("<state>Active</state>").state == .idle)
        #expect(try read("<state> active </state>").state == .active)
    }

    @Test("RFC 3994 §6: another namespace is another document, and a state must be there")
    func faults() {
        #expect(throws: IMDNError(.root, "")) {
            try read("<state>active</state>", root: "urn:ietf:params:xml:ns:im-composing")
        }
        #expect(throws: IMDNError(.missing, "")) { try read("<refresh>90</refresh>") }
    }

    @Test("RFC 3994 §6.1: a refresh that is no positive number is none")
    func refresh() throws {
        for text in ["0", "-3", "soon", "", "99999999999999999999999"] {
            #expect(try read("<state>active</state><refresh>\(text)</refresh>").refresh == nil)
        }
        #expect(try read("<state>active</state><refresh>1</refresh>").refresh == 1)
    }

    @Test("RFC 3994 §6.1: what is written follows the schema and is read back")
    func written() throws {
        let states = [
            ComposingStatus(.idle), ComposingStatus(.active, refresh: 90),
            ComposingStatus(.active, lastActive: "2026-03-01T12:00:00Z", contentType: "text/plain", refresh: 1),
        ]
        for status in states {
            let bytes = IMDNWriter.write(status)
            #expect(SchemaValidator.fault(in: bytes) == nil)
            #expect(try IMDNReader().readComposing(bytes[...]) == status)
        }
        #expect(
            SchemaValidator.fault(in: Array("<isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'/>".utf8)) != nil
        )
        let bare = IMDNWriter.write(ComposingStatus(.idle, refresh: 0))
        #expect(!String(decoding: bare, as: UTF8.self).contains("refresh"))
    }
}

@Suite("ComposingSender")
struct ComposingSenderTests {
    @Test("RFC 3994 §3.2: writing is told once, again at each interval, and its pause once")
    func refreshes() {
        var sender = ComposingSender()
        #expect(sender.deadline == nil)
        #expect(sender.receive(.composing, now: 0) == .active)
        #expect(sender.told == .active)
        #expect(sender.deadline == 90_000)
        #expect(sender.receive(.composing, now: 10_000) == nil)
        #expect(sender.receive(.advanced, now: 89_999) == nil)
        #expect(sender.receive(.advanced, now: 90_000) == .active)
        #expect(sender.deadline == 180_000)
        #expect(sender.receive(.paused, now: 100_000) == .idle)
        #expect(sender.told == .idle)
        #expect(sender.receive(.paused, now: 100_001) == nil)
        #expect(sender.receive(.advanced, now: 500_000) == nil)
    }

    @Test("RFC 3994 §3.2: content needs no idle state")
    func content() {
        var sender = ComposingSender()
        _ = sender.receive(.composing, now: 0)
        #expect(sender.receive(.sentContent, now: 5) == nil)
        #expect(sender.told == .idle)
        #expect(sender.receive(.sentContent, now: 6) == nil)
        #expect(sender.receive(.composing, now: 7) == .active)
    }

    @Test("RFC 3994 §3.2: who says nothing for five minutes is idle, and another word begins them anew")
    func idleTimeOut() {
        var sender = ComposingSender()
        _ = sender.receive(.composing, now: 0)
        _ = sender.receive(.composing, now: 100_000)
        for now in stride(from: Int64(100_000), through: 390_000, by: 10_000) {
            #expect(sender.receive(.advanced, now: now) != .idle)
        }
        #expect(sender.receive(.advanced, now: 399_999) != .idle)
        #expect(sender.receive(.advanced, now: 400_000) == .idle)
        #expect(sender.deadline == nil)
    }

    @Test("RFC 3994 §3.2: the interval is no shorter than a minute")
    func shortestInterval() {
        var sender = ComposingSender(times: .init(refresh: 1))
        _ = sender.receive(.composing, now: 0)
        #expect(sender.receive(.advanced, now: 59_999) == nil)
        #expect(sender.receive(.advanced, now: 60_000) == .active)
    }
}

@Suite("ComposingReceiver")
struct ComposingReceiverTests {
    private static let active = ComposingReceiver.Event.status(ComposingStatus(.active, refresh: 90))
    private static let idle = ComposingReceiver.Event.status(ComposingStatus(.idle))

    @Test("RFC 3994 §3.3: one active state begins it, further ones prolong it, an idle one ends it")
    func transcript() {
        var receiver = ComposingReceiver()
        #expect(receiver.receive(Self.idle, now: 0) == nil)
        #expect(receiver.receive(Self.active, now: 0) == .active)
        #expect(receiver.receive(Self.active, now: 80_000) == nil)
        #expect(receiver.deadline == 170_000)
        #expect(receiver.receive(.advanced, now: 169_999) == nil)
        #expect(receiver.current == .active)
        #expect(receiver.receive(Self.idle, now: 169_999) == .idle)
        #expect(receiver.receive(Self.idle, now: 170_000) == nil)
        #expect(receiver.deadline == nil)
    }

    @Test("RFC 3994 §3.3: silence beyond the refresh ends it")
    func timeOut() {
        var receiver = ComposingReceiver()
        _ = receiver.receive(Self.active, now: 0)
        #expect(receiver.receive(.advanced, now: 90_000) == .idle)
        #expect(receiver.receive(.advanced, now: 90_001) == nil)
    }

    @Test("RFC 3994 §3.3: without a refresh it is 120 seconds, and never longer than an hour")
    func intervals() {
        var receiver = ComposingReceiver()
        _ = receiver.receive(.status(ComposingStatus(.active)), now: 5)
        #expect(receiver.deadline == 120_005)
        _ = receiver.receive(.status(ComposingStatus(.active, refresh: .max)), now: 5)
        #expect(receiver.deadline == 3_600_005)
    }

    @Test("RFC 3994 §3.3: content ends it without a word")
    func content() {
        var receiver = ComposingReceiver()
        _ = receiver.receive(Self.active, now: 0)
        #expect(receiver.receive(.content, now: 1) == nil)
        #expect(receiver.current == .idle)
        #expect(receiver.receive(.content, now: 2) == nil)
        #expect(receiver.receive(Self.active, now: 3) == .active)
    }
}
