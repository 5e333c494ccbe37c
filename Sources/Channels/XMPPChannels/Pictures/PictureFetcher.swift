import Addressing
public import DNSChannels
public import NIOCore
import Synchronization
public import TLSChannels

/// Retrieves pictures from web servers that strangers name.
///
/// What is connected to is an address that was looked up and checked, never a name, and only one that all the world can
/// reach: neither this machine nor the networks around it are asked for anything (RFC 4482 §8). An address of one of this
/// machine's interfaces is none of those, of whatever kind it is.
public final class PictureFetcher: Sendable {
    private let client: HTTPSClient
    private let retrievals: Int
    private let open = Mutex(0)

    /// Makes a fetcher.
    ///
    /// - Parameters:
    ///   - resolver: who is asked for addresses.
    ///   - limits: the bounds.
    /// - Throws: `TLSConfigurationError` when the authorities of the system cannot be read.
    public convenience init(
        resolver: any Resolver,
        limits: PictureLimits = PictureLimits()
    ) throws(TLSConfigurationError) {
        try self.init(trust: .system, limits: limits) { () throws(HTTPSFault) in
            Connector(resolver: resolver, policy: try Self.policy())
        }
    }

    init(
        trust: TLSConfiguration.TrustRoots,
        limits: PictureLimits,
        connector: @escaping @Sendable () throws(HTTPSFault) -> Connector
    ) throws(TLSConfigurationError) {
        client = HTTPSClient(
            connector: connector,
            context: try HTTPSClient.context(trust),
            accepts: Picture.types.joined(separator: ", "),
            largestBody: limits.bytes,
            redirects: limits.redirects,
            time: .seconds(limits.seconds),
            port: limits.webPort
        )
        retrievals = limits.retrievals
    }

    /// Only addresses that all the world can reach, and of these none of this machine, where other services may listen.
    static func policy(own addresses: Set<IPAddress>) -> AddressPolicy {
        var policy = AddressPolicy()
        policy.refused = Set(AddressPolicy.Kind.allCases)
        policy.refused.remove(.global)
        policy.ownAddresses = addresses
        policy.ownPorts = nil
        return policy
    }

    /// The policy with the addresses that this machine has at this time.
    static func policy() throws(HTTPSFault) -> AddressPolicy {
        do {
            return policy(own: try AddressPolicy.addressesOfThisMachine())
        } catch {
            throw HTTPSFault(.unreachable, "the addresses of this machine cannot be listed: \(error)")
        }
    }

    /// Retrieves a picture.
    ///
    /// - Parameters:
    ///   - address: where it is, by HTTPS.
    ///   - eventLoop: the loop of the retrieval.
    ///   - deliver: takes the picture, or why there is none, once, on the loop.
    ///
    /// Source: RFC 4482 §3.4.
    public func fetch(
        _ address: String,
        on eventLoop: any EventLoop,
        deliver: @escaping @Sendable (Result<Picture, HTTPSFault>) -> Void
    ) {
        let mayBegin = open.withLock { count in
            guard count < retrievals else { return false }
            count += 1
            return true
        }
        eventLoop.execute { [self] in
            guard mayBegin else {
                return deliver(.failure(HTTPSFault(.overloaded, "too many pictures are retrieved")))
            }
            let retrieval = HTTPSRetrieval(client, on: eventLoop) { (bytes, type) throws(HTTPSFault) in
                .value(try Picture(bytes, said: type))
            } deliver: { result in
                self.open.withLock { $0 -= 1 }
                deliver(result)
            }
            retrieval.start { () throws(HTTPSFault) in try HTTPSAddress(address, port: client.port) }
        }
    }
}
