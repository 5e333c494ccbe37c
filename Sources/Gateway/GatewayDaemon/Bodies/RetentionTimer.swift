import Ledger
import OperatorFiles

/// Which keys have been kept for as long as the configuration says.
struct RetentionRules: Sendable {
    /// What of a key has been kept long enough.
    enum Due: Sendable {
        case nothing
        /// What opens the texts.
        case texts
        case everything
    }

    private typealias Kind = GatewayConfiguration.Retention.Kind

    private let rules: [(domain: BodyLabel?, kind: Kind?, days: Int64)]

    init(_ rules: [GatewayConfiguration.Retention], _ labels: BodyLabels) {
        self.rules = rules.map { ($0.domain.map { labels.domain($0) }, $0.kind, Int64($0.days)) }
    }

    /// The last UTC day of which anything may be due; nil when nothing ever is.
    func lastDay(today: Int64) -> Int64? { rules.map(\.days).min().map { today - $0 - 1 } }

    /// What of a key goes: the first rule that matches its conversation and a kind says so for that kind.
    ///
    /// Whoever has a text has its digest, so what makes digests goes with the texts or after them.
    func due(_ key: BodyKeyEntry, today: Int64) -> Due {
        if key.opensTexts, !isDue(.text, key, today) { return .nothing }
        if isDue(.digest, key, today) { return .everything }
        return key.opensTexts ? .texts : .nothing
    }

    private func isDue(_ kind: Kind, _ key: BodyKeyEntry, _ today: Int64) -> Bool {
        let rule = rules.first { rule in
            (rule.kind ?? kind) == kind && (rule.domain.map { key.name.domains.contains($0) } ?? true)
        }
        guard let rule else { return false }
        return key.day + rule.days < today
    }
}

/// Decides when the next piece of the file of keys is looked at.
struct RetentionTimer {
    /// The pause between two walks through the file, in milliseconds (1 h).
    static let pause: Int64 = 3_600_000
    /// The pause between two pieces of a walk, in milliseconds.
    static let step: Int64 = 1_000
    /// Keys in one piece.
    static let piece = 1_000

    let rules: RetentionRules
    /// The last key that was looked at; nil at the beginning of a walk.
    private(set) var cursor: BodyKeyEntry?
    private var due: Int64
    private var isWalking = false
    private let isOn: Bool

    init(_ rules: [GatewayConfiguration.Retention], _ labels: BodyLabels, now: Int64) {
        self.rules = RetentionRules(rules, labels)
        isOn = !rules.isEmpty
        due = now + RetentionTimer.step
    }

    /// Begins a piece when it is time for one.
    ///
    /// - Parameter now: milliseconds since 1970-01-01T00:00:00Z.
    /// - Returns: whether it begins; ``ended(_:now:)`` follows.
    mutating func begins(now: Int64) -> Bool {
        guard isOn, !isWalking, now >= due else { return false }
        isWalking = true
        return true
    }

    /// Goes on behind a piece.
    ///
    /// - Parameters:
    ///   - last: the last key of the piece; nil when there was none or it could not be read.
    ///   - now: milliseconds since 1970-01-01T00:00:00Z.
    mutating func ended(_ last: BodyKeyEntry?, now: Int64) {
        isWalking = false
        cursor = last
        due = now + (last == nil ? RetentionTimer.pause : RetentionTimer.step)
    }
}
