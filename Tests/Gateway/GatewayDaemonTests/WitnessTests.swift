import AuditTrail
import Foundation
import Ledger
import NIOCore
import NIOHTTP1
import NIOPosix
import OperatorFiles
import Synchronization
import TLSChannels
import TestAuthority
import Testing

@testable import GatewayDaemon

/// A web server on loopback that keeps what it is sent.
private final class KeepingServer: Sendable {
    struct Request: Sendable, Equatable {
        var line: String
        var type: String?
        var body: String
    }

    struct State {
        var requests: [Request] = []
        /// nil leaves requests without an answer.
        var status: Int? = 200
    }

    let state = Mutex(State())
    private let channel: Mutex<(any Channel)?> = Mutex(nil)
    var port: Int { channel.withLock { $0?.localAddress?.port ?? 0 } }
    var bodies: [String] { state.withLock { $0.requests.map(\.body) } }

    init(_ credentials: TLSCredentials? = nil) async throws {
        let context = try credentials.map { try TLSContext(TLSConfiguration(), role: .server, credentials: [$0]) }
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton.next())
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(Handler(self))
                    if let context {
                        try pipeline.addHandler(TLSHandler(try TLSSession(context: context)), position: .first)
                    }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        channel.withLock { $0 = server }
    }

    func stop() async throws { try await channel.withLock { $0 }?.close().get() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let server: KeepingServer
        private var request = Request(line: "", body: "")

        init(_ server: KeepingServer) { self.server = server }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                let host = head.headers.first(name: "Host") ?? ""
                request = Request(line: "\(head.method) \(host)\(head.uri)", body: "")
                request.type = head.headers.first(name: "Content-Type")
            case .body(let buffer): request.body += String(buffer: buffer)
            case .end:
                let status = server.state.withLock { state in
                    state.requests.append(request)
                    return state.status
                }
                guard let status else { return }
                let headers: HTTPHeaders = ["Content-Length": "0"]
                let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}

extension GatewayTests {
    /// Checkpoints that go to a web server.
    @Suite("Witness")
    struct WitnessTests {
        private func eventually(_ what: String, _ condition: () -> Bool) async throws {
            let end = ContinuousClock.now + .seconds(10)
            while !condition() {
                guard ContinuousClock.now < end else { throw Stage.TooLate(description: "not in time: \(what)") }
                try await Task.sleep(for: .milliseconds(5))
            }
        }

        private func witness(
            _ url: String,
            _ context: TLSContext? = nil,
            patience: TimeAmount = .seconds(5),
            pause: TimeAmount = .milliseconds(50)
        ) throws -> HTTPWitness {
            HTTPWitness(try #require(WitnessURL(url)), context: context, patience: patience, pause: pause)
        }

        @Test("The gateway posts each signed checkpoint as text, and the last one before it stops")
        func posted() async throws {
            let server = try await KeepingServer()
            let url = "http://127.0.0.1:\(server.port)/checkpoints?log=1"
            var last: Int64 = 0
            try await Stage.play(audit: "{checkpoints-to: [\"\(url)\"]}") { stage in
                #expect(try await stage.ask(Note("one", call: "c1")) == 202)
                try await stage.recorded(.delivered)
                try await self.eventually("a checkpoint is posted") { !server.bodies.isEmpty }
                #expect(try await stage.ask(Note("two", call: "c2")) == 202)
                try await stage.recorded(.delivered, 2)
                await stage.stop()
                last = try stage.reader().lastSequence()
            }
            let requests = server.state.withLock { $0.requests }
            #expect(
                requests.allSatisfy {
                    $0.line == "POST 127.0.0.1:\(server.port)/checkpoints?log=1"
                        && $0.type == "text/plain; charset=utf-8"
                }
            )
            let notes = requests.compactMap { SignedNote(Array($0.body.utf8)[...]) }
            #expect(notes.count == requests.count)
            let sizes = notes.compactMap { Checkpoint($0.text)?.size }
            #expect(sizes == sizes.sorted())
            #expect(sizes.last == last)
            try await server.stop()
        }

        @Test("A witness that refuses is told of, and gets the latest checkpoint once it takes it; the log goes on")
        func refusing() async throws {
            let server = try await KeepingServer()
            server.state.withLock { $0.status = 500 }
            let witness = try witness("http://127.0.0.1:\(server.port)/")
            witness.hand("one\n")
            try await eventually("the fault is known") { witness.fault == "it answers 500" }
            try await eventually("it is tried again") { server.bodies.count > 2 }
            #expect(Set(server.bodies) == ["one\n"])
            witness.hand("two\n")
            witness.hand("three\n")
            server.state.withLock { $0.status = 201 }
            try await eventually("the last one is taken") { server.bodies.last == "three\n" && witness.fault == nil }
            #expect(!server.bodies.contains("two\n"))
            try await server.stop()
        }

        @Test("A witness that is silent or away costs no more than its time, and holds nothing up")
        func silent() async throws {
            let server = try await KeepingServer()
            server.state.withLock { $0.status = nil }
            let slow = try witness("http://127.0.0.1:\(server.port)/", patience: .milliseconds(100))
            slow.hand("one\n")
            try await eventually("the time is over") { slow.fault == "it does not answer in time" }
            let began = ContinuousClock.now
            slow.finish()
            #expect(ContinuousClock.now - began < .seconds(3))
            let port = server.port
            try await server.stop()
            let away = try witness("http://127.0.0.1:\(port)/")
            away.hand("one\n")
            try await eventually("nobody is there") { away.fault?.hasPrefix("it is not reached: ") == true }
            away.finish()
        }

        @Test("By https nothing is sent before the server has proved its name")
        func secure() async throws {
            let authority = try Authority("witness")
            let server = try await KeepingServer(authority.issue("good", names: ["DNS:localhost"]).credentials())
            let other = try await KeepingServer(authority.issue("other", names: ["DNS:other.example"]).credentials())
            var trust = TLSConfiguration()
            trust.trustRoots = .pem(authority.root.certificate)
            let context = try TLSContext(trust, role: .client)
            let good = try witness("https://localhost:\(server.port)/", context)
            good.hand("one\n")
            try await eventually("it is taken") { server.bodies == ["one\n"] && good.fault == nil }
            let wrong = try witness("https://localhost:\(other.port)/", context)
            wrong.hand("two\n")
            let reason = "its certificate does not prove that it is localhost"
            try await eventually("it is refused") { wrong.fault == reason }
            // An authority that is not trusted proves nothing.
            trust.trustRoots = .pem(try Authority("stranger").root.certificate)
            let strange = try witness("https://localhost:\(server.port)/", try TLSContext(trust, role: .client))
            strange.hand("three\n")
            try await eventually("it is refused") { strange.fault == reason }
            #expect(other.bodies.isEmpty)
            #expect(server.bodies == ["one\n"])
            for witness in [wrong, strange] { witness.finish() }
            try await server.stop()
            try await other.stop()
        }
    }
}
