import Addressing
import MIME
import SIPMessages
import Testing

@Suite("Torture messages")
struct TortureTests {
    @Test("SIP-PRS-001 RFC 4475 §3.1.1: every valid message reads and is valid")
    func validMessagesRead() throws {
        #expect(TortureFiles.all.count == 74)
        for file in TortureFiles.all where file.isValid {
            do {
                switch try SIPReader.read(datagram: file.bytes) {
                case .request(let request): try request.validate()
                case .response(let response): try response.validate()
                }
            } catch {
                Issue.record("\(file.name): \(error)")
            }
        }
    }

    @Test("SIP-PRS-002 RFC 4475 §3.1.2: what must be refused is refused, with its status")
    func invalidMessages() {
        let expected: [(String, SIPError.Code, Int?)] = [
            ("014", .malformedHeader, 400), ("015", .truncatedBody, 400), ("016", .malformedContentLength, 400),
            ("017", .malformedHeader, 400), ("018", .malformedHeader, nil), ("019", .malformedHeader, 400),
            ("020", .malformedURI, 400), ("021", .malformedStartLine, 400), ("022", .malformedStartLine, 400),
            ("023", .malformedStartLine, 400), ("024", .malformedURI, 400), ("027", .malformedHeader, 400),
            ("028", .unterminatedHeaders, 400), ("029", .unsupportedVersion, 505), ("030", .methodMismatch, 400),
            ("032", .malformedStartLine, nil), ("034", .missingHeader, 400), ("041", .duplicateHeader, 400),
            ("042", .malformedContentLength, 400), ("050", .malformedStartLine, 400), ("202", .malformedURI, 400),
        ]
        for (number, code, status) in expected {
            let error = failure(TortureFiles.bytes(number))
            #expect(error?.code == code, "\(number)")
            #expect(error?.status == status, "\(number)")
            if status != nil, number != "050" { #expect(error?.headers?.has(.via) == true, "\(number)") }
        }
        for file in TortureFiles.all where file.isRawLineFeed {
            #expect(failure(file.bytes)?.code == .bareLineEnd, "\(file.name)")
        }
    }

    private func failure(_ bytes: [UInt8]) -> SIPError? {
        do throws(SIPError) {
            switch try SIPReader.read(datagram: bytes) {
            case .request(let request): try request.validate()
            case .response(let response): try response.validate()
            }
            return nil
        } catch {
            return error
        }
    }

    @Test("RFC 4475 §3.1.1.1: odd header names, folds and white space")
    func shortTortuousInvite() throws {
        let request = try TortureFiles.request("001")
        let headers = request.headers
        #expect(request.method == .invite)
        #expect(headers.maxForwards == 68)
        #expect(try headers.cseq() == CSeq(number: 9, method: .invite))
        #expect(try headers.to().tag == "1918181833n")
        let from = try headers.from()
        #expect(from.displayName == #"J Rosenberg \""#)
        #expect(from.tag == "98asjd8")
        #expect(try headers.contentLength() == 150)
        #expect(headers.subject == "")
        let vias = try headers.vias()
        #expect(vias.map(\.host) == ["192.0.2.2", "spindle.example.com", "192.168.255.111"])
        #expect(vias.map(\.branch) == ["390skdjuw", "z9hG4bK9ikj8", "z9hG4bK30239"])
        #expect(vias.map(\.transport) == ["UDP", "TCP", "UDP"])
        #expect(!vias[0].hasTransactionBranch)
        #expect(headers[named: "NewFangledHeader"] == "newfangled value continued newfangled value")
        #expect(headers[named: "unknownheaderwithunusualvalue"] == ";;,,;;,;")
        let contacts = try headers.addresses(.contact)
        #expect(contacts.count == 1)
        #expect(contacts[0].displayName == #"Quoted string """#)
        #expect(contacts[0].weight == 330)
        #expect(contacts[0].parameters["newparam"]?.value == "newvalue")
        #expect(contacts[0].parameters["secondparam"]?.value == nil)
        #expect(try headers.addresses(.route)[0].sipURI?.parameter("lr") == .valueless)
    }

    @Test("RFC 4475 §3.1.1.2: every character that may stand somewhere")
    func wideRangeOfCharacters() throws {
        let request = try TortureFiles.request("002")
        #expect(request.method == .other("!interesting-Method0123456789_*+`.%indeed'~"))
        #expect(try request.headers.to().displayName == "BEL:\u{7} NUL:\0 DEL:\u{7F}")
        #expect(try request.headers.from().displayName == "token1~` token2'+_ token3*%!.-")
        #expect(try request.headers.from().tag == "_token~1'+`*%!-.")
        #expect(try request.headers.topVia().branch == "z9hG4bK-.!%66*_+`'~")
        #expect(try request.headers.callID() == #"intmeth.word%ZK-!.*_+'@word`~)(><:\/"][?}{"#)
        #expect(try request.headers.cseq().number == 139_122_385)
        #expect(request.headers.maxForwards == 255)
        guard case .sip(let uri) = try request.uri() else { throw SIPError(.malformedURI, "not sip") }
        #expect(uri.password == "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)")
    }

    @Test("RFC 4475 §3.1.1.3: escapes are undone once")
    func escapes() throws {
        let request = try TortureFiles.request("003")
        guard case .sip(let uri) = try request.uri() else { throw SIPError(.malformedURI, "not sip") }
        #expect(try uri.decodedUser() == "sips:user@example.com")
        #expect(try request.headers.to().sipURI == SIPURI("sip:user@example.com"))
        #expect(try request.headers.from().sipURI?.decodedUser() == "I have spaces")
        let contact = try #require(try request.headers.addresses(.contact).first?.sipURI)
        #expect(contact.parameter("lr") == .valueless)
        #expect(contact.parameter("name") == .value("v%61lue%25%34%31"))
    }

    @Test("RFC 4475 §3.1.1.4: escaped NULs do not cut a URI")
    func escapedNulls() throws {
        let contacts = try TortureFiles.request("004").headers.addresses(.contact)
        #expect(contacts.count == 2)
        #expect(contacts[0].sipURI != contacts[1].sipURI)
        #expect(contacts[0].sipURI?.user == "%00")
        #expect(contacts[1].sipURI?.user == "%00%00")
    }

    @Test("RFC 4475 §3.1.1.5: a percent sign in names is no escape")
    func percentInNames() throws {
        let request = try TortureFiles.request("005")
        #expect(request.method == .other("RE%47IST%45R"))
        #expect(try request.headers.addresses(.contact).count == 2)
        #expect(try request.headers.from().displayName == "%Z%45")
    }

    @Test("RFC 4475 §3.1.1.7: long values are whole")
    func longValues() throws {
        let headers = try TortureFiles.request("007").headers
        #expect(try headers.vias().count == 34)
        #expect(try headers.vias().first?.host == "sip33.example.com")
        #expect(try headers.vias().last?.branch?.hasSuffix("longbranchvalue") == true)
        #expect(try headers.topVia().branch == nil)
    }

    @Test("RFC 4475 §3.1.1.8: bytes after Content-Length are noise in a datagram")
    func extraTrailingBytes() throws {
        let request = try TortureFiles.request("008")
        #expect(request.method == .register)
        #expect(request.body.isEmpty)
        #expect(request.bytes.count < TortureFiles.bytes("008").count)
    }

    @Test("RFC 4475 §3.1.1.9: a semicolon in the user part")
    func semicolonInUser() throws {
        guard case .sip(let uri) = try TortureFiles.request("009").uri() else { throw SIPError(.malformedURI, "") }
        #expect(try uri.decodedUser() == "user;par=u@example.net")
        #expect(uri.parameters.isEmpty)
        #expect(try TortureFiles.request("009").headers.tokens(.accept).map(\.name).count == 6)
    }

    @Test("RFC 4475 §3.1.1.10: any transport may stand in Via")
    func transports() throws {
        let vias = try TortureFiles.request("010").headers.vias()
        #expect(vias.map(\.transport) == ["UDP", "SCTP", "TLS", "UNKNOWN", "TCP"])
    }

    @Test("RFC 4475 §3.1.1.11: a multipart body with NUL octets")
    func multipartBody() throws {
        let request = try TortureFiles.request("011")
        #expect(request.body.count == 553)
        #expect(request.body.contains(0))
        #expect(try request.headers.contentType()?.parameter("boundary") == "7a9cbec02ceef655")
        #expect(try request.headers.topVia().hasResponsePort)
    }

    @Test("RFC 4475 §3.1.1.12, §3.1.1.13: unusual and absent reason phrases")
    func reasons() throws {
        let unusual = try TortureFiles.response("012")
        #expect(unusual.status == 200)
        #expect(unusual.reason.hasPrefix("= 2**3 * 5**2 но сто"))
        let absent = try TortureFiles.response("013")
        #expect(absent.status == 100)
        #expect(absent.reason.isEmpty)
    }

    @Test("RFC 4475 §3.3.12, §3.3.13, §3.3.14: whose parameter it is")
    func contactParameters() throws {
        let outside = try TortureFiles.request("045").headers.addresses(.contact)[0]
        #expect(outside.parameters.has("unknownparam"))
        #expect(text(outside.uriBytes) == "sip:+19725552222@gw1.example.net")
        let inside = try TortureFiles.request("046").headers.addresses(.contact)[0]
        #expect(inside.parameters.isEmpty)
        #expect(inside.sipURI?.parameter("unknownparam") == .valueless)
        #expect(
            try TortureFiles.request("047").headers.addresses(.contact)[0].sipURI?.headers
                == "Route=%3Csip:sip.example.com%3E"
        )
    }

