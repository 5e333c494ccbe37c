public import Digests

/// One stored audit record.
public struct AuditRow: Sendable, Equatable {
    /// The place of the record; counted from 1 without gaps.
    public var sequence: Int64
    /// The canonical JSON object, with the sequence number as its first key.
    public var record: [UInt8]
    /// The stored leaf hash.
    public var leaf: Digest

    /// Creates a row.
    ///
    /// - Parameters:
    ///   - sequence: the place of the record.
    ///   - record: the canonical JSON object.
    ///   - leaf: the stored leaf hash.
    public init(sequence: Int64, record: [UInt8], leaf: Digest) {
        self.sequence = sequence
        self.record = record
        self.leaf = leaf
    }
}

/// Which audit records to show; what is nil or empty does not matter.
public struct AuditFilter: Sendable, Equatable {
    /// Only records of this crossing.
    public var crossing: String?
    /// Only records that name this address as sender or recipient on either shore, with or without a resource or
    /// parameters behind it.
    public var address: String?
    /// Only records whose text contains this one, case and all; no search database helps to find them.
    public var containing: String?
    /// Only records with one of these events.
    public var events: [AuditEvent]?
    /// Only records from this moment on: milliseconds since 1970-01-01T00:00:00Z.
    public var since: Int64?
    /// Only records before this moment: milliseconds since 1970-01-01T00:00:00Z.
    public var until: Int64?
    /// Only records that name one of these addresses, as ``RecordReader/forms(of:)`` gives those of one person.
    public var person: [String] = []
    /// Only records of one of these crossings.
    public var crossings: [String] = []
    /// Only records of this neighbor.
    public var peer: String?
    /// Only records in which the rule with this id fired.
    public var rule: String?
    /// Only records with this class of loss.
    public var loss: String?
    /// Only records with this code or other value of the outcome, or exactly this reason.
    public var outcome: String?
    /// Only records with this value of an id of a protocol.
    public var identifier: String?

    /// Creates a filter.
    ///
    /// - Parameters:
    ///   - crossing: only records of this crossing.
    ///   - address: only records that name this address.
    ///   - containing: only records whose text contains this one.
    ///   - events: only records with one of these events.
    ///   - since: only records from this moment on.
    ///   - until: only records before this moment.
    public init(
        crossing: String? = nil,
        address: String? = nil,
        containing: String? = nil,
        events: [AuditEvent]? = nil,
        since: Int64? = nil,
        until: Int64? = nil
    ) {
        self.crossing = crossing
        self.address = address
        self.containing = containing
        self.events = events
        self.since = since
        self.until = until
    }
}
