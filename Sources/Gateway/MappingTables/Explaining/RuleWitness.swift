import Synchronization

/// Keeps what tables were asked and how each of their rows answered.
///
/// A generation that is observed gives its steps to a witness; live traffic has none, and pays nothing for it.
public final class RuleWitness: Sendable {
    /// The most steps that are kept: an item that asks more is cut off here.
    public static let largestCount = 10_000

    private let steps = Mutex<[TableStep]>([])

    /// Makes a witness that has seen nothing.
    public init() {}

    /// Takes what was seen, in order, and forgets it.
    ///
    /// - Returns: the steps.
    public func take() -> [TableStep] {
        steps.withLock { steps in
            let taken = steps
            steps = []
            return taken
        }
    }

    func record(_ step: TableStep) {
        steps.withLock { steps in
            if steps.count < Self.largestCount { steps.append(step) }
        }
    }
}
