import CPIM

/// Compares two Message/CPIM objects by the rules of the vector format.
struct CPIMComparison {
    /// One message header.
    struct Header {
        /// The namespace and name, or only the name when its prefix was not declared.
        let name: String
        let parameters: [String: String]
        let value: String
    }

    /// An object as the comparison reads it.
    struct Object {
        private(set) var headers: [Header] = []
        private(set) var faults: [String] = []
        private(set) var content: [(name: String, value: String)] = []
        private(set) var body: [UInt8] = []

        init?(_ bytes: [UInt8]) {
            guard let (head, rest) = HeaderText.split(bytes[...]), let (mime, body) = HeaderText.split(rest) else {
                return nil
            }
            if !HeaderText.usesCRLF(bytes[...], lines: head.count) || !HeaderText.usesCRLF(rest, lines: mime.count) {
                faults.append("a header line does not end with CR LF")
            }
            var prefixes: [String: String] = [:]
            var defaultNamespace = CPIMNamespace.core
            for line in head { readHeader(line, &prefixes, &defaultNamespace) }
            for line in mime {
                guard let field = HeaderText.field(line) else { return nil }
                content.append((field.name.lowercased(), field.value))
            }
            self.body = Array(body)
        }

        private mutating func readHeader(
            _ line: ArraySlice<UInt8>,
            _ prefixes: inout [String: String],
            _ defaultNamespace: inout String
        ) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
                return faults.append("'\(HeaderText.text(line))' is no header")
            }
            let rest = line[(colon + 1)...]
            guard let space = rest.firstIndex(of: 0x20) else {
                return faults.append("'\(HeaderText.text(line))' has no space")
            }
            if rest.last == 0x20 || rest[(space + 1)...].first == 0x20 {
                faults.append("'\(HeaderText.text(line))' has blanks too many")
            }
            let full = HeaderText.text(line[..<colon])
            let value = rest[(space + 1)...]
            let parameters = HeaderText.parameters(
                HeaderText.parts(HeaderText.text(rest[..<space]), at: ";").dropFirst()
            )
            if full == "NS" {
                let parts = HeaderText.text(value).split(separator: " ").map(String.init)
                let uri = String((parts.last ?? "").dropFirst().dropLast())
                if parts.count > 1 { prefixes[parts[0]] = uri } else { defaultNamespace = uri }
                return headers.append(Header(name: "NS", parameters: parameters, value: "<\(uri)>"))
            }
            var name = full
            if let dot = full.firstIndex(of: ".") {
                if let namespace = prefixes[String(full[..<dot])] {
                    name = "{\(namespace)}\(full[full.index(after: dot)...])"
                } else {
                    faults.append("\(full) stands before its NS header")
                }
            } else {
                name = "{\(defaultNamespace)}\(full)"
            }
            headers.append(Header(name: name, parameters: parameters, value: Self.value(name, value, &faults)))
        }

        /// Undoes escapes; formal names of both spellings become one.
        private static func value(_ name: String, _ bytes: ArraySlice<UInt8>, _ faults: inout [String]) -> String {
            let addresses: Set<String> = ["From", "To", "cc"].reduce(into: []) {
                $0.insert("{\(CPIMNamespace.core)}\($1)")
            }
            guard addresses.contains(name), let open = bytes.lastIndex(of: UInt8(ascii: "<")) else {
                return CPIMEscape.unescape(bytes)
            }
            var formalName = bytes[..<open]
            if formalName.first == UInt8(ascii: "\"") {
                if formalName.last == 0x20 { faults.append("a blank stands between a quoted name and its address") }
                while formalName.last == 0x20 { formalName = formalName.dropLast() }
                formalName = formalName.dropFirst().dropLast()
            }
            while formalName.last == 0x20 { formalName = formalName.dropLast() }
            return CPIMEscape.unescape(formalName) + "|" + HeaderText.text(bytes[open...])
        }
    }

    static func differences(expected: [UInt8], actual: [UInt8], bindings: inout Bindings) -> [String] {
        guard let one = Object(expected) else { return ["the expected CPIM object cannot be read"] }
        guard let other = Object(actual) else { return ["the CPIM object cannot be read"] }
        var differences = other.faults
        compareHeaders(one, other, &differences, &bindings)
        compareContent(one, other, &differences, &bindings)
        return differences
    }

    private static func compareHeaders(
        _ one: Object,
        _ other: Object,
        _ differences: inout [String],
        _ bindings: inout Bindings
    ) {
        let dateTime = "{\(CPIMNamespace.core)}DateTime"
        let names = Set((one.headers + other.headers).map(\.name))
        for name in names.sorted() {
            let mine = one.headers.filter { $0.name == name }
            let theirs = other.headers.filter { $0.name == name }
            if name == dateTime, mine.isEmpty, theirs.count == 1, CPIMDateTime(theirs[0].value) != nil { continue }
            guard mine.count == theirs.count else {
                differences.append("\(name): \(theirs.map(\.value)) instead of \(mine.map(\.value))")
                continue
            }
            for (first, second) in zip(mine, theirs) {
                let isSameTime =
                    name == dateTime && CPIMDateTime(first.value) != nil
                    && CPIMDateTime(first.value) == CPIMDateTime(second.value)
                if isSameTime { continue }
                if first.parameters != second.parameters || !bindings.match(first.value, second.value) {
                    let found = "\(second.parameters) '\(second.value)'"
                    differences.append("\(name): \(found) instead of \(first.parameters) '\(first.value)'")
                }
            }
        }
    }

    private static func compareContent(
        _ one: Object,
        _ other: Object,
        _ differences: inout [String],
        _ bindings: inout Bindings
    ) {
        for name in Set((one.content + other.content).map(\.name)).sorted() {
            let mine = one.content.filter { $0.name == name }.map(\.value)
            let theirs = other.content.filter { $0.name == name }.map(\.value)
            let isEqual =
                mine.count == theirs.count
                && zip(mine, theirs).allSatisfy { first, second in
                    name == "content-type"
                        ? MediaTypeText.areEqual(first, second, content: other.body, &bindings)
                        : bindings.match(first, second)
                }
            if !isEqual { differences.append("\(name): \(theirs) instead of \(mine)") }
        }
        let type = one.content.first { $0.name == "content-type" }?.value ?? ""
        if MediaTypeText.isXML(type) {
            differences += XMLComparison.differences(
                expected: one.body,
                actual: other.body,
                mode: .document,
                bindings: &bindings
            )
        } else if !bindings.match(Template(one.body), other.body) {
            differences.append("content '\(HeaderText.text(other.body))' instead of '\(HeaderText.text(one.body))'")
        }
    }
}
