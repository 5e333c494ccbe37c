import XMLStreams

/// Reads disposition notifications and composing states.
///
/// Form is strict: well-formed XML in UTF-8 without a document type declaration, the right root, and the limits. What
/// the schemas do not know is ignored, wherever it stands.
///
/// Source: RFC 5438 §11.1, RFC 3994 §6.
public struct IMDNReader: Sendable {
    /// The largest sizes that a reader accepts.
    public struct Limits: Sendable, Hashable {
        /// Bytes of a document; 16 KiB unless set.
        public var bytes: Int
        /// Elements inside each other, the root counted; 16 unless set.
        public var depth: Int
        /// Elements; 200 unless set.
        public var elements: Int
        /// Attributes and namespace declarations of one element; 32 unless set.
        public var attributes: Int
        /// Bytes of a text that is kept; 1024 unless set.
        public var text: Int

        /// Makes limits; every value not given is the default that its label shows.
        ///
        /// - Parameters:
        ///   - bytes: bytes of a document, 16 KiB.
        ///   - depth: elements inside each other, 16.
        ///   - elements: elements, 200.
        ///   - attributes: attributes and namespace declarations of one element, 32.
        ///   - text: bytes of a text that is kept, 1024.
        public init(
            bytes: Int = 16_384,
            depth: Int = 16,
            elements: Int = 200,
            attributes: Int = 32,
            text: Int = 1024
        ) {
            self.bytes = bytes
            self.depth = depth
            self.elements = elements
            self.attributes = attributes
            self.text = text
        }
    }

    /// The bounds.
    public var limits: Limits

    /// Makes a reader.
    ///
    /// - Parameter limits: the bounds.
    public init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Reads a document of type `message/imdn+xml`.
    ///
    /// - Parameter bytes: the document.
    /// - Returns: the notification.
    /// - Throws: ``IMDNError``; `.missing` for a document without a message-id.
    public func readNotification(_ bytes: ArraySlice<UInt8>) throws(IMDNError) -> DispositionNotification {
        let namespace = IMDNNamespace.imdn
        let root = try root(of: bytes, "imdn", namespace)
        guard let id = try text("message-id", in: root, namespace), !id.isEmpty else {
            throw IMDNError(.missing, "There is no message-id.")
        }
        let final = try text("recipient-uri", in: root, namespace)
        let original = try text("original-recipient-uri", in: root, namespace)
        return DispositionNotification(
            messageID: id,
            dateTime: try text("datetime", in: root, namespace) ?? "",
            recipients: (final ?? original).map { .init($0, original: original) },
            subject: try text("subject", in: root, namespace),
            disposition: Self.disposition(in: root)
        )
    }

    /// The first disposition type with a status that is known.
    ///
    /// Source: RFC 5438 §11.1.6.
    private static func disposition(in root: XML.Element) -> Disposition? {
        for child in root.children where child.isIn(IMDNNamespace.imdn) {
            guard let kind = Disposition.Kind.allCases.first(where: { child.isNamed($0.elementName) }),
                let status = child.first("status", IMDNNamespace.imdn)
            else { continue }
            for result in kind.statuses where status.first(result.rawValue, IMDNNamespace.imdn) != nil {
                return Disposition(kind, result)
            }
        }
        return nil
    }

    /// Reads a document of type `application/im-iscomposing+xml`.
    ///
    /// - Parameter bytes: the document.
    /// - Returns: the state.
    /// - Throws: ``IMDNError``; `.missing` for a document without a state.
    public func readComposing(_ bytes: ArraySlice<UInt8>) throws(IMDNError) -> ComposingStatus {
        let namespace = IMDNNamespace.composing
        let root = try root(of: bytes, "isComposing", namespace)
        guard let state = try text("state", in: root, namespace) else {
            throw IMDNError(.missing, "There is no state.")
        }
        let refresh = try text("refresh", in: root, namespace).flatMap { Int($0) }
        return ComposingStatus(
            state == ComposingStatus.State.active.rawValue ? .active : .idle,
            lastActive: try text("lastactive", in: root, namespace),
            contentType: try text("contenttype", in: root, namespace),
            refresh: refresh.flatMap { $0 > 0 ? $0 : nil }
        )
    }

    // MARK: XML

    /// The text of the first child of a name, white space around it removed.
    private func text(_ name: String, in root: XML.Element, _ namespace: String) throws(IMDNError) -> String? {
        guard let child = root.first(name, namespace) else { return nil }
        let bytes = child.textBytes
        guard bytes.count <= limits.text else {
            throw IMDNError(.limit, "The \(name) has more than \(limits.text) bytes.")
        }
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
        guard let start = bytes.firstIndex(where: { !isSpace($0) }), let end = bytes.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(decoding: bytes[start...end], as: UTF8.self)
    }

    private func root(
        of bytes: ArraySlice<UInt8>,
        _ name: String,
        _ namespace: String
    ) throws(IMDNError) -> XML.Element {
        let bounds = XML.Limits(
            documentBytes: limits.bytes,
            depth: limits.depth,
            attributes: limits.attributes,
            children: limits.elements
        )
        let root: XML.Element
        do throws(XMLStreamError) {
            root = try XML.DocumentReader.read(bytes, limits: bounds)
        } catch {
            throw Self.fault(error, in: bytes)
        }
        guard root.elementCount <= limits.elements else {
            throw IMDNError(.limit, "There are more than \(limits.elements) elements.")
        }
        guard root.is(name, namespace) else {
            throw IMDNError(.root, "The root is \(root.name.prefix(64)) in '\(root.namespace.prefix(128))'.")
        }
        return root
    }

    private static func fault(_ error: XMLStreamError, in bytes: ArraySlice<UInt8>) -> IMDNError {
        let code: IMDNError.Code =
            switch error.code {
            case .unsupportedEncoding: .encoding
            case .restrictedXML where bytes.dropFirst(error.offset).starts(with: [0x3C, 0x21]): .doctype
            case .notWellFormed, .restrictedXML, .strayText, .secondHeader, .incomplete: .xml
            case .tooManyBytes, .startTagTooLong, .tooDeep, .tooManyAttributes, .tooManyChildren: .limit
            }
        return IMDNError(code, error.reason, at: error.offset)
    }
}
