import Interworking
import SIPTransactions
import Testing

@testable import SIMPLELegs

/// Requests that are answered without the bridge.
@Suite("SIMPLELeg as a server")
struct ServerTests {
    @Test("RFC 3261 §11.2: OPTIONS is answered with what the gateway understands")
    func options() throws {
        let stage = try Stage()
        stage.receive(Stage.request("OPTIONS", uri: "sip:gw.example.org", body: ""))
        let answer = try #require(stage.wire.texts.first)
        #expect(stage.wire.statuses == [200])
        #expect(answer.values("Allow") == ["MESSAGE, SUBSCRIBE, NOTIFY, OPTIONS"])
        #expect(answer.values("Accept").first?.contains("message/cpim") == true)
        #expect(answer.values("Supported").count == 1)
        #expect(stage.wire.flushes == 1)
    }

    @Test(
        "RFC 3261 §8.2.1: a method that is not served gets 405 with Allow",
        arguments: ["PUBLISH", "REGISTER", "INFO", "REFER", "BYE"]
    )
    func unserved(method: String) throws {
        let stage = try Stage()
        stage.receive(Stage.request(method, body: ""))
        #expect(stage.wire.statuses == [405])
        #expect(stage.wire.texts.first?.values("Allow") == ["MESSAGE, SUBSCRIBE, NOTIFY, OPTIONS"])
    }

    @Test("RFC 3261 §21.5.2: an unknown method gets 501")
    func unknown() throws {
        let stage = try Stage()
        stage.receive(Stage.request("FROBNICATE", body: ""))
        #expect(stage.wire.statuses == [501])
    }

    @Test("RFC 3261 §8.2.7: each copy of an INVITE gets a final response and its ACK gets none")
    func invite() throws {
        let stage = try Stage()
        let invite = Stage.request("INVITE", "Contact: <sip:romeo@127.0.0.1:5070>", body: "")
        stage.receive(invite)
        stage.receive(invite)
        stage.receive(Stage.request("ACK", body: ""))
        #expect(stage.wire.statuses == [488, 488])
        #expect(stage.wire.texts.first == stage.wire.texts.last)
    }

    @Test("RFC 3261 §9.2: a CANCEL of nothing gets 481, one of a MESSAGE leaves it alone")
    func cancel() throws {
        let stage = try Stage()
        stage.receive(Stage.request("CANCEL", body: ""))
        #expect(stage.wire.statuses == [481])
    }

