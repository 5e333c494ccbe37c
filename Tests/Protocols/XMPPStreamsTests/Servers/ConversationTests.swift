import Testing
import XMLStreams
import XMPPStanzas

@testable import XMPPStreams

@Suite("Servers: two streams talk to each other")
struct ConversationTests {
    private static let policies: [StreamPolicy] = {
        var list: [StreamPolicy] = []
        for encryption in StreamPolicy.Encryption.allCases {
            for authentication in StreamPolicy.Authentication.allCases {
                for isRich in [false, true] {
                    list.append(
                        StreamPolicy(
                            usual: .init(encryption: encryption, authentication: authentication),
                            isBidirectional: isRich,
                            hasStreamManagement: isRich
                        )
                    )
                }
            }
        }
        return list
    }()

    @Test("RFC 6120 §4.3: every meeting of policies ends with an open stream or a reason, and never gets stuck")
    func everyMeeting() throws {
        let verdicts: [CertificateVerdict?] = [nil, .refused("self-signed"), .proved(.pkix)]
        var opened = 0
        var ended = 0
        for opening in Self.policies {
            for receiving in Self.policies {
                for openingVerdict in verdicts {
                    for receivingVerdict in verdicts {
                        for hasKeys in [false, true] {
                            let terms = Conversation.Terms(
                                opening: opening,
                                receiving: receiving,
                                hasKeys: hasKeys,
                                openingVerdict: openingVerdict,
                                receivingVerdict: receivingVerdict
                            )
                            if try meet(terms) { opened += 1 } else { ended += 1 }
                        }
                    }
                }
            }
        }
        #expect(opened + ended == 12 * 12 * 18)
        #expect(opened > 250 && ended > 250)
    }

    @Test("XEP-0220 §2.5: whatever the authoritative server says or leaves unsaid, the stream opens or ends")
    func everyAnswer() throws {
        let answers: [DialbackVerdict?] =
            [nil, .valid, .invalid] + DialbackFault.allCases.map { DialbackVerdict.failed($0) }
        for answer in answers {
            let terms = Conversation.Terms(openingVerdict: nil, authority: answer)
            #expect(try meet(terms) == (answer == .valid), "\(terms)")
        }
    }

    /// Runs one; true when it opened.
    private func meet(_ terms: Conversation.Terms) throws -> Bool {
        var conversation = Conversation(terms)
        guard conversation.run() else {
            Issue.record("stuck: \(terms)\n\(conversation.left.log.suffix(8))\n\(conversation.right.log.suffix(8))")
            return false
        }
        let pair = try DomainPair(local: "gw.example", remote: "peer.example")
        let isOpen = conversation.left.end == nil
        if isOpen {
            #expect(conversation.right.machine.established.contains(pair), "\(terms)")
            // Without TLS nothing opens where either side demands it; nor does a bad certificate where it is demanded.
            let demands = [terms.opening.usual, terms.receiving.usual]
            if demands.contains(where: { $0.encryption == .required }) {
                #expect(conversation.right.log.contains { $0.hasPrefix("startTLS") }, "\(terms)")
            }
            if terms.opening.usual.authentication != .dialback {
                #expect(terms.receivingVerdict == .proved(.pkix), "\(terms)")
            }
            if terms.receiving.usual.authentication == .certificate {
                #expect(terms.openingVerdict == .proved(.pkix), "\(terms)")
            }
        } else {
            #expect(conversation.left.end?.reason.code.isEmpty == false)
            #expect(conversation.right.end != nil)
            #expect(conversation.now <= 120 * second, "\(terms)")
        }
        return isOpen
    }

    @Test("RFC 6120 §5.3.1: with the shipped policy and good certificates EXTERNAL opens the stream")
    func usual() {
        var conversation = Conversation(.init())
        let isDone = conversation.run()
        #expect(isDone)
        #expect(
            conversation.left.log.last { $0.hasPrefix("established") } == "established peer.example <-> gw.example pkix"
        )
        #expect(conversation.right.log.contains("established gw.example <-> peer.example pkix"))
        #expect(conversation.now == 0)
    }

    @Test(
        "XEP-0220 §2.6, XEP-0198 §4: further pairs join an open stream, stanzas flow and are confirmed when committed"
    )
    func flow() {
        for openingVerdict in [CertificateVerdict.proved(.pkix), nil] {
            var conversation = Conversation(.init(openingVerdict: openingVerdict))
            let isDone = conversation.run()
            #expect(isDone)
            let sub = Initiations.pair("gw.example", local: "sub.peer.example")
            let second = Initiations.pair("second.example", local: "peer.example")
            conversation.exchange(.authorize(sub), isLeft: true)
            conversation.exchange(.authorize(second), isLeft: true)
            #expect(conversation.left.machine.established.count == 3)
            #expect(conversation.right.machine.established.count == 3)
            for (number, pair) in [sub, second].enumerated() {
                let stanza = outbound(number, from: "a@\(pair.local)", to: "b@\(pair.remote)")
                conversation.exchange(.send(stanza, pair, token: UInt64(number)), isLeft: true)
            }
            #expect(conversation.right.log.filter { $0.hasPrefix("deliver") }.count == 2)
            guard openingVerdict != nil else { continue }
            conversation.exchange(.flush, isLeft: true)
            #expect(!conversation.left.log.contains { $0.hasPrefix("confirm") })
            conversation.exchange(.committed(upTo: 2), isLeft: false)
            #expect(conversation.left.log.contains("confirm [0, 1]"))
            conversation.exchange(.close(nil), isLeft: true)
            #expect(conversation.left.end?.reason == .finished)
            #expect(conversation.right.end?.reason == .peerClosed)
        }
    }

    @Test("XEP-0220 §2: without a certificate of the opening side dialback opens it")
    func dialback() {
        var conversation = Conversation(.init(openingVerdict: nil))
        let isDone = conversation.run()
        #expect(isDone)
        #expect(conversation.right.log.contains("established gw.example <-> peer.example dialback"))
    }
}

