import Addressing
import CPIM
import MIME

extension FuzzTarget {
    /// An object is relayed as it came, and what is made of its parts is strict and says the same.
    static let cpim = FuzzTarget("cpim") { input throws(Violation) in
        try escapes(input)
        let message: CPIMMessage
        do throws(CPIMError) {
            message = try CPIMReader(knowsIMDNPrefix: true, defaultContentType: .plain).read(input[...])
        } catch {
            return try demand((0...input.count).contains(error.offset), "the error lies in the object: \(error)")
        }
        try demand(CPIMWriter.write(message) == input, "an object is relayed as it came")
        if let strict = try? CPIMReader(isStrict: true, knowsIMDNPrefix: true).read(input[...]) {
            try demand(strict.headers == message.headers, "a strict reader reads the same headers")
        }
        _ = try? CPIMReader(knowsIMDNPrefix: true).inner(of: message)
        _ = (message.distinctSubjects, message.unmetRequirements(implemented: []))
        try annotated(message)
        // Content headers are written as they came, so only those of a strict reader can pass one again.
        if message.tolerated(.bareLineFeed) { return }
        guard let draft = draft(of: message), let bytes = try? CPIMWriter.write(draft) else { return }
        let made = try succeed("a strict reader takes what is written: \(shown(bytes))") { () throws(CPIMError) in
            try CPIMReader(isStrict: true).read(bytes[...])
        }
        try demand(made.from?.uriText == draft.from.uriText, "From is written: \(shown(bytes))")
        try demand(made.to.map(\.uriText) == [draft.to.uriText], "To is written once: \(shown(bytes))")
        try demand(made.cc.isEmpty && made.require.isEmpty, "nothing is added: \(shown(bytes))")
        try demand(made.dateTime == draft.dateTime, "DateTime is written: \(shown(bytes))")
        try demand(made.content.content == draft.content.content, "the content is written: \(shown(bytes))")
        guard let second = Self.draft(of: made) else { throw Violation("what is written has both ends") }
        let again = try succeed("what is written is written again") { () throws(CPIMError) in
            try CPIMWriter.write(second)
        }
        try demand(again == bytes, "writing is stable: \(shown(bytes)) or \(shown(again))")
    }

    private static func draft(of message: CPIMMessage) -> CPIMDraft? {
        guard let from = message.from, let to = message.to.first else { return nil }
        var content = message.content
        if content.headers.first("Content-Type") == nil { content.headers.append("Content-Type", "text/plain") }
        let extensions = message.headers.compactMap { header -> CPIMExtension? in
            guard let namespace = header.namespace, namespace != CPIMNamespace.core else { return nil }
            return CPIMExtension(
                namespace: namespace,
                prefix: header.prefix,
                name: header.name,
                value: header.unescapedValue,
                parameters: header.parameters
            )
        }
        return CPIMDraft(
            from: from,
            to: to,
            dateTime: message.dateTime,
            subjects: message.subjects,
            extensions: extensions,
            content: content
        )
    }

    private static func annotated(_ message: CPIMMessage) throws(Violation) {
        let annotation = Annotation(namespace: "urn:x:y", name: "kind", value: "a\r\nFrom: <im:eve@example.com>")
        let bytes = AnnotatedMessage(message, annotations: [annotation]).traceBytes
        let traced = try succeed("an annotated object can be read") { () throws(CPIMError) in
            try CPIMReader(
                limits: CPIMLimits(objectBytes: 1 << 22, headerBytes: 1 << 20, headers: 1000),
                knowsIMDNPrefix: true,
                defaultContentType: .plain
            ).read(bytes[...])
        }
        try demand(traced.from == message.from && traced.to == message.to, "annotations add no header")
    }

    /// Escapes can be undone and hold no line end.
    private static func escapes(_ input: [UInt8]) throws(Violation) {
        _ = CPIMEscape.unescape(input[...])
        guard let text = String(validating: input, as: UTF8.self) else { return }
        let escaped = CPIMEscape.escape(text)
        try demand(Array(CPIMEscape.unescape(escaped[...]).utf8) == input, "escapes can be undone: \(shown(escaped))")
        try demand(!escaped.contains { $0 == 0x0A || $0 == 0x0D }, "escaped text is one line")
        try demand(!CPIMEscape.quote(text).contains { $0 == 0x0A || $0 == 0x0D }, "quoted text is one line")
        guard let time = CPIMDateTime(text) else { return }
        try demand(CPIMDateTime(time.description) == time, "a time can be read back: \(time)")
        try demand(CPIMDateTime(time.utcText) != nil, "a time in UTC can be read back: \(time.utcText)")
    }
}
