import SIPMessages
import SIPTransactions
import Testing

@Suite("TransactionTable")
struct TransactionTableTests {
    private func accept(
        _ table: inout TransactionTable,
        _ actions: [TransactionAction],
        _ status: Int,
        now: UInt64
    )
        -> [TransactionAction]
    {
        guard let inbound = actions.delivered.first else { return [] }
        return table.respond(inbound.key, with: inbound.answer(status), status: status, now: now)
    }

    // MARK: Server

    @Test("SIP-TXN-005: four equal requests are delivered once and answered four times alike")
    func retransmissions() throws {
        var table = TransactionTable()
        let request = try makeRequest()
        let first = table.receive(request, from: udp, now: 0)
        #expect(first.delivered.count == 1)
        #expect(table.receive(request, from: udp, now: 100) == [])
        let answer = accept(&table, first, 202, now: 200)
        #expect(answer.statuses == ["202"])
        var elsewhere = udp
        elsewhere.remotePort = 9
        for flow in [udp, udp, elsewhere] {
            let again = table.receive(request, from: flow, now: 300)
            #expect(again == answer)
        }
        #expect(table.serverCount == 1)
        #expect(table.advance(to: 33 * second) == [.terminated(first.delivered[0].key)])
        #expect(table.serverCount == 0)
        #expect(table.nextDeadline == nil)
        #expect(table.receive(request, from: udp, now: 33 * second).delivered.count == 1)
    }

    @Test(
        "SIP-TXN-005 RFC 3261 §17.2.2: a copy gets the answer of the first, byte for byte, kept or made again",
        arguments: ["MESSAGE", "OPTIONS", "SUBSCRIBE"],
        [
            "SIP/2.0/UDP 192.0.2.7:6000;branch=z9hG4bKa;rport", "SIP/2.0/UDP 192.0.2.7:6000;branch=z9hG4bKa",
            "SIP/2.0/UDP h;branch=z9hG4bKa, SIP/2.0/UDP i;branch=z9hG4bKb",
        ]
    )
    func answersMadeAgain(method: String, via: String) throws {
        let lines = "Record-Route: <sip:p.example.com;lr>\nTimestamp: 54\nExpires: 60"
        let request = try makeRequest(method, via: via, lines: lines)
        for status in [200, 202, 404, 503] {
            var tables = (kept: TransactionTable(), again: TransactionTable())
            let first = try #require(tables.kept.receive(request, from: udp, now: 0).delivered.first)
            let second = try #require(tables.again.receive(request, from: udp, now: 0).delivered.first)
            let answer = tables.kept.respond(first.key, with: first.answer(status), status: status, now: 1)
            #expect(tables.again.respond(to: second, status, now: 1) == answer)
            // Also after another socket of the sender, or another listener of ours, had it.
            var elsewhere = udp
            elsewhere.remotePort = 9
            elsewhere.local = 7
            for flow in [udp, elsewhere, udp] {
                #expect(tables.kept.receive(request, from: flow, now: 2) == answer)
                #expect(tables.again.receive(request, from: flow, now: 2) == answer)
            }
            #expect(tables.again.advance(to: 33_000 * millisecond) == [.terminated(second.key)])
            #expect(tables.again.serverCount == 0)
        }
    }

    @Test("RFC 3261 §17.2.3: a copy from another host makes no answer of its length go to the first")
    func answersToOthers() throws {
        let long = String(repeating: "n", count: 1_000)
        var table = TransactionTable()
        let first = try #require(table.receive(try makeRequest(), from: udp, now: 0).delivered.first)
        let answer = table.respond(to: first, 202, now: 1)
        let copy = try makeRequest(fromTag: long)
        for transport in [SIPFlow.Transport.udp, .tcp] {
            for address in ["192.0.2.7", "192.0.2.8", "192.0.2.70"] {
                let flow = SIPFlow(
                    transport: transport,
                    local: udp.local,
                    remoteAddress: address,
                    remotePort: udp.remotePort,
                    connection: nil
                )
                let isFirst = transport == .udp && address == udp.remoteAddress
                #expect(table.receive(copy, from: flow, now: 2).sent.count == (isFirst ? 1 : 0))
                #expect(table.receive(try makeRequest(), from: flow, now: 2) == (isFirst ? answer : []))
            }
        }
    }

