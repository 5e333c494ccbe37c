import DNSChannels
public import NIOCore
public import XMPPChannels
public import XMPPStreams

/// Connects to the server of another domain as live traffic would, says what it finds, and sends no stanza.
///
/// The same connector, TLS settings and stream machine are used, so that diagnosis and traffic cannot disagree. Each
/// server is tried that traffic would try, until one takes the stream.
///
/// Source: RFC 6120 §3.2, §4.3, §13.7.
public struct LinkDiagnosis: Sendable {
    /// How long everything may take unless another time is given.
    public static let patience = TimeAmount.seconds(60)

    /// How many streams are opened, one after the other.
    static let largestStreams = 8

    let server: XMPPLegSettings.Server
    let pair: DomainPair
    let clock: ServerClock
    let patience: TimeAmount
    let notes: [LinkFinding]

    /// Prepares a diagnosis.
    ///
    /// - Parameters:
    ///   - server: what streams between servers are made with.
    ///   - pair: the gateway's domain and the peer's.
    ///   - clock: the clocks.
    ///   - patience: how long everything may take.
    ///   - notes: what is known beforehand, told first; a failure among them fails the link, whatever the peer does.
    public init(
        _ server: XMPPLegSettings.Server,
        pair: DomainPair,
        clock: ServerClock,
        patience: TimeAmount = LinkDiagnosis.patience,
        notes: [LinkFinding] = []
    ) {
        self.server = server
        self.pair = pair
        self.clock = clock
        self.patience = patience
        self.notes = notes
    }

    /// Carries it out.
    ///
    /// - Parameter eventLoop: the loop of the connections.
    /// - Returns: what is found, as it is found; the last one is of ``LinkFinding/Step/link``.
    public func findings(on eventLoop: any EventLoop) -> AsyncStream<LinkFinding> {
        AsyncStream { continuation in
            eventLoop.execute {
                let run = DiagnosisRun(
                    self,
                    on: eventLoop,
                    tell: { continuation.yield($0) },
                    done: { continuation.finish() }
                )
                run.start()
            }
        }
    }
}
