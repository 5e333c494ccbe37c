/// What became of one message: the document of an instant message disposition notification.
///
/// Source: RFC 5438 §11.
public struct DispositionNotification: Sendable, Hashable {
    /// The Message-ID of the message that it is about, white space around it removed.
    ///
    /// Source: RFC 5438 §11.1.1.
    public var messageID: String
    /// The DateTime of that message, as its sender wrote it; empty where the document has none.
    ///
    /// Source: RFC 5438 §11.1.2.
    public var dateTime: String
    /// Who got that message, and to whom its sender had addressed it; the schema has both or neither.
    public var recipients: Recipients?
    /// The Subject of that message.
    ///
    /// Source: RFC 5438 §11.1.5.
    public var subject: String?
    /// What became of it; nil for a type or status that is an extension.
    public var disposition: Disposition?

    /// The recipient of the message, and that which its sender had named.
    ///
    /// Source: RFC 5438 §11.1.3, §11.1.4.
    public struct Recipients: Sendable, Hashable {
        /// The CPIM To of the message.
        public var final: String
        /// The Original-To of the message, else the same.
        public var original: String

        /// Names the recipients.
        ///
        /// - Parameters:
        ///   - final: the CPIM To of the message.
        ///   - original: its Original-To; nil for the same.
        public init(_ final: String, original: String? = nil) {
            self.final = final
            self.original = original ?? final
        }
    }

    /// Makes a notification.
    ///
    /// - Parameters:
    ///   - messageID: the Message-ID of the message.
    ///   - dateTime: its DateTime, as its sender wrote it.
    ///   - recipients: who got it.
    ///   - subject: its Subject.
    ///   - disposition: what became of it.
    public init(
        messageID: String,
        dateTime: String,
        recipients: Recipients? = nil,
        subject: String? = nil,
        disposition: Disposition?
    ) {
        self.messageID = messageID
        self.dateTime = dateTime
        self.recipients = recipients
        self.subject = subject
        self.disposition = disposition
    }
}
