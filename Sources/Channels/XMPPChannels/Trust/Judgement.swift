import NIOCore
import TLSChannels
import XMPPStreams

/// One certificate for which the network is asked: first the DNS, then a web server.
///
/// Bound to its event loop.
///
/// Source: RFC 7712 §5.
final class Judgement {
    private let inquiry: CertificateInquiry
    private let judge: PeerJudge
    private let eventLoop: any EventLoop
    private var reasons: [String]
    private var deliver: (@Sendable (CertificateVerdict) -> Void)?
    private var search: DANESearch?
    private var deadline: Scheduled<Void>?

    init(
        _ inquiry: CertificateInquiry,
        of judge: PeerJudge,
        reason: String,
        on eventLoop: any EventLoop,
        deliver: @escaping @Sendable (CertificateVerdict) -> Void
    ) {
        self.inquiry = inquiry
        self.judge = judge
        self.eventLoop = eventLoop
        self.deliver = deliver
        reasons = [reason]
    }

    func start() {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        deadline = eventLoop.scheduleTask(in: judge.limits.verdict) {
            bound.value.reasons.append("Nothing else was learned in time.")
            bound.value.finish(nil)
        }
        // The records of a server that was connected to have been looked at.
        guard judge.settings.usesDANE, inquiry.ownServer == nil else { return askWeb() }
        let search = judge.search(inquiry, on: eventLoop) { [self] reason in
            guard let reason else { return finish(.dane) }
            reasons.append(reason)
            askWeb()
        }
        self.search = search
        search.start()
    }

    /// Source: RFC 7711 §3.3, §6.
    private func askWeb() {
        guard deliver != nil else { return }
        guard judge.settings.usesPOSH, let certificate = inquiry.peer.certificate else { return finish(nil) }
        guard certificate.validity.contains(judge.clock.unixSeconds()) else {
            reasons.append("It is out of date, so that no web server can vouch for it.")
            return finish(nil)
        }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        judge.documents.ask(inquiry.domain, about: certificate, on: eventLoop) { result in
            let judgement = bound.value
            switch result {
            case .success(true): return judgement.finish(.posh)
            case .success(false): judgement.reasons.append("The domain's POSH document names other certificates.")
            case .failure(let fault): judgement.reasons.append("POSH: \(fault.reason).")
            }
            judgement.finish(nil)
        }
    }

    private func finish(_ proof: DomainProof?) {
        guard let deliver else { return }
        self.deliver = nil
        deadline?.cancel()
        search?.cancel()
        deliver(proof.map { .proved($0) } ?? .refused(reasons.joined(separator: " ")))
    }
}
