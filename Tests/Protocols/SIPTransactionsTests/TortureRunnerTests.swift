import Foundation
import SIPMessages
import SIPTransactions
import Testing

/// Hands every torture message to reader, table and server core, each with a fresh table.
@Suite("Torture reactions")
struct TortureRunnerTests {
    /// Expected reactions that need subscriptions, publication or dialogs, which this server does not have.
    ///
    /// None at present: dialog methods with a To tag get 481 and INVITE its final answer.
    static let waiting: Set<String> = []

    @Test("RFC 4475, RFC 5118: each message gets an answer that the table of reactions allows")
    func reactions() {
        let lines = text(Self.bytes("expected.tsv")).split(separator: "\n").dropFirst()
        #expect(lines.count == 74)
        for line in lines {
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            let name = columns[0]
            let allowed = columns[2].split(separator: "|").map(String.init)
            let flow = columns[4] == "UDP" ? udp : tcp
            let answers = Self.react(to: Self.bytes(name), on: flow)
            let reaction = answers.isEmpty ? "drop" : answers.map { String($0.status) }.joined(separator: "+")
            if Self.waiting.contains(name) {
                print("torture: \(name) is to be \(columns[2]) later, is \(reaction)")
                #expect(reaction == "405", "\(name)")
            } else {
                #expect(allowed.contains(reaction), "\(name): \(reaction), not \(columns[2])")
            }
        }
    }

    @Test("RFC 4475 §3.1.1.2, §3.1.1.7, §3.1.1.10: what is echoed byte for byte")
    func echoes() throws {
        for (name, vias) in [("002-intmeth.sip", 1), ("007-longreq.sip", 34), ("010-transports.sip", 5)] {
            let bytes = Self.bytes(name)
            let sent = try SIPReader.read(datagram: bytes).headers
            let answer = try #require(Self.react(to: bytes, on: tcp).first).headers
            #expect(try answer.vias().count == vias)
            #expect(try answer.vias().map(\.host) == sent.vias().map(\.host))
            #expect(try answer.vias().map(\.branch) == sent.vias().map(\.branch))
            #expect(try answer.from().tag == sent.from().tag)
            #expect(text(answer.first(.callID)?.value ?? []) == text(sent.first(.callID)?.value ?? []))
            #expect(text(answer.first(.cseq)?.value ?? []) == text(sent.first(.cseq)?.value ?? []))
            #expect(text(answer.first(.from)?.value ?? []) == text(sent.first(.from)?.value ?? []))
            #expect(try answer.to().tag != nil)
        }
    }

    @Test("RFC 4475 §3.3.1: a 400 carries only what there is")
    func insufficientHeaders() throws {
        let answer = try #require(Self.react(to: Self.bytes("034-insuf.sip"), on: udp).first)
        #expect(answer.headers.map(\.name) == [.cseq, .via, .contentLength])
    }

    @Test("RFC 4475 §3.3.5, §3.3.6: the header fields of refusals")
    func refusals() throws {
        let extensions = try #require(Self.react(to: Self.bytes("038-bext01.sip"), on: tcp).first)
        #expect(extensions.headers.list(.unsupported) == ["nothingSupportsThis", "nothingSupportsThisEither"])
        let type = try #require(Self.react(to: Self.bytes("039-invut.sip"), on: udp).first)
        #expect(type.headers.text(.accept) == "application/sdp")
        for name in ["002-intmeth.sip", "004-escnull.sip"] {
            #expect(
                try #require(Self.react(to: Self.bytes(name), on: udp).first).headers.allow == [.message, .options]
            )
        }
    }

    @Test("a stream gives the same answers as a datagram, or closes")
    func streams() throws {
        for line in text(Self.bytes("expected.tsv")).split(separator: "\n").dropFirst() {
            let name = String(line.prefix { $0 != "\t" })
            var reader = SIPStreamReader()
            let bytes = Self.bytes(name)
            var whole: [SIPStreamReader.Event] = []
            var split: [SIPStreamReader.Event] = []
            var failures: [SIPError] = []
            reader.feed(bytes[...])
            do throws(SIPError) {
                while let event = try reader.next() { whole.append(event) }
            } catch {
                failures.append(error)
            }
            reader = SIPStreamReader()
            do throws(SIPError) {
                for byte in bytes {
                    reader.feed([byte])
                    while let event = try reader.next() { split.append(event) }
                }
            } catch {
                failures.append(error)
            }
            #expect(whole == split, "\(name)")
            #expect(failures.count != 1, "\(name)")
        }
    }

    /// The answers to a message of a server whose MESSAGE is accepted and whose domain is served.
    static func react(to bytes: [UInt8], on flow: SIPFlow) -> [SIPResponse] {
        var table = TransactionTable()
        let server = UserAgentServer()
        var actions: [TransactionAction]
        do throws(SIPError) {
            actions = table.receive(try SIPReader.read(datagram: bytes), from: flow, now: 0)
        } catch {
            actions = table.receive(malformed: error, from: flow)
        }
        for inbound in actions.delivered {
            let answer: UserAgentServer.Answer
            switch server.check(inbound) {
            case .serve(.options): answer = UserAgentServer.Answer(200, headers: server.capabilities)
            case .serve: answer = UserAgentServer.Answer(202)
            case .respond(let refusal): answer = refusal
            case .drop: continue
            }
            let bytes = inbound.answer(answer.status, reason: answer.reason, extra: answer.headers)
            actions += table.respond(inbound.key, with: bytes, status: answer.status, now: 1)
        }
        return actions.sentBytes.compactMap { bytes in
            guard case .response(let response)? = try? SIPReader.read(datagram: bytes) else {
                Issue.record("an answer cannot be read: \(text(bytes))")
                return nil
            }
            return response
        }
    }

    static func bytes(_ name: String) -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = folder.appending(path: "SIPMessagesTests/Torture/\(name)")
        return (try? Data(contentsOf: file)).map { Array($0) } ?? []
    }
}
