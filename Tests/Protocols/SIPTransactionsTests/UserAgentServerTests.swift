import SIPMessages
import SIPTransactions
import Testing

@Suite("UserAgentServer")
struct UserAgentServerTests {
    private func request(
        _ method: String = "MESSAGE",
        uri: String = "sip:b@example.com",
        toTag: String? = nil,
        lines: String = "Content-Type: text/plain",
        body: String = "x"
    ) throws -> SIPRequest {
        guard
            case .request(let request) = try makeRequest(method, uri: uri, toTag: toTag, lines: lines, body: body)
        else { throw SIPError(.malformedStartLine, "not a request") }
        return request
    }

    private func status(_ verdict: UserAgentServer.Verdict) -> Int? {
        if case .respond(let answer) = verdict { answer.status } else { nil }
    }

    private func header(_ verdict: UserAgentServer.Verdict, _ name: String) -> String? {
        guard case .respond(let answer) = verdict else { return nil }
        return answer.headers.first { $0.name == name }?.value
    }

    @Test("SIP-UAS-002 SIP-UAS-003 RFC 3261 §8.2.1: known methods get 405, unknown ones 501, both with Allow")
    func methods() throws {
        let server = UserAgentServer()
        #expect(server.check(try request()) == .serve(.message))
        #expect(server.check(try request("OPTIONS")) == .serve(.options))
        for method in ["REGISTER", "INFO", "UPDATE", "PRACK", "REFER", "SUBSCRIBE", "NOTIFY", "PUBLISH", "BYE"] {
            let verdict = server.check(try request(method))
            #expect(status(verdict) == 405, "\(method)")
            #expect(header(verdict, "Allow") == "MESSAGE, OPTIONS")
        }
        for method in ["FROBNICATE", "message", "Options"] {
            let verdict = server.check(try request(method))
            #expect(status(verdict) == 501, "\(method)")
            #expect(header(verdict, "Allow") == "MESSAGE, OPTIONS")
        }
        #expect(server.check(try request("ACK")) == .drop)
        #expect(server.check(try request("CANCEL")) == .drop)
    }

    @Test("SIP-UAS-001 RFC 3261 §8.2: the order of the checks")
    func order() throws {
        let server = UserAgentServer()
        let everything = "Require: x\nContent-Type: y/z"
        func check(_ method: String, _ uri: String, merged: Bool, served: Bool, _ lines: String) throws -> Int? {
            status(
                server.check(
                    try request(method, uri: uri, lines: lines),
                    isMerged: merged,
                    refusal: { _ in served ? nil : UserAgentServer.Answer(404) }
                )
            )
        }
        #expect(try check("PUBLISH", "mailto:x", merged: true, served: false, everything) == 405)
        #expect(try check("MESSAGE", "mailto:x", merged: true, served: false, everything) == 416)
        #expect(try check("MESSAGE", "sip:x@y", merged: true, served: false, everything) == 404)
        #expect(try check("MESSAGE", "sip:x@y", merged: true, served: true, everything) == 482)
        #expect(try check("MESSAGE", "sip:x@y", merged: false, served: true, everything) == 420)
        #expect(try check("MESSAGE", "sip:x@y", merged: false, served: true, "Content-Type: y/z") == 415)
        #expect(try check("MESSAGE", "sip:x@y", merged: false, served: true, "Content-Type: text/plain") == nil)
    }

    @Test("SIP-UAS-004 SIP-UAS-005 RFC 3261 §8.2.2.1, RFC 3428 §5: schemes")
    func schemes() throws {
        let server = UserAgentServer()
        for uri in ["sip:x@y", "SIPS:x@y", "im:x@y", "pres:x@y"] {
            #expect(server.check(try request(uri: uri)) == .serve(.message), "\(uri)")
        }
        for uri in ["nobodyknows:x", "mailto:x@y", "tel:+1", "soap.beep://192.0.2.103:3002"] {
            #expect(status(server.check(try request(uri: uri))) == 416, "\(uri)")
        }
        #expect(status(server.check(try request(uri: "im:@"))) == 400)
    }

    @Test("SIP-UAS-008 RFC 3261 §8.2.2.3: Unsupported lists what is not known, once")
    func extensions() throws {
        var server = UserAgentServer()
        server.extensions = ["path"]
        let verdict = server.check(
            try request(lines: "Require: foo, Path\nRequire: foo\nProxy-Require: bar\nContent-Type: text/plain")
        )
        #expect(status(verdict) == 420)
        #expect(header(verdict, "Unsupported") == "foo")
        #expect(server.check(try request(lines: "Require: path\nContent-Type: text/plain")) == .serve(.message))
    }

    @Test("SIP-UAS-009 RFC 3261 §8.2.3: bodies")
    func bodies() throws {
        let server = UserAgentServer()
        let unknown = server.check(try request(lines: "Content-Type: application/unknownformat"))
        #expect(status(unknown) == 415)
        #expect(header(unknown, "Accept")?.contains("text/plain, message/cpim") == true)
        let encoded = server.check(try request(lines: "Content-Type: text/plain\nContent-Encoding: frob"))
        #expect(status(encoded) == 415)
        #expect(header(encoded, "Accept-Encoding") == "identity")
        #expect(status(server.check(try request(lines: "X: y"))) == 415)
        for fine in [
            "Content-Type: TEXT/Plain;charset=utf-8", "Content-Type: message/cpim\nContent-Encoding: Identity",
            "Content-Type: y/z\nContent-Disposition: render;handling=optional",
        ] {
            #expect(server.check(try request(lines: fine)) == .serve(.message), "\(fine)")
        }
        #expect(server.check(try request(lines: "", body: "")) == .serve(.message))
        #expect(server.check(try request("OPTIONS", lines: "Content-Type: y/z")) == .serve(.options))
    }

    @Test("SIP-UAS-013 RFC 3261 §12.2.2: a To tag names a dialog")
    func dialogs() throws {
        let server = UserAgentServer()
        for method in ["BYE", "NOTIFY", "SUBSCRIBE", "MESSAGE", "INVITE", "INFO"] {
            #expect(status(server.check(try request(method, toTag: "nope"))) == 481, "\(method)")
        }
        #expect(status(server.check(try request("REGISTER", toTag: "nope"))) == 405)
        #expect(status(server.check(try request("FROB", toTag: "nope"))) == 501)
        #expect(server.check(try request(toTag: "known"), dialogExists: { _ in true }) == .serve(.message))
    }

    @Test("how an INVITE is refused")
    func invites() throws {
        var server = UserAgentServer()
        #expect(status(server.check(try request("INVITE", lines: "Content-Type: application/sdp"))) == 488)
        #expect(status(server.check(try request("INVITE", lines: "", body: ""))) == 488)
        let unknown = server.check(try request("INVITE", lines: "Content-Type: application/unknownformat"))
        #expect(status(unknown) == 415)
        #expect(header(unknown, "Accept") == "application/sdp")
        server.methods.append(.invite)
        #expect(server.check(try request("INVITE")) == .serve(.invite))
    }

    @Test("SIP-UAS-011 RFC 3261 §11.2: what OPTIONS tells")
    func capabilities() {
        var server = UserAgentServer()
        server.events = ["presence"]
        #expect(
            server.capabilities.map(\.name)
                == ["Allow", "Accept", "Accept-Encoding", "Accept-Language", "Supported", "Allow-Events"]
        )
        #expect(server.capabilities[0].value == "MESSAGE, OPTIONS")
        #expect(server.capabilities[5].value == "presence")
    }
}
