import Foundation
import TestAuthority

@testable import TLSChannels

/// The certificates of the tests, made once.
struct Stock: Sendable {
    static let made = Result { try Stock() }

    static func get() throws -> Stock { try made.get() }

    let authority: Authority
    let stranger: Authority
    let intermediate: Issued
    /// peer.example, by DNS name.
    let peer: Issued
    let peerRSA: Issued
    let second: Issued
    let wildcard: Issued
    /// Issued by the intermediate.
    let behind: Issued
    let expired: Issued
    let future: Issued
    let selfSigned: Issued
    let unknown: Issued
    let codeSigning: Issued
    let serverOnly: Issued
    let marked: Issued
    let weak: Issued

    static let srv = "otherName:1.3.6.1.5.5.7.8.7;IA5STRING:"
    static let xmpp = "otherName:1.3.6.1.5.5.7.8.5;UTF8:"

    private init() throws {
        authority = try Authority("root.test")
        stranger = try Authority("stranger.test")
        intermediate = try authority.issue(
            "intermediate",
            extensions: ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,digitalSignature"]
        )
        peer = try authority.issue("peer", names: ["DNS:peer.example"])
        peerRSA = try authority.issue("peer-rsa", names: ["DNS:peer.example"], key: .rsa)
        second = try authority.issue("second", names: [Self.srv + "_xmpp-server.second.example"])
        wildcard = try authority.issue("wildcard", names: ["DNS:*.peer.example"])
        behind = try authority.issue("behind", names: ["DNS:behind.example"], by: intermediate)
        expired = try authority.issue(
            "expired",
            names: ["DNS:peer.example"],
            dates: ("20200101000000Z", "20210101000000Z")
        )
        future = try authority.issue(
            "future",
            names: ["DNS:peer.example"],
            dates: ("20470101000000Z", "20480101000000Z")
        )
        selfSigned = try authority.issue("self", names: ["DNS:peer.example"], selfSigned: true)
        unknown = try stranger.issue("unknown", names: ["DNS:peer.example"])
        let leaf = "basicConstraints=critical,CA:FALSE"
        codeSigning = try authority.issue(
            "code",
            names: ["DNS:peer.example"],
            extensions: [leaf, "extendedKeyUsage=codeSigning"]
        )
        serverOnly = try authority.issue(
            "server-only",
            names: ["DNS:peer.example"],
            extensions: [leaf, "extendedKeyUsage=serverAuth"]
        )
        marked = try authority.issue(
            "marked",
            names: ["DNS:peer.example"],
            extensions: ["basicConstraints=critical,CA:TRUE"]
        )
        weak = try authority.issue("weak", names: ["DNS:peer.example"], key: .weak)
    }

    /// A configuration that trusts the authority alone.
    func configuration(_ change: (inout TLSConfiguration) -> Void = { _ in }) -> TLSConfiguration {
        var configuration = TLSConfiguration()
        configuration.trustRoots = .pem(authority.root.certificate)
        change(&configuration)
        return configuration
    }
}
