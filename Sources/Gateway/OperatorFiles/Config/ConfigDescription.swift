/// Prints the commented configuration that `describe config` shows and `Config/isthmus.yaml` is.
public enum ConfigDescription {
    /// The whole commented file.
    public static var text: String {
        var lines = [
            "# The configuration of an Isthmus gateway, with every key and its default.",
            "# Relative paths start from this file. A key that is commented out has the value shown, a section none.",
            "# Check a change with: isthmus check --config FILE",
            "",
        ]
        if case .section(let keys) = ConfigKeys.file {
            for (index, key) in keys.filter({ !$0.isPlanned }).enumerated() {
                if index > 0 { lines.append("") }
                append(key, indent: 0, to: &lines)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func append(_ key: ConfigKey, indent: Int, to lines: inout [String]) {
        let space = String(repeating: " ", count: indent)
        let effect = key.effect == .reload ? " Takes effect on reload." : ""
        lines.append("\(space)# \(key.about)\(expectation(key.shape))\(effect)")
        switch key.shape {
        case .section(let keys) where key.isOptional:
            var section: [String] = []
            append(keys, indent: 2, to: &section)
            lines += (["\(key.name):"] + section).map { "\(space)# \($0)" }
        case .section(let keys):
            lines.append("\(space)\(key.name):")
            append(keys, indent: indent + 2, to: &lines)
        case .list(.section(let keys)) where key.isAlternative:
            var section: [String] = []
            append(keys, indent: 4, to: &section)
            lines += (["\(key.name):", "  -"] + section).map { "\(space)# \($0)" }
        case .list(.section(let keys)):
            lines.append("\(space)\(key.name):")
            lines.append("\(space)  -")
            append(keys, indent: indent + 4, to: &lines)
        case .table(_, _, .section(let keys)):
            let name = key.example ?? "example.com"
            lines.append("\(space)\(key.name):")
            lines.append("\(space)  \(name):" + (keys.isEmpty ? " {}" : ""))
            append(keys, indent: indent + 4, to: &lines)
        case .list, .table, .scalar:
            let isComment = key.isAlternative || (!key.isRequired && key.standard != nil)
            lines.append("\(space)\(isComment ? "# " : "")\(key.name): \(key.example ?? key.standard ?? "")")
        case .planned:
            break
        }
    }

    private static func append(_ keys: [ConfigKey], indent: Int, to lines: inout [String]) {
        for key in keys where !key.isPlanned { append(key, indent: indent, to: &lines) }
    }

    private static func expectation(_ shape: ConfigShape) -> String {
        guard case .scalar(let kind) = shape else { return "" }
        return switch kind {
        case .choice(let words): " One of: \(words.joined(separator: ", "))."
        case .integer(let range): " From \(range.lowerBound) to \(range.upperBound)."
        case .duration(let range): " A time \(ConfigQuantity.durations.text(range))."
        case .size(let range): " A size \(ConfigQuantity.sizes.text(range))."
        case .text, .domain, .endpoint, .socket, .listener, .address, .addressBlock, .nameServer, .nextHop: ""
        case .path, .fingerprint, .checkpointPlace, .uri: ""
        }
    }
}
