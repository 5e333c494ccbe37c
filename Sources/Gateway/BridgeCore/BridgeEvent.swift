/// What can happen to the bridge.
public enum BridgeEvent {
    /// A leg has received, proved and translated an item.
    case offered(Offer)
    /// The store holds these items.
    case committed([CrossingID])
    /// The store could not take these items.
    case commitFailed([CrossingID], reason: String)
    /// The target shore has taken the item.
    case delivered(CrossingID, report: OutcomeReport)
    /// The target shore, or the way there, has refused the item.
    case failed(CrossingID, Failure)
    /// A neighbor can be reached; what waits for it may go.
    case hopUp(String)
    /// A neighbor cannot be reached; nothing is sent there, and these items lost their verdict.
    case hopDown(String, unconfirmed: [CrossingID])
    /// A person has had a held item translated again, and other tables let it cross; the store has the rendition.
    case released(CrossingID, as: Rendition)
    /// They do not let it cross either; the store has the reason, and the facts that say it.
    case stillHeld(CrossingID, Holding, facts: [UInt8])
    /// A person gives a held item up.
    case dropped(CrossingID, because: String)
    /// Time has passed.
    case advanced
}

/// What the other side said, in words that the record keeps.
public struct OutcomeReport: Sendable, Equatable {
    /// The code or condition of the target's protocol, such as `200` or `pong`.
    public var protocolCode: String
    /// A sentence for people; may be empty.
    public var text: String

    /// Makes a report.
    public init(protocolCode: String, text: String = "") {
        self.protocolCode = protocolCode
        self.text = text
    }
}

/// Why an item was not delivered, and what the error table says of trying again.
public struct Failure: Sendable, Equatable {
    /// What may be done, from the error table's retry column.
    public enum Retry: Sendable, Equatable {
        /// Nothing; the sender is told.
        case never
        /// The same item later; `after` seconds when the peer named them.
        case backoff(after: UInt32?)
        /// The neighbor is at fault: hold everything that goes there and probe it.
        case hop(after: UInt32?)
        /// At once in the other rendering, whose bytes replace the first.
        case rendering(wire: [UInt8], identity: [UInt8])
    }

    /// What was said.
    public var report: OutcomeReport
    /// What may be done.
    public var retry: Retry
    /// The bytes of the refusal as received, from which the report to the sender is made.
    public var response: [UInt8]

    /// Makes a failure.
    public init(report: OutcomeReport, retry: Retry, response: [UInt8] = []) {
        self.report = report
        self.retry = retry
        self.response = response
    }
}
