import Addressing
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

    @Test("RFC 3261 §25.1: a percent sign that starts no escape is 400, unless it is tolerated")
    func strayPercents() throws {
        var server = UserAgentServer()
        #expect(status(server.check(try request(uri: "sip:cr%zy@example.com"))) == 400)
        server.takesStrayPercents = true
        #expect(server.check(try request(uri: "sip:cr%zy@example.com")) == .serve(.message))
        #expect(status(server.check(try request(uri: "sip:cr%zy@"))) == 400)
        let stray = try request(uri: "sip:cr%zy@example.com")
        #expect(throws: SIPError.self) { try stray.validate() }
        #expect(throws: Never.self) { try stray.validate(takesStrayPercents: true) }
        #expect(try stray.uri(lenient: true).description == "sip:cr%25zy@example.com")
        #expect(throws: SIPError.self) { try stray.uri() }
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

    /// A server that has the methods of event packages turned on.
    private var eventServer: UserAgentServer {
        var server = UserAgentServer()
        server.methods += [.subscribe, .notify, .publish]
        server.events = ["presence"]
        return server
    }

    private func event(
        _ method: String,
        _ lines: String = "Event: presence",
        toTag: String? = nil,
        body: String = ""
    )
        throws -> SIPRequest
    {
        try request(method, toTag: toTag, lines: lines, body: body)
    }

    @Test("SIP-SUB-007 SIP-PUB-001 RFC 6665 §4.2.1.1: methods of event packages are served once they are turned on")
    func eventMethods() throws {
        let server = eventServer
        #expect(server.check(try event("SUBSCRIBE")) == .serve(.subscribe))
        #expect(server.check(try event("PUBLISH")) == .serve(.publish))
        #expect(server.check(try event("NOTIFY", toTag: "t"), dialogExists: { _ in true }) == .serve(.notify))
        for method in ["SUBSCRIBE", "PUBLISH"] {
            for lines in ["Event: frobs", "Event: Presence", "X: y", "Event: presence.winfo"] {
                let verdict = server.check(try event(method, lines))
                #expect(status(verdict) == 489)
                #expect(header(verdict, "Allow-Events") == "presence")
            }
            #expect(status(server.check(try event(method, "Event: ;"))) == 400)
        }
        let allow = "MESSAGE, OPTIONS, SUBSCRIBE, NOTIFY, PUBLISH"
        #expect(header(server.check(try event("BYE")), "Allow") == allow)
        // What is followed is told, and cannot be asked for.
        var follower = server
        follower.followed = ["presence.winfo"]
        let told = try event("NOTIFY", "Event: presence.winfo", toTag: "t")
        #expect(follower.check(told, dialogExists: { _ in true }) == .serve(.notify))
        #expect(status(server.check(told, dialogExists: { _ in true })) == 489)
        #expect(status(follower.check(try event("SUBSCRIBE", "Event: presence.winfo"))) == 489)
        #expect(follower.capabilities.contains(SIPHeaderLine(.allowEvents, "presence")))
        #expect(server.capabilities.contains(SIPHeaderLine(.allowEvents, "presence")))
        let accept = server.capabilities.first { $0.name == "Accept" }?.value
        #expect(accept?.hasPrefix("text/plain, ") == true)
        #expect(accept?.hasSuffix(", application/pidf+xml") == true)
        #expect(UserAgentServer().capabilities.allSatisfy { !$0.value.contains("pidf") })
        // What both a MESSAGE and a NOTIFY may have is told once.
        follower.documents.append("message/cpim")
        let once = follower.capabilities.first { $0.name == "Accept" }?.value
        #expect(once == (server.accept + server.documents).joined(separator: ", "))
    }

    @Test("SIP-SUB-016 RFC 6665 §4.1.3: what is in no dialog gets 481, and what is in one is not asked who it is for")
    func eventDialogs() throws {
        let server = eventServer
        let refusal: (Any) -> UserAgentServer.Answer? = { _ in UserAgentServer.Answer(404) }
        func check(
            _ method: String,
            toTag: String?,
            exists: Bool,
            lines: String = "Event: presence"
        ) throws
            -> UserAgentServer.Verdict
        {
            server.check(
                try event(method, lines, toTag: toTag),
                refusal: { refusal($0) },
                dialogExists: { _ in exists }
            )
        }
        #expect(status(try check("NOTIFY", toTag: "t", exists: false)) == 481)
        #expect(status(try check("NOTIFY", toTag: nil, exists: true)) == 481)
        #expect(try check("NOTIFY", toTag: "t", exists: true) == .serve(.notify))
        #expect(status(try check("NOTIFY", toTag: "t", exists: true, lines: "Event: x")) == 489)
        #expect(status(try check("SUBSCRIBE", toTag: "t", exists: false)) == 481)
        #expect(try check("SUBSCRIBE", toTag: "t", exists: true) == .serve(.subscribe))
        #expect(status(try check("SUBSCRIBE", toTag: nil, exists: true)) == 404)
        #expect(status(try check("PUBLISH", toTag: "t", exists: true)) == 404)
        #expect(status(try check("SUBSCRIBE", toTag: nil, exists: true, lines: "Event: x")) == 404)
    }

    @Test("RFC 3261 §8.2.3: a NOTIFY has a document that is known; of a PUBLISH other things are judged first")
    func eventBodies() throws {
        let server = eventServer
        func check(_ method: String, _ type: String) throws -> UserAgentServer.Verdict {
            server.check(
                try event(method, "Event: presence\nContent-Type: \(type)", toTag: "t", body: "x"),
                dialogExists: { _ in true }
            )
        }
        #expect(try check("NOTIFY", "application/pidf+xml") == .serve(.notify))
        let refused = try check("NOTIFY", "text/plain")
        #expect(status(refused) == 415)
        #expect(header(refused, "Accept") == "application/pidf+xml")
        #expect(try check("PUBLISH", "text/plain") == .serve(.publish))
        #expect(try check("SUBSCRIBE", "application/simple-filter+xml") == .serve(.subscribe))
    }
}
