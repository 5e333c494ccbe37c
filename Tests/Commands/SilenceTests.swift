import Foundation
import Ledger
import NIOCore
import NIOPosix
import Testing

@testable import GatewayDaemon

/// Commands beside a gateway that takes requests and does not answer, such as one that is stopped.
@Suite("Silence of a gateway")
struct SilenceTests {
    /// Says nothing, or one piece after the other.
    private final class Server: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let pieces: [String]

        init(_ pieces: [String]) { self.pieces = pieces }

        func channelActive(context: ChannelHandlerContext) {
            let channel = context.channel
            for (index, piece) in pieces.enumerated() {
                channel.eventLoop.scheduleTask(in: .milliseconds(500 * Int64(index))) {
                    channel.writeAndFlush(ByteBuffer(string: piece), promise: nil)
                }
            }
        }
    }

    private func serving(_ pieces: [String], path: String, _ body: () async throws -> Void) async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Server(pieces))
                }
            }
            .bind(unixDomainSocketPath: path).get()
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        try await server.close()
        try result.get()
    }

    @Test("Silence ends the wait; an answer that keeps coming does not, however long it takes")
    func deadline() async throws {
        let scratch = try Scratch()
        let path = ControlSocket.path(in: scratch.url.path)
        let status = ControlRequest(command: ControlRequest.status)
        try await serving([], path: path) {
            let error = try await #require(throws: ControlClient.Unreachable.self) {
                try await ControlClient.ask(status, path: path, patience: .seconds(1))
            }
            #expect(error.description == "it has not answered within 1s; what was asked may still be done")
        }
        try await serving(["{\"code\":", "0,", " \"rows\"", ":", "[", "]", "}\n"], path: path) {
            let reply = try await ControlClient.ask(status, path: path, patience: .seconds(2))
            #expect(reply.code == 0)
        }
    }

    @Test("What takes longer is given longer")
    func patience() {
        func patience(_ command: String, _ arguments: [String: String] = [:]) -> Duration {
            ControlRequest(command: command, arguments: arguments).patience
        }
        #expect(patience(ControlRequest.status) == .seconds(10))
        #expect(patience(ControlRequest.applyMappings) == .seconds(60))
        #expect(patience(ControlRequest.rollBackMappings, ["shadow": "1000"]) == .seconds(70))
        #expect(patience(ControlRequest.importAddresses) == .seconds(60))
    }

    @Test("A command says who is silent, and ends with 3")
    func command() async throws {
        let site = try Site()
        try site.storeCrossings()
        let owner = try site.owner()
        try await serving([], path: ControlSocket.path(in: owner.path)) {
            let run = try site.run("address", "add", "juliet@example.com", "sip:jc@example.com")
            #expect(run.code == 3)
            #expect(run.errors.hasPrefix("error: process \(getpid()) owns "), "\(run.errors)")
            #expect(run.errors.hasSuffix(", but it has not answered within 10s; what was asked may still be done\n"))
        }
        withExtendedLifetime(owner) {}
    }
}
