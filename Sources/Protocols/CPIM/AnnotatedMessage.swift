/// What Message/CPIM has no word for, carried beside a message and named by namespace and name.
public struct Annotation: Sendable, Hashable {
    /// The namespace of the construct, such as the XML namespace of a stanza's element.
    public var namespace: String
    /// The name within the namespace.
    public var name: String
    /// The plain text of the value; empty when presence alone tells all.
    public var value: String

    /// Makes an annotation.
    ///
    /// - Parameters:
    ///   - namespace: the namespace of the construct.
    ///   - name: the name within the namespace.
    ///   - value: the plain text of the value.
    public init(namespace: String, name: String, value: String = "") {
        self.namespace = namespace
        self.name = name
        self.value = value
    }
}

/// A message with its annotations: the value in the middle of a gateway, of which each side takes what it has words for.
public struct AnnotatedMessage: Sendable, Equatable {
    /// The message.
    public var message: CPIMMessage
    /// The annotations in the order of their source.
    public var annotations: [Annotation]

    /// Makes a value.
    ///
    /// - Parameters:
    ///   - message: the message.
    ///   - annotations: the annotations in order.
    public init(_ message: CPIMMessage, annotations: [Annotation] = []) {
        self.message = message
        self.annotations = annotations
    }

    /// The first annotation of a namespace and name.
    ///
    /// - Parameters:
    ///   - namespace: compared exactly.
    ///   - name: compared exactly.
    /// - Returns: its value; nothing when there is none.
    public func value(_ namespace: String, _ name: String) -> String? {
        annotations.first { $0.namespace == namespace && $0.name == name }?.value
    }

    /// The message for a trace: annotations stand as extension headers after the message's own headers.
    ///
    /// Octets that a header name or a URI cannot hold are written as `%hh`. The text is for people and tests and never goes to a
    /// peer.
    ///
    /// Source: RFC 3862 §3.4.
    public var traceBytes: [UInt8] {
        let raw = message.rawBytes
        let split = raw.startIndex + message.headerLength
        var output = Array(raw[..<split])
        var prefixes = PrefixTable(taken: message.headers.filter { $0.name == "NS" }.map(Self.declaredPrefix))
        for annotation in annotations {
            let header = CPIMExtension(
                namespace: Self.uri(annotation.namespace),
                prefix: "x",
                name: Self.encoded(annotation.name) { $0.isNameCharacter && $0 != UInt8(ascii: "%") },
                value: annotation.value
            )
            // The namespace and the name are made valid above, so nothing can be refused.
            try? CPIMWriter.append(header, &prefixes, to: &output, keepsEmpty: true)
        }
        if message.tolerated(.missingEmptyLine) { output.append(contentsOf: [0x0D, 0x0A]) }
        output.append(contentsOf: raw[split...])
        return output
    }

    private static func declaredPrefix(_ header: CPIMHeader) -> String {
        String(decoding: header.value.prefix(while: \.isNameCharacter), as: UTF8.self)
    }

    /// The namespace as an absolute URI; one that is none gets a URN of its own.
    private static func uri(_ namespace: String) -> String {
        let text = encoded(namespace) { !$0.isControl && !" <>\"#%\\".utf8.contains($0) && $0 < 0x80 }
        return Array(text.utf8)[...].looksLikeURI && text != CPIMNamespace.core ? text : "urn:x-annotation:\(text)"
    }

    private static func encoded(_ text: String, keeping isKept: (UInt8) -> Bool) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var output: [UInt8] = []
        for octet in text.utf8 {
            if isKept(octet) {
                output.append(octet)
            } else {
                output.append(contentsOf: [UInt8(ascii: "%"), digits[Int(octet >> 4)], digits[Int(octet & 0xF)]])
            }
        }
        return output.isEmpty ? "_" : String(decoding: output, as: UTF8.self)
    }
}
