import BridgeCore
import TLSChannels
import XMPPChannels
import XMPPStreams

extension ServerStreams {
    /// What each stream and each route without one does.
    var rows: [LinkRow] {
        routes.map(\.row) + accepted.values.sorted { $0.number < $1.number }.flatMap(\.rows) + refusals
    }

    private var refusals: [LinkRow] {
        turnedAway.tries.sorted { $0.key < $1.key }.map { domain, last in
            var row = LinkRow(ServerRoute.hop(from: hosts.fallback, to: domain), .in, .refused, peer: domain)
            row.since = last.time
            row.reason = last.failure.sentence
            row.remedy = last.failure.remedy.isEmpty ? nil : last.failure.remedy
            return row
        }
    }
}

extension ServerRoute {
    /// What the route does.
    var row: LinkRow {
        var row = LinkRow(hop, isAdopted ? .both : .out, standing, peer: pair.remote)
        row.proof = state == .open ? proof?.rawValue : nil
        row.since = openSince
        row.queued = queue.count
        row.unconfirmed = flying.count + suspended.count
        row.received = UInt64(counts.received)
        row.sent = UInt64(counts.sent)
        row.reason = failure?.sentence
        row.remedy = failure.flatMap { $0.remedy.isEmpty ? nil : $0.remedy }
        row.tell(of: stream, streams.settings.policy.trust(for: pair.remote))
        return row
    }

    private var standing: LinkRow.State {
        switch state {
        case .idle: .idle
        case .queued, .connecting, .negotiating: .connecting
        case .open: .open
        case .waiting: .waiting
        }
    }
}

extension AcceptedStream {
    /// What the stream does for each pair of domains; one that has proved none is not shown.
    fileprivate var rows: [LinkRow] {
        pairs.sorted { $0.key.description < $1.key.description }.map { pair, proof in
            let name = ServerRoute.hop(from: pair.local, to: pair.remote)
            var row = LinkRow(name, isCarrier ? .both : .in, .open, peer: pair.remote)
            row.proof = proof.rawValue
            row.since = since
            row.received = UInt64(received)
            row.tell(of: stream, streams.settings.policy.trust(for: pair.remote))
            return row
        }
    }
}

extension LinkRow {
    /// What TLS showed, and what the operator's configuration weakens.
    fileprivate mutating func tell(of stream: (any StreamCarrier)?, _ trust: StreamPolicy.Trust) {
        weakened = trust.weakening
        guard let peer = stream?.peer else { return }
        let version =
            switch peer.version {
            case .tls12: "TLS 1.2"
            case .tls13: "TLS 1.3"
            }
        tls = "\(version) \(peer.cipher)"
        certificateEnds = peer.certificates.expiry.map { $0 * 1_000 }
    }
}
