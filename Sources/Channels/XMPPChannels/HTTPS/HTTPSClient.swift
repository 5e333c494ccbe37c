import DNSChannels
import NIOCore
import TLSChannels

/// What web servers are asked with, for what, and within which bounds.
struct HTTPSClient: Sendable {
    /// Makes what connects, for each connection; it decides which addresses may be connected to.
    let connector: @Sendable () throws(HTTPSFault) -> Connector
    /// What tells whose certificates are believed.
    let context: TLSContext
    /// The media types that are asked for.
    let accepts: String
    /// The most bytes of a document.
    let largestBody: Int
    /// How many redirects are followed in one retrieval.
    let redirects: Int
    /// How long one retrieval may take, with all that it leads to.
    let time: TimeAmount
    /// The port of web servers; no other is followed.
    let port: UInt16

    /// The context of a client that believes these authorities.
    static func context(_ trust: TLSConfiguration.TrustRoots) throws(TLSConfigurationError) -> TLSContext {
        var configuration = TLSConfiguration()
        configuration.trustRoots = trust
        configuration.applicationProtocols = ["http/1.1"]
        return try TLSContext(configuration, role: .client)
    }
}
