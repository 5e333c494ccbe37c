import BridgeCore
import Foundation
import Interworking
import Testing
import XMPPStanzas

@testable import XMPPLegs

@Suite("XMPPLeg: presence that a server hands over")
struct PresenceInTests {
    private func presence(_ attributes: String, _ inner: String = "", from: String = "alice@example.com") -> String {
        "<presence from='\(from)' to='bob@sip.example.com' \(attributes)>\(inner)</presence>"
    }

    @Test(
        "XMP-PRS-01 to -07: each type is one operation, and is not answered by the leg",
        arguments: [
            ("type='subscribe'", "<status>please</status>", PresenceOperation.Kind.subscribe(note: "please")),
            ("type='subscribed'", "", .subscribed), ("type='unsubscribe'", "", .unsubscribe),
            ("type='unsubscribed'", "", .unsubscribed), ("type='probe'", "", .probe), ("", "", .available),
            ("type='unavailable'", "", .unavailable),
        ]
    )
    func operations(_ type: String, _ inner: String, _ kind: PresenceOperation.Kind) throws {
        let stage = try Stage.open()
        try stage.serve(presence(type + " id='p1'", inner))
        #expect(stage.host.calls == [.presence(kind)])
        #expect(try stage.written() == "")
    }

    @Test("XMP-PRS-12: an error is told to the gateway once and never answered")
    func errors() throws {
        let stage = try Stage.open()
        let error = "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
        try stage.serve(presence("type='error' id='ask-1'", error))
        #expect(stage.host.calls.count == 1)
        #expect(try stage.written() == "")
        for broken in [
            "<presence from='alice@example.com' to='bob@sip.example.com' type='error'/>",
            "<presence from='@@' to='bob@sip.example.com' type='error'/>",
            "<presence from='alice@elsewhere.example' to='bob@sip.example.com' type='error'>\(error)</presence>",
            "<presence from='alice@example.com' to='sip.example.com' type='error'>\(error)</presence>",
        ] {
            try stage.serve(broken)
            #expect(try stage.written() == "", "\(broken)")
        }
    }

    @Test("XMP-PRS-11: an undefined type is a bad request, at a user and at the domain")
    func undefined() throws {
        let cases: [(to: String, calls: [RecordingHost.Call])] = [
            ("bob@sip.example.com", [.refused("undefined-type")]), ("sip.example.com", []),
        ]
        for (to, calls) in cases {
            let stage = try Stage.open()
            try stage.serve("<presence from='alice@example.com/home' to='\(to)' type='available' id='p1'/>")
            let answer = try stage.written()
            #expect(answer.contains("type='error'") && answer.contains("<bad-request"), "\(answer)")
            #expect(answer.contains("id='p1'") && answer.contains("to='alice@example.com/home'"))
            #expect(stage.host.calls == calls)
        }
    }

    @Test("XMP-PRS-11: values that mean nothing do not harm the rest")
    func oddValues() throws {
        let stage = try Stage.open()
        try stage.serve(
            presence("", "<show>sleepy</show><show>away</show><priority>999</priority>", from: "alice@example.com/home")
        )
        #expect(stage.host.calls == [.presence(.available)])
        #expect(try stage.written() == "")
    }

    @Test("RFC 8048 §8.1: who is not served and asks gets an error and is written down; who announces gets nothing")
    func foreign() throws {
        let stage = try Stage.open()
        try stage.serve(presence("type='subscribe' id='p1'", from: "mallory@elsewhere.example"))
        let answer = try stage.written()
        #expect(answer.contains("type='error'") && answer.contains("id='p1'"))
        #expect(stage.host.calls.count == 1)
        try stage.serve(presence("", from: "mallory@elsewhere.example/x"))
        try stage.serve(presence("type='probe'", from: "mallory@elsewhere.example/x"))
        #expect(try stage.written() == "")
    }

    @Test("A stanza without a sender that can be read is answered only when it asks for something")
    func malformed() throws {
        let stage = try Stage.open()
        try stage.serve("<presence from='a@b@c' to='bob@sip.example.com'/>")
        try stage.serve("<presence from='a@b@c' to='bob@sip.example.com' type='probe'/>")
        #expect(try stage.written() == "")
        #expect(stage.host.calls == [.refused("addr-malformed"), .refused("addr-malformed")])
        try stage.serve("<presence from='a@b@c' to='bob@sip.example.com' type='subscribe'/>")
        #expect(try stage.written().contains("<jid-malformed "))
        #expect(stage.host.calls.count == 3)
    }

    @Test(
        "SVC-018: presence between addresses that are none, of no type that is defined, or that does not cross is recorded",
        arguments: [
            ("alice@example.com/a", "b@c@sip.example.com", "", "addr-malformed"),
            ("alice@example.com/a", "", "type='unavailable'", "addr-malformed"),
            ("alice@example.com/a", "b@c@sip.example.com", "type='error'", "addr-malformed"),
            ("alice@example.com/a", "bob@sip.example.com", "type='nonsense'", "undefined-type"),
        ]
    )
    func recorded(from: String, to: String, type: String, code: String) throws {
        let stage = try Stage.open()
        try stage.serve("<presence from='\(from)' to='\(to)' \(type)/>")
        #expect(stage.host.calls == [.refused(code)])
    }

    @Test(
        "SVC-018: presence that no server may hand over goes nowhere and is written down, unless it is an echo",
        arguments: [
            ("carol@sip.example.com", "bob@sip.example.com", "", "identity-mismatch"),
            ("carol@sip.example.com", "bob@sip.example.com", "type='error'", nil),
            ("alice@example.com", "bob@other.example.com", "type='subscribe'", "unknown-domain"),
            ("alice@example.com", "bob@other.example.com", "type='probe'", "unknown-domain"),
        ]
    )
    func notTaken(from: String, to: String, type: String, code: String?) throws {
        let stage = try Stage.open()
        try stage.serve("<presence from='\(from)' to='\(to)' \(type)/>")
        #expect(stage.host.calls == (code.map { [.refused($0)] } ?? []))
        #expect(try stage.written() == "")
    }

    @Test("XEP-0100 §4.4: the gateway itself is a contact that is always there and that anybody may see")
    func domain() throws {
        let stage = try Stage.open()
        try stage.serve("<presence from='alice@example.com/home' to='sip.example.com' type='subscribe'/>")
        let answers = try stage.written()
        #expect(answers.contains("type='subscribed'") && answers.contains("to='alice@example.com'"))
        #expect(answers.components(separatedBy: "<presence").count == 3)
        try stage.serve("<presence from='alice@example.com/home' to='sip.example.com' type='probe'/>")
        let shown = try stage.written()
        #expect(shown.contains("to='alice@example.com/home'") && !shown.contains("type="))
        try stage.serve("<presence from='alice@example.com/home' to='sip.example.com' type='unsubscribe'/>")
        #expect(try stage.written().contains("type='unsubscribed'"))
        for type in ["unavailable", "subscribed", "unsubscribed"] {
            try stage.serve("<presence from='alice@example.com/home' to='sip.example.com' type='\(type)'/>")
        }
        try stage.serve("<presence from='alice@example.com/home' to='sip.example.com'/>")
        #expect(try stage.written() == "" && stage.host.calls.isEmpty)
    }
}
