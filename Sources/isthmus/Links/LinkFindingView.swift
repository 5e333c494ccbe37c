import XMPPLegs

/// A diagnosis as JSON output.
struct LinkDiagnosisView: Encodable {
    let from: String
    let to: String
    let findings: [LinkFindingView]
}

/// A finding of a diagnosis as an object of JSON output, or as lines.
struct LinkFindingView: Encodable {
    let step: String
    let outcome: String
    let sentence: String
    let remedy: String?
    let server: String?

    init(_ finding: LinkFinding) {
        step = finding.step.rawValue
        outcome = finding.outcome.rawValue
        sentence = finding.sentence
        remedy = finding.remedy
        server = finding.server
    }

    private static let stepWidth = LinkFinding.Step.allCases.map(\.rawValue.count).max() ?? 0

    /// Mark, step and sentence, and what to do under it.
    var lines: [String] {
        let mark =
            switch LinkFinding.Outcome(rawValue: outcome) {
            case .ok: "ok  "
            case .warning: "warn"
            case .failure: "FAIL"
            case .skipped, nil: "skip"
            }
        let start = "\(mark)  \(step)" + String(repeating: " ", count: Self.stepWidth - step.count) + "  "
        guard let remedy else { return [start + sentence] }
        return [start + sentence, String(repeating: " ", count: start.count) + "→ " + remedy]
    }
}
