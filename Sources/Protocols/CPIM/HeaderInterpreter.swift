/// Gives header lines their namespaces and the core headers their meaning, in wire order.
///
/// Source: RFC 3862 §3.4, §4.
struct HeaderInterpreter {
    private let isStrict: Bool
    private let knowsIMDNPrefix: Bool
    private var defaultNamespace = CPIMNamespace.core
    private var namespaces: [String: String] = [:]
    private var sawFrom = false
    private var sawDateTime = false

    private(set) var headers: [CPIMHeader] = []
    private(set) var from: CPIMAddress?
    private(set) var to: [CPIMAddress] = []
    private(set) var cc: [CPIMAddress] = []
    private(set) var dateTime: CPIMDateTime?
    private(set) var subjects: [CPIMSubject] = []
    private(set) var require: [CPIMFeature] = []
    private(set) var warnings: [CPIMWarning] = []

    init(isStrict: Bool, knowsIMDNPrefix: Bool) {
        self.isStrict = isStrict
        self.knowsIMDNPrefix = knowsIMDNPrefix
    }

    /// Notes a tolerance, or refuses the object when the reader is strict.
    mutating func tolerate(_ kind: CPIMWarning.Kind, at offset: Int) throws(CPIMError) {
        if isStrict, kind.isGrammarFault {
            throw CPIMError(.strict(kind), "A strict reader refuses '\(kind.rawValue)'.", at: offset)
        }
        warnings.append(CPIMWarning(kind, at: offset))
    }

    /// Takes one line, without its line end.
    mutating func take(_ line: ArraySlice<UInt8>, at offset: Int) throws(CPIMError) {
        let hasTab = line.contains(0x09)
        guard !line.contains(where: { $0.isControl && $0 != 0x09 }), let parsed = HeaderLine(line) else {
            return try tolerate(.malformedHeader, at: offset)
        }
        if hasTab { try tolerate(.unescapedTab, at: offset) }
        if parsed.hasOddSpacing { try tolerate(.spacing, at: offset) }
        let name = String(decoding: parsed.name, as: UTF8.self)
        let prefix = parsed.prefix.map { String(decoding: $0, as: UTF8.self) }
        let header = CPIMHeader(
            raw: line,
            offset: offset,
            prefix: prefix,
            name: name,
            namespace: try namespace(of: prefix, name, at: offset),
            parameters: parsed.parameters,
            value: parsed.value
        )
        headers.append(header)
        if header.namespace == CPIMNamespace.core { try interpret(header) }
    }

    /// Notes what a whole message lacks.
    mutating func finish(at offset: Int) throws(CPIMError) {
        if from == nil { try tolerate(.missingFrom, at: offset) }
        if to.isEmpty { try tolerate(.missingTo, at: offset) }
    }

    /// The namespace of a name; nothing when its prefix was not declared.
    private mutating func namespace(of prefix: String?, _ name: String, at offset: Int) throws(CPIMError) -> String? {
        guard let prefix else {
            // RFC 3862 §3.4 is silent on how a changed default namespace could be left again, so these two stay known.
            return name == "NS" || name == "Require" ? CPIMNamespace.core : defaultNamespace
        }
        if let declared = namespaces[prefix] { return declared }
        if knowsIMDNPrefix, prefix == "imdn" {
            try tolerate(.implicitPrefix, at: offset)
            return CPIMNamespace.imdn
        }
        try tolerate(.undeclaredPrefix, at: offset)
        return nil
    }

    private mutating func interpret(_ header: CPIMHeader) throws(CPIMError) {
        switch header.name {
        case "From":
            if sawFrom { return try tolerate(.repeatedFrom, at: header.offset) }
            sawFrom = true
            from = try address(header)
        case "To":
            if let address = try address(header) { to.append(address) }
        case "cc":
            if let address = try address(header) { cc.append(address) }
        case "DateTime":
            if sawDateTime { return try tolerate(.repeatedDateTime, at: header.offset) }
            sawDateTime = true
            dateTime = CPIMDateTime(bytes: header.value)
            if dateTime == nil { try tolerate(.malformedDateTime, at: header.offset) }
        case "Subject":
            try takeSubject(header)
        case "NS":
            try takeNamespace(header)
        case "Require":
            try takeFeatures(header)
        default:
            break
        }
    }

    private mutating func address(_ header: CPIMHeader) throws(CPIMError) -> CPIMAddress? {
        guard let read = CPIMAddress.read(header.value) else {
            try tolerate(.malformedAddress, at: header.offset)
            return nil
        }
        if let kind = read.tolerated { try tolerate(kind, at: header.offset) }
        return read.address
    }

    private mutating func takeSubject(_ header: CPIMHeader) throws(CPIMError) {
        var language = header.parameter("lang")
        if let tag = language, !LanguageTag.isValid(tag) {
            try tolerate(.malformedLanguage, at: header.offset)
            language = nil
        }
        subjects.append(CPIMSubject(header.unescapedValue, language: language))
    }

    /// Reads `[ Name-prefix ] "<" URI ">"`, with or without the space that all examples have before `<`.
    private mutating func takeNamespace(_ header: CPIMHeader) throws(CPIMError) {
        var rest = header.value
        let prefix = rest.take(while: \.isNameCharacter)
        _ = rest.take(while: \.isBlank)
        guard rest.take(UInt8(ascii: "<")), rest.last == UInt8(ascii: ">"), rest.dropLast().looksLikeURI,
            !rest.contains(UInt8(ascii: "#"))
        else { return try tolerate(.malformedNamespace, at: header.offset) }
        let uri = String(decoding: rest.dropLast(), as: UTF8.self)
        if prefix.isEmpty {
            defaultNamespace = uri
        } else {
            namespaces[String(decoding: prefix, as: UTF8.self)] = uri
        }
    }

    /// Splits at commas and resolves each name where it stands.
    private mutating func takeFeatures(_ header: CPIMHeader) throws(CPIMError) {
        for item in header.value.split(separator: UInt8(ascii: ",")) {
            let bare = item.drop(while: \.isBlank).withoutTrailingBlanks
            guard !bare.isEmpty else { continue }
            let text = String(decoding: bare, as: UTF8.self)
            var rest = bare
            guard let full = FullName(&rest), rest.isEmpty else {
                try tolerate(.malformedFeature, at: header.offset)
                require.append(CPIMFeature(text: text, identity: nil))
                continue
            }
            let prefix = full.prefix.map { String(decoding: $0, as: UTF8.self) }
            let local = String(decoding: full.name, as: UTF8.self)
            let namespace = try namespace(of: prefix, local, at: header.offset)
            require.append(CPIMFeature(text: text, identity: namespace.map { CPIMName($0, local) }))
        }
    }
}
