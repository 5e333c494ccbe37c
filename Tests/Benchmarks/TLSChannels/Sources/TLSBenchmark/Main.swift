import Foundation
import NIOCore
import NIOEmbedded
import NIOSSL
import TLSChannels

/// Both ends of one connection, without a socket between.
struct Pair {
    let client: EmbeddedChannel
    let server: EmbeddedChannel
    let received: Counter

    final class Counter: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        var bytes = 0

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            bytes += unwrapInboundIn(data).readableBytes
        }
    }

    init(client: (any ChannelHandler)?, server: (any ChannelHandler)?) throws {
        self.client = EmbeddedChannel()
        self.server = EmbeddedChannel()
        received = Counter()
        for (channel, handler) in [(self.client, client), (self.server, server)] {
            if let handler { try channel.pipeline.syncOperations.addHandler(handler) }
            try channel.pipeline.syncOperations.addHandler(received)
            try channel.connect(to: SocketAddress(unixDomainSocketPath: "/benchmark")).wait()
        }
        try run()
    }

    /// Carries bytes both ways until nothing moves.
    func run() throws {
        while true {
            let moved = try carry(client, server)
            let answered = try carry(server, client)
            guard moved || answered else { return }
        }
    }

    private func carry(_ from: EmbeddedChannel, _ to: EmbeddedChannel) throws -> Bool {
        var moved = false
        while let buffer = try from.readOutbound(as: ByteBuffer.self) {
            moved = true
            to.pipeline.fireChannelRead(buffer)
            to.pipeline.fireChannelReadComplete()
        }
        return moved
    }

    /// One message each way.
    func echo(_ message: ByteBuffer) throws {
        client.writeAndFlush(message, promise: nil)
        _ = try carry(client, server)
        server.writeAndFlush(message, promise: nil)
        _ = try carry(server, client)
    }
}

/// What is compared.
struct Contender {
    let name: String
    let make: () throws -> Pair
}

@main
enum Main {
    static func main() throws {
        let contenders = try [plain(), ours(), theirs()]
        print("CPU of this thread, best of 9 rounds; an echo is two writes and two reads of TLS")
        for size in [400, 1024, 8192] {
            let message = ByteBuffer(repeating: 0x61, count: size)
            var best = [Double](repeating: .infinity, count: contenders.count)
            let pairs = try contenders.map { try $0.make() }
            for _ in 0..<9 {
                for (index, pair) in pairs.enumerated() {
                    let count = 10_000
                    let start = cpu()
                    for _ in 0..<count { try pair.echo(message) }
                    best[index] = min(best[index], (cpu() - start) / Double(count) * 1e6)
                }
            }
            for (index, pair) in pairs.enumerated() where pair.received.bytes != 9 * 10_000 * 2 * size {
                fatalError("\(contenders[index].name) lost bytes: \(pair.received.bytes)")
            }
            let nets = best.map { ($0 - best[0]) / 4 }
            print("\(size) B:")
            for (index, contender) in contenders.enumerated() {
                print("  \(contender.name): echo \(best[index].text) us, for each record net \(nets[index].text) us")
            }
            print("  TLSChannels / swift-nio-ssl: \((nets[1] / nets[2]).text) net, \((best[1] / best[2]).text) in all")
        }
        for contender in contenders.dropFirst() {
            var best = Double.infinity
            for _ in 0..<5 {
                let start = cpu()
                for _ in 0..<50 { _ = try contender.make() }
                best = min(best, (cpu() - start) / 50 * 1e3)
            }
            print("handshake of both ends, \(contender.name): \(best.text) ms")
        }
        for contender in contenders {
            let count = 400
            var kept: [Pair] = []
            let message = ByteBuffer(repeating: 0x61, count: 1024)
            let before = residentKilobytes()
            for _ in 0..<count {
                let pair = try contender.make()
                try pair.echo(message)
                kept.append(pair)
            }
            let each = Double(residentKilobytes() - before) / Double(2 * count)
            print("memory of an idle end, \(contender.name): \(each.text) kB")
            withExtendedLifetime(kept) {}
        }
    }

    private static func plain() -> Contender {
        Contender(name: "no TLS") { try Pair(client: nil, server: nil) }
    }

    private static func ours() throws -> Contender {
        let (certificate, key) = try certificate()
        var configuration = TLSConfiguration()
        configuration.trustRoots = .pem(certificate)
        configuration.clientCertificate = .none
        let credentials = try TLSCredentials(certificates: certificate, key: key)
        let client = try TLSContext(configuration, role: .client)
        let server = try TLSContext(configuration, role: .server, credentials: [credentials])
        return Contender(name: "TLSChannels") {
            try Pair(
                client: TLSHandler(TLSSession(context: client, name: "peer.example")),
                server: TLSHandler(TLSSession(context: server))
            )
        }
    }

    private static func theirs() throws -> Contender {
        let (certificate, key) = try certificate()
        let certificates = try NIOSSLCertificate.fromPEMBytes(certificate)
        let serving = NIOSSL.TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem))
        )
        var connecting = NIOSSL.TLSConfiguration.makeClientConfiguration()
        connecting.trustRoots = .certificates(certificates)
        let (client, server) = (try NIOSSLContext(configuration: connecting), try NIOSSLContext(configuration: serving))
        return Contender(name: "swift-nio-ssl") {
            try Pair(
                client: NIOSSLClientHandler(context: client, serverHostname: "peer.example"),
                server: NIOSSLServerHandler(context: server)
            )
        }
    }

    /// A self-signed certificate for peer.example, made by the `openssl` command.
    private static func certificate() throws -> ([UInt8], [UInt8]) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tls-benchmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (file, key) = (folder.appending(path: "cert.pem"), folder.appending(path: "key.pem"))
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-subj", "/CN=peer.example", "-addext", "subjectAltName=DNS:peer.example", "-keyout", key.path, "-out",
            file.path,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return (try Array(Data(contentsOf: file)), try Array(Data(contentsOf: key)))
    }

    /// The CPU that this thread has used, in seconds.
    private static func cpu() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func residentKilobytes() -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * 4
    }
}

extension Double {
    fileprivate var text: String { String(format: "%.2f", self) }
}
