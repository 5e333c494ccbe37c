/// The namespace of everything this module offers: elements, the push parser, the writer and their limits.
///
/// The dialect is the one XMPP permits: XML 1.0 in UTF-8, without document type declarations, comments, processing
/// instructions or entities other than the five predefined ones.
///
/// Source: RFC 6120 §11.1, §11.6.
public enum XML {
    /// The namespace bound to the prefix `xml` by definition; the namespace of `xml:lang`.
    public static let namespace = "http://www.w3.org/XML/1998/namespace"
}
