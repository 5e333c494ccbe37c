import SIPMessages

extension FuzzTarget {
    /// A datagram is read or refused with an answer that can be read, and every header field is looked at.
    static let sipDatagram = FuzzTarget("sip-datagram") { input throws(Violation) in
        let message: SIPMessage
        do throws(SIPError) { message = try SIPReader.read(datagram: input) } catch {
            return try answers(error, input)
        }
        try demand(message.body.count <= input.count, "the body lies in the datagram")
        touch(message.headers)
        switch message {
        case .request(let request): try check(request, input)
        case .response(let response):
            _ = (response.reason, response.isProvisional, try? response.validate())
        }
    }

    /// A stream gives the same messages however it is cut, each of them a datagram too.
    static let sipStream = FuzzTarget("sip-stream") { input throws(Violation) in
        var cuts = Cuts(of: input)
        let limits = cuts.below(3) > 0 ? SIPLimits() : SIPLimits(startLineBytes: 40, headerBytes: 60, headersBytes: 300)
        let whole = StreamReading(of: [input[...]], limits)
        let cut = StreamReading(of: cuts.pieces(of: input), limits)
        try demand(whole.messages == cut.messages, "cuts change no message: \(whole.messages) or \(cut.messages)")
        // A fault in a head that has not ended is looked for at intervals only.
        try demand(
            (whole.failure == nil) == (cut.failure == nil) || whole.isWaiting || cut.isWaiting,
            "cuts change no failure: \(String(describing: whole.failure)) or \(String(describing: cut.failure))"
        )
        for event in whole.messages {
            guard case .message(let message) = event else { continue }
            let again = try succeed("a framed message is a message") { () throws(SIPError) in
                try SIPReader.read(datagram: Array(message.bytes), limits: limits)
            }
            try demand(again == message, "a framed message is the same datagram")
        }
    }

    private static func check(_ request: SIPRequest, _ input: [UInt8]) throws(Violation) {
        _ = try? request.uri()
        let essentials: SIPEssentials
        do throws(SIPError) { essentials = try request.validate() } catch { return try answers(error, input) }
        let source = SIPSource(address: "192.0.2.1", port: 5062)
        let answer = try response(
            SIPResponse.answering(request.headers, status: 200, toTag: "t1", source: source),
            "the answer to a valid request"
        )
        let checked = try succeed("the answer to a valid request is valid") { () throws(SIPError) in
            try answer.validate()
        }
        try demand(checked.callID == essentials.callID, "an answer has the Call-ID of its request")
        try demand(checked.sequence == essentials.sequence, "an answer has the CSeq of its request")
        try demand(checked.viaCount == essentials.viaCount, "an answer has the Vias of its request")
        try demand(checked.topVia.branchBytes == essentials.topVia.branchBytes, "an answer has the branch")
        let bytes = try succeed("a valid request can be rewritten") { () throws(SIPError) in
            try request.rewritten(branch: "z9hG4bKnew", transport: "TLS", sentBy: "[::1]:9", sequence: 7)
        }
        let again = try succeed("a rewritten request can be read: \(shown(bytes))") { () throws(SIPError) in
            try SIPReader.read(datagram: bytes)
        }
        guard case .request(let rewritten) = again else { throw Violation("a rewritten request is a request") }
        let other = try succeed("a rewritten request is valid: \(shown(bytes))") { () throws(SIPError) in
            try rewritten.validate()
        }
        try demand(other.topVia.branch == "z9hG4bKnew", "the branch was rewritten: \(shown(bytes))")
        try demand(other.topVia.host == "[::1]" && other.topVia.port == 9, "sent-by was rewritten: \(shown(bytes))")
        try demand(other.sequence == 7, "the sequence number was rewritten: \(shown(bytes))")
        try demand(rewritten.body == request.body, "the body stays")
    }

    /// A refused message may be answered with what was saved of it.
    private static func answers(_ error: SIPError, _ input: [UInt8]) throws(Violation) {
        try demand((0...input.count).contains(error.offset), "the error lies in the message: \(error)")
        guard let status = error.status, let headers = error.headers else { return }
        let source = SIPSource(address: "192.0.2.1", port: 5062)
        let bytes = SIPResponse.answering(headers, status: status, toTag: "t1", source: source)
        let answer = try response(bytes, "the answer to a refused request")
        try demand(answer.status == status, "an answer has its status")
        touch(headers)
    }

    static func response(_ bytes: [UInt8], _ name: String) throws(Violation) -> SIPResponse {
        let message = try succeed("\(name) can be read: \(shown(bytes))") { () throws(SIPError) in
            try SIPReader.read(datagram: bytes)
        }
        guard case .response(let response) = message else { throw Violation("\(name) is a response: \(shown(bytes))") }
        try demand(response.bytes.count == bytes.count, "\(name) is one message: \(shown(bytes))")
        return response
    }

    /// Reads each header field by every grammar.
    private static func touch(_ headers: SIPHeaders) {
        _ = (headers.maxForwards, headers.expires, headers.minExpires, headers.retryAfter, headers.date)
        _ = (try? headers.contentLength(), try? headers.contentType(), try? headers.contentDisposition())
        _ = (headers.allow, headers.privacy, try? headers.event(), try? headers.warnings(), headers.isBodyOptional)
        _ = (try? headers.cseq(), try? headers.callID(), headers.subject, headers.userAgent, headers.priority)
        _ = (try? headers.subscriptionState(), headers.allowEvents, try? headers.entityTag(), try? headers.ifMatch())
        _ = (try? headers.duration(), try? headers.remoteTarget())
        _ = try? headers.accepts("application/pidf+xml", isDefault: true)
        for via in (try? headers.vias()) ?? [] {
            _ = (via.transport, via.host, via.received, via.responsePort, via.maddr, via.ttl, via.rawValue)
            _ = (via.hasTransactionBranch, via.isSent(from: "2001:db8::1"))
        }
        for name in SIPHeaderName.allCases where name != .other && headers.has(name) {
            _ = (headers.list(name), headers.text(name), headers.authentication(name))
            for token in (try? headers.tokens(name)) ?? [] { _ = (token.name, token.weight) }
            for address in (try? headers.addresses(name)) ?? [] {
                _ = (address.displayName, address.tag, address.weight, address.expires, try? address.uri())
                _ = (address.sipURI, address.parameters.map { ($0.name, $0.value) })
            }
        }
        for field in headers { _ = (field.nameText, field.text) }
    }
}

/// What a stream reader made of pieces.
private struct StreamReading {
    var messages: [SIPStreamReader.Event] = []
    var failure: SIPError?
    /// Whether it waits for the rest of a message.
    var isWaiting = false

    init(of pieces: [ArraySlice<UInt8>], _ limits: SIPLimits) {
        var reader = SIPStreamReader(limits: limits)
        for piece in pieces {
            reader.feed(piece)
            do throws(SIPError) {
                while let event = try reader.next() {
                    // How many line ends make one keep-alive depends on when they come.
                    if event != .keepAlive { messages.append(event) }
                }
            } catch {
                failure = error
                return
            }
        }
        isWaiting = reader.isInsideMessage
    }
}
