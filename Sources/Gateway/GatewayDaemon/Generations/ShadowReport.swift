/// What would become of recorded crossings under other tables, by row.
public struct ShadowReport: Codable, Sendable, Equatable {
    /// Crossings for which the same row makes the same difference.
    public struct Group: Codable, Sendable, Equatable {
        /// `TABLE.ID` of the row that makes the difference.
        public var row: String
        /// `FILE:LINE` of the row; nil when no file has it any more.
        public var place: String?
        /// What of the crossing it concerns: `address`, `route`, `error`, `loss`, `row`, `output`.
        public var part: String
        /// Before and after, in few words.
        public var change: String
        /// How many crossings.
        public var crossings: Int
        /// The numbers of some of them, the latest first; `seq N` is the record of a refusal.
        public var examples: [String]

        /// A sentence for people.
        public var sentence: String {
            let number = crossings == 1 ? "1 crossing" : "\(crossings) crossings"
            return
                switch part
            {
            case "address": "\(number) would have another address: \(change)"
            case "route": "\(number) would take another route: \(change)"
            case "error": "\(number) would end otherwise: \(change)"
            case "loss": "\(number) would lose otherwise: \(change)"
            case "row": "\(number) fired this row, which \(change)"
            default: "\(number) would come out otherwise: \(change)"
            }
        }
    }

    /// How many crossings were replayed.
    public var crossings = 0
    /// Of these, how many were translated as a whole, since their texts are still there.
    public var whole = 0
    /// How many crossings something would change for.
    public var changed = 0
    /// The differences, the most frequent first.
    public var groups: [Group] = []
    /// How many groups there are beyond those that are told.
    public var leftOut = 0

    /// The most groups that are told, and the most examples of each.
    public static let mostGroups = 200
    /// The most examples of each group.
    public static let mostExamples = 3

    /// What was compared, and how: what a record does not hold cannot be replayed.
    public var basis: String {
        let rest = crossings - whole
        var parts: [String] = []
        if whole > 0 { parts.append("\(whole) translated as a whole") }
        if rest > 0 {
            parts.append("bodies were not kept: \(rest) compared by address, route, error and the rows that fired")
        }
        return parts.isEmpty ? "no crossings are recorded" : parts.joined(separator: "; ")
    }

    /// One sentence.
    public var summary: String { "\(changed) of \(crossings) crossings would change; \(basis)" }
}
