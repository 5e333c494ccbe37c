/// The namespaces of the documents, and the media types that carry them.
public enum IMDNNamespace {
    /// Disposition notifications (RFC 5438 §11.1).
    public static let imdn = "urn:ietf:params:xml:ns:imdn"
    /// Composing states (RFC 3994 §6).
    public static let composing = "urn:ietf:params:xml:ns:im-iscomposing"

    /// The media type of a disposition notification (RFC 5438 §11.1.8).
    public static let imdnType = "message/imdn+xml"
    /// The media type of a composing state (RFC 3994 §6).
    public static let composingType = "application/im-iscomposing+xml"
}