    @Test("SIP-TXN-010: an answer of a status alone is refused where one of bytes is")
    func plainAnswersRefused() throws {
        var table = TransactionTable()
        let request = try makeRequest()
        let first = try #require(table.receive(request, from: udp, now: 0).delivered.first)
        #expect(table.respond(to: first, 408, now: 1) == [.discarded(.forbiddenAnswer)])
        #expect(table.respond(to: first, 100, now: 1) == [.discarded(.forbiddenAnswer)])
        #expect(table.receive(request, from: udp, now: 2) == [])
        #expect(table.respond(to: first, 202, now: 3).statuses == ["202"])
        #expect(table.respond(to: first, 202, now: 4) == [.discarded(.lateAnswer)])
        var reliable = TransactionTable()
        let stream = try #require(reliable.receive(request, from: tcp, now: 0).delivered.first)
        let ended = reliable.respond(to: stream, 202, now: 1)
        #expect(ended.statuses == ["202"])
        #expect(reliable.serverCount == 0)
    }

    @Test("SIP-TRN-006 SIP-TRN-007 RFC 3581 §4: where answers go")
    func destinations() throws {
        func destination(_ via: String, _ flow: SIPFlow) throws -> SIPFlow? {
            var table = TransactionTable()
            let actions = table.receive(try makeRequest(via: via), from: flow, now: 0)
            return accept(&table, actions, 200, now: 1).sent.first?.1
        }
        #expect(try destination("SIP/2.0/UDP 192.0.2.7:6000;branch=z9hG4bKa;rport", udp)?.remotePort == 40_000)
        #expect(try destination("SIP/2.0/UDP 192.0.2.7:6000;branch=z9hG4bKa", udp)?.remotePort == 6_000)
        #expect(try destination("SIP/2.0/UDP h;branch=z9hG4bKa", udp)?.remotePort == 5_060)
        let forged = try destination("SIP/2.0/UDP h;received=192.0.2.99;maddr=224.0.1.75;branch=z9hG4bKa", udp)
        #expect(forged?.remoteAddress == "192.0.2.7")
        #expect(forged?.local == udp.local)
        let stream = try destination("SIP/2.0/TCP h:6001;branch=z9hG4bKa;rport", tcp)
        #expect(stream?.connection == 5)
        #expect(stream?.remotePort == 6_001)
        for address in ["224.0.1.75", "255.255.255.255", "0.0.0.0", "ff02::1", "name"] {
            var multicast = udp
            multicast.remoteAddress = address
            #expect(try destination("SIP/2.0/UDP h;branch=z9hG4bKa", multicast) == nil)
        }
        var six = udp
        six.remoteAddress = "2001:db8::1"
        #expect(try destination("SIP/2.0/UDP h;branch=z9hG4bKa", six) != nil)
    }

