import BridgeCore
import XMPPStanzas
import XMPPStreams

/// The way between one domain of the gateway and all servers that it has streams with.
final class ServerLink: XMPPLink {
    let domain: String
    /// The streams of all domains.
    unowned let streams: ServerStreams
    /// Who handed over the stanza that is looked at.
    var arriving: Voucher?
    /// How domains proved themselves last.
    private(set) var proofs: [String: DomainProof] = [:]
    /// The domains that presence was exchanged with, whose states are in doubt when a stream breaks.
    private(set) var presencePeers: Set<String> = []
    /// The ways to other domains, by domain.
    var routes: [String: ServerRoute] = [:]

    init(domain: String, streams: ServerStreams) {
        self.domain = domain
        self.streams = streams
    }

    var largestStanza: Int { streams.settings.initiating.stanzaBytes }

    /// Whether other servers can connect.
    var isOpen: Bool { streams.isListening }

    var isStopped: Bool { streams.isStopped }

    var state: String { streams.state }

    func hop(to domain: String) -> String {
        routes[domain]?.hop ?? ServerRoute.hop(from: self.domain, to: domain)
    }

    /// The domain itself, which has proved itself on the stream.
    func voucher(for domain: String) -> Voucher {
        if let arriving, arriving.peer == domain { return arriving }
        return Voucher(peer: domain, proof: proofs[domain]?.rawValue ?? "")
    }

    /// Presence went to a domain, or came from there.
    func exchangesPresence(with domain: String) {
        if presencePeers.count < streams.settings.bounds.routes { presencePeers.insert(domain) }
    }

    /// A domain has proved itself, on a stream of either side.
    func proved(_ domain: String, _ proof: DomainProof) {
        if proofs.count >= streams.settings.bounds.routes, proofs[domain] == nil { proofs.removeAll() }
        proofs[domain] = proof
    }

    func start() { streams.start() }

    func stop() { streams.stop() }

    func advance() { streams.advance() }

    func flush() { streams.flush() }

    func send(_ item: Item) {
        guard let route = streams.route(of: item, on: self) else {
            return refuse(item)
        }
        route.send(item)
    }

    /// There is no way for an item, for good or for a while.
    ///
    /// Source: RFC 6120 §8.3.3.10, §8.3.3.16, §8.3.3.18.
    private func refuse(_ item: Item) {
        let domain = streams.domain(of: item)
        if !streams.settings.policy.admission.admits(domain) {
            streams.leg.unreachable(item, .notAllowed, "the domain is not admitted")
        } else if streams.isStopping || streams.isFull {
            let report = OutcomeReport(
                protocolCode: StanzaError.Condition.resourceConstraint.rawValue,
                text: "no more domains are written to at one time, or none at all any more"
            )
            streams.leg.host.failed(item.id, Failure(report: report, retry: .hop(after: 60)))
        } else {
            streams.leg.unreachable(item, .remoteServerNotFound, "there is no such domain, or it is the gateway's own")
        }
    }

    func write(_ stanza: [UInt8], to domain: String) {
        // An address that is none is answered where its stanza came from.
        if let route = streams.route(from: self, to: domain) {
            route.write(stanza)
        } else if let arriving {
            streams.route(from: self, to: arriving.peer)?.write(stanza)
        }
    }
}
