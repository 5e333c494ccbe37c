/// A column of value tables: what can stand in it.
struct ValueColumn: Sendable {
    /// What a cell can hold.
    enum Domain: Sendable, Equatable {
        /// One word of a closed list, or none.
        case word([String])
        /// Any number of words of a closed list.
        case set([String])
        /// Any text, or none.
        case text
    }

    let name: String
    let domain: Domain
    /// Whether every record has it.
    var isRequired = false
    /// What a word of it is, for findings.
    let what: String
    /// The document that lists its words.
    let source: String

    /// The words of a closed list; nil for any text.
    var words: [String]? {
        switch domain {
        case .word(let words), .set(let words): words
        case .text: nil
        }
    }

    /// How many values it can have; nil for any number.
    var count: Int? {
        switch domain {
        case .word(let words): words.count + (isRequired ? 0 : 1)
        case .set(let words): words.count < 48 ? 1 << words.count : nil
        case .text: nil
        }
    }
}

extension ValueColumn {
    /// The columns that a protocol has.
    static func columns(of vocabulary: Vocabulary) -> [ValueColumn] {
        switch vocabulary {
        case .xmpp: xmpp
        case .pidf: pidf
        case .sip: sip
        case .cpim: cpim
        }
    }

    private static let xmpp =
        [
            ValueColumn(
                name: "type",
                domain: .word(["unavailable"]),
                what: "a type of presence",
                source: "RFC 6121 §4.7.1"
            ),
            ValueColumn(name: "show", domain: .word(shows), what: "an XMPP show value", source: "RFC 6121 §4.7.2.1"),
            ValueColumn(name: "status", domain: .text, what: "a text", source: "RFC 6121 §4.7.2.2"),
            ValueColumn(name: "mood", domain: .word(ValueWords.moods), what: "a mood", source: "XEP-0107 §3"),
            ValueColumn(
                name: "general",
                domain: .word(ValueWords.generalActivities),
                what: "a general activity",
                source: "XEP-0108 §3"
            ),
            ValueColumn(
                name: "specific",
                domain: .word(ValueWords.specificActivities),
                what: "a specific activity",
                source: "XEP-0108 §3"
            ),
            ValueColumn(name: "text", domain: .text, what: "a text", source: "XEP-0107 §2.1"),
            ValueColumn(
                name: "condition",
                domain: .word(ErrorVocabulary.conditions),
                what: "a stanza error condition",
                source: "RFC 6120 §8.3.3"
            ),
            ValueColumn(
                name: "error-type",
                domain: .word(ErrorVocabulary.types),
                what: "an error type",
                source: "RFC 6120 §8.3.2"
            ),
            ValueColumn(
                name: "do",
                domain: .word(SubscriptionStep.allCases.map(\.rawValue)),
                what: "something to do about a subscription",
                source: "RFC 8048 §5"
            ),
        ] + receipts

    private static let pidf = [
        ValueColumn(
            name: "basic",
            domain: .word(["open", "closed"]),
            isRequired: true,
            what: "a basic status",
            source: "RFC 3863 §4.1.4"
        ),
        ValueColumn(name: "show", domain: .word(shows), what: "an XMPP show value", source: "RFC 8048 §6.2"),
        ValueColumn(name: "im", domain: .word(shows + ["busy"]), what: "an im:im status", source: "RFC 3922 §5.1.5"),
        ValueColumn(
            name: "activities",
            domain: .set(ValueWords.richActivities),
            what: "an activity",
            source: "RFC 4480 §3.2"
        ),
        ValueColumn(
            name: "activity",
            domain: .word(ValueWords.richActivities),
            what: "an activity",
            source: "RFC 4480 §3.2"
        ),
        ValueColumn(name: "mood", domain: .word(ValueWords.richMoods), what: "a mood", source: "RFC 4480 §3.5"),
        ValueColumn(name: "other", domain: .text, what: "a text", source: "RFC 4480 §3.2"),
    ]

    private static let sip = [
        ValueColumn(
            name: "request",
            domain: .word(["initial", "refresh"]),
            isRequired: true,
            what: "a place of a request in its subscription",
            source: "RFC 6665 §4.1.2"
        ),
        ValueColumn(
            name: "status",
            domain: .word((300...699).map { String($0) } + ["timeout", "transport"]),
            what: "a final status code, timeout or transport",
            source: "RFC 3261 §21"
        ),
        ValueColumn(
            name: "reason",
            domain: .word(ValueWords.reasons),
            what: "a reason of a subscription's end",
            source: "RFC 6665 §4.1.3"
        ),
        ValueColumn(name: "retry-after", domain: .text, what: "seconds", source: "RFC 6665 §4.1.3"),
        ValueColumn(name: "text", domain: .text, what: "a text", source: "RFC 3261 §7.3.1"),
    ]

    private static let shows = ["away", "chat", "dnd", "xa"]
}