    @Test("SIP-TXN-008 RFC 3261 §17.2.3: branch, sent-by and method make a transaction")
    func matching() throws {
        var table = TransactionTable()
        let variants = [
            try makeRequest(via: "SIP/2.0/UDP a;branch=z9hG4bK1"),
            try makeRequest(via: "SIP/2.0/UDP b;branch=z9hG4bK1", callID: "2"),
            try makeRequest(via: "SIP/2.0/UDP a:5060;branch=z9hG4bK1", callID: "3"),
            try makeRequest("OPTIONS", via: "SIP/2.0/UDP a;branch=z9hG4bK1"),
            try makeRequest(via: "SIP/2.0/UDP a;branch=z9hG4bK2", callID: "4"),
        ]
        for request in variants { #expect(table.receive(request, from: udp, now: 0).delivered.count == 1) }
        #expect(table.serverCount == 5)
        // The host of sent-by compares without case; what else the message says does not matter.
        let copy = try makeRequest(via: "SIP/2.0/UDP A;branch=z9hG4bK1", callID: "other")
        #expect(table.receive(copy, from: udp, now: 0) == [])
    }

    @Test("SIP-TXN-008 RFC 4475 §3.2.1: without a branch, or with the cookie alone, the whole request is compared")
    func oldMatching() throws {
        for via in ["SIP/2.0/UDP a", "SIP/2.0/UDP a;branch=z9hG4bK", "SIP/2.0/UDP a;branch=old"] {
            var table = TransactionTable()
            let first = try makeRequest(via: via)
            #expect(table.receive(first, from: udp, now: 0).delivered.count == 1)
            #expect(table.receive(first, from: udp, now: 1) == [])
            for other in [
                try makeRequest(via: via, callID: "other"), try makeRequest(via: via, sequence: 2),
                try makeRequest(via: via, fromTag: "g"),
                try makeRequest(uri: "sip:c@example.com", via: via, fromTag: "h"),
                try makeRequest(via: via, toTag: "t"), try makeRequest(via: via + ";x", fromTag: "i"),
            ] {
                #expect(table.receive(other, from: udp, now: 2).delivered.count == 1)
            }
            #expect(table.serverCount == 7)
        }
    }

    @Test("SIP-UAS-007 RFC 3261 §8.2.2.2: a copy over another way is a merged request while the first lives")
    func mergedRequests() throws {
        var table = TransactionTable()
        let first = table.receive(try makeRequest(), from: udp, now: 0)
        #expect(first.delivered[0].isMerged == false)
        let copy = try makeRequest(via: "SIP/2.0/UDP p;branch=z9hG4bK2")
        let second = table.receive(copy, from: udp, now: 1)
        #expect(second.delivered[0].isMerged)
        _ = accept(&table, second, 482, now: 2)
        _ = accept(&table, first, 202, now: 2)
        // In a dialog, or with another CSeq, it is another request.
        for other in [
            try makeRequest(via: "SIP/2.0/UDP p;branch=z9hG4bK3", toTag: "t"),
            try makeRequest(via: "SIP/2.0/UDP p;branch=z9hG4bK4", sequence: 2),
            try makeRequest("OPTIONS", via: "SIP/2.0/UDP p;branch=z9hG4bK5"),
            try makeRequest(via: "SIP/2.0/UDP p;branch=z9hG4bK6", fromTag: nil),
        ] {
            #expect(table.receive(other, from: udp, now: 3).delivered.first?.isMerged == false)
        }
        _ = table.advance(to: 40 * 1_000 * millisecond)
        let late = try makeRequest(via: "SIP/2.0/UDP p;branch=z9hG4bK7")
        #expect(table.receive(late, from: udp, now: 40_000 * millisecond).delivered[0].isMerged == false)
    }

    @Test("SIP-TXN-009 RFC 4320 §4.1: the table sends the 100 at 3.5 s, without a To tag")
    func trying() throws {
        var table = TransactionTable()
        let request = try makeRequest()
        let first = table.receive(request, from: udp, now: 0)
        #expect(table.nextDeadline == 3_500 * millisecond)
        #expect(table.advance(to: 3_499 * millisecond) == [])
        let trying = table.advance(to: 3_500 * millisecond)
        #expect(trying.statuses == ["100"])
        #expect(text(trying.sentBytes[0]).contains("\r\nTo: <sip:b@example.com>\r\n"))
        #expect(text(trying.sentBytes[0]).contains("rport=40000"))
        #expect(table.receive(request, from: udp, now: 4 * second) == trying)
        #expect(accept(&table, first, 202, now: 5 * second).statuses == ["202"])
    }

    @Test("SIP-TXN-010 RFC 4320 §4.2: a late answer, a 408 and a second answer are not sent")
    func forbiddenAnswers() throws {
        var table = TransactionTable()
        let request = try makeRequest()
        let first = table.receive(request, from: udp, now: 0)
        let key = first.delivered[0].key
        #expect(accept(&table, first, 408, now: 1) == [.discarded(.forbiddenAnswer)])
        #expect(accept(&table, first, 180, now: 1) == [.discarded(.forbiddenAnswer)])
        #expect(accept(&table, first, 200, now: 32 * second) == [.discarded(.lateAnswer)])
        #expect(table.advance(to: 32 * second).last == .terminated(key))
        #expect(accept(&table, first, 200, now: 33 * second) == [.discarded(.lateAnswer)])
        #expect(table.receive(request, from: udp, now: 33 * second) == [])
        #expect(table.advance(to: 37 * second) == [])
        #expect(table.serverCount == 0)
        var other = TransactionTable()
        let again = other.receive(request, from: udp, now: 0)
        #expect(accept(&other, again, 200, now: 1).statuses == ["200"])
        #expect(accept(&other, again, 500, now: 2) == [.discarded(.lateAnswer)])
    }

    @Test("RFC 3261 §17.2.2: over a connection the transaction ends with its answer")
    func reliableServer() throws {
        var table = TransactionTable()
        let first = table.receive(try makeRequest(via: "SIP/2.0/TCP h;branch=z9hG4bK1"), from: tcp, now: 0)
        let actions = accept(&table, first, 202, now: 1)
        #expect(actions.count == 2)
        #expect(actions.last == .terminated(first.delivered[0].key))
        #expect(table.serverCount == 0)
        #expect(table.nextDeadline == nil)
    }

    @Test("SIP-UAS-016 RFC 3261 §9.2: CANCEL gets 200 or 481 and changes nothing")
    func cancel() throws {
        var table = TransactionTable()
        let stray = table.receive(try makeRequest("CANCEL"), from: udp, now: 0)
        #expect(stray.statuses == ["481"])
        table = TransactionTable()
        let message = table.receive(try makeRequest(), from: udp, now: 0)
        let cancel = table.receive(try makeRequest("CANCEL"), from: udp, now: 1)
        #expect(cancel.statuses == ["200"])
        #expect(cancel.delivered.isEmpty)
        #expect(table.receive(try makeRequest("CANCEL"), from: udp, now: 2) == cancel)
        let answer = accept(&table, message, 202, now: 3)
        #expect(answer.statuses == ["202"])
        func tag(_ actions: [TransactionAction]) throws -> String? {
            try SIPReader.read(datagram: actions.sentBytes[0]).headers.to().tag
        }
        #expect(try tag(cancel) != nil)
        #expect(try tag(cancel) == tag(answer))
    }

    @Test("RFC 3261 §8.2.7: INVITE is answered as by a stateless server, ACK by nothing")
    func statelessInvite() throws {
        var table = TransactionTable()
        let invite = try makeRequest("INVITE")
        let first = table.receive(invite, from: udp, now: 0)
        #expect(table.serverCount == 0)
        let answer = accept(&table, first, 488, now: 1)
        #expect(answer.statuses == ["488"])
        #expect(accept(&table, first, 100, now: 1) == [.discarded(.forbiddenAnswer)])
        #expect(accept(&table, table.receive(invite, from: udp, now: 2), 488, now: 3) == answer)
        #expect(table.receive(try makeRequest("ACK", toTag: "x"), from: udp, now: 4) == [.discarded(.acknowledgement)])
        #expect(table.nextDeadline == nil)
    }

    @Test("SIP-TXN-012: beyond the bound requests get 503 with Retry-After, and it recovers")
    func overload() throws {
        var settings = TransactionTable.Settings()
        settings.transactions = 3
        var table = TransactionTable(settings)
        for number in 0..<3 {
            let request = try makeRequest(via: "SIP/2.0/UDP h;branch=z9hG4bK\(number)", sequence: number)
            #expect(table.receive(request, from: udp, now: 0).delivered.count == 1)
        }
        let over = table.receive(try makeRequest(via: "SIP/2.0/UDP h;branch=z9hG4bK9", sequence: 9), from: udp, now: 1)
        #expect(over.statuses == ["503"])
        #expect(over.last == .discarded(.overload))
        #expect(text(over.sentBytes[0]).contains("\r\nRetry-After: 5\r\n"))
        _ = table.advance(to: 37 * second)
        #expect(table.serverCount == 0)
        let after = try makeRequest(via: "SIP/2.0/UDP h;branch=z9hG4bK9", sequence: 9)
        #expect(table.receive(after, from: udp, now: 37 * second).delivered.count == 1)
    }

    @Test("RFC 3261 §8.2.7: what cannot be read is answered without state, with the same tag each time")
    func malformed() throws {
        var table = TransactionTable()
        let bad = try makeRequest(lines: "To: <sip:second@h>")
        let answer = table.receive(bad, from: udp, now: 0)
        #expect(answer.statuses == ["400"])
        #expect(table.receive(bad, from: udp, now: 1) == answer)
        #expect(table.serverCount == 0)
        let noVia = try read("MESSAGE sip:h SIP/2.0\nCall-ID: x\n\n")
        #expect(table.receive(noVia, from: udp, now: 0) == [.discarded(.unanswerable)])
        #expect(
            table.receive(try makeRequest("ACK", lines: "CSeq: 7 ACK"), from: udp, now: 0) == [
                .discarded(.unanswerable)
            ]
        )
    }

