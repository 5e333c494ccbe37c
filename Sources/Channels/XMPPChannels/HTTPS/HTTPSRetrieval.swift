import DNSChannels
import NIOCore
import NIOHTTP1
import TLSChannels

/// The way to a document on web servers, with redirects and other documents between; each address on it is checked as
/// the first one is.
///
/// Bound to its event loop.
///
/// Source: RFC 7711 §3, §10, RFC 4482 §3.4, §8.
final class HTTPSRetrieval<Value: Sendable> {
    /// What a document says to its reader.
    enum Reading {
        /// What was looked for.
        case value(Value)
        /// It is in another document, at this address.
        case reference(String)
    }

    /// Reads a document, with its media type where that was said.
    typealias Reader = ([UInt8], String?) throws(HTTPSFault) -> Reading

    private let client: HTTPSClient
    private let eventLoop: any EventLoop
    private let read: Reader
    private var deliver: ((Result<Value, HTTPSFault>) -> Void)?
    private var redirects = 0
    private var connecting: OpenConnection?
    private var channel: (any Channel)?
    private var deadline: Scheduled<Void>?

    init(
        _ client: HTTPSClient,
        on eventLoop: any EventLoop,
        read: @escaping Reader,
        deliver: @escaping (Result<Value, HTTPSFault>) -> Void
    ) {
        self.client = client
        self.eventLoop = eventLoop
        self.read = read
        self.deliver = deliver
    }

    /// Begins; an address that cannot be followed is an end as any other.
    func start(_ address: () throws(HTTPSFault) -> HTTPSAddress) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        deadline = eventLoop.scheduleTask(in: client.time) {
            bound.value.finish(.failure(HTTPSFault(.timedOut, "the web server took too long")))
        }
        do throws(HTTPSFault) { try connect(try address()) } catch { finish(.failure(error)) }
    }

    // MARK: Asking

    private func connect(_ address: HTTPSAddress) throws(HTTPSFault) {
        let server = ServerCandidate(.name(address.host), port: client.port, mode: .directTLS)
        let bound = NIOLoopBound((self, address), eventLoop: eventLoop)
        connecting = try client.connector().connect(
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
            finish(.failure(HTTPSFault(.unreachable, reason)))
        case .success(let server):
            guard deliver != nil else { return server.channel.close(promise: nil) }
            channel = server.channel
            do {
                try ask(server.channel, address)
            } catch {
                finish(.failure(HTTPSFault(.unreachable, "the web server cannot be asked: \(error)")))
            }
        }
    }

    private func ask(_ channel: any Channel, _ address: HTTPSAddress) throws {
        let session = try TLSSession(context: client.context, name: address.host.description)
        let pipeline = channel.pipeline.syncOperations
        let exchange = HTTPSExchange(address, client) { [self] in answered($0) }
        try pipeline.addHTTPClientHandlers()
        try pipeline.addHandler(exchange)
        try pipeline.addHandler(TLSHandler(session), position: .first)
        channel.setOption(.autoRead, value: true).whenComplete { _ in }
    }

    // MARK: Answers

    private func answered(_ result: Result<HTTPSExchange.Answer, HTTPSFault>) {
        channel?.close(promise: nil)
        channel = nil
        guard deliver != nil else { return }
        do throws(HTTPSFault) {
            switch try result.get() {
            case .redirect(let place):
                redirects += 1
                guard redirects <= client.redirects else {
                    throw HTTPSFault(.tooManyRedirects, "the web server redirects too often")
                }
                try connect(try HTTPSAddress(place, port: client.port))
            case .document(let bytes, let type):
                switch try read(bytes, type) {
                case .value(let value): finish(.success(value))
                case .reference(let place): try connect(try HTTPSAddress(place, port: client.port))
                }
            }
        } catch {
            finish(.failure(error))
        }
    }

    private func finish(_ result: Result<Value, HTTPSFault>) {
        guard let deliver else { return }
        self.deliver = nil
        deadline?.cancel()
        connecting?.cancel()
        channel?.close(promise: nil)
        channel = nil
        deliver(result)
    }
}
