import DNSChannels
import NIOCore
import OperatorFiles
import Synchronization
import TLSChannels
import XMPPChannels

/// What fetches pictures, made when the first one is wanted: most gateways fetch none.
final class WebPictures: Sendable {
    private struct State {
        var fetcher: Result<PictureFetcher, HTTPSFault>?
        /// The resolver, where it is of its own.
        var resolver: UnboundResolver?
        var isStopped = false
    }

    private let dns: GatewayConfiguration.DNS
    private let shared: UnboundResolver?
    private let state = Mutex(State())

    /// Makes nothing yet.
    ///
    /// - Parameters:
    ///   - dns: whom to ask for addresses.
    ///   - shared: the resolver of streams between servers; nil where there are none.
    init(_ dns: GatewayConfiguration.DNS, shared: UnboundResolver?) {
        self.dns = dns
        self.shared = shared
    }

    /// Retrieves a picture; the answer comes on the loop.
    func fetch(
        _ address: String,
        on eventLoop: any EventLoop,
        deliver: @escaping @Sendable (Result<Picture, HTTPSFault>) -> Void
    ) {
        switch state.withLock({ fetcher(&$0) }) {
        case .success(let fetcher): fetcher.fetch(address, on: eventLoop, deliver: deliver)
        case .failure(let fault): eventLoop.execute { deliver(.failure(fault)) }
        }
    }

    private func fetcher(_ state: inout State) -> Result<PictureFetcher, HTTPSFault> {
        guard !state.isStopped else { return .failure(HTTPSFault(.overloaded, "the gateway stops")) }
        if let fetcher = state.fetcher { return fetcher }
        let made = make(&state)
        state.fetcher = made
        return made
    }

    private func make(_ state: inout State) -> Result<PictureFetcher, HTTPSFault> {
        if shared == nil {
            do throws(ResolverFault) {
                state.resolver = try UnboundResolver(LegSettings.resolver(dns))
            } catch {
                return .failure(HTTPSFault(.unreachable, "names cannot be looked up: \(error)"))
            }
        }
        guard let resolver = shared ?? state.resolver else {
            return .failure(HTTPSFault(.unreachable, "names cannot be looked up"))
        }
        do throws(TLSConfigurationError) {
            return .success(try PictureFetcher(resolver: resolver))
        } catch {
            return .failure(HTTPSFault(.untrusted, "the authorities of the system cannot be read: \(error)"))
        }
    }

    /// Ends the thread of the resolver, if it has one of its own; open questions are answered with a failure.
    func stop() {
        let resolver = state.withLock { state in
            state.isStopped = true
            defer { state.resolver = nil }
            return state.resolver
        }
        resolver?.stop()
    }
}