    @Test("RFC 4475 §3.1.2.12: a Date in another zone is no date, and harms nothing")
    func badDate() throws {
        let request = try TortureFiles.request("025")
        try request.validate()
        #expect(request.headers.date == nil)
        #expect(try TortureFiles.request("011").headers.date?.secondsSince1970 == 1_129_351_496)
    }

    @Test("RFC 4475 §3.3.8: what can be saved of a message with everything twice")
    func multipleValues() {
        let request = try? TortureFiles.request("041")
        #expect(throws: SIPError.self) { try request?.validate() }
        #expect(request?.headers.count(of: .from) == 2)
    }

    @Test("RFC 4475 §3.4.1: a request after RFC 2543")
    func oldInvite() throws {
        let request = try TortureFiles.request("049")
        let essentials = try request.validate()
        #expect(essentials.from.tag == nil)
        #expect(!essentials.topVia.hasTransactionBranch)
        #expect(essentials.to.parameters["user"]?.value == "phone")
        #expect(try request.headers.contentLength() == nil)
        #expect(request.body.starts(with: Array("v=0".utf8)))
    }

    @Test("SIP-PRS-003 RFC 5118 §4: IPv6 in every place")
    func addresses() throws {
        func host(_ number: String) throws -> SIPURI {
            guard case .sip(let uri) = try TortureFiles.request(number).uri() else {
                throw SIPError(.malformedURI, "not sip")
            }
            return uri
        }
        #expect(try host("203").host.description == "[2001:db8::10:5070]")
        #expect(try host("203").port == nil)
        #expect(try host("204").host.description == "[2001:db8::10]")
        #expect(try host("204").port == 5_070)
        #expect(try TortureFiles.request("205").headers.topVia().received == "2001:db8::9:255")
        #expect(try TortureFiles.request("206").headers.topVia().received == "2001:db8::9:255")
        let vias = try TortureFiles.request("208").headers.vias()
        #expect(vias.map(\.host) == ["[2001:db8::9:1]", "192.0.2.1", "[2001:db8::9:255]"])
        #expect(vias[0].port == 6_050)
        #expect(
            try host("211").host.address == .v6(#require(IPv6Address(bytes: Array("2001:db8::192.0.2.1".utf8)[...])))
        )
    }

