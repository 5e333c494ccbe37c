import TLSChannels
import TestAuthority

/// An authority and the certificates of two servers, made once.
struct Certificates: Sendable {
    static let made = Result { try Certificates() }

    let authority: Authority
    let gateway: TLSCredentials
    let peer: TLSCredentials
    let other: TLSCredentials
    let expired: TLSCredentials
    let prosody: Issued

    /// The one Prosody of all tests.
    static let server = Result {
        let all = try made.get()
        return try ProsodyServer(certificate: all.prosody, root: all.authority.root)
    }

    init() throws {
        authority = try Authority("servers")
        gateway = try authority.issue("gw.example", names: ["DNS:gw.example"]).credentials()
        peer = try authority.issue("peer.example", names: ["DNS:peer.example"]).credentials()
        other = try authority.issue("other.example", names: ["DNS:other.example"]).credentials()
        prosody = try authority.issue("prosody.example", names: ["DNS:prosody.example"])
        expired = try authority.issue(
            "late.example",
            names: ["DNS:peer.example"],
            dates: ("20200101000000Z", "20210101000000Z")
        ).credentials()
    }

    static func setup(_ peer: (Certificates) -> TLSCredentials?) throws -> ServerEnds.Setup {
        let all = try made.get()
        return ServerEnds.Setup(gateway: all.gateway, peer: peer(all), roots: all.authority.root.certificate)
    }
}
