import Dispatch
import Ledger
import NIOCore
import NIOHTTP1
import NIOPosix
import OperatorFiles
import Synchronization
import TLSChannels

/// A web server that is sent the checkpoints of the log, one request each.
///
/// One request is open at a time. A checkpoint that comes meanwhile waits, and takes the place of one that waits: it
/// covers the same records. One that was not taken is sent again after a pause, unless a later one has come.
final class HTTPWitness: CheckpointWitness {
    /// How long a request may take from its beginning to its answer.
    static let patience = TimeAmount.seconds(5)
    /// How long nothing is sent after one that failed.
    static let pause = TimeAmount.seconds(5)

    let description: String

    private struct State {
        /// The checkpoint to be sent next.
        var next: String?
        /// Whether a request is open.
        var isOpen = false
        /// Whether one has failed a short while ago.
        var isPausing = false
        var isEnding = false
        var fault: String?
    }

    private let url: WitnessURL
    private let context: TLSContext?
    private let eventLoop: any EventLoop
    private let (patience, pause): (TimeAmount, TimeAmount)
    private let state = Mutex(State())
    private let ended = DispatchSemaphore(value: 0)

    /// Prepares a witness; nothing is sent before the first checkpoint.
    ///
    /// - Parameters:
    ///   - url: where checkpoints go.
    ///   - context: whom to believe, for a URL that is secure.
    ///   - eventLoop: where requests are made.
    ///   - patience: how long a request may take.
    ///   - pause: how long nothing is sent after one that failed.
    init(
        _ url: WitnessURL,
        context: TLSContext?,
        on eventLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next(),
        patience: TimeAmount = HTTPWitness.patience,
        pause: TimeAmount = HTTPWitness.pause
    ) {
        self.url = url
        self.context = context
        self.eventLoop = eventLoop
        self.patience = patience
        self.pause = pause
        description = url.description
    }

    var fault: String? { state.withLock { $0.fault } }

    func hand(_ note: String) {
        let begins = state.withLock { state in
            state.next = note
            return !state.isOpen && !state.isPausing
        }
        if begins { eventLoop.execute { self.send() } }
    }

    func finish() {
        let isWorking = state.withLock { state in
            state.isEnding = true
            return state.isOpen || state.next != nil
        }
        guard isWorking else { return }
        // What waits for the end of a pause is tried once more, now.
        eventLoop.execute { self.send() }
        _ = ended.wait(timeout: .now() + .nanoseconds(Int(patience.nanoseconds)))
    }

    // MARK: On the event loop

    private func send() {
        let note = state.withLock { state -> String? in
            guard !state.isOpen, let note = state.next else { return nil }
            state.next = nil
            state.isOpen = true
            state.isPausing = false
            return note
        }
        guard let note else { return }
        post(note).whenComplete { result in
            switch result {
            case .success: self.taken()
            case .failure(let error): self.failed(note, "\(error)")
            }
        }
    }

    private func taken() {
        let hasMore = state.withLock { state in
            state.isOpen = false
            state.fault = nil
            if state.next == nil, state.isEnding { ended.signal() }
            return state.next != nil
        }
        if hasMore { send() }
    }

    private func failed(_ note: String, _ reason: String) {
        let isEnding = state.withLock { state in
            state.isOpen = false
            state.fault = reason
            state.next = state.next ?? note
            state.isPausing = true
            if state.isEnding { ended.signal() }
            return state.isEnding
        }
        if !isEnding { eventLoop.scheduleTask(in: pause) { self.send() } }
    }

    private func post(_ note: String) -> EventLoopFuture<Void> {
        let answer = eventLoop.makePromise(of: Void.self)
        let (url, context) = (url, context)
        let deadline = eventLoop.scheduleTask(in: patience) {
            answer.fail(WitnessExchange.Fault(description: "it does not answer in time"))
        }
        ClientBootstrap(group: eventLoop)
            .connectTimeout(patience)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(WitnessExchange(url, note: note, answer: answer))
                    if let context, url.isSecure {
                        let session = try TLSSession(context: context, name: url.host)
                        try pipeline.addHandler(TLSHandler(session), position: .first)
                    }
                }
            }
            .connect(host: url.host, port: url.port)
            .whenComplete { result in
                switch result {
                case .success(let channel): answer.futureResult.whenComplete { _ in channel.close(promise: nil) }
                case .failure(let error):
                    answer.fail(WitnessExchange.Fault(description: "it is not reached: \("\(error)".prefix(200))"))
                }
            }
        answer.futureResult.whenComplete { _ in deadline.cancel() }
        return answer.futureResult
    }
}
