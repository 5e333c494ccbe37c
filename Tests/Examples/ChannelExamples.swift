import DNSChannels
import Digests
import Logging
import NIOCore
import SIPChannels
import SIPMessages
import SIPTransactions
import TLSChannels
import Testing
import XMLStreams
import XMPPChannels

// The examples of the modules' pages, word for word.

/// The example of XMPPChannels.
private func open(on eventLoop: any EventLoop) -> XMPPConnection {
    let connection = XMPPConnection(eventLoop: eventLoop, limits: XML.Limits()) { event in
        if case .stream(.element(let stanza)) = event { print(stanza.name) }
    }
    connection.connect(host: "127.0.0.1", port: 5_347)
    return connection
}

/// The example of SIPChannels.
private func start(on eventLoop: any EventLoop) -> SIPTransport {
    let logger = Logger(label: "sip")
    let transport = SIPTransport(eventLoop: eventLoop, limits: SIPChannelLimits(), logger: logger) { event in
        if case .message(.request(let request), let flow) = event { print(request.method, flow.remoteAddress) }
    }
    _ = transport.listenUDP(host: "127.0.0.1", port: 5_060)
    return transport
}

/// The example of DNSChannels.
private func reach(_ domain: String, on eventLoop: any EventLoop) async throws {
    var configuration = ResolverConfiguration()
    configuration.trustAnchorFile = "/usr/share/dns/root.key"
    let resolver = try UnboundResolver(configuration)
    defer { resolver.stop() }

    let connector = Connector(resolver: resolver)
    do {
        let server = try await connector.connect(to: .xmppServer(domain: domain), on: eventLoop)
        print(server.server, server.server.mode, server.isAddressProved, server.referenceNames)
        try await server.channel.close()
    } catch let failure as ConnectionFailure {
        for attempt in failure.attempts { print(attempt) }
    }
}

/// The examples of TLSChannels.
private func listening(chain: [UInt8], key: [UInt8]) throws -> TLSContextHolder {
    let credentials = try TLSCredentials(certificates: chain, key: key)
    var configuration = TLSConfiguration()
    configuration.applicationProtocols = ["xmpp-server"]
    return TLSContextHolder(try TLSContext(configuration, role: .server, credentials: [credentials]))
}

private func protect(_ channel: any Channel, with holder: TLSContextHolder) throws {
    let handler = TLSHandler(try TLSSession(context: holder.current))
    try channel.pipeline.syncOperations.addHandler(handler, position: .first)
}

private func isServer(of domain: String, _ event: TLSEvent) -> Bool {
    guard case .handshakeCompleted(let peer) = event, peer.certificates.verdict == .valid else { return false }
    return peer.certificates.check(.xmpp(domain, .server)).isMatch
}

@Suite("Examples of Channels")
struct ChannelExamples {
    @Test("Digests: hashes, codes and tokens")
    func digests() {
        let leaf = SHA256.hash(prefix: 0, Array("record".utf8))
        print(leaf.hexadecimal)

        let code = HMAC(key: RandomBytes.generate(32)).code(for: Array("text".utf8))
        print(code.bytes.count)

        let branch = "z9hG4bK" + RandomToken.text(bits: 128)
        print(branch)
        #expect(leaf.hexadecimal.count == 64)
    }
}
