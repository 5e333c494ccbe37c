extension Converter {
    /// What a converter is, for operators: tables are checked by it, and its documentation is printed from it.
    public struct Declaration: Sendable {
        /// A value, and what comes of it one way.
        public struct Example: Sendable, Hashable {
            /// Where it goes.
            public let way: Way
            /// The value of the source.
            public let given: String
            /// What the target gets; nil for nothing.
            public let gives: String?
        }

        /// What it does, in a few words without a full stop.
        public let does: String
        /// What it takes.
        public let takes: String
        /// What it gives on the way to the pivot or the document.
        public let inward: String
        /// What it gives on the way from there.
        public let outward: String
        /// Whether there are values that it cannot convert, so that a row has to say `on-error`.
        public let canFail: Bool
        /// What of the crossing it needs beside the value; nil for nothing.
        public let needs: String?
        /// The switches that it reads.
        public let switches: [Switch]
        /// Whether what it gives leads back to what it took, for the values of ``samples``.
        public let isReversible: Bool
        /// Values of the outer side by which a reversible row is tested there and back.
        public let samples: [String]
        /// An example each way, at noon of 1 March 2026 in UTC under the shipped tables.
        public let examples: [Example]
        /// The documents that it follows.
        public let source: String

        init(
            _ does: String,
            takes: String,
            inward: String,
            outward: String,
            canFail: Bool = true,
            needs: String? = nil,
            switches: [Switch] = [],
            samples: [String] = [],
            examples: [(way: Way, given: String, gives: String?)],
            source: String
        ) {
            self.does = does
            self.takes = takes
            self.inward = inward
            self.outward = outward
            self.canFail = canFail
            self.needs = needs
            self.switches = switches
            isReversible = !samples.isEmpty
            self.samples = samples
            self.examples = examples.map { Example(way: $0.way, given: $0.given, gives: $0.gives) }
            self.source = source
        }
    }

    /// What it is, for operators.
    public var declaration: Declaration {
        switch self {
        case .copy, .line, .text, .empty, .html: ofText
        case .dateTime, .delay, .sipDate, .idleTime, .timeOffset: ofTime
        case .latitude, .longitude, .meters, .distance, .country: ofPlace
        case .address, .contentID, .language, .thread, .pagerType, .priority, .web, .values: ofNames
        }
    }

    private static let texts = ["x", "Art thou not Romeo?", "höflich & <klar>", "東京", "😀", "a\tb"]
    private static let times = ["2026-03-01T12:00:00Z", "1999-12-31T23:59:59Z", "2024-02-29T00:00:00Z"]

    private var ofText: Declaration {
        switch self {
        case .line:
            Declaration(
                "text on one line",
                takes: "any text",
                inward: "the text, each control character and line break a blank",
                outward: "the same",
                canFail: false,
                samples: ["x", "Art thou not Romeo?", "höflich & <klar>", "東京"],
                examples: [(.toCPIM, "two\nlines", "two lines"), (.toXMPP, "two\r\nlines", "two lines")],
                source: "RFC 3862 §2.3"
            )
        case .text:
            Declaration(
                "the line ends of the target",
                takes: "any text",
                inward: "the text with CR LF at the end of lines; in documents LF",
                outward: "the text with LF at the end of lines; in requests CR LF",
                canFail: false,
                samples: Self.texts + ["two\nlines"],
                examples: [(.toCPIM, "two\nlines", "two\r\nlines"), (.toXMPP, "two\r\nlines", "two\nlines")],
                source: "RFC 3862 §2.3"
            )
        case .html:
            Declaration(
                "marked-up text, sanitized",
                takes: "HTML of a message, or the XHTML of a stanza",
                inward: "HTML with the elements that XHTML-IM knows",
                outward: "XHTML-IM; scripts, styles and handlers are left out",
                examples: [(.toXMPP, "<b onclick=\"x()\">Hi</b>", "<strong>Hi</strong>")],
                source: "XEP-0071 §7"
            )
        case .empty:
            Declaration(
                "an empty text: the mere fact that the source has the field",
                takes: "any text",
                inward: "an empty text",
                outward: "an empty text",
                canFail: false,
                examples: [(.toCPIM, "anything", ""), (.toXMPP, "anything", "")],
                source: "XEP-0184 §7"
            )
        default:
            Declaration(
                "nothing",
                takes: "any text",
                inward: "the text as it is",
                outward: "the text as it is",
                canFail: false,
                samples: Self.texts,
                examples: [(.toCPIM, "high", "high"), (.toXMPP, "high", "high")],
                source: "RFC 3862 §3.4"
            )
        }
    }

    private var ofTime: Declaration {
        switch self {
        case .delay:
            Declaration(
                "a date-time as a delay, when it is older than `msg.delay`",
                takes: "a date-time of RFC 3339",
                inward: "the date-time in UTC, when it is old enough; else nothing",
                outward: "the same",
                needs: "the time of the crossing",
                switches: [.delay],
                examples: [
                    (.toXMPP, "2026-03-01T11:00:00Z", "2026-03-01T11:00:00Z"), (.toXMPP, "2026-03-01T11:59:59Z", nil),
                ],
                source: "XEP-0203 §2"
            )
        case .sipDate:
            Declaration(
                "between RFC 3339 and the Date header",
                takes: "a date-time of RFC 3339, or a Date of SIP",
                inward: "a date-time of RFC 3339",
                outward: "a Date of SIP, in GMT and whole seconds",
                samples: ["Sun, 01 Mar 2026 12:00:00 GMT", "Fri, 31 Dec 1999 23:59:59 GMT"],
                examples: [
                    (.toCPIM, "Sun, 01 Mar 2026 12:00:00 GMT", "2026-03-01T12:00:00Z"),
                    (.toSIP, "2026-03-01T12:00:00Z", "Sun, 01 Mar 2026 12:00:00 GMT"),
                ],
                source: "RFC 3261 §20.17"
            )
        case .idleTime:
            Declaration(
                "since when somebody is idle; in documents only that, where `pres.idle` says `flag`",
                takes: "a date-time of RFC 3339",
                inward: "the date-time in UTC, or an empty text",
                outward: "the date-time in UTC; nothing for an empty text",
                switches: [.idle],
                examples: [
                    (.toPIDF, "2026-03-01T11:00:00Z", "2026-03-01T11:00:00Z"),
                    (.toXMPP, "2026-03-01T12:00:00+01:00", "2026-03-01T11:00:00Z"), (.toXMPP, "", nil),
                ],
                source: "RFC 4480 §3.14, XEP-0319 §2"
            )
        case .timeOffset:
            Declaration(
                "minutes from UTC and a time zone such as `+02:00`",
                takes: "a time zone of a stanza, or a number of minutes",
                inward: "the minutes from UTC",
                outward: "the time zone",
                samples: ["+02:00", "-05:30", "Z"],
                examples: [(.toPIDF, "+02:00", "120"), (.toXMPP, "-330", "-05:30")],
                source: "RFC 4480 §3.13, XEP-0082 §3.4"
            )
        default:
            Declaration(
                "a date-time of RFC 3339",
                takes: "a date-time of RFC 3339",
                inward: "the date-time, its letters in capitals",
                outward: "the same",
                samples: Self.times + ["2026-03-01T12:00:00+01:00", "2026-03-01T12:00:00.250Z"],
                examples: [
                    (.toCPIM, "2026-03-01t12:00:00z", "2026-03-01T12:00:00Z"),
                    (.toXMPP, "2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z"),
                ],
                source: "RFC 3862 §4.2, RFC 3339 §5.6"
            )
        }
    }

    private var ofPlace: Declaration {
        switch self {
        case .longitude:
            .number("degrees east, without an exponent; none beyond the date line", ["13.377704", "-180", "180", "0"])
        case .meters: .number("a number of meters without an exponent", ["35.5", "-11000", "0"])
        case .distance: .number("a number of meters without an exponent, not below zero", ["20", "0.5", "0"])
        case .country:
            Declaration(
                "the two letters of a country, in capitals",
                takes: "two letters",
                inward: "the letters in capitals",
                outward: "the same",
                samples: ["DE", "IT"],
                examples: [(.toPIDF, "it", "IT"), (.toXMPP, "IT", "IT")],
                source: "RFC 4119 §2.2.1, XEP-0080 §3"
            )
        default: .number("degrees north, without an exponent; none beyond the poles", ["52.516", "-90", "90", "0"])
        }
    }
}

extension Converter.Declaration {
    /// A number of a location.
    fileprivate static func number(_ does: String, _ samples: [String]) -> Converter.Declaration {
        Converter.Declaration(
            does,
            takes: "a number",
            inward: "the number without an exponent",
            outward: "the same",
            samples: samples,
            examples: [(.toPIDF, "1.5e1", "15"), (.toXMPP, "15", "15")],
            source: "RFC 5491 §5, XEP-0080 §3"
        )
    }
}
