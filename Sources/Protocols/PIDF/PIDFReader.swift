import XMLStreams

/// Reads presence documents.
///
/// Form is strict: well-formed XML in UTF-8 without a document type declaration, the right root, and the limits.
/// What the document says is read leniently; each tolerance is a ``PIDFWarning``.
///
/// Source: RFC 3863 §4.
public struct PIDFReader: Sendable {
    /// The largest sizes that a reader accepts.
    public struct Limits: Sendable, Hashable {
        /// Bytes of a document; 256 KiB unless set.
        public var bytes: Int
        /// Elements inside each other, the root counted; 32 unless set.
        public var depth: Int
        /// Tuples; 500 unless set.
        public var tuples: Int
        /// Notes of presentity, tuples, persons and devices together; 1000 unless set.
        public var notes: Int
        /// Elements; 10 000 unless set.
        public var elements: Int
        /// Attributes and namespace declarations of one element; 256 unless set.
        public var attributes: Int
        /// Changes of one partial document; 500 unless set.
        public var operations: Int
        /// Watchers of one watcherinfo document; 1000 unless set.
        public var watchers: Int

        /// Makes limits; every value not given is the default that its label shows.
        ///
        /// - Parameters:
        ///   - bytes: bytes of a document, 256 KiB.
        ///   - depth: elements inside each other, 32.
        ///   - tuples: tuples, 500.
        ///   - notes: notes, 1000.
        ///   - elements: elements, 10 000.
        ///   - attributes: attributes and namespace declarations of one element, 256.
        ///   - operations: changes of one partial document, 500.
        ///   - watchers: watchers of one watcherinfo document, 1000.
        public init(
            bytes: Int = 262_144,
            depth: Int = 32,
            tuples: Int = 500,
            notes: Int = 1000,
            elements: Int = 10_000,
            attributes: Int = 256,
            operations: Int = 500,
            watchers: Int = 1000
        ) {
            self.bytes = bytes
            self.depth = depth
            self.tuples = tuples
            self.notes = notes
            self.elements = elements
            self.attributes = attributes
            self.operations = operations
            self.watchers = watchers
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

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - bytes: the document.
    ///   - isKnownUTF8: whether the carrier's charset parameter says UTF-8, which takes precedence over the encoding
    ///     that the XML declaration names (RFC 3863 §4.1).
    /// - Returns: the document.
    /// - Throws: ``PIDFError`` with any code but `.patch`.
    public func read(_ bytes: ArraySlice<UInt8>, isKnownUTF8: Bool = false) throws(PIDFError) -> PresenceDocument {
        var ignored: [PIDFWarning] = []
        return try read(bytes, isKnownUTF8: isKnownUTF8, noting: &ignored)
    }

    /// Reads a document and tells what was tolerated.
    ///
    /// - Parameters:
    ///   - bytes: the document.
    ///   - isKnownUTF8: whether the carrier's charset parameter says UTF-8.
    ///   - warnings: where each tolerance is added.
    /// - Returns: the document.
    /// - Throws: ``PIDFError`` with any code but `.patch`.
    public func read(
        _ bytes: ArraySlice<UInt8>,
        isKnownUTF8: Bool = false,
        noting warnings: inout [PIDFWarning]
    ) throws(PIDFError) -> PresenceDocument {
        let root = try root(of: bytes, isKnownUTF8: isKnownUTF8, noting: &warnings)
        guard root.is("presence", PresenceNamespace.pidf) else {
            throw PIDFError(.root, "The root is \(root.name) in '\(root.namespace)'.")
        }
        return try document(root, noting: &warnings)
    }

    /// Reads a document of type `application/pidf-diff+xml`.
    ///
    /// - Parameters:
    ///   - bytes: the document.
    ///   - isKnownUTF8: whether the carrier's charset parameter says UTF-8.
    /// - Returns: the whole presence or what changed of it.
    /// - Throws: ``PIDFError``.
    ///
    /// Source: RFC 5262 §3.
    public func readPartial(
        _ bytes: ArraySlice<UInt8>,
        isKnownUTF8: Bool = false
    ) throws(PIDFError) -> PartialPresence {
        var ignored: [PIDFWarning] = []
        let root = try root(of: bytes, isKnownUTF8: isKnownUTF8, keepsDeclarations: true, noting: &ignored)
        let version = root.attribute("version").flatMap { UInt32(XMLSpace.trimmed($0)) }
        if root.is("pidf-full", PresenceNamespace.diff) {
            return .full(try document(root, noting: &ignored), version: version)
        }
        guard root.is("pidf-diff", PresenceNamespace.diff) else {
            throw PIDFError(.root, "The root is \(root.name) in '\(root.namespace)'.")
        }
        return .diff(
            entity: root.attribute("entity").map(XMLSpace.trimmed),
            version: version,
            operations: try PatchReader(limits: limits).operations(in: root)
        )
    }

    func document(_ root: XML.Element, noting warnings: inout [PIDFWarning]) throws(PIDFError) -> PresenceDocument {
        var interpreter = PIDFInterpreter(limits: limits)
        let document = try interpreter.document(root)
        if !interpreter.warnings.isEmpty { warnings.append(contentsOf: interpreter.warnings) }
        return document
    }

    // MARK: XML

    func root(
        of bytes: ArraySlice<UInt8>,
        isKnownUTF8: Bool,
        keepsDeclarations: Bool = false,
        noting warnings: inout [PIDFWarning]
    ) throws(PIDFError) -> XML.Element {
        let prolog = XMLProlog(of: bytes)
        if prolog.declarationEnd == nil { warnings.append(PIDFWarning(.missingDeclaration)) }
        do throws(XMLStreamError) {
            return try root(bytes, skipping: 0, keepsDeclarations)
        } catch {
            guard error.code == .unsupportedEncoding, isKnownUTF8, let end = prolog.declarationEnd else {
                throw fault(error, in: bytes)
            }
            do throws(XMLStreamError) {
                let root = try root(bytes, skipping: end, keepsDeclarations)
                warnings.append(PIDFWarning(.overriddenEncoding))
                return root
            } catch {
                throw fault(error, in: bytes, skipped: end)
            }
        }
    }

    private func root(
        _ bytes: ArraySlice<UInt8>,
        skipping count: Int,
        _ keepsDeclarations: Bool
    ) throws(XMLStreamError) -> XML.Element {
        let bounds = XML.Limits(
            documentBytes: limits.bytes,
            depth: limits.depth,
            attributes: limits.attributes,
            children: limits.elements
        )
        let root = try XML.DocumentReader.read(
            bytes.dropFirst(count),
            limits: bounds,
            keepsDeclarations: keepsDeclarations
        )
        guard root.elementCount <= limits.elements else {
            throw XMLStreamError(.tooManyChildren, "more than \(limits.elements) elements", offset: 0)
        }
        return root
    }

    private func fault(_ error: XMLStreamError, in bytes: ArraySlice<UInt8>, skipped: Int = 0) -> PIDFError {
        let offset = error.offset + skipped
        let code: PIDFError.Code =
            switch error.code {
            case .unsupportedEncoding: .encoding
            case .restrictedXML where bytes.dropFirst(offset).starts(with: [0x3C, 0x21]): .doctype
            case .notWellFormed, .restrictedXML, .strayText, .secondHeader, .incomplete: .xml
            case .tooManyBytes, .startTagTooLong, .tooDeep, .tooManyAttributes, .tooManyChildren: .limit
            }
        return PIDFError(code, error.reason, at: offset)
    }
}

/// What stands before the root of a document.
private struct XMLProlog {
    /// How many bytes there are up to the end of the XML declaration; nil when there is none.
    private(set) var declarationEnd: Int?

    init(of bytes: ArraySlice<UInt8>) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let start = bytes.starts(with: mark) ? mark.count : 0
        let rest = bytes.dropFirst(start)
        guard rest.starts(with: "<?xml".utf8) else { return }
        guard let end = rest.firstIndex(of: 0x3E) else { return }
        declarationEnd = end + 1 - bytes.startIndex
    }
}
