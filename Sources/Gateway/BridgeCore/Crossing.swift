/// One of the two sides that the gateway joins.
public enum Shore: UInt8, Sendable, CaseIterable {
    /// Domains that speak XMPP.
    case xmpp = 0
    /// Domains that speak the CPIM family.
    case cpim = 1

    /// The other side.
    public var opposite: Shore { self == .xmpp ? .cpim : .xmpp }

    /// The name used in records, metrics and commands.
    public var name: String { self == .xmpp ? "xmpp" : "cpim" }
}

/// The number of one crossing, unique in one store and rising in order of acceptance.
public struct CrossingID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number itself, from 1.
    public let number: Int64

    /// Makes an id from its number.
    public init(_ number: Int64) { self.number = number }

    /// The decimal form.
    public var description: String { String(number) }

    /// Orders crossings by acceptance.
    public static func < (a: CrossingID, b: CrossingID) -> Bool { a.number < b.number }
}

/// What an item is, which decides what may be told when it fails.
public enum ItemKind: UInt8, Sendable {
    /// A message of a user.
    case message = 0
    /// A typed error that goes back to the sender of a failed message.
    case error = 1
    /// A text by which the gateway tells a sender of a failure that came after its acknowledgement.
    case notice = 2
    /// A step of a subscription.
    case step = 3
    /// What became of a message, for its sender; nobody is told when it fails.
    case receipt = 4
}

/// Where an answer to the source of an offer goes; made and understood by the leg that made the offer.
public struct AnswerToken: Hashable, Sendable {
    /// The leg's own number.
    public let value: UInt64

    /// Makes a token from a leg's number.
    public init(_ value: UInt64) { self.value = value }
}

/// A point in time on both clocks.
public struct Moment: Sendable, Equatable {
    /// Nanoseconds of a clock that never jumps; for timers.
    public var monotonic: UInt64
    /// Milliseconds since 1970-01-01T00:00:00Z; for deadlines that outlive the process.
    public var wall: Int64

    /// Makes a moment from both readings.
    public init(monotonic: UInt64, wall: Int64) {
        self.monotonic = monotonic
        self.wall = wall
    }
}