    // MARK: Client

    private func start(
        _ table: inout TransactionTable,
        _ flow: SIPFlow = udp,
        now: UInt64 = 0
    ) throws
        -> ClientTransactionKey
    {
        let started = try table.start([1, 2, 3], branch: "z9hG4bKc", method: .message, to: flow, now: now)
        #expect(started.actions == [.send([1, 2, 3], flow)])
        #expect(started.key == ClientTransactionKey(branch: "z9hG4bKc", method: .message))
        return started.key
    }

    @Test("SIP-TXN-001 SIP-UAC-004: eleven copies in all, then the timeout")
    func silentPeer() throws {
        var table = TransactionTable()
        let key = try start(&table)
        var sent = 1
        var ended: [TransactionAction] = []
        while let deadline = table.nextDeadline {
            for action in table.advance(to: deadline) {
                if case .send = action { sent += 1 } else { ended.append(action) }
                if case .finished = action { #expect(deadline == 32 * second) }
            }
        }
        #expect(sent == 11)
        #expect(ended == [.finished(key, .timeout)])
        #expect(table.clientCount == 0)
    }

    @Test("RFC 3261 §17.1.2.2: provisional, final, and copies of the final")
    func responses() throws {
        var table = TransactionTable()
        let key = try start(&table)
        guard case .response(let trying) = try makeResponse(100), case .response(let final) = try makeResponse(202)
        else {
            return
        }
        #expect(table.receive(.response(trying), from: udp, now: 1) == [.provisional(key, trying)])
        #expect(table.receive(.response(final), from: udp, now: 2) == [.finished(key, .response(final))])
        #expect(table.receive(.response(final), from: udp, now: 3) == [])
        #expect(table.clientCount == 1)
        #expect(table.advance(to: 5 * second + 2) == [])
        #expect(table.clientCount == 0)
        #expect(table.receive(.response(final), from: udp, now: 6 * second) == [.discarded(.strayResponse)])
    }

    @Test("SIP-TXN-004 SIP-TRN-011 RFC 3261 §17.1.3, §18.1.2: responses of others are dropped")
    func strayResponses() throws {
        var settings = TransactionTable.Settings()
        settings.sentBy = ["gw", "gw2:5070"]
        var table = TransactionTable(settings)
        _ = try start(&table)
        func receive(_ message: SIPMessage) -> [TransactionAction] { table.receive(message, from: udp, now: 1) }
        #expect(receive(try makeResponse(200, method: "OPTIONS")) == [.discarded(.strayResponse)])
        #expect(receive(try makeResponse(200, via: "SIP/2.0/UDP gw;branch=z9hG4bKd")) == [.discarded(.strayResponse)])
        #expect(receive(try makeResponse(200, via: "SIP/2.0/UDP gw")) == [.discarded(.strayResponse)])
        #expect(receive(try makeResponse(200, via: "SIP/2.0/UDP x;branch=z9hG4bKc")) == [.discarded(.foreignResponse)])
        #expect(
            receive(try makeResponse(200, via: "SIP/2.0/UDP gw;branch=z9hG4bKc, SIP/2.0/UDP y"))
                == [.discarded(.foreignResponse)]
        )
        for other in ["gw2", "gw2:507", "gw2:50700", "gw22:5070", "g", "gw3", "g:5070"] {
            let response = try makeResponse(200, via: "SIP/2.0/UDP \(other);branch=z9hG4bKc")
            #expect(receive(response) == [.discarded(.foreignResponse)], "\(other)")
        }
        #expect(receive(try makeResponse(200, via: "SIP/2.0/UDP gw;;")) == [.discarded(.malformedResponse)])
        #expect(receive(try makeResponse(100, via: "SIP/2.0/UDP gw2:5070;branch=z9hG4bKc")).count == 1)
        #expect(receive(try makeResponse(200, via: "SIP/2.0/UDP gw:5070;branch=z9hG4bKc")).count == 1)
    }

