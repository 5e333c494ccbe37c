import BridgeCore
import Foundation
import Interworking
import Logging
import Loopback
import NIOCore
import NIOPosix
import Testing
import XMPPLegs

/// A leg on real sockets: the one place where its connection is not played.
@Suite("XMPPLeg on a socket", .timeLimit(.minutes(1)))
struct SocketTests {
    @Test("XEP-0114 §3: a message goes out, a ping behind it confirms it, a message comes in")
    func roundTrip() async throws {
        let listener = try await PeerListener.bind()
        let live = try await LiveLeg.start(port: listener.port)
        let peer = try await listener.accepted.next()
        _ = try await peer.read(through: "to='sip.example.com'>")
        try await peer.send(PlayedServer.header)
        _ = try await peer.read(through: "</handshake>")
        try await peer.send("<handshake/>")
        #expect(try await live.told.next() == .up(Stage.hop))

        try await live.run { $0.send(Stage.item(1), .first) }
        #expect(try await peer.read(through: "</message>") == Stage.message(1))
        let ping = try await peer.read(through: "</iq>")
        try await peer.send(pong(try pingID(ping)))
        #expect(try await live.told.next() == .delivered(CrossingID(1), "pong"))

        try await peer.send(
            "<message from='alice@example.com' to='bob@sip.example.com' id='a1'><body>hi</body></message>"
        )
        #expect(try await live.told.next() == .accepted("alice@example.com"))

        try await live.run { $0.stop() }
        #expect(try await peer.read(through: "</stream:stream>") == "</stream:stream>")
        try await peer.send("</stream:stream>")
        #expect(try await live.told.next() == .down(Stage.hop, []))
        #expect(try await peer.readToEnd() == "")
    }
}

/// A leg on an event loop, with a gateway that hands on what it is told.
final class LiveLeg: Sendable {
    let told: Mailbox<RecordingHost.Call>
    private let eventLoop: any EventLoop
    private let parts: NIOLoopBound<(host: RecordingHost, leg: XMPPLeg)>

    private init(
        eventLoop: any EventLoop,
        told: Mailbox<RecordingHost.Call>,
        parts: NIOLoopBound<(host: RecordingHost, leg: XMPPLeg)>
    ) {
        self.eventLoop = eventLoop
        self.told = told
        self.parts = parts
    }

    static func start(port: Int, secret: String = "test") async throws -> LiveLeg {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        return try await eventLoop.submit {
            let told = Mailbox<RecordingHost.Call>(eventLoop: eventLoop)
            let host = RecordingHost(generation: try ShippedTables.generation())
            let now = Moment(monotonic: 0, wall: 1_700_000_000_000)
            let component = XMPPLegSettings.Component(
                domain: Stage.domain,
                host: "127.0.0.1",
                port: port,
                secret: secret,
                largestStanza: 10_000
            )
            let settings = XMPPLegSettings(
                components: [component],
                gatewayName: "gw.example.com",
                xmppDomains: ["example.com"],
                largestStanza: 20_000
            )
            let logger = Logger(label: "test") { _ in LogKeeper() }
            let leg = XMPPLeg(eventLoop: eventLoop, settings: settings, host: host, logger: logger, now: now)
            let parts = NIOLoopBound((host: host, leg: leg), eventLoop: eventLoop)
            host.whenTold = { told.put($0) }
            host.whenFlushIsWanted = {
                eventLoop.execute { parts.value.leg.flush(now: now) }
            }
            leg.start(now: now)
            return LiveLeg(eventLoop: eventLoop, told: told, parts: parts)
        }.get()
    }

    /// Does something on the loop.
    func run(_ work: @escaping @Sendable (XMPPLeg) -> Void) async throws {
        try await eventLoop.submit { [parts] in work(parts.value.leg) }.get()
    }
}