    @Test("SIP-PRS-021: no prefix and no mutation of a torture message traps")
    func nothingTraps() {
        var generator = Generator(state: 4_475)
        for file in TortureFiles.all {
            var end = 0
            while end < file.bytes.count {
                exercise(Array(file.bytes[..<end]))
                end += end < 64 ? 1 : 37
            }
            for _ in 0..<300 {
                var bytes = file.bytes
                for _ in 0...generator.next(below: 4) {
                    let place = generator.next(below: bytes.count)
                    switch generator.next(below: 3) {
                    case 0: bytes[place] = UInt8(generator.next(below: 256))
                    case 1: bytes.remove(at: place)
                    default: bytes.insert(Array("\r\n ;,:<>\"\\=%@[]0".utf8)[generator.next(below: 16)], at: place)
                    }
                }
                exercise(bytes)
            }
        }
    }
}

/// Calls whatever reads.
func exercise(_ bytes: [UInt8]) {
    do throws(SIPError) {
        let message = try SIPReader.read(datagram: bytes)
        exercise(message.headers)
        if case .request(let request) = message {
            _ = try? request.validate()
            _ = try? request.uri()
            _ = try? request.rewritten(branch: "z9hG4bKx", sentBy: "h", sequence: 4)
        }
    } catch {
        if let headers = error.headers { exercise(headers) }
    }
}

private func exercise(_ headers: SIPHeaders) {
    for field in headers { _ = field.text }
    _ = try? headers.vias().map { ($0.received, $0.branch, $0.responsePort, $0.isSent(from: "::1")) }
    for name in [SIPHeaderName.from, .to, .contact, .route, .recordRoute, .callInfo] {
        for address in (try? headers.addresses(name)) ?? [] {
            _ = (address.displayName, address.tag, address.weight, address.expires, address.sipURI)
            _ = try? address.uri()
            for parameter in address.parameters { _ = parameter.value }
        }
    }
    for name in [SIPHeaderName.accept, .event, .supported, .subscriptionState] {
        _ = headers.list(name)
        for token in (try? headers.tokens(name)) ?? [] { _ = (token.name, token.weight) }
    }
    _ = (headers.date, headers.retryAfter, headers.expires, headers.maxForwards, headers.privacy, headers.priority)
    _ = try? headers.warnings()
    _ = try? headers.contentType()
    _ = try? headers.cseq()
    _ = try? headers.callID()
    _ = headers.authentication(.authorization)
    let source = SIPSource(address: "192.0.2.9", port: 9)
    let answer = SIPResponse.answering(headers, status: 400, toTag: "t", source: source)
    #expect((try? SIPReader.read(datagram: answer)) != nil, "an answer does not read back: \(text(answer))")
}
