import Addressing
import DNSChannels
import NIOCore
import NIOHTTP1
import TLSChannels

/// The way to the fingerprints of a domain: one document, or one that leads to another, with redirects between.
///
/// Bound to its event loop.
///
/// Source: RFC 7711 §3, §10.
final class POSHRetrieval {
    /// What was learned: the fingerprints, and for how many seconds.
    struct Material: Equatable {
        let fingerprints: [POSHFingerprint]
        let seconds: Int64
    }

    private let domain: String
    private let connector: Connector
    private let context: TLSContext
    private let limits: TrustLimits
    private let eventLoop: any EventLoop
    private var deliver: ((Result<Material, POSHFault>) -> Void)?
    private var redirects = 0
    /// How long the document that led to another counts.
    private var reference: Int64?
    private var connecting: OpenConnection?
    private var channel: (any Channel)?
    private var deadline: Scheduled<Void>?

    init(
        _ domain: String,
        connector: Connector,
        context: TLSContext,
        limits: TrustLimits,
        on eventLoop: any EventLoop,
        deliver: @escaping (Result<Material, POSHFault>) -> Void
    ) {
        self.domain = domain
        self.connector = connector
        self.context = context
        self.limits = limits
        self.eventLoop = eventLoop
        self.deliver = deliver
    }

    func start() {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        deadline = eventLoop.scheduleTask(in: limits.retrieval) {
            bound.value.finish(.failure(POSHFault(.timedOut, "the web server took too long")))
        }
        follow { [domain] () throws(POSHFault) in try HTTPSAddress(domain: domain) }
    }

    private func follow(_ address: () throws(POSHFault) -> HTTPSAddress) {
        do throws(POSHFault) {
            get(try address())
        } catch {
            finish(.failure(error))
        }
    }

    // MARK: Asking

    private func get(_ address: HTTPSAddress) {
        let server = ServerCandidate(.name(address.host), port: limits.webPort, mode: .directTLS)
        let bound = NIOLoopBound((self, address), eventLoop: eventLoop)
        connecting = connector.connect(
            to: .servers([server], domain: address.host.description),
            on: eventLoop
        ) { result in
            let (retrieval, address) = bound.value
            retrieval.connected(result, address)
        }
    }

    private func connected(_ result: Result<ConnectedServer, ConnectionFailure>, _ address: HTTPSAddress) {
        connecting = nil
        switch result {
        case .failure(let failure):
            let reason = "the web server was not reached: \(failure.description.prefix(300))"
            finish(.failure(POSHFault(.unreachable, reason)))
        case .success(let server):
            guard deliver != nil else { return server.channel.close(promise: nil) }
            channel = server.channel
            do {
                try ask(server.channel, address)
            } catch {
                finish(.failure(POSHFault(.unreachable, "the web server cannot be asked: \(error)")))
            }
        }
    }

    private func ask(_ channel: any Channel, _ address: HTTPSAddress) throws {
        let session = try TLSSession(context: context, name: address.host.description)
        let pipeline = channel.pipeline.syncOperations
        let exchange = HTTPSExchange(address, port: limits.webPort, largestBody: limits.documentBytes) { [self] in
            answered($0)
        }
        try pipeline.addHTTPClientHandlers()
        try pipeline.addHandler(exchange)
        try pipeline.addHandler(TLSHandler(session), position: .first)
        channel.setOption(.autoRead, value: true).whenComplete { _ in }
    }

    // MARK: Answers

    private func answered(_ result: Result<HTTPSExchange.Answer, POSHFault>) {
        channel?.close(promise: nil)
        channel = nil
        guard deliver != nil else { return }
        switch result {
        case .failure(let fault): finish(.failure(fault))
        case .success(.redirect(let place)):
            redirects += 1
            guard redirects <= limits.redirects else {
                return finish(.failure(POSHFault(.tooManyRedirects, "the web server redirects too often")))
            }
            follow { [limits] () throws(POSHFault) in try HTTPSAddress(place, port: limits.webPort) }
        case .success(.document(let bytes, _)):
            do throws(POSHFault) {
                read(try POSHDocument(bytes))
            } catch {
                finish(.failure(error))
            }
        }
    }

    /// Source: RFC 7711 §3.2, §6.
    private func read(_ document: POSHDocument) {
        switch document {
        case .fingerprints(let fingerprints, let seconds):
            let seconds = min(seconds, reference ?? .max)
            finish(.success(Material(fingerprints: fingerprints, seconds: seconds)))
        case .reference(let place, let seconds):
            guard reference == nil else {
                return finish(.failure(POSHFault(.circular, "the document that was referred to refers on")))
            }
            reference = seconds
            follow { [limits] () throws(POSHFault) in try HTTPSAddress(place, port: limits.webPort) }
        }
    }

    private func finish(_ result: Result<Material, POSHFault>) {
        guard let deliver else { return }
        self.deliver = nil
        deadline?.cancel()
        connecting?.cancel()
        channel?.close(promise: nil)
        channel = nil
        deliver(result)
    }
}
