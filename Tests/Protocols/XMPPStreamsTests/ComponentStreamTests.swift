import Testing
import XMLStreams
import XMPPStreams

@Suite("ComponentStream: opening")
struct ComponentOpeningTests {
    @Test("XEP-0114 §3: header, header, handshake, handshake")
    func exampleTranscript() throws {
        var link = Link()
        #expect(link.stream.connected(now: 5) == [send(clientHeader), .wake(at: 10 * second + 5)])
        #expect(try link.server(serverHeader, now: 6) == [send("<handshake>hash(3BF96D32test)</handshake>")])
        #expect(link.stream.isOpen == false)
        #expect(try link.server("<handshake/>", now: 7) == [.open])
        #expect(link.stream.isOpen == true)
        let message = "<message from='juliet@shakespeare.lit/balcony' to='romeo@plays.shakespeare.lit'/>"
        #expect(try link.server(message, now: 8) == [.deliver(element(message))])
        #expect(try link.server("</stream:stream>", now: 9) == [endTag, .close(.init(.serverClosed))])
        #expect(link.stream.isOpen == false)
    }

    @Test("XEP-0114 §3: the id is used after decoding, whole")
    func idIsDecoded() throws {
        var link = Link()
        _ = link.stream.connected(now: 0)
        let header = serverHeader.replacing("3BF96D32", with: "a&amp;&#x27;&gt;b")
        #expect(try link.server(header, now: 0) == [send("<handshake>hash(a&amp;'&gt;btest)</handshake>")])
    }

    @Test(
        "Headers as servers send them are accepted",
        arguments: [
            """
            <?xml version='1.0'?><stream:stream id='9265878805404657271' xml:lang='en' \
            xmlns:stream='http://etherx.jabber.org/streams' from='sip.lab.test' xmlns='jabber:component:accept'>
            """,
            """
            <?xml version='1.0'?><stream:stream xml:lang='en' id='9265878805404657271' \
            xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:component:accept' from='sip.lab.test'>
            """,
        ]
    )
    func serverHeaders(header: String) throws {
        var link = Link()
        _ = link.stream.connected(now: 0)
        #expect(try link.server(header, now: 0) == [send("<handshake>hash(9265878805404657271test)</handshake>")])
    }

    @Test(
        "RFC 6120 §4.9.3: what the server refuses with comes out typed, with a remedy, and slows reconnection",
        arguments: [
            ("host-unknown", StreamFault.Condition.hostUnknown), ("conflict", .conflict),
            ("not-authorized", .notAuthorized), ("invalid-namespace", .invalidNamespace),
        ]
    )
    func refusals(name: String, condition: StreamFault.Condition) throws {
        let error =
            "<stream:error><\(name) xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>"
        for header in [serverHeader, serverHeader.replacing(" id='3BF96D32'", with: "")] {
            var link = Link()
            _ = link.stream.connected(now: 0)
            var actions = try link.server(header + error, now: 1)
            if header == serverHeader { actions.removeFirst() }
            let end = ComponentStream.End(.serverFault(StreamFault(condition)))
            #expect(actions == [endTag, .close(end)])
            #expect(end.reason.advice == .slow)
            #expect(end.reason.remedy != nil)
        }
    }

    @Test(
        "XEP-0114 §3: anything but an empty handshake is a failure, and nothing was sent before",
        arguments: [
            "<message to='a' from='b'/>", "<presence/>", "<handshake xmlns='urn:x'/>", "<stream:features/>",
        ]
    )
    func otherAnswers(markup: String) throws {
        var link = Link()
        _ = link.stream.connected(now: 0)
        #expect(link.stream.send(stanza(1), token: 1) == [.reject(token: 1, .notOpen)])
        _ = try link.server(serverHeader, now: 0)
        #expect(link.stream.send(stanza(1), token: 1) == [.reject(token: 1, .notOpen)])
        let actions = try link.server(markup, now: 0)
        #expect(actions.count == 2)
        guard case .close(let end) = actions[1], case .protocolFault(let fault, _) = end.reason else {
            Issue.record("\(actions)")
            return
        }
        #expect(fault.condition == .notAuthorized)
        #expect(actions[0] == .send(fault.closingBytes(content: "jabber:component:accept")))
        #expect(end.reason.advice == .slow)
    }

