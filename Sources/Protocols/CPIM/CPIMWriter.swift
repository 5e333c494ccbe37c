import MIME

/// Writes Message/CPIM objects.
///
/// Source: RFC 3862 §2, §3.6.
public enum CPIMWriter {
    /// Writes an object as it was received or made, octet by octet (RFC 3862 §2.2, §6).
    ///
    /// - Parameter message: the object.
    /// - Returns: the bytes for the carrier's body.
    public static func write(_ message: CPIMMessage) -> [UInt8] { Array(message.rawBytes) }

    /// Writes the parts of an object that is made here.
    ///
    /// Headers stand in the order From, To, DateTime, Subject, then each extension with its NS header before the first use of its
    /// namespace. A header whose value would be empty is left out: its line would end in a space.
    ///
    /// - Parameter draft: the parts.
    /// - Returns: the bytes for the carrier's body.
    /// - Throws: ``CPIMError`` with `.invalidHeaderName`, `.invalidNamespace` or `.missingContentType`, at 0.
    public static func write(_ draft: CPIMDraft) throws(CPIMError) -> [UInt8] {
        guard draft.content.headers.first("Content-Type") != nil else {
            throw CPIMError(.missingContentType, "The content headers have no Content-Type.", at: 0)
        }
        var output: [UInt8] = []
        output.reserveCapacity(draft.content.content.count + 512)
        output.append(contentsOf: "From: ".utf8)
        draft.from.write(to: &output)
        output.append(contentsOf: "\r\nTo: ".utf8)
        draft.to.write(to: &output)
        endLine(&output)
        if let dateTime = draft.dateTime { output.append(contentsOf: "DateTime: \(dateTime)\r\n".utf8) }
        for subject in draft.subjects {
            let language = subject.language.flatMap { LanguageTag.isValid($0) ? $0 : nil }
            let parameters = language.map { [CPIMHeader.Parameter(name: "lang", value: $0)] } ?? []
            appendHeader("Subject", parameters, subject.text, to: &output)
        }
        var prefixes = PrefixTable()
        for header in draft.extensions { try append(header, &prefixes, to: &output) }
        endLine(&output)
        MIMEWriter.write(draft.content, to: &output)
        return output
    }

    /// Writes an extension header, and before it the NS header that it needs.
    static func append(
        _ header: CPIMExtension,
        _ prefixes: inout PrefixTable,
        to output: inout [UInt8],
        keepsEmpty: Bool = false
    ) throws(CPIMError) {
        guard !header.name.isEmpty, header.name.utf8.allSatisfy(\.isNameCharacter),
            header.parameters.allSatisfy({ !$0.name.isEmpty && $0.name.utf8.allSatisfy(\.isNameCharacter) })
        else {
            throw CPIMError(.invalidHeaderName, "'\(header.name.prefix(64))' is no header name.", at: 0)
        }
        if header.value.utf8.allSatisfy(\.isTrimmed), !keepsEmpty { return }
        var name = header.name
        if header.namespace == CPIMNamespace.core {
            guard !CPIMName.core.contains(CPIMName(header.namespace, name)) else {
                throw CPIMError(.invalidHeaderName, "'\(name)' is written by the writer itself.", at: 0)
            }
        } else {
            let namespace = Array(header.namespace.utf8)[...]
            guard namespace.looksLikeURI, !namespace.contains(UInt8(ascii: "#")) else {
                throw CPIMError(.invalidNamespace, "'\(header.namespace.prefix(64))' is no absolute URI.", at: 0)
            }
            let (prefix, isNew) = prefixes.prefix(for: header.namespace, wanted: header.prefix)
            if isNew { output.append(contentsOf: "NS: \(prefix) <\(header.namespace)>\r\n".utf8) }
            name = "\(prefix).\(name)"
        }
        appendHeader(name, header.parameters, header.value, to: &output, keepsEmpty: keepsEmpty)
    }

    /// Writes one header line: parameters right after the colon, one space, the value trimmed and escaped.
    private static func appendHeader(
        _ name: String,
        _ parameters: [CPIMHeader.Parameter],
        _ text: String,
        to output: inout [UInt8],
        keepsEmpty: Bool = false
    ) {
        let value = trimmed(text)
        guard !value.isEmpty || keepsEmpty else { return }
        output.append(contentsOf: name.utf8)
        output.append(UInt8(ascii: ":"))
        for parameter in parameters {
            output.append(contentsOf: ";\(parameter.name)=".utf8)
            let isToken = !parameter.value.isEmpty && parameter.value.utf8.allSatisfy(\.isTokenCharacter)
            output.append(contentsOf: isToken ? Array(parameter.value.utf8) : CPIMEscape.quote(parameter.value))
        }
        if !value.isEmpty { output.append(0x20) }
        output.append(contentsOf: CPIMEscape.escape(value))
        endLine(&output)
    }

    private static func trimmed(_ text: String) -> String {
        guard let first = text.utf8.first, let last = text.utf8.last, first.isTrimmed || last.isTrimmed else {
            return text
        }
        var bytes = Array(text.utf8)[...].drop(while: \.isTrimmed)
        while bytes.last?.isTrimmed == true { bytes = bytes.dropLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func endLine(_ output: inout [UInt8]) {
        output.append(0x0D)
        output.append(0x0A)
    }
}

extension UInt8 {
    /// White space that is removed at both ends of a value that comes from elsewhere.
    fileprivate var isTrimmed: Bool { isBlank || self == 0x0A || self == 0x0D }
}

/// The prefixes that an object declares.
struct PrefixTable {
    private var namespaces: [String: String] = [:]

    /// Takes prefixes that are declared already and must keep their meaning.
    init(taken: [String] = []) {
        for prefix in taken { namespaces[prefix] = "" }
    }

    /// The prefix of a namespace, and whether it has yet to be declared.
    mutating func prefix(for namespace: String, wanted: String?) -> (prefix: String, isNew: Bool) {
        if let known = namespaces.first(where: { $0.value == namespace }) { return (known.key, false) }
        var stem = wanted ?? (namespace == CPIMNamespace.imdn ? "imdn" : "x")
        if stem.isEmpty || !stem.utf8.allSatisfy(\.isNameCharacter) { stem = "x" }
        var prefix = stem
        var number = 1
        while namespaces[prefix] != nil {
            number += 1
            prefix = "\(stem)\(number)"
        }
        namespaces[prefix] = namespace
        return (prefix, true)
    }
}
