import DNSChannels

/// What came of the search for a server and the connections to it.
enum ConnectionFindings {
    static let askAgain = "check the resolver that the gateway asks (dns: servers:), and try again"
    private static let allowIt =
        "if the address is right, name it under dns: allow-addresses:, or the server under peers: connect:"

    /// What was tried and failed.
    ///
    /// - Parameters:
    ///   - attempts: what was tried.
    ///   - isOver: whether nothing else was reached.
    /// - Returns: a finding for each.
    static func tried(_ attempts: [ConnectionAttempt], isOver: Bool) -> [LinkFinding] {
        attempts.map { attempt in
            LinkFinding(
                step(attempt.stage),
                isOver ? .failure : .warning,
                attempt.description,
                remedy: remedy(attempt.stage),
                server: attempt.server?.description
            )
        }
    }

    private static func step(_ stage: ConnectionAttempt.Stage) -> LinkFinding.Step {
        switch stage {
        case .services, .addresses, .associations: .dns
        case .policy, .connection: .tcp
        }
    }

    private static func remedy(_ stage: ConnectionAttempt.Stage) -> String? {
        switch stage {
        case .services, .addresses: nil
        case .associations: askAgain
        case .policy: allowIt
        case .connection: "check that the server runs and that no firewall stands between"
        }
    }

    /// The connection stands.
    static func reached(_ connected: ConnectedServer, milliseconds: Int64) -> LinkFinding {
        let start =
            switch connected.server.mode {
            case .startTLS: "TLS follows by STARTTLS"
            case .directTLS: "TLS begins at once"
            }
        let what = "connected to \(connected.server) at \(connected.address) in \(milliseconds) ms; \(start)"
        return LinkFinding(.tcp, .ok, what)
    }

    /// The sum of a search that reached nothing.
    static func unreached(_ failure: ConnectionFailure) -> LinkFinding {
        let (why, remedy): (String, String) =
            switch failure.kind {
            case .malformedDomain: ("is no domain of the DNS", "correct the domain")
            case .notOffered:
                (
                    "says in the DNS that it has no XMPP server",
                    "ask the domain's operator, or name its server under peers: connect:"
                )
            case .notFound:
                (
                    "has no server that the DNS knows",
                    "check the domain's spelling; else ask its operator for SRV records, or name its server under peers: connect:"
                )
            case .undecided: ("cannot be looked up", askAgain)
            case .bogus: ("has DNS records that contradict DNSSEC", "its operator has to sign the zone correctly")
            case .refused:
                (
                    "names only addresses that the gateway does not connect to", allowIt
                )
            case .unreachable:
                (
                    "has servers, and none of them takes the connection",
                    "check the peer's servers, and the network and firewalls on the way"
                )
            case .cancelled: ("was not reached in time", "try again with a longer --timeout")
            }
        return LinkFinding(.link, .failure, "no stanza would go: \(failure.domain) \(why)", remedy: remedy)
    }
}