    @Test("A handshake that was accepted without a proof is a failure")
    func unprovedHandshake() throws {
        var link = Link()
        _ = link.stream.connected(now: 0)
        #expect(try link.server(serverHeader.replacing(" id='3BF96D32'", with: ""), now: 0) == [])
        let actions = try link.server("<handshake/>", now: 0)
        #expect(actions.count == 2)
        #expect(link.stream.isOpen == false)
    }

    @Test(
        "RFC 6120 §4.9.3: a stream of another kind is refused",
        arguments: [
            "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='1'>",
            "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' id='1'>",
            "<s:stream xmlns='jabber:component:accept' xmlns:s='urn:x' id='1'>", "<html>",
        ]
    )
    func otherStreams(header: String) throws {
        var link = Link()
        _ = link.stream.connected(now: 0)
        let actions = try link.server(header, now: 0)
        #expect(
            actions.first
                == send(
                    """
                    <stream:error><invalid-namespace xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>\
                    </stream:stream>
                    """
                )
        )
        guard case .close(let end) = actions.last else {
            Issue.record("not closed")
            return
        }
        #expect(end.reason.remedy != nil)
    }

    @Test("The handshake has ten seconds, whatever dribbles in")
    func handshakeTimeout() throws {
        var link = Link()
        _ = link.stream.connected(now: 0)
        #expect(link.stream.timerFired(now: 9 * second) == [.wake(at: 10 * second)])
        _ = try link.server(serverHeader, now: 9 * second)
        #expect(link.stream.timerFired(now: 10 * second) == [endTag, .close(.init(.handshakeTimeout))])
        #expect(link.stream.timerFired(now: 11 * second) == [])
    }
}

@Suite("ComponentStream: open")
struct ComponentOpenTests {
    @Test(
        "XEP-0114 §3: only stanzas from the component's domain with both addresses go out",
        arguments: [
            ("<message from='a@plays.shakespeare.lit' to='b'/>", nil),
            ("<iq to='b' type='get' from='plays.shakespeare.lit/x@other'></iq>", nil),
            ("<presence id='&apos; from=&apos;' from='plays.shakespeare.lit' to='b'/>", nil),
            ("<message from='a@other' to='b'/>", .foreignSender),
            ("<message from='a@xplays.shakespeare.lit' to='b'/>", .foreignSender),
            ("<message from='a@sub.plays.shakespeare.lit' to='b'/>", .foreignSender),
            ("<message from='plays.shakespeare.lit@other' to='b'/>", .foreignSender),
            ("<message from='other/a@plays.shakespeare.lit' to='b'/>", .foreignSender),
            ("<message from='' to='b'/>", .missingAddress), ("<message to='b'/>", .missingAddress),
            ("<message from='a@plays.shakespeare.lit'/>", .missingAddress),
            ("<message from='a@plays.shakespeare.lit' to=''/>", .missingAddress),
            ("<message from='a@plays.shakespeare.lit' id=' to='/>", .missingAddress),
            ("<message from='a@plays.shakespeare.lit'><x to='b'/></message>", .missingAddress),
            ("<handshake from='a' to='b'/>", .notStanza), ("", .notStanza), ("<messages from='a' to='b'/>", .notStanza),
        ] as [(String, ComponentStream.Rejection?)]
    )
    func outboundCheck(markup: String, rejection: ComponentStream.Rejection?) throws {
        var link = try Link.opened()
        let bytes = Array(markup.utf8)
        #expect(link.stream.send(bytes, token: 7) == [rejection.map { .reject(token: 7, $0) } ?? .send(bytes)])
        // The next one passes on the same connection.
        #expect(link.stream.send(stanza(1)) == [.send(stanza(1))])
    }

