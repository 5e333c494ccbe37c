public import MIME

/// The parts of an object that is to be made: exactly one sender and one recipient.
///
/// Source: RFC 3862 §4, §6.
public struct CPIMDraft: Sendable, Equatable {
    /// The sender.
    public var from: CPIMAddress
    /// The recipient.
    public var to: CPIMAddress
    /// When the message was sent.
    public var dateTime: CPIMDateTime?
    /// The subjects in order; an empty one is not written, and a language that is no tag is left out.
    public var subjects: [CPIMSubject]
    /// The extension headers in order.
    public var extensions: [CPIMExtension]
    /// The encapsulated part, with a Content-Type and without a transfer encoding of 7-bit links (RFC 3862 §7.1).
    public var content: MIMEPart

    /// Makes a draft.
    ///
    /// - Parameters:
    ///   - from: the sender.
    ///   - to: the recipient.
    ///   - dateTime: when the message was sent.
    ///   - subjects: the subjects in order.
    ///   - extensions: the extension headers in order.
    ///   - content: the encapsulated part.
    public init(
        from: CPIMAddress,
        to: CPIMAddress,
        dateTime: CPIMDateTime? = nil,
        subjects: [CPIMSubject] = [],
        extensions: [CPIMExtension] = [],
        content: MIMEPart
    ) {
        self.from = from
        self.to = to
        self.dateTime = dateTime
        self.subjects = subjects
        self.extensions = extensions
        self.content = content
    }
}

/// An extension header that is to be written.
///
/// Source: RFC 3862 §3.4.
public struct CPIMExtension: Sendable, Equatable {
    /// The namespace, an absolute URI without a fragment.
    public var namespace: String
    /// The prefix to declare, if it is free; nothing leaves the choice to the writer.
    public var prefix: String?
    /// The name within the namespace.
    public var name: String
    /// The plain text of the value; it is escaped when written, and a header with an empty one is left out.
    public var value: String
    /// The parameters in order.
    public var parameters: [CPIMHeader.Parameter]

    /// Makes a header.
    ///
    /// - Parameters:
    ///   - namespace: an absolute URI.
    ///   - prefix: the prefix to declare.
    ///   - name: NAMECHARs of RFC 3862 §3.6.
    ///   - value: plain text.
    ///   - parameters: the parameters in order.
    public init(
        namespace: String,
        prefix: String? = nil,
        name: String,
        value: String,
        parameters: [CPIMHeader.Parameter] = []
    ) {
        self.namespace = namespace
        self.prefix = prefix
        self.name = name
        self.value = value
        self.parameters = parameters
    }

    /// Makes a header of a known identity.
    ///
    /// - Parameters:
    ///   - identity: namespace and local name.
    ///   - value: plain text.
    public init(_ identity: CPIMName, _ value: String) {
        self.init(namespace: identity.namespace, name: identity.local, value: value)
    }
}

extension CPIMMessage {
    /// Makes an object from its parts: writes it and reads it back strictly.
    ///
    /// - Parameters:
    ///   - draft: the parts.
    ///   - limits: the largest sizes.
    /// - Throws: ``CPIMError`` as ``CPIMWriter/write(_:)-(CPIMDraft)`` and ``CPIMReader/read(_:)``; offsets of the latter count in
    ///   the bytes that were written.
    public init(_ draft: CPIMDraft, limits: CPIMLimits = CPIMLimits()) throws(CPIMError) {
        let bytes = try CPIMWriter.write(draft)
        self = try CPIMReader(limits: limits, isStrict: true).read(bytes[...])
    }
}
