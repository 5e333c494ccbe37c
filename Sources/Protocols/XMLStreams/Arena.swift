/// A name as a node holds it: a number of ``KnownNames``, or a place in the arena's bytes.
///
/// A name outside the table lies in the arena as four bytes of length, lowest first, and then its UTF-8.
struct NameReference: Equatable, Sendable {
    let raw: UInt32

    static let empty = NameReference(known: KnownNames.empty)

    /// What stands in the place of a name when the node is text.
    static let text = NameReference(raw: UInt32.max)

    private init(raw: UInt32) { self.raw = raw }

    init(known number: UInt32) { raw = number }

    init(place: Int) { raw = 0x8000_0000 | UInt32(truncatingIfNeeded: place) }

    var isKnown: Bool { raw & 0x8000_0000 == 0 }

    var place: Int { Int(raw & 0x7FFF_FFFF) }
}

/// One element or one run of text; 24 bytes.
struct ArenaNode: Sendable {
    /// The element's local name, or ``NameReference/text``.
    var name: NameReference
    /// The element's namespace.
    var namespace: NameReference
    /// An element's first attribute, or where the text begins.
    var start: UInt32
    /// How many attributes, or how many bytes of text.
    var count: UInt32
    /// One past the last node of the subtree: nodes lie in document order, so a subtree is a range.
    var end: UInt32
    /// True for an element whose tag was written with a prefix.
    var isPrefixed: Bool

    var isText: Bool { name == .text }
}

/// One attribute; 16 bytes.
struct ArenaAttribute: Sendable {
    var name: NameReference
    var namespace: NameReference
    var start: UInt32
    var count: UInt32
}

/// The storage of one stanza or document: three flat arrays shared by all views into it.
final class Arena: Sendable {
    let bytes: [UInt8]
    let nodes: [ArenaNode]
    let attributes: [ArenaAttribute]
    /// The namespace declarations by node: those of a stream header, or of every element of a document whose reader
    /// was told to keep them; empty elsewhere.
    let declarations: [Int: [XML.NamespaceDeclaration]]

    init(
        bytes: [UInt8],
        nodes: [ArenaNode],
        attributes: [ArenaAttribute],
        declarations: [Int: [XML.NamespaceDeclaration]] = [:]
    ) {
        self.bytes = bytes
        self.nodes = nodes
        self.attributes = attributes
        self.declarations = declarations
    }

    func string(_ name: NameReference) -> String {
        if name.isKnown { return KnownNames.shared.strings[Int(name.raw)] }
        return String(decoding: nameBytes(name), as: UTF8.self)
    }

    func nameBytes(_ name: NameReference) -> ArraySlice<UInt8> {
        if name.isKnown {
            let known = KnownNames.shared
            let number = Int(name.raw)
            return known.bytes[known.starts[number]..<known.starts[number + 1]]
        }
        let place = name.place
        let count = (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
        return bytes[(place + 4)..<(place + 4 + count)]
    }

    /// Compares byte by byte: names that differ in normalization differ.
    func matches(_ name: NameReference, _ text: String) -> Bool { matches(name, text.utf8.span) }

    /// The same with the bytes of the text, for those that are compared with one name after the other.
    func matches(_ name: NameReference, _ text: Span<UInt8>) -> Bool {
        if name.isKnown { return KnownNames.shared.matches(Int(name.raw), text) }
        let slice = nameBytes(name)
        return slice.count == text.count && slice.span.holds(text, at: 0)
    }
}

extension XML {
    /// One `xmlns` or `xmlns:prefix` attribute of a stream header.
    public struct NamespaceDeclaration: Sendable, Equatable {
        /// The prefix; empty for the default namespace.
        public let prefix: String
        /// The namespace name.
        public let namespace: String

        /// Makes a declaration.
        ///
        /// - Parameters:
        ///   - prefix: the prefix, empty for the default namespace.
        ///   - namespace: the namespace name.
        public init(prefix: String, namespace: String) {
            self.prefix = prefix
            self.namespace = namespace
        }
    }
}