    @Test("A stanza of exactly the server's limit passes, one byte more does not")
    func outboundSize() throws {
        let size = stanza(1).count
        var fits = try Link.opened(limits: .init(stanzaBytes: size))
        #expect(fits.stream.send(stanza(1)) == [.send(stanza(1))])
        var short = try Link.opened(limits: .init(stanzaBytes: size - 1))
        #expect(short.stream.send(stanza(1)) == [.reject(token: nil, .tooLarge)])
    }

    @Test("One ping confirms a batch; what is sent behind it waits for the next")
    func barrier() throws {
        var link = try Link.opened()
        for id in 1...3 { #expect(link.stream.send(stanza(id), token: UInt64(id)) == [.send(stanza(id))]) }
        _ = link.stream.send(stanza(9))
        // The answer is awaited until second 31; the timer of the handshake stands earlier and looks first.
        #expect(link.stream.flush(now: second) == [ping(1)])
        #expect(link.stream.flush(now: second) == [])
        _ = link.stream.send(stanza(4), token: 4)
        #expect(link.stream.flush(now: 2 * second) == [])
        #expect(link.stream.unconfirmed == 4)
        #expect(try link.server(pong(1), now: 3 * second) == [.confirm([1, 2, 3]), ping(2)])
        #expect(try link.server(pong(2), now: 4 * second) == [.confirm([4])])
        #expect(link.stream.unconfirmed == 0)
        #expect(link.stream.flush(now: 5 * second) == [])
    }

    @Test("XEP-0199 §4: an error answers a ping as well; other answers and strangers do not")
    func whatAnswers() throws {
        var link = try Link.opened()
        _ = link.stream.send(stanza(1), token: 1)
        _ = link.stream.flush(now: 0)
        for markup in [
            pong(2), pong(1, from: "mallory@other.example"), pong(1, from: "other.example"),
            "<message from='shakespeare.lit' to='plays.shakespeare.lit' id='seed-1' type='result'/>",
            "<iq from='shakespeare.lit' to='plays.shakespeare.lit' id='seed-1' type='get'/>",
        ] {
            #expect(try link.server(markup, now: 1) == [.deliver(element(markup))])
        }
        let error = """
            <iq from='shakespeare.lit' to='plays.shakespeare.lit' id='seed-1' type='error'><error type='cancel'>\
            <service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
            """
        #expect(try link.server(error, now: 1) == [.confirm([1])])
        #expect(try link.server(pong(1), now: 1) == [.deliver(element(pong(1)))])
    }

    @Test("Without a target the component pings itself, and its own ping coming back is the answer")
    func selfPing() throws {
        var link = try Link.opened(target: nil)
        _ = link.stream.send(stanza(1), token: 1)
        let own = "plays.shakespeare.lit"
        #expect(link.stream.flush(now: 0) == [ping(1, to: own)])
        let foreign = "<iq from='a@b' to='\(own)' id='seed-1' type='get'><ping xmlns='urn:xmpp:ping'/></iq>"
        #expect(try link.server(foreign, now: 1) == [.deliver(element(foreign))])
        let echo = "<iq from='\(own)' to='\(own)' id='seed-1' type='get'><ping xmlns='urn:xmpp:ping'/></iq>"
        #expect(try link.server(echo, now: 1) == [.confirm([1])])
    }

    @Test("When the link breaks, what nobody confirmed comes back in order")
    func unconfirmedAtTheEnd() throws {
        var link = try Link.opened()
        _ = link.stream.send(stanza(1), token: 1)
        _ = link.stream.flush(now: 0)
        _ = link.stream.send(stanza(2), token: 2)
        #expect(link.stream.closed() == [.close(.init(.connectionLost, unconfirmed: [1, 2]))])
        #expect(link.stream.closed() == [])
        #expect(link.stream.send(stanza(3), token: 3) == [.reject(token: 3, .notOpen)])
    }

    @Test("The number of stanzas that wait for confirmation is bounded; others still pass")
    func boundedBarrier() throws {
        var link = try Link.opened(limits: .init(unconfirmed: 2))
        for id in 1...2 { _ = link.stream.send(stanza(id), token: UInt64(id)) }
        #expect(link.stream.send(stanza(3), token: 3) == [.reject(token: 3, .full)])
        #expect(link.stream.send(stanza(4)) == [.send(stanza(4))])
        _ = link.stream.flush(now: 0)
        _ = try link.server(pong(1), now: 1)
        #expect(link.stream.send(stanza(3), token: 3) == [.send(stanza(3))])
    }

    @Test("RFC 6120 §4.6.4: an idle link is pinged, and a dead one is given up within a minute")
    func deadLink() throws {
        var link = try Link.opened()
        #expect(link.stream.timerFired(now: 10 * second) == [.wake(at: 25 * second)])
        #expect(link.stream.timerFired(now: 25 * second) == [ping(1), .wake(at: 55 * second)])
        #expect(
            link.stream.timerFired(now: 55 * second) == [
                send(
                    """
                    <stream:error><connection-timeout xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>\
                    </stream:stream>
                    """
                ),
                .close(.init(.pingTimeout)),
            ]
        )
    }