@Suite("Servers: bytes and states")
struct StreamPropertyTests {
    /// What a peer says on a stream that the gateway receives, in the clear and inside TLS.
    private static let talk: [String] = [
        peerHeader, startTLS, peerHeader, external,
        peerHeader
            + "<db:verify from='sub.peer.example' to='gw.example' id='i'>k</db:verify> \n"
            + "<message from='a@peer.example/\u{e9}' to='b@gw.example'><body>&lt;\u{1F600}</body></message>"
            + "<enable xmlns='urn:xmpp:sm:3'/><iq type='get' id='1' from='peer.example' to='gw.example'/>"
            + "<r xmlns='urn:xmpp:sm:3'/></stream:stream>",
    ]

    private func play(cut: (Int, [UInt8]) -> [[UInt8]]) -> [String] {
        var stream = Reception(Receptions.machine())
        _ = stream.input(.connected(nil))
        for (index, part) in Self.talk.enumerated() {
            for piece in cut(index, Array(part.utf8)) {
                for action in stream.raw(piece) {
                    if case .startTLS = action { _ = stream.input(.secured(tlsFacts)) }
                    if case .checkCertificate(let domain) = action {
                        _ = stream.input(.certificate(domain, .proved(.pkix)))
                    }
                }
            }
        }
        return stream.sayings
    }

    @Test("RFC 6120 §10.1: cut into single bytes, or anywhere into two, a stream means the same")
    func splits() {
        let whole = play { [$1] }
        #expect(whole.last == "close peer-closed")
        #expect(whole.contains { $0.hasPrefix("deliver iq 2") })
        #expect(play { $1.map { [$0] } } == whole)
        for index in Self.talk.indices {
            let length = Self.talk[index].utf8.count
            for place in 1..<length {
                let split = play { number, bytes in
                    number == index ? [Array(bytes[..<place]), Array(bytes[place...])] : [bytes]
                }
                #expect(split == whole, "part \(index) at \(place)")
            }
        }
    }

    // MARK: Every state and every input

    private static let request = DialbackRequest(pair: Initiations.pair(), stream: firstID, key: "k")

    static let elements = [
        "<message from='a@peer.example' to='b@gw.example'/>", "<iq xmlns='jabber:client'/>", startTLS, proceed,
        "<failure xmlns='\(tls)'/>", external, success, "<challenge xmlns='\(sasl)'/>",
        "<failure xmlns='\(sasl)'><aborted/></failure>", "<abort xmlns='\(sasl)'/>", bothOffers, "<stream:features/>",
        managedOffer, "<db:result from='peer.example' to='gw.example'>k</db:result>",
        "<db:result from='peer.example' to='gw.example' type='valid'/>",
        "<db:verify from='peer.example' to='gw.example' id='i'>k</db:verify>",
        "<db:verify from='peer.example' to='gw.example' id='i' type='error'/>", "<bidi xmlns='urn:xmpp:bidi'/>",
        "<enable xmlns='urn:xmpp:sm:3' resume='true'/>", "<enabled xmlns='urn:xmpp:sm:3'/>",
        "<r xmlns='urn:xmpp:sm:3'/>", "<a xmlns='urn:xmpp:sm:3' h='7'/>", "<a xmlns='urn:xmpp:sm:3'/>",
        "<resume xmlns='urn:xmpp:sm:3' previd='x' h='0'/>", "<resumed xmlns='urn:xmpp:sm:3' previd='x' h='0'/>",
        "<failed xmlns='urn:xmpp:sm:3'/>", "<x xmlns='urn:x'/>",
        "<stream:error><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
    ]