    @Test("SIP-UAS-016 RFC 3261 §9.2: a CANCEL of a MESSAGE gets 200, and the MESSAGE its own answer")
    func cancelMessage() throws {
        let stage = try Stage()
        stage.receive(Stage.request())
        stage.receive(Stage.request("CANCEL", body: ""))
        #expect(stage.wire.statuses == [200])
        stage.leg.acknowledge(try #require(stage.host.arrivals.first?.answer))
        #expect(stage.wire.statuses == [200, 202])
    }

    @Test("SIP-UAS-012 RFC 4475 §3.3.11: a server does not look at Max-Forwards", arguments: ["0", "256", "x", "-1"])
    func maxForwards(value: String) throws {
        let stage = try Stage()
        stage.receive(Stage.request("OPTIONS", "Max-Forwards: \(value)", body: ""))
        #expect(stage.wire.statuses == [200])
    }

    @Test("SIP-UAS-013 RFC 3261 §12.2.2: a To tag names a dialog, and there is none")
    func noDialog() throws {
        let stage = try Stage()
        stage.receive(Stage.request("MESSAGE", "To: <sip:juliet@example.com>;tag=nope"))
        #expect(stage.wire.statuses == [481])
        #expect(stage.host.refusals.map(\.code) == ["no-dialog"])
    }

    @Test("SIP-UAS-006: Route and Record-Route make the gateway send nothing to others, and come back to nobody")
    func noRelay() throws {
        let stage = try Stage()
        let routes = ["Route: <sip:gw.example.org;lr>, <sip:192.0.2.9;lr>", "Record-Route: <sip:192.0.2.9;lr>"]
        stage.receive(Stage.request("MESSAGE", routes[0], routes[1]))
        stage.leg.acknowledge(try #require(stage.host.arrivals.first?.answer))
        #expect(stage.wire.statuses == [202])
        #expect(stage.wire.sent.allSatisfy { $0.flow == Stage.flow() })
        #expect(stage.wire.texts.first?.values("Contact") == [])
        #expect(stage.wire.texts.first?.values("Record-Route") == [])
    }

    @Test("SIP-UAS-005 RFC 3428 §5: im: and pres: name a recipient as sip: does", arguments: ["im", "pres"])
    func schemes(scheme: String) throws {
        let stage = try Stage()
        stage.receive(Stage.request(uri: "\(scheme):juliet@example.com"))
        #expect(stage.wire.sent.isEmpty)
        #expect(stage.host.arrivals.first?.account.recipient == "\(scheme):juliet@example.com")
        stage.receive(
            Stage.request("MESSAGE", "CSeq: 2 MESSAGE", "Via: SIP/2.0/UDP h;branch=z9hG4bK2", uri: "\(scheme):x@else")
        )
        #expect(stage.wire.statuses == [404])
    }

    @Test("SIP-UAS-009 RFC 3261 §8.2.3: an encoding that is not known gets 415 with those that are")
    func encoding() throws {
        let stage = try Stage()
        stage.receive(Stage.request("MESSAGE", "Content-Encoding: gzip"))
        #expect(stage.wire.statuses == [415])
        #expect(stage.wire.texts.first?.values("Accept-Encoding") == ["identity, deflate"])
    }

    @Test("SIP-UAS-010 RFC 3261 §8.2.6: an answer copies what it must, and each copy is the same")
    func copies() throws {
        let stage = try Stage()
        let vias = (1...71).map { "SIP/2.0/UDP h\($0);branch=z9hG4bK\($0)" }
        let request = Stage.request("OPTIONS", "Via: " + vias.joined(separator: ", "), "Timestamp: 54", body: "")
        stage.receive(request)
        stage.receive(request)
        let answer = try #require(stage.wire.texts.first)
        let copied = answer.values("Via").joined(separator: ", ").split(separator: ", ").map(String.init)
        #expect(copied.count == 71)
        #expect(copied.first == vias[0] + ";received=127.0.0.1")
        #expect(Array(copied.dropFirst()) == Array(vias.dropFirst()))
        #expect(answer.values("From") == ["<sip:romeo@example.net>;tag=r"])
        #expect(answer.values("To").first?.hasPrefix("<sip:juliet@example.com>;tag=") == true)
        #expect(answer.values("Call-ID") == ["c1@example.net"] && answer.values("CSeq") == ["1 OPTIONS"])
        #expect(answer.values("Timestamp") == ["54"])
        #expect(stage.wire.texts == [answer, answer])
    }

    @Test("SIP-TRN-012 RFC 5389 §6: a STUN request over UDP gets no SIP answer")
    func stun() throws {
        let stage = try Stage()
        stage.receive([0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42] + [UInt8](repeating: 7, count: 12))
        #expect(stage.wire.sent.isEmpty && stage.host.refusals.isEmpty)
    }

    @Test("A request that lacks what every request has gets 400 and a record")
    func incomplete() throws {
        let stage = try Stage()
        stage.receive(Stage.request("MESSAGE", "Call-ID: -"))
        #expect(stage.wire.statuses == [400])
        #expect(stage.wire.texts.first?.values("CSeq") == ["1 MESSAGE"])
        #expect(stage.host.refusals.map(\.code) == ["malformed-request"])
        #expect(stage.host.arrivals.isEmpty)
    }

    @Test("RFC 3261 §18.3: a datagram that ends before its body gets 400")
    func truncated() throws {
        let stage = try Stage()
        stage.receive(String(Stage.request(body: "hello").dropLast(2)))
        #expect(stage.wire.statuses == [400])
        #expect(stage.host.refusals.map(\.code) == ["malformed-request"])
    }

    @Test(
        "What must not be answered is not: noise, a wrong ACK, a response to nothing",
        arguments: [
            "hello\r\n\r\n", "SIP/2.0 200 OK\r\n\r\n", Stage.request("ACK", "Call-ID: -", body: ""),
            "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKx\r\nTo: <sip:a@b>\r\nFrom: <sip:c@d>;tag=1\r\n"
                + "Call-ID: x\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n",
        ]
    )
    func silence(text: String) throws {
        let stage = try Stage()
        stage.receive(text)
        #expect(stage.wire.sent.isEmpty)
        #expect(stage.host.refusals.isEmpty)
    }

    // MARK: Who may send

    @Test("RFC 3261 §8.2.3: bodies of known neighbors alone are unpacked; for anybody else it is no work")
    func packedByStrangers() throws {
        let request = Stage.request("OPTIONS", "Content-Encoding: deflate", body: "not packed at all")
        let neighbor = try Stage()
        neighbor.receive(request)
        #expect(neighbor.wire.statuses == [400])
        let stranger = try Stage()
        stranger.receive(request, on: Stage.flow(from: "192.0.2.7"))
        #expect(stranger.wire.statuses == [200])
    }

    @Test("A MESSAGE of an address that is not configured gets 403 and a record")
    func stranger() throws {
        let stage = try Stage()
        stage.receive(Stage.request(), on: Stage.flow(from: "192.0.2.7"))
        #expect(stage.wire.statuses == [403])
        #expect(stage.host.refusals.map(\.code) == ["untrusted-peer"])
        #expect(stage.host.refusals.first?.account.proof == "none")
        #expect(stage.host.refusals.first?.account.peer == "192.0.2.7")
    }

    @Test(
        "An address speaks only for its own domains",
        arguments: ["sip:romeo@example.org", "sip:juliet@example.com", "sip:romeo@sub.example.net", "tel:+15551234"]
    )
    func wrongDomain(from: String) throws {
        let stage = try Stage()
        stage.receive(Stage.request("MESSAGE", "From: <\(from)>;tag=r"))
        #expect(stage.wire.statuses == [403])
        #expect(stage.host.refusals.map(\.code) == ["identity-mismatch"])
        #expect(stage.host.arrivals.isEmpty)
    }

    @Test("SIP-AUT-012: an intermediary does not speak for the domain of another neighbor")
    func foreignIdentity() throws {
        let anonymous = "From: <sip:anonymous@anonymous.invalid>;tag=r"
        let stage = try Stage(change: { $0.intermediaries = ["127.0.0.1"] })
        for method in ["MESSAGE", "SUBSCRIBE"] {
            let event = method == "SUBSCRIBE" ? "Event: presence" : "X: y"
            let contact = "Contact: <sip:r@127.0.0.1:5070>"
            let foreign = "P-Asserted-Identity: <sip:boss@example.org>"
            let via = "Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK\(method);rport"
            stage.receive(Stage.request(method, via, anonymous, foreign, event, contact, body: ""))
        }
        #expect(stage.wire.statuses == [403, 403])
        #expect(stage.host.refusals.map(\.code) == ["identity-mismatch", "identity-mismatch"])
        #expect(stage.host.arrivals.isEmpty)
    }

    @Test("ADDR-026: a From that cannot be read gets 400")
    func unreadableSender() throws {
        let stage = try Stage()
        stage.receive(Stage.request("MESSAGE", "From: <sip:cr%zy@example.net>;tag=r"))
        #expect(stage.wire.statuses == [400])
        #expect(stage.host.refusals.map(\.code) == ["addr-malformed"])
    }

    @Test("ADDR-026: a percent sign that starts no escape is 400, or taken where the route says so")
    func strayPercents() throws {
        for (line, uri) in [
            ("X: y", "sip:cr%zy@example.com"), ("From: <sip:cr%zy@example.net>;tag=r", "sip:juliet@example.com"),
        ] {
            let strict = try Stage()
            strict.receive(Stage.request("MESSAGE", line, uri: uri))
            #expect(strict.wire.statuses == [400] && strict.host.arrivals.isEmpty)
            #expect(strict.host.refusals.count == 1)
            let lenient = try Stage(switches: [("addr.percent", "lenient")])
            lenient.receive(Stage.request("MESSAGE", line, uri: uri))
            #expect(lenient.wire.statuses.isEmpty && lenient.host.arrivals.count == 1)
        }
        let options = try Stage()
        options.receive(Stage.request("OPTIONS", uri: "sip:cr%zy@example.com"))
        #expect(options.wire.statuses == [400] && options.host.refusals.count == 1)
        let stage = try Stage(switches: [("addr.percent", "lenient")])
        stage.receive(Stage.request("MESSAGE", uri: "sip:cr%zy@"))
        #expect(stage.wire.statuses == [400] && stage.host.arrivals.isEmpty)
    }

    @Test("Strangers leave no state behind, and fill no log (RFC 3261 §8.2.7)")
    func strangers() throws {
        let stage = try Stage()
        for number in 0...Pace.records {
            let via = "Via: SIP/2.0/UDP h;branch=z9hG4bK\(number);rport"
            stage.receive(Stage.request("MESSAGE", via), on: Stage.flow(from: "192.0.2.\(number + 8)"))
        }
        #expect(stage.leg.transactions.serverCount == 0)
        #expect(stage.wire.statuses.count == Pace.records + 1)
        #expect(stage.host.refusals.count == Pace.records)
        stage.receive(Stage.request("MESSAGE", "From: <sip:a@b.example>;tag=r"))
        #expect(stage.host.refusals.count == Pace.records + 1)
        stage.host.pass(seconds: 1)
        stage.receive(Stage.request(), on: Stage.flow(from: "192.0.2.7"))
        #expect(stage.host.refusals.count == Pace.records + 2)
        stage.receive(Stage.request("CANCEL", body: ""), on: Stage.flow(from: "192.0.2.7"))
        #expect(stage.wire.statuses.count == Pace.records + 3)
    }

    @Test("Strangers get so many answers in a second, and neighbors all of theirs")
    func strangerRequests() throws {
        let stage = try Stage()
        func options(_ number: Int, from address: String) {
            let via = "Via: SIP/2.0/UDP h;branch=z9hG4bK\(number);rport"
            stage.receive(Stage.request("OPTIONS", via, body: ""), on: Stage.flow(from: address))
        }
        for number in 0..<Pace.requests + 50 { options(number, from: "192.0.\(number % 5).\(number / 5)") }
        #expect(stage.wire.sent.count == Pace.requests)
        stage.receive("MESSAGE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n\r\n", on: Stage.flow(from: "192.0.2.7"))
        #expect(stage.wire.sent.count == Pace.requests)
        options(0, from: "127.0.0.1")
        #expect(stage.wire.sent.count == Pace.requests + 1)
        stage.host.pass(seconds: 1)
        options(0, from: "192.0.2.7")
        #expect(stage.wire.sent.count == Pace.requests + 2)
    }

    @Test("SIP-AUT-013: an unknown address gets 403 ten times in a second, and then silence")
    func strangerAddress() throws {
        let stage = try Stage()
        for second in 1...2 {
            for number in 0..<300 {
                let via = "Via: SIP/2.0/UDP h;branch=z9hG4bK\(second)-\(number);rport"
                stage.receive(Stage.request("MESSAGE", via), on: Stage.flow(from: "192.0.2.7"))
            }
            #expect(stage.wire.statuses.count == 10 * second)
            #expect(stage.wire.statuses.allSatisfy { $0 == 403 })
            stage.host.pass(seconds: 1)
        }
    }

    @Test("RFC 5079 §5: a sender who hides is refused as such")
    func anonymous() throws {
        let stage = try Stage()
        stage.receive(Stage.request("MESSAGE", "From: <sip:anonymous@anonymous.invalid>;tag=r"))
        #expect(stage.wire.statuses == [433])
        #expect(stage.host.refusals.map(\.code) == ["anonymous-sender"])
    }

    @Test("Trust is asked before anything else", arguments: ["Require: foo", "Content-Type: image/png"])
    func trustFirst(header: String) throws {
        let stage = try Stage()
        stage.receive(Stage.request("MESSAGE", header), on: Stage.flow(from: "192.0.2.7"))
        #expect(stage.wire.statuses == [403])
    }

    // MARK: What is not taken

    @Test("RFC 3261 §8.2: the checks come in the order of the standard")
    func order() throws {
        let stage = try Stage()
        stage.receive(Stage.request("MESSAGE", "Require: foo", uri: "sip:x@elsewhere.example"))
        stage.receive(
            Stage.request(
                "MESSAGE",
                "Require: foo",
                "Content-Type: image/png",
                "CSeq: 2 MESSAGE",
                "Via: SIP/2.0/UDP h;branch=z9hG4bK2"
            )
        )
        stage.receive(
            Stage.request("MESSAGE", "Content-Type: image/png", "CSeq: 3 MESSAGE", "Via: SIP/2.0/UDP h;branch=z9hG4bK3")
        )
        #expect(stage.wire.statuses == [404, 420, 415])
        #expect(stage.wire.texts[1].values("Unsupported") == ["foo"])
        #expect(
            stage.wire.texts[2].values("Accept") == [
                "message/cpim, text/plain, text/html, multipart/alternative, multipart/mixed, application/im-iscomposing+xml, message/imdn+xml"
            ]
        )
        #expect(stage.host.refusals.map(\.code) == ["unknown-domain", "required-feature", "unsupported-type"])
    }

    @Test("RFC 3261 §8.2.2.1: another scheme of the Request-URI gets 416")
    func scheme() throws {
        let stage = try Stage()
        stage.receive(Stage.request(uri: "mailto:juliet@example.com"))
        #expect(stage.wire.statuses == [416])
    }
}