    @Test("RFC 6120 §4.6.4: whatever comes proves life, white space included")
    func signsOfLife() throws {
        var link = try Link.opened()
        #expect(link.stream.timerFired(now: 10 * second) == [.wake(at: 25 * second)])
        _ = try link.server(" ", now: 20 * second)
        #expect(link.stream.timerFired(now: 25 * second) == [.wake(at: 45 * second)])
        #expect(link.stream.timerFired(now: 45 * second) == [ping(1), .wake(at: 75 * second)])
        _ = try link.server(" ", now: 70 * second)
        #expect(link.stream.timerFired(now: 75 * second) == [.wake(at: 100 * second)])
        #expect(try link.server(pong(1), now: 99 * second) == [])
        #expect(link.stream.timerFired(now: 100 * second) == [.wake(at: 124 * second)])
    }

    @Test("A ping that stays without its own answer ends a link that is otherwise alive")
    func barrierTimeout() throws {
        var link = try Link.opened()
        _ = link.stream.timerFired(now: 10 * second)
        _ = link.stream.send(stanza(1), token: 1)
        #expect(link.stream.flush(now: 10 * second) == [ping(1)])
        for time: UInt64 in [30, 55, 80, 105, 129] {
            _ = try link.server("<presence/>", now: time * second)
            guard case .wake = link.stream.timerFired(now: time * second).first else {
                Issue.record("ended at \(time)")
                return
            }
        }
        let actions = link.stream.timerFired(now: 130 * second)
        #expect(actions.last == .close(.init(.pingTimeout, unconfirmed: [1])))
    }

    @Test("RFC 6120 §4.9.2: a stream error ends the stream, an unknown condition as undefined-condition")
    func streamErrors() throws {
        var link = try Link.opened()
        let markup = """
            <stream:error><brand-new xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>\
            <text xmlns='urn:ietf:params:xml:ns:xmpp-streams' xml:lang='en'>why</text></stream:error>
            """
        let fault = StreamFault(.undefinedCondition, text: "why", textLanguage: "en")
        #expect(try link.server(markup, now: 0) == [endTag, .close(.init(.serverFault(fault)))])
    }

