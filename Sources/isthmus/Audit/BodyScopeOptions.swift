import ArgumentParser
import Ledger

/// Whose texts are meant.
struct BodyScopeOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("Everything of this person, a bare JID or a sip: URI.", valueName: "jid|uri")
    )
    var person: String?

    @Option(
        name: .long,
        parsing: .upToNextOption,
        help: ArgumentHelp("Everything between these two persons.", valueName: "jid|uri")
    )
    var conversation: [String] = []

    /// The scope; nil when neither or both are given.
    var scope: HoldScope? {
        switch (person, conversation.count) {
        case (let person?, 0): .person(person)
        case (nil, 2): .conversation(conversation[0], conversation[1])
        default: nil
        }
    }
}

extension PeriodOptions {
    /// The first UTC day that the period touches, counted from 1970-01-01; nil for no bound.
    var firstDay: Int64? { since.map { BodyKeyEntry.day(of: $0.milliseconds) } }

    /// The last UTC day that the period touches; nil for no bound.
    var lastDay: Int64? { until.map { BodyKeyEntry.day(of: $0.milliseconds - 1) } }
}
