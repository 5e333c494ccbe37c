extension XML {
    /// The bounds a parser keeps its input within.
    ///
    /// All sizes are counted in bytes of input as received. Values below 1 count as 1; sizes above 256 MiB count as
    /// 256 MiB, and depths above 250 as 250, because libxml2 has its own end there.
    ///
    /// Source: RFC 6120 §13.12.
    public struct Limits: Sendable, Equatable {
        /// The largest first-level element of a stream, from its `<` to its last `>`.
        ///
        /// RFC 6120 §13.12 forbids a maximum below 10 000.
        public var stanzaBytes: Int
        /// The largest whole document, XML declaration and trailing white space included.
        public var documentBytes: Int
        /// The longest start tag; libxml2 compares all attributes of one tag with each other.
        public var startTagBytes: Int
        /// The deepest nesting; the root of a stream or document is at depth 1.
        public var depth: Int
        /// The most attributes and namespace declarations, counted together, on one element.
        public var attributes: Int
        /// The most child elements of one element; the stream root may have any number.
        public var children: Int
        /// How many distinct names libxml2 may remember before its context is replaced.
        public var distinctNames: Int
        /// How many bytes of names libxml2 may remember before its context is replaced.
        public var nameBytes: Int

        /// Makes limits; every value not given is the default that its label shows.
        ///
        /// - Parameters:
        ///   - stanzaBytes: the largest first-level element, 256 KiB.
        ///   - documentBytes: the largest document, 1 MiB.
        ///   - startTagBytes: the longest start tag, 16 KiB.
        ///   - depth: the deepest nesting, 64.
        ///   - attributes: the most attributes and namespace declarations of one element, 128.
        ///   - children: the most child elements of one element, 4096.
        ///   - distinctNames: the names remembered before the context is replaced, 4096.
        ///   - nameBytes: the bytes of names remembered before the context is replaced, 512 KiB.
        public init(
            stanzaBytes: Int = 262_144,
            documentBytes: Int = 1_048_576,
            startTagBytes: Int = 16_384,
            depth: Int = 64,
            attributes: Int = 128,
            children: Int = 4096,
            distinctNames: Int = 4096,
            nameBytes: Int = 524_288
        ) {
            self.stanzaBytes = stanzaBytes
            self.documentBytes = documentBytes
            self.startTagBytes = startTagBytes
            self.depth = depth
            self.attributes = attributes
            self.children = children
            self.distinctNames = distinctNames
            self.nameBytes = nameBytes
        }

        /// The same limits with every value in the range the parser can keep.
        var clamped: Limits {
            func bounded(_ value: Int, _ highest: Int) -> Int { min(max(value, 1), highest) }
            var limits = self
            limits.stanzaBytes = bounded(stanzaBytes, 1 << 28)
            limits.documentBytes = bounded(documentBytes, 1 << 28)
            limits.startTagBytes = bounded(startTagBytes, 1 << 28)
            limits.depth = bounded(depth, 250)
            return limits
        }
    }
}
