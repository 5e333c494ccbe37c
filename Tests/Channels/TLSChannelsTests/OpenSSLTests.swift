import Foundation
import NIOConcurrencyHelpers
import NIOCore
import TestAuthority
import Testing

@testable import TLSChannels

/// An `openssl` program that runs beside the test.
private final class Program: Sendable {
    private let process: NIOLockedValueBox<Process>
    private let input: FileHandle
    private let lines = NIOLockedValueBox("")
    private let changed: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init(_ arguments: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments.split(separator: " ").map(String.init)
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        (changed, self.continuation) = (stream, continuation)
        self.input = input.fileHandleForWriting
        self.process = NIOLockedValueBox(process)
        let lines = self.lines
        let reader = output.fileHandleForReading
        try process.run()
        Thread.detachNewThread {
            while true {
                let data = reader.availableData
                if data.isEmpty { break }
                lines.withLockedValue { $0 += String(decoding: data, as: UTF8.self) }
                continuation.yield()
            }
            continuation.finish()
        }
    }

    deinit { process.withLockedValue { if $0.isRunning { $0.terminate() } } }

    func send(_ text: String) throws { try input.write(contentsOf: Data(text.utf8)) }

    func kill() {
        process.withLockedValue { if $0.isRunning { Foundation.kill($0.processIdentifier, SIGKILL) } }
        continuation.finish()
    }

    var output: String { lines.withLockedValue { $0 } }

    /// Waits until the output has a text a number of times, or ends.
    func waitFor(_ text: String, times: Int = 1) async throws {
        let stop = Task {
            try await Task.sleep(for: .seconds(10))
            self.kill()
        }
        defer { stop.cancel() }
        var isThere: Bool { output.ranges(of: text).count >= times }
        if isThere { return }
        for await _ in changed where isThere { return }
        guard isThere else { throw Authority.Failed(description: "no \(text) in:\n\(output)") }
    }

    /// Waits for the end and gives all of the output.
    func wholeOutput() async -> String {
        let stop = Task {
            try await Task.sleep(for: .seconds(10))
            self.kill()
        }
        defer { stop.cancel() }
        for await _ in changed {}
        return output
    }
}

/// Against the `openssl` command, in both directions.
@Suite("TLS with openssl", .timeLimit(.minutes(1)), .serialized)
struct OpenSSLTests {
    private func listen(
        _ change: (inout TLSConfiguration) -> Void = { _ in },
        shown: [TLSCredentials]? = nil,
        echoes: Bool = false
    ) async throws -> SocketEnd {
        let stock = try Stock.get()
        let context = try TLSContext(
            stock.configuration(change),
            role: .server,
            credentials: shown ?? [stock.peer.credentials()]
        )
        return try await SocketEnd.listen(TLSContextHolder(context), echoes: echoes)
    }

    private func client(_ port: Int, _ arguments: String = "") throws -> Program {
        let root = try Stock.get().authority.root.file
        return try Program("s_client -connect 127.0.0.1:\(port) -CAfile \(root) -verify_return_error \(arguments)")
    }

    /// A port that was free a moment ago.
    private func freePort() async throws -> Int {
        let listener = try await listen()
        let port = listener.port
        try await listener.close()
        return port
    }

    @Test("RFC 7590 §3: s_client speaks with us", arguments: ["-tls1_2", "-tls1_3"])
    func ourServer(version: String) async throws {
        let stock = try Stock.get()
        let listener = try await listen(
            { $0.applicationProtocols = ["xmpp-server"] },
            shown: [stock.second.credentials(), stock.behind.credentials(chain: [stock.intermediate])],
            echoes: true
        )
        let program = try client(
            listener.port,
            "\(version) -servername behind.example -verify_hostname behind.example -alpn xmpp-server "
                + "-cert \(stock.serverOnly.file) -key \(stock.serverOnly.keyFile) -ign_eof"
        )
        let peer = try await listener.seen.completed()
        #expect(peer.version == (version == "-tls1_2" ? .tls12 : .tls13))
        #expect(peer.applicationProtocol == "xmpp-server" && peer.serverName == "behind.example")
        #expect(peer.certificates.verdict == .valid)
        #expect(peer.certificates.certificate == (try stock.serverOnly.read))
        try program.send("over there\n")
        #expect(try await listener.seen.text(through: "\n") == "over there\n")
        try await program.waitFor("over there")
        #expect(program.output.contains("Verify return code: 0 (ok)") || program.output.contains("Verification: OK"))
        #expect(program.output.contains("ALPN protocol: xmpp-server"))
        #expect(program.output.contains("Secure Renegotiation IS supported") || version == "-tls1_3")
        #expect(program.output.contains("Compression: NONE"))
        program.kill()
        #expect(try await listener.seen.failed() == TLSError(.truncated, ""))
        try await listener.close()
    }

    @Test("RFC 6120 §4.4: the goodbye of s_client is an end, not a truncation")
    func goodbye() async throws {
        let listener = try await listen()
        let program = try client(listener.port, "-tls1_3")
        _ = try await listener.seen.completed()
        try program.send("Q\n")
        let end = try await listener.seen.first { sight -> Seen? in
            switch sight {
            case .failed, .inactive: sight
            case .completed, .text: nil
            }
        }
        #expect(end == .inactive)
        _ = await program.wholeOutput()
        try await listener.close()
    }

