/// The form of mapping files by which a generation is named: keys sorted, comments, tests and
/// layout left out, and files that say nothing.
enum CanonicalForm {
    static func bytes(of files: [TableFile]) -> [UInt8] {
        var bytes: [UInt8] = []
        for file in files where !isEmpty(file.root) {
            switch file.layer {
            case .standard: bytes += Array("standard".utf8)
            case .site: bytes += Array("site".utf8)
            case .peer(let domain): bytes += Array("peer ".utf8) + Array(domain.utf8)
            }
            bytes.append(0x0A)
            append(file.root, isTop: true, to: &bytes)
            bytes.append(0x0A)
        }
        return bytes
    }

    /// Whether a file has no row and nothing that holds without rows.
    private static func isEmpty(_ root: MappingNode) -> Bool {
        let hasRows = root["rows"].map { $0.elements?.isEmpty == false || $0.text?.isEmpty == false } ?? false
        return !hasRows && root["otherwise"] == nil && root["unmapped"] == nil
    }

    /// One node, with the length before each text so that neighbors cannot run together.
    private static func append(_ node: MappingNode, isTop: Bool = false, to bytes: inout [UInt8]) {
        switch node.value {
        case .scalar(let text, _): append(text, to: &bytes)
        case .sequence(let nodes):
            bytes.append(UInt8(ascii: "["))
            for node in nodes { append(node, to: &bytes) }
            bytes.append(UInt8(ascii: "]"))
        case .mapping(let pairs):
            bytes.append(UInt8(ascii: "{"))
            for (key, value) in pairs.sorted(by: { ($0.key.text ?? "") < ($1.key.text ?? "") }) {
                let name = key.text ?? ""
                if name == "about" || isTop && name == "tests" { continue }
                append(name, to: &bytes)
                append(value, to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes += Array(String(text.utf8.count).utf8)
        bytes.append(UInt8(ascii: ":"))
        bytes += Array(text.utf8)
    }
}
