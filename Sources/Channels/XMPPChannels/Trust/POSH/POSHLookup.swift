import DNSChannels
import NIOCore
import Synchronization
import TLSChannels

/// Answers whether a domain's web server names a certificate; documents are remembered, and retrieved once at a time.
///
/// Source: RFC 7711 §3.3, §6.
final class POSHLookup: Sendable {
    typealias Outcome = Result<Bool, HTTPSFault>

    private struct Waiting {
        let certificate: TLSCertificate
        let eventLoop: any EventLoop
        let deliver: @Sendable (Outcome) -> Void
    }

    private struct State {
        var memory: POSHMemory
        var waiting: [String: [Waiting]] = [:]
    }

    /// What has to be done for a question.
    private enum Step {
        case answer(Outcome)
        case wait
        case retrieve
    }

    private let client: HTTPSClient
    private let clock: ServerClock
    private let limits: TrustLimits
    private let state: Mutex<State>

    init(
        connector: Connector,
        trust: TLSConfiguration.TrustRoots,
        clock: ServerClock,
        limits: TrustLimits
    ) throws(TLSConfigurationError) {
        client = HTTPSClient(
            connector: { connector },
            context: try HTTPSClient.context(trust),
            accepts: "application/json",
            largestBody: limits.documentBytes,
            redirects: limits.redirects,
            time: limits.retrieval,
            port: limits.webPort
        )
        self.clock = clock
        self.limits = limits
        state = Mutex(State(memory: POSHMemory(limit: limits.remembered)))
    }

    /// Asks; the answer comes on the event loop, once.
    func ask(
        _ domain: String,
        about certificate: TLSCertificate,
        on eventLoop: any EventLoop,
        deliver: @escaping @Sendable (Outcome) -> Void
    ) {
        let now = clock.monotonic()
        let waiting = Waiting(certificate: certificate, eventLoop: eventLoop, deliver: deliver)
        switch state.withLock({ step(domain, waiting, &$0, now) }) {
        case .answer(let outcome): deliver(outcome)
        case .wait: break
        case .retrieve: retrieve(domain, on: eventLoop)
        }
    }

    private func step(_ domain: String, _ waiting: Waiting, _ state: inout State, _ now: UInt64) -> Step {
        if let entry = state.memory.entry(domain, now: now) {
            let outcome = Self.outcome(entry.outcome, waiting.certificate)
            // A certificate that was renewed may be in the document by this time.
            let isFresh = now - entry.since < nanoseconds(limits.pause)
            if isFresh || outcome == .success(true) { return .answer(outcome) }
        }
        if let others = state.waiting[domain] {
            guard others.count < limits.waiting else {
                return .answer(.failure(HTTPSFault(.overloaded, "too many wait for the document")))
            }
            state.waiting[domain] = others + [waiting]
            return .wait
        }
        guard state.waiting.count < limits.retrievals else {
            return .answer(.failure(HTTPSFault(.overloaded, "too many documents are retrieved")))
        }
        state.waiting[domain] = [waiting]
        return .retrieve
    }

    private func retrieve(_ domain: String, on eventLoop: any EventLoop) {
        var reader = POSHReader()
        let retrieval = HTTPSRetrieval(client, on: eventLoop) { (bytes, _) throws(HTTPSFault) in
            try reader.read(bytes)
        } deliver: { [self] in
            learned(domain, $0)
        }
        retrieval.start { () throws(HTTPSFault) in try HTTPSAddress(domain: domain) }
    }

    private func learned(_ domain: String, _ result: Result<POSHReader.Material, HTTPSFault>) {
        let now = clock.monotonic()
        let seconds: Int64
        switch result {
        case .success(let material): seconds = min(material.seconds, limits.longestMemory)
        case .failure: seconds = limits.pause
        }
        var entry = POSHMemory.Entry(
            outcome: result.map(\.fingerprints),
            since: now,
            until: now &+ nanoseconds(seconds)
        )
        let waiting = state.withLock { state in
            // A document that still counts is not forgotten because the web server does not answer for a while.
            if case .failure = result, let former = state.memory.entry(domain, now: now) {
                entry = POSHMemory.Entry(outcome: former.outcome, since: now, until: former.until)
            }
            state.memory.learned(domain, entry, now: now)
            return state.waiting.removeValue(forKey: domain) ?? []
        }
        for one in waiting {
            let answer = Self.outcome(entry.outcome, one.certificate)
            one.eventLoop.execute { one.deliver(answer) }
        }
    }

    private static func outcome(
        _ outcome: Result<[POSHFingerprint], HTTPSFault>,
        _ certificate: TLSCertificate
    ) -> Outcome {
        outcome.map { $0.contains { $0.names(certificate) } }
    }

    private func nanoseconds(_ seconds: Int64) -> UInt64 { UInt64(max(0, seconds)) * 1_000_000_000 }
}
