import DNSChannels
import NIOCore
import NIOHTTP1
import TLSChannels

/// The way to one picture, with redirects between; each address on it is checked as the first one is.
///
/// Bound to its event loop.
///
/// Source: RFC 4482 §3.4, §8.
final class PictureRetrieval {
    private let connector: Connector
    private let context: TLSContext
    private let limits: PictureLimits
    private let eventLoop: any EventLoop
    private var deliver: ((Result<Picture, POSHFault>) -> Void)?
    private var redirects = 0
    private var connecting: OpenConnection?
    private var channel: (any Channel)?
    private var deadline: Scheduled<Void>?

    init(
        _ connector: Connector,
        _ context: TLSContext,
        _ limits: PictureLimits,
        on eventLoop: any EventLoop,
        deliver: @escaping (Result<Picture, POSHFault>) -> Void
    ) {
        self.connector = connector
        self.context = context
        self.limits = limits
        self.eventLoop = eventLoop
        self.deliver = deliver
    }

    func start(_ address: String) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        deadline = eventLoop.scheduleTask(in: .seconds(limits.seconds)) {
            bound.value.finish(.failure(POSHFault(.timedOut, "the web server took too long")))
        }
        follow(address)
    }

    private func follow(_ text: String) {
        let address: HTTPSAddress
        do throws(POSHFault) { address = try HTTPSAddress(text, port: limits.webPort) } catch {
            return finish(.failure(error))
        }
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
        let exchange = HTTPSExchange(
            address,
            port: limits.webPort,
            largestBody: limits.bytes,
            accepts: Picture.types.joined(separator: ", ")
        ) { [self] in answered($0) }
        try pipeline.addHTTPClientHandlers()
        try pipeline.addHandler(exchange)
        try pipeline.addHandler(TLSHandler(session), position: .first)
        channel.setOption(.autoRead, value: true).whenComplete { _ in }
    }

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
            follow(place)
        case .success(.document(let bytes, let type)):
            do throws(POSHFault) {
                finish(.success(try Picture(bytes, said: type)))
            } catch {
                finish(.failure(error))
            }
        }
    }

    private func finish(_ result: Result<Picture, POSHFault>) {
        guard let deliver else { return }
        self.deliver = nil
        deadline?.cancel()
        connecting?.cancel()
        channel?.close(promise: nil)
        channel = nil
        deliver(result)
    }
}
