import XMLStreams

/// Writes disposition notifications and composing states.
///
/// The output follows the schemas: UTF-8 with an XML declaration, the elements in their order.
///
/// Source: RFC 5438 §11.1.9, RFC 3994 §6.1.
public enum IMDNWriter {
    /// Writes a notification.
    ///
    /// - Parameter notification: the notification; without a disposition it says nothing of what became of the message.
    /// - Returns: the document in UTF-8.
    public static func write(_ notification: DispositionNotification) -> [UInt8] {
        var xml = XML.Writer()
        xml.reserve(512)
        xml.raw("<?xml version='1.0' encoding='UTF-8'?>\n")
        xml.start("imdn", IMDNNamespace.imdn)
        xml.element("message-id", text: notification.messageID)
        xml.element("datetime", text: notification.dateTime)
        if let recipients = notification.recipients {
            xml.element("recipient-uri", text: recipients.final)
            xml.element("original-recipient-uri", text: recipients.original)
            // The schema has room for it only behind the recipients.
            if let subject = notification.subject { xml.element("subject", text: subject) }
        }
        if let disposition = notification.disposition {
            xml.start(disposition.kind.elementName)
            xml.start("status")
            xml.element(disposition.status.rawValue)
            xml.end()
            xml.end()
        }
        xml.endAll()
        return xml.bytes
    }

    /// Writes a composing state.
    ///
    /// - Parameter status: the state; a refresh that is not above 0 is left out.
    /// - Returns: the document in UTF-8.
    public static func write(_ status: ComposingStatus) -> [UInt8] {
        var xml = XML.Writer()
        xml.reserve(256)
        xml.raw("<?xml version='1.0' encoding='UTF-8'?>\n")
        xml.start("isComposing", IMDNNamespace.composing)
        xml.element("state", text: status.state.rawValue)
        if let lastActive = status.lastActive { xml.element("lastactive", text: lastActive) }
        if let contentType = status.contentType { xml.element("contenttype", text: contentType) }
        if let refresh = status.refresh, refresh > 0 { xml.element("refresh", text: String(refresh)) }
        xml.endAll()
        return xml.bytes
    }
}
