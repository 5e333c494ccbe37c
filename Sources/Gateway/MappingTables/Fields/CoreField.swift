/// The fields that the translators know by name.
///
/// In the pivot a name that Message/CPIM has no header for is an annotation of the gateway's own namespace.
public enum CoreField: String, Sendable, CaseIterable {
    /// The sender.
    case from
    /// The recipient.
    case to
    /// The identifier of a stanza; in the pivot that of the carrier.
    case id
    /// The type of a stanza.
    case type
    /// The language of a stanza.
    case lang
    /// The text: bodies of a stanza, the body of a request.
    case body
    /// Subjects.
    case subject
    /// The thread of the conversation.
    case thread
    /// When the item was first sent (XEP-0203 §2).
    case delay
    /// Marked-up text.
    case html
    /// The address of something stored elsewhere.
    case oob
    /// The identifier that the sender's client gave (XEP-0359 §3).
    case originID = "origin-id"
    /// Recipients of copies.
    case cc
    /// DateTime (RFC 3862 §4.2).
    case dateTime = "date-time"
    /// The encapsulated content.
    case content
    /// What is put before the text of the content; written and never read.
    case marker
    /// The name that the sender goes by (RFC 3862 §4.1).
    case fromName = "from-name"
    /// Content-ID of the content.
    case contentID = "content-id"
    /// The language of the content.
    case contentLanguage = "content-language"
    /// Message-ID of RFC 5438 §6.2.
    case messageID = "message-id"
    /// Disposition-Notification of RFC 5438 §6.3.
    case dispositionNotification = "disposition-notification"
    /// The Request-URI.
    case requestURI = "request-uri"
    /// Call-ID.
    case callID = "call-id"
    /// The branch of the topmost Via.
    case branch
    /// Content-Type.
    case contentType = "content-type"
    /// Date.
    case date
    /// Expires.
    case expires
    /// Priority.
    case priority
    /// In-Reply-To.
    case inReplyTo = "in-reply-to"
    /// The texts that say how available somebody is.
    case status
    /// Since when somebody is idle (XEP-0319 §2).
    case idle
    /// The notes of a tuple, else those of the person or the document (RFC 3863 §4.1.6).
    case note
    /// The priority of a contact (RFC 3863 §4.1.5).
    case contactPriority = "contact-priority"
    /// When a tuple changed (RFC 3863 §4.1.7).
    case timestamp
    /// When an idle user last did something; empty where that is not told (RFC 4480 §3.14).
    case userInput = "user-input"
    /// Degrees north of the location (RFC 5491 §5.2.1).
    case latitude
    /// Degrees east of the location (RFC 5491 §5.2.1).
    case longitude
    /// Meters above the location's reference surface (RFC 5491 §5.2.1).
    case altitude
    /// How far from the location the user may be, in meters (RFC 5491 §5.2.3).
    case accuracy
    /// When the user was there: the timestamp beside the location (RFC 4119 §2.2.2).
    case locationTime = "location-time"

    /// The fields that a vocabulary has.
    ///
    /// - Parameters:
    ///   - vocabulary: the protocol.
    ///   - writing: whether those that can be written are asked for, else those that can be read.
    /// - Returns: the fields in the order of the declarations.
    public static func fields(of vocabulary: Vocabulary, writing: Bool) -> [CoreField] {
        switch (vocabulary, writing) {
        case (.xmpp, false): [.from, .to, .id, .type, .lang, .body, .subject, .thread, .delay, .html, .oob, .originID]
        case (.xmpp, true): [.id, .type, .lang, .body, .subject, .thread, .delay, .html, .oob, .originID, .cc]
        case (.cpim, _):
            [
                .from, .to, .id, .type, .thread, .html, .oob, .originID, .cc, .dateTime, .subject, .content, .contentID,
                .contentLanguage, .messageID, .dispositionNotification, .expires, .priority, .inReplyTo, .lang,
                .marker, .fromName,
            ]
        case (.sip, false):
            [
                .requestURI, .from, .to, .callID, .branch, .subject, .contentLanguage, .contentType, .body, .date,
                .expires, .priority, .inReplyTo, .fromName,
            ]
        case (.sip, true):
            [
                .requestURI, .from, .to, .callID, .subject, .contentLanguage, .body, .date, .expires, .priority,
                .inReplyTo, .fromName,
            ]
        case (.pidf, _):
            [
                .note, .contactPriority, .timestamp, .userInput, .latitude, .longitude, .altitude, .accuracy,
                .locationTime,
            ]
        }
    }

    /// The fields of presence stanzas.
    ///
    /// - Parameter writing: whether those that can be written are asked for, else those that can be read.
    /// - Returns: the fields in the order of the declarations.
    public static func presenceFields(writing: Bool) -> [CoreField] {
        writing ? [.status, .priority, .idle] : [.id, .lang, .delay, .status, .priority, .idle]
    }
}

/// A protocol as tables name it.
public enum Vocabulary: String, Sendable, CaseIterable {
    /// Stanzas.
    case xmpp
    /// Message/CPIM and the annotations beside it.
    case cpim
    /// SIP requests.
    case sip
    /// Presence documents (RFC 3863, RFC 4479, RFC 4480).
    case pidf

    /// The way that leads to it.
    public var way: Way {
        switch self {
        case .xmpp: .toXMPP
        case .cpim: .toCPIM
        case .sip: .toSIP
        case .pidf: .toPIDF
        }
    }
}
