import BridgeCore
import Foundation
import Interworking
import Logging
import Testing
import XMPPStreams

@testable import XMPPLegs

/// A leg with one component between a played server and a recording gateway, on a clock that the test moves.
final class Stage {
    let host: RecordingHost
    let leg: XMPPLeg
    let log: LogKeeper
    private let servers: Servers
    private(set) var now = Moment(monotonic: 1_000_000_000, wall: 1_700_000_000_000)

    /// Every connection that the leg made, in order.
    private final class Servers {
        var all: [PlayedServer] = []
    }

    static let domain = "sip.example.com"
    static let hop = "xmpp:sip.example.com"

    init(
        largestStanza: Int = 10_000,
        jitter: UInt64 = .max,
        change: (inout XMPPLegSettings) -> Void = { _ in }
    ) throws {
        host = RecordingHost(generation: try ShippedTables.generation())
        log = LogKeeper()
        let servers = Servers()
        self.servers = servers
        let component = XMPPLegSettings.Component(
            domain: Self.domain,
            host: "127.0.0.1",
            port: 5347,
            secret: "test",
            largestStanza: largestStanza
        )
        var settings = XMPPLegSettings(
            components: [component],
            gatewayName: "gw.example.com",
            xmppDomains: ["example.com"],
            largestStanza: 20_000
        )
        change(&settings)
        let log = self.log
        leg = XMPPLeg(
            settings: settings,
            host: host,
            logger: Logger(label: "test") { _ in log },
            now: now,
            connector: { limits, deliver in
                let server = PlayedServer(limits: limits, deliver: deliver)
                servers.all.append(server)
                return server
            },
            jitter: { jitter }
        )
    }

    /// A stage whose component is open, with nothing written or told since.
    static func open(largestStanza: Int = 10_000, change: (inout XMPPLegSettings) -> Void = { _ in }) throws -> Stage {
        let stage = try Stage(largestStanza: largestStanza, change: change)
        stage.leg.start(now: stage.now)
        try stage.shake()
        #expect(stage.host.calls == [.up(hop)])
        stage.host.calls = []
        return stage
    }

    /// The server of the present connection.
    var server: PlayedServer {
        get throws { try #require(servers.all.last) }
    }

    /// The server of the first connection.
    var firstServer: PlayedServer {
        get throws { try #require(servers.all.first) }
    }

    var connections: Int { servers.all.count }

    /// The whole handshake, accepted.
    func shake() throws {
        let server = try server
        server.accept()
        server.serve(PlayedServer.header)
        _ = server.taken()
        server.serve("<handshake/>")
    }

    /// The server sends something, and the turn of the loop ends.
    func serve(_ markup: String) throws {
        try server.serve(markup)
        endTurn()
    }

    /// What the leg wrote since the last time.
    func written() throws -> String {
        endTurn()
        return try server.taken()
    }

    /// The gateway flushes at the end of a turn of its loop when somebody asked for it.
    func endTurn() {
        while host.wantsFlush {
            host.wantsFlush = false
            leg.flush(now: now)
        }
    }

    func pass(seconds: UInt64) {
        now.monotonic += seconds * 1_000_000_000
        now.wall += Int64(seconds) * 1_000
        leg.advance(now: now)
        endTurn()
    }

    func send(_ number: Int64, attempt: Attempt = .first, kind: ItemKind = .message, body: String = "hi") {
        leg.send(Self.item(number, kind: kind, body: body), attempt)
    }

    static func message(_ number: Int64, body: String = "hi") -> String {
        "<message from='bob@sip.example.com' to='alice@example.com' id='m\(number)'><body>\(body)</body></message>"
    }

    static func item(_ number: Int64, kind: ItemKind = .message, body: String = "hi") -> Item {
        let offer = Offer(
            kind: kind,
            target: .xmpp,
            sender: "sip:bob@example.net",
            recipient: "alice@example.com",
            hop: hop,
            lane: "",
            cargo: Cargo(
                source: [],
                wire: Array(message(number, body: body).utf8),
                identity: OriginText.encode([
                    ("id", "m\(number)"), ("to", "alice@example.com"), ("from", "bob@sip.example.com"),
                ])
            ),
            generation: "g"
        )
        return Item(
            id: CrossingID(number),
            offer: offer,
            state: .sent,
            accepted: 0,
            firstSent: 0,
            deadline: .max,
            attempts: 1,
            answered: true
        )
    }
}

/// The id of the last ping in what was written.
func pingID(_ written: String) throws -> String {
    let ping = try #require(written.range(of: "<iq ", options: .backwards).map { written[$0.lowerBound...] })
    let start = try #require(ping.range(of: "id='")).upperBound
    return String(ping[start...].prefix { $0 != "'" })
}

/// The answer to a ping.
func pong(_ id: String, type: String = "result") -> String {
    "<iq from='sip.example.com' to='sip.example.com' id='\(id)' type='\(type)'/>"
}

extension Arrival {
    /// The same with something else that crosses.
    func with(_ pivot: Pivot) -> Arrival {
        let other = Arrival(
            pivot: pivot,
            facts: facts,
            sender: sender,
            source: source,
            account: account,
            trace: trace
        )
        other.origin = origin
        return other
    }
}
