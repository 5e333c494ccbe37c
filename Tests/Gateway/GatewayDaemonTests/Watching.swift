import Foundation
import Loopback
import NIOCore
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

/// Presence between the two neighbors of a stage.
extension Stage {
    /// A SUBSCRIBE of a user of the SIP shore.
    struct Wish {
        var name: String? = "Romeo M."
        var from = "sip:romeo@example.net"
        var to = "sip:juliet@example.com"
        var call = "w1"
        var cseq = 1
        var expires: Int? = 600
        /// The To tag and the Request-URI inside a dialog.
        var dialog: (tag: String, target: String)?
        var more: [String] = []

        func bytes(port: Int) -> [UInt8] {
            var lines = [
                "SUBSCRIBE \(dialog?.target ?? to) SIP/2.0",
                "Via: SIP/2.0/UDP 127.0.0.1:\(port);branch=z9hG4bK-\(call)-\(cseq);rport", "Max-Forwards: 70",
                "From: \(name.map { "\"\($0)\" " } ?? "")<\(from)>;tag=t-\(call)",
                "To: <\(to)>" + (dialog.map { ";tag=" + $0.tag } ?? ""), "Call-ID: \(call)",
                "CSeq: \(cseq) SUBSCRIBE", "Contact: <sip:romeo@127.0.0.1:\(port)>", "Event: presence",
                "Accept: application/pidf+xml",
            ]
            if let expires { lines.append("Expires: \(expires)") }
            lines += more + ["Content-Length: 0", "", ""]
            return Array(lines.joined(separator: "\r\n").utf8)
        }
    }

    /// Sends a SUBSCRIBE of the SIP shore and waits for its answer.
    func watch(_ wish: Wish = Wish()) async throws -> SIPResponse {
        let address = try #require(try gateway.sipAddresses.first)
        try await phone.send(wish.bytes(port: phone.port), to: address)
        return try await phone.responses.next()
    }

    /// A watcher of the SIP shore whom Juliet approves, in a dialog of that name; the phone answers everything.
    func approvedWatcher(_ user: String = "romeo", call: String = "w1") async throws {
        try await phone.answersAll(200)
        var wish = Wish()
        wish.from = "sip:\(user)@example.net"
        wish.call = call
        #expect(try await watch(wish).status == 200)
        _ = try await notification()
        _ = try await shown()
        try await say("subscribed", from: "juliet@example.com", to: "\(user)@example.net")
        _ = try await notification()
    }

    /// The next NOTIFY that the SIP shore gets.
    func notification() async throws -> Phone.Call {
        let call = try await request()
        #expect(call.request.method == .notify)
        return call
    }

    /// The next request that the SIP shore gets; copies are passed over.
    func request() async throws -> Phone.Call {
        while true {
            let call = try await phone.calls.next()
            if heard.insert(call.branch).inserted { return call }
        }
    }

    /// Lets time pass in steps that no link takes for a silence.
    func wait(seconds: Int) async throws {
        for _ in 0..<seconds {
            try await pass(milliseconds: 1_000)
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Sends presence of a user of the XMPP shore.
    func say(
        _ type: String? = nil,
        from: String = "juliet@example.com/balcony",
        to: String = "romeo@example.net",
        id: String? = nil,
        _ children: String = ""
    ) async throws {
        let type = type.map { " type='\($0)'" } ?? ""
        let id = id.map { " id='\($0)'" } ?? ""
        try await server.send("<presence from='\(from)' to='\(to)'\(type)\(id)>\(children)</presence>")
    }

    /// The next presence that the XMPP shore gets, as `type from to`.
    func shown() async throws -> (kind: String, element: XML.Element) {
        let element = try await server.stanzas.next()
        #expect(element.name == "presence")
        let text = { element.attribute($0) ?? "" }
        return ("\(element.attribute("type") ?? "available") \(text("from")) \(text("to"))", element)
    }

    /// Sends a NOTIFY in the dialog that a SUBSCRIBE of the gateway began, and waits for its answer.
    func notify(
        _ subscribe: Phone.Call,
        _ state: String = "active;expires=600",
        cseq: Int = 1,
        tag: String = "phone",
        body: String = "",
        event: String = "presence",
        type: String = "application/pidf+xml"
    ) async throws -> Int {
        let address = try #require(try gateway.sipAddresses.first)
        let contact = subscribe.request.headers.text(.contact) ?? ""
        let target = contact.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" }
        var lines = [
            "NOTIFY \(target) SIP/2.0",
            "Via: SIP/2.0/UDP 127.0.0.1:\(phone.port);branch=z9hG4bK-n-\(subscribe.callID)-\(cseq)-\(tag);rport",
            "Max-Forwards: 70", "From: <\(subscribe.uri)>;tag=\(tag)",
            "To: <\(subscribe.from)>;tag=\(subscribe.fromTag ?? "")", "Call-ID: \(subscribe.callID)",
            "CSeq: \(cseq) NOTIFY", "Contact: <sip:romeo@127.0.0.1:\(phone.port)>", "Event: \(event)",
            "Subscription-State: \(state)",
        ]
        if !body.isEmpty { lines.append("Content-Type: \(type)") }
        lines += ["Content-Length: \(body.utf8.count)", "", body]
        try await phone.send(Array(lines.joined(separator: "\r\n").utf8), to: address)
        return try await phone.responses.next().status
    }

    /// A document about Romeo.
    static func document(_ tuples: String) -> String {
        "<?xml version='1.0' encoding='UTF-8'?><presence xmlns='urn:ietf:params:xml:ns:pidf' "
            + "entity='pres:romeo@example.net'>\(tuples)</presence>"
    }

    static func tuple(_ id: String, _ basic: String = "open", _ more: String = "") -> String {
        "<tuple id='\(id)'><status><basic>\(basic)</basic></status>\(more)</tuple>"
    }
}
