extension XML {
    /// What a stream parser found.
    public enum StreamEvent: Sendable, Equatable {
        /// The stream header: the root's start tag with its attributes and namespace declarations.
        case opened(Element)
        /// A complete first-level element.
        case element(Element)
        /// A first-level element that exceeded a limit and was passed over: its start tag without content, if that
        /// was read, and the limit.
        ///
        /// Comes only from parsers made with `excess: .isRefused`.
        case refused(Element?, XMLStreamError)
        /// The root's end tag; everything behind it is discarded.
        case closed
    }

    /// What becomes of a first-level element that exceeds a limit.
    public enum ExcessPolicy: Sendable {
        /// The stream fails: for peers who are strangers.
        case failsStream
        /// The element is passed over and reported: for a server that hands on what strangers wrote.
        case isRefused
    }

    /// Reads an XML stream piece by piece.
    ///
    /// Elements come out as soon as their last byte is there, equal however the bytes were cut. White space between
    /// elements is dropped as it comes. Memory is bounded by the limits for the whole life of the stream: names that
    /// were seen once are forgotten again.
    ///
    /// A parser is used from one thread at a time.
    ///
    /// Source: RFC 6120 §4.2, §4.4, §11.1.
    public final class StreamParser {
        private var core: ParserCore

        /// Makes a parser that waits for the first byte of a stream.
        ///
        /// - Parameters:
        ///   - limits: the bounds.
        ///   - excess: what becomes of an element that exceeds them.
        public init(limits: Limits = Limits(), excess: ExcessPolicy = .failsStream) {
            core = ParserCore(kind: .stream, limits: limits, skipsExcess: excess == .isRefused)
        }

        /// The bounds; a change holds from the next byte.
        public var limits: Limits {
            get { core.limits }
            set { core.limits = newValue }
        }

        /// How many bytes were read.
        public var consumed: Int { core.consumed }

        /// True between first-level elements, when no byte of a next one has come.
        ///
        /// Whoever hands the connection to TLS after an element asks this first, because bytes that wait here came in
        /// the clear.
        public var isBetweenElements: Bool { core.isBetween }

        /// True when the stream's end tag was read.
        public var isClosed: Bool { core.isClosed }

        /// How often the memory of names was emptied.
        public var nameTableReplacements: Int { core.replacements }

        /// Reads bytes as they came.
        ///
        /// - Parameters:
        ///   - bytes: any number of bytes.
        ///   - events: gets what was completed, also before an error is thrown.
        /// - Throws: ``XMLStreamError`` for what ends the stream; the same again at every later call.
        public func feed(_ bytes: Span<UInt8>, into events: inout [StreamEvent]) throws(XMLStreamError) {
            // The pointer does not leave the call.
            try unsafe bytes.withUnsafeBufferPointer { buffer throws(XMLStreamError) in
                try unsafe core.feed(buffer, into: &events)
            }
        }

        /// Reads bytes as they came.
        ///
        /// - Parameters:
        ///   - bytes: any number of bytes.
        ///   - events: gets what was completed, also before an error is thrown.
        /// - Throws: ``XMLStreamError`` for what ends the stream; the same again at every later call.
        public func feed(_ bytes: ArraySlice<UInt8>, into events: inout [StreamEvent]) throws(XMLStreamError) {
            try feed(bytes.span, into: &events)
        }
    }
}