    static func inputs() throws -> [StreamInput] {
        var list: [StreamInput] = [
            .connected(nil), .connected(tlsFacts), .heard(bytes: 10), .unreadable(.init(.notWellFormed, "", offset: 0)),
            .secured(tlsFacts), .handshakeFailed("x"), .certificate("peer.example", .proved(.pkix)),
            .certificate("peer.example", .refused("x")), .verified(request, .valid), .verified(request, .invalid),
            .authorize(Initiations.pair()), .authorize(Initiations.pair("x.example")), .ask(request),
            .send(outbound(1), Initiations.pair(), token: 1), .flush, .pong("x"), .committed(upTo: 9), .session(nil),
            .timer, .close(nil), .close(StreamFault(.reset)), .disconnected,
            .xml(.opened(try root(peerHeader)), leftover: false), .xml(.closed, leftover: false),
            .xml(.refused(nil, .init(.tooManyBytes, "", offset: 0)), leftover: false),
        ]
        for markup in elements {
            let element = try serverElement(markup)
            list.append(.xml(.element(element), leftover: false))
            list.append(.xml(.element(element), leftover: true))
        }
        return list
    }

    /// What holds whatever happens: one end, nothing behind it, and a timer that is not in the past for ever.
    private func check(_ actions: [StreamAction], _ hasEnded: inout Bool, _ place: String) {
        for action in actions {
            switch action {
            case .reject, .verdict, .refused: continue
            default: #expect(!hasEnded, "\(place): \(lines([action]))")
            }
            if case .close = action { hasEnded = true }
        }
    }

    @Test("RFC 6120 §4.9: in every state every input is answered, ends the stream once, or changes nothing")
    func everyInput() throws {
        let inputs = try Self.inputs()
        for (index, first) in inputs.enumerated() {
            for state in 0..<7 {
                var stream: Reception
                switch state {
                case 0: stream = Reception(Receptions.machine())
                case 1: stream = Receptions.connected()
                case 2:
                    stream = Receptions.connected()
                    _ = stream.bytes(peerHeader)
                case 3:
                    stream = Receptions.connected()
                    _ = stream.bytes(peerHeader + startTLS)
                case 4: stream = Receptions.secured(verdict: .proved(.pkix))
                case 5: stream = Receptions.authenticated()
                default:
                    stream = Receptions.authenticated()
                    _ = stream.input(.close(nil))
                }
                var hasEnded = false
                let place = "receiving \(state), input \(index)"
                check(stream.input(first), &hasEnded, place)
                for (number, next) in inputs.enumerated() where number % 3 == index % 3 {
                    check(stream.input(next, now: UInt64(number)), &hasEnded, place + " then \(number)")
                }
                check(stream.input(.disconnected), &hasEnded, place)
                #expect(stream.end != nil)
            }
        }
    }

    @Test("RFC 6120 §4.9: the same of streams that the gateway opens")
    func everyInputOut() throws {
        let inputs = try Self.inputs()
        for (index, first) in inputs.enumerated() {
            for state in 0..<8 {
                var stream: Initiation
                switch state {
                case 0: stream = Initiation(Initiations.machine())
                case 1:
                    stream = Initiation(Initiations.machine())
                    _ = stream.input(.connected(nil))
                case 2:
                    stream = Initiation(Initiations.machine())
                    _ = stream.input(.connected(nil))
                    _ = stream.bytes(answerHeader() + tlsOffer)
                case 3: stream = Initiations.secured()
                case 4:
                    stream = Initiations.secured()
                    _ = stream.bytes(bothOffers)
                case 5: stream = Initiations.authenticated(features: managedOffer)
                case 6: stream = Initiations.authenticated()
                default:
                    stream = Initiations.verified()
                    _ = stream.input(.close(nil))
                }
                var hasEnded = false
                let place = "opening \(state), input \(index)"
                check(stream.input(first), &hasEnded, place)
                for (number, next) in inputs.enumerated() where number % 3 == index % 3 {
                    check(stream.input(next, now: UInt64(number)), &hasEnded, place + " then \(number)")
                }
                check(stream.input(.disconnected), &hasEnded, place)
                #expect(stream.end != nil)
            }
        }
    }
}

extension Driven where Machine: ~Copyable {
    /// Feeds bytes that may end within a character.
    mutating func raw(_ bytes: [UInt8]) -> [StreamAction] {
        hold(bytes)
        return input(.heard(bytes: bytes.count))
    }

    /// The log without timers and pauses, which depend on how bytes came, and with all that was written in one piece.
    var sayings: [String] {
        var list: [String] = []
        for line in log where !line.hasPrefix("wake ") && line != "pause" && line != "resume" {
            if line.hasPrefix("send "), let last = list.last, last.hasPrefix("send ") {
                list[list.count - 1] = last + line.dropFirst(5)
            } else {
                list.append(line)
            }
        }
        return list
    }
}
