/// The named converters of field rows; a closed list, each written and tested in Swift.
public enum Converter: String, Sendable, CaseIterable {
    /// The text as it is.
    case copy
    /// The address of a user, by the address table and the store.
    case address
    /// Text on one line: control characters and line breaks become blanks.
    case line
    /// Text with the line ends of the target: CR LF in MIME, LF in XML (RFC 3862 §2.3).
    case text
    /// A date-time of RFC 3339.
    case dateTime = "date-time"
    /// A date-time as the stamp of a delay; nothing when the message is younger than `msg.delay`.
    case delay
    /// A date-time of RFC 3339 and the Date header of SIP.
    case sipDate = "sip-date"
    /// A Content-ID and the identifier inside its brackets (RFC 2392 §2).
    case contentID = "content-id"
    /// A language tag; what is none is left out (RFC 5646 §2.1).
    case language
    /// A thread and the Call-ID that stands for it (RFC 7572 §4).
    case thread
    /// Marked-up text, sanitized for the target (XEP-0071 §7).
    case html
    /// Nothing but the fact that the source has the field: an empty text.
    case empty
    /// The type of a pager stanza, by `msg.type.pager`.
    case pagerType = "pager-type"
    /// The priority of a resource and that of a contact (RFC 3922 §5.1.7).
    case priority
    /// Since when somebody is idle: a date-time in stanzas, in documents that or, by `pres.idle`, an empty text.
    case idleTime = "idle-time"
    /// Minutes from UTC and the offset of a time zone (RFC 4480 §3.13, XEP-0082 §3.4).
    case timeOffset = "time-offset"
    /// Degrees north, without an exponent (RFC 5491 §5).
    case latitude
    /// Degrees east, without an exponent (RFC 5491 §5).
    case longitude
    /// Meters up or down, without an exponent (RFC 5491 §5).
    case meters
    /// Meters from a center, not below zero, without an exponent (RFC 5491 §5).
    case distance
    /// The two letters of a country, in capitals (RFC 4119 §2.2.1).
    case country
    /// An address of the Web, of scheme http or https.
    case web
    /// What a table of kind `values`, named in the column `values`, has for it.
    case values = "values"
}

/// Where a row leads.
public enum Way: String, Sendable, CaseIterable {
    /// Both ways.
    case both
    /// From the pivot to a stanza.
    case toXMPP = "to-xmpp"
    /// To the pivot.
    case toCPIM = "to-cpim"
    /// From the pivot to a request.
    case toSIP = "to-sip"
    /// From the other side to a presence document.
    case toPIDF = "to-pidf"

    /// The side that it leads to; nil for both.
    public var target: Vocabulary? { Vocabulary.allCases.first { $0.way == self } }
}

/// What happens to a value that a converter refuses.
public enum ConversionRemedy: String, Sendable, CaseIterable {
    /// The value is left out, and that is a loss.
    case drop
    /// The value crosses as it is.
    case keep
    /// The item is kept until a person has it translated again.
    case hold
    /// The item is refused.
    case refuse
}
