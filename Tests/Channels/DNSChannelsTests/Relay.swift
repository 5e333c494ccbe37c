import DNSChannels
import NIOCore
import NIOPosix
import Synchronization

/// Stands before the real server on UDP, counts what is asked, and can keep silent, change answers or refuse.
final class Relay: Sendable {
    enum Habit: Sendable {
        /// Every question and answer passes.
        case honest
        /// Names that begin with `silent` have no answer.
        case silent
        /// IPv4 addresses are changed on the way.
        case tampering
        /// Everything is refused.
        case lame
        /// Everything fails.
        case failing
        /// No name exists, and nothing says for how long.
        case denying
    }

    private let front: any Channel
    private let asked = Mutex<[DNSQuestion: Int]>([:])

    private init(_ front: any Channel) { self.front = front }

    var port: Int { front.localAddress?.port ?? 0 }

    /// How many different questions came.
    var names: Int { asked.withLock { $0.count } }

    /// How often a question came.
    func count(_ name: String, _ type: RecordType) -> Int {
        asked.withLock { $0[Samples.question(name, type)] ?? 0 }
    }

    private func note(_ question: DNSQuestion) { asked.withLock { $0[question, default: 0] += 1 } }

    static func start(before port: Int, _ habit: Habit) async throws -> Relay {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let server = try SocketAddress(ipAddress: "127.0.0.1", port: port)
        let front = try await DatagramBootstrap(group: eventLoop).bind(host: "127.0.0.1", port: 0).get()
        let back = try await DatagramBootstrap(group: eventLoop).bind(host: "127.0.0.1", port: 0).get()
        let relay = Relay(front)
        try await eventLoop.submit {
            let state = NIOLoopBound(Passing(relay, habit, back: back, server: server), eventLoop: eventLoop)
            try front.pipeline.syncOperations.addHandler(Receiver { state.value.asked($0) })
            try back.pipeline.syncOperations.addHandler(Receiver { state.value.answered($0) })
        }.get()
        return relay
    }

    /// Messages on their way; the number of each is that of the relay while it is with the server.
    private final class Passing {
        private let relay: Relay
        private let habit: Habit
        private let back: any Channel
        private let server: SocketAddress
        private var open: [UInt16: (SocketAddress, UInt16)] = [:]
        private var next: UInt16 = 0

        init(_ relay: Relay, _ habit: Habit, back: any Channel, server: SocketAddress) {
            self.relay = relay
            self.habit = habit
            self.back = back
            self.server = server
        }

        func asked(_ envelope: AddressedEnvelope<ByteBuffer>) {
            var bytes = Array(buffer: envelope.data)
            guard let question = Self.question(bytes) else { return }
            relay.note(question)
            if habit == .silent, question.name.description.hasPrefix("silent") { return }
            let code: UInt8? =
                switch habit {
                case .lame: 5
                case .failing: 2
                case .denying: 3
                case .honest, .silent, .tampering: nil
                }
            if let code {
                bytes[2] |= 0x80
                bytes[3] = (bytes[3] & 0xF0) | code
                relay.front.writeAndFlush(
                    AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: ByteBuffer(bytes: bytes)),
                    promise: nil
                )
                return
            }
            next &+= 1
            open[next] = (envelope.remoteAddress, UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
            (bytes[0], bytes[1]) = (UInt8(next >> 8), UInt8(next & 255))
            back.writeAndFlush(
                AddressedEnvelope(remoteAddress: server, data: ByteBuffer(bytes: bytes)),
                promise: nil
            )
        }

        func answered(_ envelope: AddressedEnvelope<ByteBuffer>) {
            var bytes = Array(buffer: envelope.data)
            guard bytes.count >= 12,
                let (client, number) = open.removeValue(forKey: UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
            else { return }
            (bytes[0], bytes[1]) = (UInt8(number >> 8), UInt8(number & 255))
            if habit == .tampering {
                for index in bytes.indices.dropLast(3) where bytes[index...].starts(with: [192, 0, 2]) {
                    bytes[index + 3] ^= 0x40
                }
            }
            relay.front.writeAndFlush(
                AddressedEnvelope(remoteAddress: client, data: ByteBuffer(bytes: bytes)),
                promise: nil
            )
        }

        /// The one question of a message.
        private static func question(_ bytes: [UInt8]) -> DNSQuestion? {
            var (index, labels) = (12, [String]())
            while index < bytes.count, bytes[index] > 0 {
                let end = index + 1 + Int(bytes[index])
                guard end < bytes.count else { return nil }
                labels.append(String(decoding: bytes[(index + 1)..<end], as: UTF8.self))
                index = end
            }
            guard index + 2 < bytes.count,
                let name = try? DNSName(ascii: labels.isEmpty ? "." : labels.joined(separator: "."))
            else { return nil }
            return DNSQuestion(name, RecordType(rawValue: UInt16(bytes[index + 1]) << 8 | UInt16(bytes[index + 2])))
        }
    }

    private final class Receiver: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        private let receive: (InboundIn) -> Void

        init(_ receive: @escaping (InboundIn) -> Void) { self.receive = receive }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { receive(unwrapInboundIn(data)) }
    }
}