    @Test(
        "RFC 7590 §3: older versions and weak suites are refused",
        arguments: [
            "-tls1_1 -cipher DEFAULT@SECLEVEL=0", "-tls1 -cipher DEFAULT@SECLEVEL=0",
            "-tls1_2 -cipher AES128-SHA@SECLEVEL=0", "-tls1_2 -cipher aNULL:eNULL@SECLEVEL=0",
            "-tls1_2 -cipher AES128-GCM-SHA256",
        ]
    )
    func refused(arguments: String) async throws {
        let listener = try await listen()
        let program = try client(listener.port, arguments)
        let error = try await listener.seen.failed()
        #expect(error.code == (arguments.hasPrefix("-tls1_2") ? .cipher : .version))
        #expect(await program.wholeOutput().contains("alert"))
        try await listener.close()
    }

    @Test("RFC 7590 §3: another handshake is refused by closing the connection")
    func renegotiation() async throws {
        let listener = try await listen()
        let program = try client(listener.port, "-tls1_2")
        _ = try await listener.seen.completed()
        try await program.waitFor("---\n")
        try program.send("R\n")
        let error = try await listener.seen.failed()
        #expect(error.code == .renegotiation)
        let output = await program.wholeOutput()
        #expect(output.contains("RENEGOTIATING") && !output.contains("<stream"))
        try await listener.close()
    }

    @Test("A session of s_client is resumed by ticket", arguments: ["-tls1_2", "-tls1_3"])
    func resumed(version: String) async throws {
        let stock = try Stock.get()
        let listener = try await listen(echoes: true)
        let file = stock.authority.folder + "/session\(version).pem"
        let first = try client(listener.port, "\(version) -sess_out \(file)")
        let fresh = try await listener.seen.completed()
        #expect(!fresh.isResumed)
        try first.send("first\n")
        try await first.waitFor("first")
        try first.send("Q\n")
        _ = await first.wholeOutput()
        let second = try client(listener.port, "\(version) -sess_in \(file)")
        #expect(try await listener.seen.completed().isResumed)
        try second.send("Q\n")
        _ = await second.wholeOutput()
        try await listener.close()
    }

    @Test("RFC 7590 §3: we speak with s_server", arguments: ["-tls1_2", "-tls1_3"], [false, true])
    func theirServer(version: String, choosesByName: Bool) async throws {
        let stock = try Stock.get()
        let port = try await freePort()
        // The second context of s_server, for the name, knows no application protocols.
        let shown =
            choosesByName
            ? "-cert \(stock.second.file) -key \(stock.second.keyFile) -servername peer.example "
                + "-cert2 \(stock.peer.file) -key2 \(stock.peer.keyFile)"
            : "-cert \(stock.peer.file) -key \(stock.peer.keyFile)"
        let program = try Program(
            "s_server -accept 127.0.0.1:\(port) \(shown) \(version) -alpn xmpp-server -Verify 3 "
                + "-CAfile \(stock.authority.root.file) -verify_return_error"
        )
        try await program.waitFor("ACCEPT")
        let context = try TLSContext(
            stock.configuration { $0.applicationProtocols = ["xmpp-server"] },
            role: .client,
            credentials: [stock.behind.credentials(chain: [stock.intermediate])]
        )
        let end = try await SocketEnd.connect(context, port: port)
        let peer = try await end.seen.completed()
        #expect(peer.version == (version == "-tls1_2" ? .tls12 : .tls13))
        #expect(peer.certificates.certificate == (try stock.peer.read))
        #expect(peer.certificates.verdict == .valid)
        #expect(peer.applicationProtocol == (choosesByName ? nil : "xmpp-server"))
        try await end.channel.writeAndFlush(ByteBuffer(string: "from us\n")).get()
        try await program.waitFor("from us")
        #expect(program.output.contains("CN = behind"))
        try program.send("to us\n")
        #expect(try await end.seen.text(through: "\n") == "to us\n")
        try program.send("Q\n")
        try await end.seen.inactive()
    }

    @Test("RFC 7590 §3: a server of TLS 1.1 is refused")
    func theirOldServer() async throws {
        let stock = try Stock.get()
        let port = try await freePort()
        let program = try Program(
            "s_server -accept 127.0.0.1:\(port) -cert \(stock.peer.file) -key \(stock.peer.keyFile) -tls1_1 "
                + "-cipher DEFAULT@SECLEVEL=0"
        )
        try await program.waitFor("ACCEPT")
        let end = try await SocketEnd.connect(try TLSContext(stock.configuration(), role: .client), port: port)
        #expect(try await end.seen.failed().code == .version)
        program.kill()
        _ = await program.wholeOutput()
    }

    @Test("RFC 6120 §13.7.2: a short key is judged as too weak")
    func shortKey() async throws {
        let stock = try Stock.get()
        let listener = try await listen()
        let program = try client(
            listener.port,
            "-tls1_2 -cert \(stock.weak.file) -key \(stock.weak.keyFile) -cipher DEFAULT@SECLEVEL=0"
        )
        #expect(try await listener.seen.completed().certificates.verdict == .weak)
        program.kill()
        _ = await program.wholeOutput()
        try await listener.close()
    }

    @Test("Changes of keys by s_client are followed")
    func keyUpdate() async throws {
        let listener = try await listen(echoes: true)
        let program = try client(listener.port, "-tls1_3")
        _ = try await listener.seen.completed()
        try await program.waitFor("---\n")
        // A command is one only where a read begins with it.
        for (round, command) in ["K\n", "k\n"].enumerated() {
            try program.send(command)
            try await program.waitFor("KEYUPDATE", times: round + 1)
            try program.send("after \(round)\n")
            try await program.waitFor("after \(round)")
        }
        program.kill()
        _ = await program.wholeOutput()
        try await listener.close()
    }
}
