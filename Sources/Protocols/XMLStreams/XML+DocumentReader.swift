extension XML {
    /// Reads whole documents.
    public enum DocumentReader {
        /// Reads one document.
        ///
        /// An XML declaration and comments are accepted; comments are dropped, and the text around one is one run.
        ///
        /// - Parameters:
        ///   - bytes: the document in UTF-8.
        ///   - limits: the bounds; `documentBytes` takes the place of `stanzaBytes`.
        ///   - keepsDeclarations: whether each element keeps its namespace declarations, for documents with prefixes in
        ///     text or attribute values.
        /// - Returns: the root element.
        /// - Throws: ``XMLStreamError``; `.incomplete` at the end of the bytes when the root is not closed.
        public static func read(
            _ bytes: ArraySlice<UInt8>,
            limits: Limits = Limits(),
            keepsDeclarations: Bool = false
        ) throws(XMLStreamError) -> Element {
            var core = ParserCore(
                kind: .document,
                limits: limits,
                skipsExcess: false,
                keepsDeclarations: keepsDeclarations
            )
            var events: [StreamEvent] = []
            let span = bytes.span
            // The pointer does not leave the call.
            try unsafe span.withUnsafeBufferPointer { buffer throws(XMLStreamError) in
                try unsafe core.feed(buffer, into: &events)
            }
            guard case .element(let root)? = events.first, core.isClosed, core.isBetween else {
                throw XMLStreamError(.incomplete, "the document ends before its root element", offset: bytes.count)
            }
            return root
        }
    }
}
