import TestAuthority
import Testing

@testable import TLSChannels

/// Two ends, joined without a socket.
struct SessionPair {
    let client: TLSSession
    let server: TLSSession

    init(
        client: TLSContext,
        server: TLSContext,
        name: String? = nil,
        assumed: String? = nil,
        resuming: TLSResumption? = nil
    ) throws {
        self.client = try TLSSession(context: client, name: name, resuming: resuming)
        self.server = try TLSSession(context: server, name: assumed)
    }

    /// Ends with the stock's certificate for peer.example.
    static func make(
        client: (inout TLSConfiguration) -> Void = { _ in },
        server: (inout TLSConfiguration) -> Void = { _ in },
        shown: [TLSCredentials]? = nil,
        own: [TLSCredentials] = [],
        name: String? = "peer.example",
        assumed: String? = nil
    ) throws -> SessionPair {
        let stock = try Stock.get()
        return try SessionPair(
            client: TLSContext(stock.configuration(client), role: .client, credentials: own),
            server: TLSContext(
                stock.configuration(server),
                role: .server,
                credentials: shown ?? [stock.peer.credentials()]
            ),
            name: name,
            assumed: assumed
        )
    }

    /// Carries bytes both ways, in portions, until nothing moves.
    ///
    /// - Returns: the outcome of both ends.
    @discardableResult
    func run(portion: Int = .max) -> (client: TLSSession.Step, server: TLSSession.Step) {
        var outcome = (client: client.handshake(), server: TLSSession.Step.incomplete)
        for _ in 0..<12 {
            outcome.server = Self.carry(from: client, to: server, portion: portion) ?? outcome.server
            outcome.client = Self.carry(from: server, to: client, portion: portion) ?? outcome.client
        }
        return outcome
    }

    /// Carries what one end has to say.
    private static func carry(from: TLSSession, to: TLSSession, portion: Int) -> TLSSession.Step? {
        let bytes = from.takeOutput()
        var step: TLSSession.Step?
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, portion == .max ? bytes.count : start + portion)
            to.receive(Array(bytes[start..<end]))
            step = to.handshake()
            start = end
        }
        return step
    }

    /// Runs the handshake and gives what both learned.
    func established() throws -> (client: TLSPeer, server: TLSPeer) {
        let outcome = run()
        try #require(outcome.client == .complete && outcome.server == .complete, "\(outcome)")
        return (try #require(client.peer), try #require(server.peer))
    }

    /// Carries bytes from one end to the other.
    static func pass(_ from: TLSSession, _ to: TLSSession) {
        to.receive(from.takeOutput())
    }
}