    @Test(
        "RFC 6120 §4.9.3: bytes that cannot be read are answered with their stream error",
        arguments: [
            (XMLStreamError.Code.notWellFormed, "<not-well-formed %/>"), (.restrictedXML, "<restricted-xml %/>"),
            (.unsupportedEncoding, "<unsupported-encoding %/>"), (.strayText, "<invalid-xml %/>"),
            (.secondHeader, "<invalid-xml %/>"), (.incomplete, "<not-well-formed %/>"),
            (.tooManyBytes, "<policy-violation %/><stanza-too-big xmlns='urn:xmpp:errors'/>"),
            (.startTagTooLong, "<policy-violation %/><stanza-too-big xmlns='urn:xmpp:errors'/>"),
            (.tooDeep, "<policy-violation %/>"), (.tooManyAttributes, "<policy-violation %/>"),
            (.tooManyChildren, "<policy-violation %/>"),
        ]
    )
    func unreadable(code: XMLStreamError.Code, content: String) throws {
        var link = try Link.opened()
        _ = link.stream.send(stanza(1), token: 1)
        let error = XMLStreamError(code, "", offset: 9)
        let expected = content.replacing("%", with: "xmlns='urn:ietf:params:xml:ns:xmpp-streams'")
        #expect(
            link.stream.failed(error) == [
                send("<stream:error>\(expected)</stream:error></stream:stream>"),
                .close(.init(.unreadable(error), unconfirmed: [1])),
            ]
        )
    }

    @Test("An element that is no stanza is ignored; one over a limit is handed on for an answer")
    func otherElements() throws {
        var link = try Link.opened()
        for markup in ["<log/>", "<handshake/>", "<message xmlns='jabber:client'/>", "<stream:features/>"] {
            #expect(try link.server(markup, now: 0) == [])
        }
        let start = try element("<message/>")
        let error = XMLStreamError(.tooManyBytes, "", offset: 1)
        let actions = link.stream.receive(.refused(start, error), now: 0) { $0 }
        #expect(actions == [.refuse(start, error)])
    }
}

@Suite("ComponentStream: closing")
struct ComponentClosingTests {
    @Test("RFC 6120 §4.4: behind our end tag stanzas still come in, until the server ends its side")
    func farewell() throws {
        var link = try Link.opened()
        _ = link.stream.send(stanza(1), token: 1)
        _ = link.stream.flush(now: 0)
        #expect(
            link.stream.close(StreamFault(.systemShutdown), now: 0) == [
                send(
                    """
                    <stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>\
                    </stream:stream>
                    """
                ),
                .wake(at: 5 * second),
            ]
        )
        #expect(link.stream.send(stanza(2), token: 2) == [.reject(token: 2, .notOpen)])
        #expect(link.stream.flush(now: 0) == [])
        #expect(link.stream.close(now: 0) == [])
        #expect(try link.server(pong(1) + "<presence/>", now: 1) == [.confirm([1]), .deliver(element("<presence/>"))])
        #expect(try link.server("</stream:stream>", now: 1) == [.close(.init(.finished))])
    }

    @Test("RFC 6120 §4.4: a server that does not end its side is left after five seconds")
    func closingTimeout() throws {
        var link = try Link.opened()
        _ = link.stream.send(stanza(1), token: 1)
        #expect(link.stream.close(now: 7 * second).first == endTag)
        #expect(link.stream.timerFired(now: 10 * second) == [.wake(at: 12 * second)])
        #expect(link.stream.timerFired(now: 12 * second) == [.close(.init(.finished, unconfirmed: [1]))])
    }
}

@Suite("ComponentStream: every state and input")
struct ComponentTableTests {
    enum Place: String, CaseIterable {
        case idle, opening, unproved, proving, open, closing, closed
    }

    private func link(at place: Place) throws -> Link {
        var link = Link()
        switch place {
        case .idle: return link
        case .opening: _ = link.stream.connected(now: 0)
        case .unproved:
            _ = link.stream.connected(now: 0)
            _ = try link.server(serverHeader.replacing(" id='3BF96D32'", with: ""), now: 0)
        case .proving:
            _ = link.stream.connected(now: 0)
            _ = try link.server(serverHeader, now: 0)
        case .open: return try Link.opened()
        case .closing:
            link = try Link.opened()
            _ = link.stream.close(now: 0)
        case .closed: _ = link.stream.closed()
        }
        return link
    }

