extension XML {
    /// Writes elements as bytes.
    ///
    /// The output is well-formed whatever text goes in: values are escaped, and characters that XML 1.0 cannot carry
    /// become U+FFFD and are counted. Element and attribute names are taken as they are; names that came from outside
    /// are checked with ``Characters/isName(_:)`` first.
    ///
    /// A namespace is declared on an element only where it differs from the default namespace in scope.
    ///
    /// Source: RFC 6120 §4.8.3, §11.1.
    public struct Writer: Sendable {
        private struct Open {
            /// The prefix, for the end tag; empty for none.
            var prefix = ""
            /// The local name, for the end tag.
            let name: String
            /// The default namespace inside.
            let namespace: String
        }

        /// What was written.
        public private(set) var bytes: [UInt8] = []
        /// How many characters were replaced by U+FFFD.
        public private(set) var replaced = 0

        private var open: [Open] = []
        private let inherited: String
        /// True between a start tag's last attribute and its `>`.
        private var tagIsOpen = false
        private var prefixes = 0

        /// Makes a writer.
        ///
        /// - Parameter inherited: the default namespace at the place where the output will stand: the content
        ///   namespace for a stanza of a stream, empty for a document.
        public init(inherited: String = "") {
            self.inherited = inherited
        }

        /// How many elements are open.
        public var depth: Int { open.count }

        private var scope: String { open.last?.namespace ?? inherited }

        // MARK: Elements

        /// Begins an element.
        ///
        /// - Parameters:
        ///   - name: the local name.
        ///   - namespace: the namespace; nil for the one in scope.
        ///   - attributes: the attributes in order; those without a value are left out. The name `xml:lang` is the
        ///     only one that may have a prefix.
        public mutating func start(
            _ name: String,
            _ namespace: String? = nil,
            _ attributes: KeyValuePairs<String, String?> = [:]
        ) {
            closeTag()
            bytes.append(0x3C)
            append(name)
            let outer = scope
            if let namespace, namespace != outer {
                append(" xmlns='")
                value(namespace)
                bytes.append(0x27)
            }
            // Most of what is written is no deeper.
            if open.capacity == 0 { open.reserveCapacity(6) }
            open.append(Open(name: name, namespace: namespace ?? outer))
            tagIsOpen = true
            for (name, value) in attributes {
                if let value { attribute(name, value) }
            }
        }

        /// Begins an element with a prefix, which declares no namespace.
        ///
        /// - Parameters:
        ///   - prefix: the prefix, which an attribute further out declares.
        ///   - name: the local name.
        public mutating func start(prefix: String, _ name: String) {
            closeTag()
            bytes.append(0x3C)
            append(prefix)
            bytes.append(0x3A)
            append(name)
            open.append(Open(prefix: prefix, name: name, namespace: scope))
            tagIsOpen = true
        }

        /// Adds an attribute to the element just begun.
        ///
        /// - Parameters:
        ///   - name: the name, without a prefix but for `xml:lang`.
        ///   - text: the value.
        public mutating func attribute(_ name: String, _ text: String) {
            guard attributeName(name) else { return }
            value(text)
            bytes.append(0x27)
        }

        /// Adds an attribute to the element just begun.
        ///
        /// - Parameters:
        ///   - name: the name, without a prefix but for `xml:lang`.
        ///   - utf8: the value, meant to be UTF-8.
        public mutating func attribute(_ name: String, _ utf8: ArraySlice<UInt8>) {
            guard attributeName(name) else { return }
            replaced += Escaping.append(utf8.span, to: &bytes, as: .attribute)
            bytes.append(0x27)
        }

        /// Adds an attribute in a namespace, with a prefix of the writer's choice, to the element just begun.
        ///
        /// - Parameters:
        ///   - name: the local name.
        ///   - namespace: the namespace; ``XML/namespace`` gets the prefix `xml`, empty none.
        ///   - utf8: the value, meant to be UTF-8.
        public mutating func attribute(_ name: String, namespace: String, _ utf8: ArraySlice<UInt8>) {
            guard tagIsOpen else { return }
            if namespace.isEmpty { return attribute(name, utf8) }
            if namespace == XML.namespace { return attribute("xml:" + name, utf8) }
            prefixes += 1
            let prefix = "ns\(prefixes)"
            attribute("xmlns:" + prefix, namespace)
            attribute(prefix + ":" + name, utf8)
        }

        /// Ends the element begun last; one without content becomes an empty-element tag.
        public mutating func end() {
            guard let element = open.popLast() else { return }
            if tagIsOpen {
                tagIsOpen = false
                bytes.append(0x2F)
                bytes.append(0x3E)
                return
            }
            bytes.append(0x3C)
            bytes.append(0x2F)
            if !element.prefix.isEmpty {
                append(element.prefix)
                bytes.append(0x3A)
            }
            append(element.name)
            bytes.append(0x3E)
        }

        /// Writes an element that holds only text.
        ///
        /// - Parameters:
        ///   - name: the local name.
        ///   - namespace: the namespace; nil for the one in scope.
        ///   - attributes: the attributes in order; those without a value are left out.
        ///   - text: the content; empty for an empty element.
        public mutating func element(
            _ name: String,
            _ namespace: String? = nil,
            _ attributes: KeyValuePairs<String, String?> = [:],
            text: String = ""
        ) {
            start(name, namespace, attributes)
            if !text.isEmpty { self.text(text) }
            end()
        }

        // MARK: Content

        /// Adds character data.
        ///
        /// - Parameter text: the text.
        public mutating func text(_ text: String) {
            closeTag()
            replaced += Escaping.append(text, to: &bytes, as: .text)
        }

        /// Adds character data.
        ///
        /// - Parameter utf8: the text, meant to be UTF-8.
        public mutating func text(_ utf8: ArraySlice<UInt8>) {
            closeTag()
            replaced += Escaping.append(utf8.span, to: &bytes, as: .text)
        }

        /// Adds markup as it stands.
        ///
        /// - Parameter markup: well-formed markup known when the program was written.
        public mutating func raw(_ markup: StaticString) {
            closeTag()
            // The literal lives as long as the program.
            unsafe bytes.append(
                contentsOf: UnsafeBufferPointer(start: markup.utf8Start, count: markup.utf8CodeUnitCount)
            )
        }

        /// Ends every open element.
        public mutating func endAll() {
            while !open.isEmpty { end() }
        }

        /// Closes the start tag of a stream header, whose element stays open for the life of the stream.
        public mutating func closeHeader() { closeTag() }

        /// Makes room ahead of writing.
        ///
        /// - Parameter count: how many bytes are expected.
        public mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }

        // MARK: Pieces

        private mutating func closeTag() {
            guard tagIsOpen else { return }
            tagIsOpen = false
            bytes.append(0x3E)
        }

        private mutating func attributeName(_ name: String) -> Bool {
            guard tagIsOpen else { return false }
            bytes.append(0x20)
            append(name)
            bytes.append(0x3D)
            bytes.append(0x27)
            return true
        }

        private mutating func value(_ text: String) {
            replaced += Escaping.append(text, to: &bytes, as: .attribute)
        }

        private mutating func append(_ name: String) {
            // The pointer does not leave the call.
            unsafe name.utf8.span.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
        }
    }
}
