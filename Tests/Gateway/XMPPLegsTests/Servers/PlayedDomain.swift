import Loopback
import NIOCore
import XMPPStreams

@testable import XMPPLegs

/// A domain whose server is played on bare sockets in the clear, for a gateway that serves sip.example.com.
struct PlayedDomain {
    let name: String
    let listener: PeerListener

    /// What a gateway allows that talks to it.
    static func trusting(_ server: inout XMPPLegSettings.Server) {
        server.policy.usual = StreamPolicy.Trust(encryption: .optional, authentication: .dialback)
    }

    /// A gateway that serves sip.example.com, and takes dialback in the clear.
    static func gateway(
        in phonebook: Phonebook,
        change: (inout XMPPLegSettings.Server) -> Void = { _ in }
    ) async throws -> FederatedServer {
        let all = try Certificates.made.get()
        return try await FederatedServer.start(
            "sip.example.com",
            certificate: all.gateway,
            roots: all.roots,
            in: phonebook,
            serving: ["example.com"]
        ) {
            trusting(&$0)
            // Bare sockets do not say goodbye.
            $0.receiving.closing = 200_000_000
            $0.initiating.closing = 200_000_000
            change(&$0)
        }
    }

    /// Listens, and enters it in the phonebook.
    static func open(_ name: String = "example.com", in phonebook: Phonebook) async throws -> PlayedDomain {
        let listener = try await PeerListener.bind()
        phonebook.enter(name, listener.port)
        return PlayedDomain(name: name, listener: listener)
    }

    static func header(from: String, to: String, id: String? = nil) -> String {
        "<?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' "
            + "xmlns:db='jabber:server:dialback' from='\(from)' to='\(to)' version='1.0'"
            + (id.map { " id='\($0)'" } ?? "") + ">"
    }

    /// The next stream that the gateway opens, which is offered dialback.
    func stream(to domain: String? = nil) async throws -> Peer {
        let peer = try await listener.accepted.next()
        _ = try await peer.read(through: "to='\(domain ?? name)' version='1.0' xml:lang='en'>")
        let offer =
            "<stream:features><dialback xmlns='urn:xmpp:features:dialback'><errors/></dialback></stream:features>"
        try await peer.send(Self.header(from: domain ?? name, to: "sip.example.com", id: "s1") + offer)
        return peer
    }

    /// The next stream for stanzas, whose key is called valid.
    func believing() async throws -> Peer {
        let peer = try await stream()
        _ = try await peer.read(through: "</db:result>")
        try await peer.send("<db:result from='\(name)' to='sip.example.com' type='valid'/>")
        return peer
    }

    /// Calls the key valid that the next stream asks about.
    func vouch() async throws {
        let peer = try await stream()
        let question = try await peer.read(through: "</db:verify>")
        let id = PlayedCaller.attribute("id", in: question)
        try await peer.send("<db:verify from='\(name)' to='sip.example.com' id='\(id)' type='valid'/>")
    }
}

/// A connection to the gateway, as a server would make it in the clear.
struct PlayedCaller {
    let socket: Peer
    let name: String

    /// Opens a stream up to the features of the gateway.
    static func call(_ gateway: FederatedServer, as name: String = "example.com") async throws -> PlayedCaller {
        let socket = try await Peer.connect(to: try .init(ipAddress: "127.0.0.1", port: gateway.port))
        try await socket.send(PlayedDomain.header(from: name, to: "sip.example.com"))
        _ = try await socket.read(through: "</stream:features>")
        return PlayedCaller(socket: socket, name: name)
    }

    static func attribute(_ name: String, in text: String) -> String {
        let parts = text.split(separator: " \(name)='", maxSplits: 1)
        return parts.count < 2 ? "" : String(parts[1].prefix { $0 != "'" })
    }

    /// Shows a key of a domain.
    func show(_ domain: String? = nil) async throws {
        try await socket.send("<db:result from='\(domain ?? name)' to='sip.example.com'>key</db:result>")
    }

    /// Proves the domain, whose server vouches for it.
    func prove(by domain: PlayedDomain) async throws {
        try await show()
        try await domain.vouch()
        _ = try await socket.read(through: "type='valid'/>")
    }

    /// Sends a message of a user of the domain.
    func write(as user: String, to: String = "bob@sip.example.com") async throws {
        try await socket.send("<message from='\(user)@\(name)/a' to='\(to)' id='\(user)'><body>hi</body></message>")
    }
}
