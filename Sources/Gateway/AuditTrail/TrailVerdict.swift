/// What a verification says of a log, or of a place in it.
public enum TrailVerdict: String, Sendable, CaseIterable {
    /// Every record is the one that was signed, and the log reaches as far as a checkpoint that was seen before.
    case intact
    /// As far as the log reaches it is what was signed; whether its end was removed was not compared.
    case tailNotCompared = "tail-not-compared"
    /// The last records are not signed: those of the last second, or appended by somebody else.
    case unsignedTail = "unsigned-tail"
    /// The last line is incomplete and was never signed: the writer was interrupted.
    case tornTail = "torn-tail"
    /// A record's bytes are not those that were signed.
    case altered
    /// Records at the beginning are missing.
    case removedHead = "removed-head"
    /// Records between others are missing.
    case removedMiddle = "removed-middle"
    /// Records at the end, which were signed, are missing.
    case removedTail = "removed-tail"
    /// A record stands behind a later one.
    case swapped
    /// A record stands there a second time.
    case replayed
    /// A record stands there that this log never held.
    case foreign
    /// The records are what was signed, but the file of their hashes is not.
    case leavesAltered = "leaves-altered"
    /// A checkpoint or a key cannot be read, or its signature is not that of the key it names.
    case checkpointAltered = "checkpoint-altered"
    /// No key that was given has signed.
    case wrongKey = "wrong-key"
    /// A key has signed outside its epoch.
    case reusedKey = "reused-key"
    /// The log ends whole and signed, but before a checkpoint that was seen: an older copy lies in its place.
    case olderCopy = "older-copy"
    /// The log agrees with what was seen up to a point, and went on differently from there.
    case fork
    /// Nothing that was seen agrees: the history was written and signed again, from its first record or from one that
    /// nothing that was seen tells.
    case resigned = "re-signed"

    /// How a command that finds it ends.
    ///
    /// 1, 2 and 3 have their meaning in every command: a fault, wrong usage, something out of reach.
    public var exitCode: Int32 {
        switch self {
        case .intact: 0
        case .tailNotCompared: 10
        case .altered: 11
        case .removedHead: 12
        case .removedMiddle: 13
        case .removedTail: 14
        case .swapped: 15
        case .replayed: 16
        case .foreign: 17
        case .wrongKey: 18
        case .reusedKey: 19
        case .olderCopy: 20
        case .fork: 21
        case .resigned: 22
        case .tornTail: 23
        case .checkpointAltered: 24
        case .leavesAltered: 25
        case .unsignedTail: 26
        }
    }

    /// A sentence for people.
    public var sentence: String {
        switch self {
        case .intact: "every record is the one that was signed, up to and beyond the checkpoints seen before"
        case .tailNotCompared:
            "every record is the one that was signed; whether the tail was removed was not compared, for want of --seen"
        case .unsignedTail: "the last records are not signed"
        case .tornTail: "the last line is incomplete and was never signed"
        case .altered: "the bytes are not those that were signed"
        case .removedHead: "records at the beginning are missing"
        case .removedMiddle: "records between others are missing"
        case .removedTail: "signed records at the end are missing"
        case .swapped: "the record stands behind a later one"
        case .replayed: "the record stands there a second time"
        case .foreign: "this log never held the record"
        case .leavesAltered: "the records are what was signed, the file of their hashes is not"
        case .checkpointAltered: "a note cannot be read, or its signature is not that of its key"
        case .wrongKey: "no key that was given has signed"
        case .reusedKey: "a key has signed outside its epoch"
        case .olderCopy: "the log ends before a checkpoint that was seen: an older copy lies in its place"
        case .fork: "the log began as what was seen, parted from it in this range, and was signed on"
        case .resigned:
            "the log agrees with nothing that was seen: its history was signed again, at the latest from the end of this "
                + "range"
        }
    }

    /// Whether it is about records that are not what was signed.
    var concernsRecord: Bool {
        switch self {
        case .removedHead, .removedMiddle, .swapped, .replayed, .foreign, .altered: true
        default: false
        }
    }

    /// Of two findings at one place the one that says more stands first.
    var weight: Int {
        switch self {
        case .wrongKey: 0
        case .reusedKey: 1
        case .resigned: 2
        case .fork: 3
        case .removedHead, .removedMiddle, .swapped, .replayed, .foreign, .altered: 4
        case .leavesAltered: 5
        case .checkpointAltered: 6
        case .removedTail: 7
        case .olderCopy: 8
        case .tornTail: 9
        case .unsignedTail: 10
        case .tailNotCompared: 11
        case .intact: 12
        }
    }
}

/// One thing that a verification found.
public struct TrailFinding: Sendable, Equatable {
    /// What it is.
    public var verdict: TrailVerdict
    /// The sequence number of the record that it begins with; nil where it concerns no record.
    public var sequence: Int64?
    /// The last record that it concerns, where that is another one.
    public var through: Int64?
    /// The file, without its folder.
    public var file: String
    /// The line in the file, counted from 1; nil where the file has no lines or the record none.
    public var line: Int?

    /// Makes a finding.
    ///
    /// - Parameters:
    ///   - verdict: what it is.
    ///   - sequence: the record that it begins with.
    ///   - through: the last record that it concerns.
    ///   - file: the file.
    ///   - line: the line.
    public init(
        _ verdict: TrailVerdict,
        _ sequence: Int64? = nil,
        through: Int64? = nil,
        file: String,
        line: Int? = nil
    ) {
        self.verdict = verdict
        self.sequence = sequence
        self.through = through
        self.file = file
        self.line = line
    }
}