    @Test("RFC 3261 §17.1.3: any byte of a branch, and the method, tell transactions apart")
    func keysDiffer() {
        var keys: Set<ClientTransactionKey> = []
        var expected = 0
        for method in [SIPMethod.message, .notify] {
            for count in 0...26 {
                let branch = String(repeating: "a", count: count)
                keys.insert(ClientTransactionKey(branch: branch, method: method))
                for place in 0..<count {
                    var other = Array(branch.utf8)
                    other[place] = UInt8(ascii: "b")
                    keys.insert(ClientTransactionKey(branch: String(decoding: other, as: UTF8.self), method: method))
                }
                expected += 1 + count
            }
        }
        #expect(keys.count == expected)
        let key = ClientTransactionKey(branch: "aab", method: .notify)
        #expect(keys.insert(key).inserted == false)
    }

    @Test("RFC 3261 §17.1.4, §18.4: a broken connection ends what waits on it")
    func transportFailure() throws {
        var table = TransactionTable()
        let key = try start(&table, tcp)
        var other = tcp
        other.connection = 6
        #expect(table.transportFailed(other, wasSent: true, now: 1) == [])
        #expect(table.transportFailed(udp, wasSent: true, now: 1) == [])
        #expect(table.transportFailed(tcp, wasSent: true, now: 1) == [.finished(key, .transportError(wasSent: true))])
        #expect(table.nextDeadline == nil)
        // A flow without a connection is carried by the one that is made for it.
        var open = tcp
        open.connection = nil
        let second = try start(&table, open)
        #expect(
            table.transportFailed(tcp, wasSent: true, now: 2) == [.finished(second, .transportError(wasSent: true))]
        )
        // What is answered already does not fail.
        _ = try start(&table, udp)
        _ = table.receive(try makeResponse(200), from: udp, now: 3)
        #expect(table.transportFailed(udp, wasSent: true, now: 4) == [])
    }

    @Test("SIP-TXN-012: a request is refused by type when there are too many, or when it is there")
    func refusals() throws {
        var settings = TransactionTable.Settings()
        settings.transactions = 2
        var table = TransactionTable(settings)
        _ = try start(&table)
        #expect(throws: TransactionRefusal.duplicateBranch) {
            try table.start([], branch: "z9hG4bKc", method: .message, to: udp, now: 0)
        }
        _ = try table.start([], branch: "z9hG4bKc", method: .options, to: udp, now: 0)
        #expect(throws: TransactionRefusal.tooManyTransactions) {
            try table.start([], branch: "z9hG4bKd", method: .message, to: udp, now: 0)
        }
    }

    @Test("many transactions end in order of their deadlines, and nothing is left")
    func manyTransactions() throws {
        var table = TransactionTable()
        for number in 0..<500 {
            _ = try table.start([], branch: "z9hG4bK\(number)", method: .message, to: tcp, now: UInt64(number) * second)
            if number % 3 == 0 {
                let via = "SIP/2.0/TCP gw;branch=z9hG4bK\(number)"
                _ = table.receive(try makeResponse(200, via: via), from: tcp, now: UInt64(number) * second)
            }
            _ = table.advance(to: UInt64(number) * second)
        }
        var last: UInt64 = 0
        while let deadline = table.nextDeadline {
            #expect(deadline >= last)
            last = deadline
            _ = table.advance(to: deadline)
        }
        #expect(table.clientCount == 0)
        #expect(last == (499 + 32 - (499 % 3 == 0 ? 1 : 0)) * second)
    }
}