    /// The actions by name.
    private func names(_ actions: [ComponentStream.Action]) -> String {
        actions.map { action in
            switch action {
            case .send: "send"
            case .open: "open"
            case .deliver: "deliver"
            case .refuse: "refuse"
            case .confirm: "confirm"
            case .reject: "reject"
            case .wake: "wake"
            case .close(let end): "close:\("\(end.reason)".prefix { $0 != "(" })"
            }
        }.joined(separator: " ")
    }

    @Test("Each input in each state does what the table says", arguments: Place.allCases)
    func table(place: Place) throws {
        let opened = try events(serverHeader)[0]
        let message = try XML.StreamEvent.element(element("<message from='a' to='b'/>"))
        let handshake = try XML.StreamEvent.element(element("<handshake/>"))
        let fault = try XML.StreamEvent.element(element("<stream:error/>"))
        let excess = XML.StreamEvent.refused(nil, XMLStreamError(.tooDeep, "", offset: 0))
        func received(_ event: XML.StreamEvent) throws -> String {
            var link = try link(at: place)
            let actions = link.stream.receive(event, now: second) { $0 }
            return names(actions)
        }
        let inputs = [
            try received(opened), try received(message), try received(handshake), try received(fault),
            try received(excess), try received(.closed),
        ]
        var others: [String] = []
        func other(_ input: (inout Link) -> [ComponentStream.Action]) throws {
            var link = try link(at: place)
            others.append(names(input(&link)))
        }
        try other { $0.stream.connected(now: second) }
        try other { $0.stream.closed() }
        try other { $0.stream.close(now: second) }
        try other { $0.stream.failed(XMLStreamError(.notWellFormed, "", offset: 0)) }
        try other { $0.stream.timerFired(now: second) }
        try other { $0.stream.timerFired(now: 100 * second) }
        try other { $0.stream.send(stanza(1)) }
        try other { $0.stream.flush(now: second) }

        let none = ["", "", "", "", "", ""]
        let stranger = "send close:protocolFault"
        // Header, message, handshake, stream error, excess, end of stream.
        let expectedEvents: [Place: [String]] = [
            .idle: none,
            .opening: ["send", stranger, stranger, stranger, stranger, stranger],
            .unproved: [stranger, stranger, stranger, "send close:serverFault", stranger, "send close:serverClosed"],
            .proving: [stranger, stranger, "open", "send close:serverFault", stranger, "send close:serverClosed"],
            .open: ["", "deliver", "", "send close:serverFault", "refuse", "send close:serverClosed"],
            .closing: ["", "deliver", "", "close:finished", "refuse", "close:finished"],
            .closed: none,
        ]
        #expect(inputs == expectedEvents[place])
        let late = "send close:handshakeTimeout"
        // Connected, connection gone, close, unreadable, timer too early, timer late, send, flush.
        let expectedOthers: [Place: [String]] = [
            .idle: ["send wake", "close:connectionLost", "close:finished", "", "", "", "reject", ""],
            .opening: ["", "close:connectionLost", "send wake", "send close:unreadable", "wake", late, "reject", ""],
            .unproved: ["", "close:connectionLost", "send wake", "send close:unreadable", "wake", late, "reject", ""],
            .proving: ["", "close:connectionLost", "send wake", "send close:unreadable", "wake", late, "reject", ""],
            .open: [
                "", "close:connectionLost", "send wake", "send close:unreadable", "wake", "send wake", "send", "",
            ],
            .closing: ["", "close:finished", "", "close:finished", "wake", "close:finished", "reject", ""],
            .closed: ["", "", "", "", "", "", "reject", ""],
        ]
        #expect(others == expectedOthers[place])
    }
}
