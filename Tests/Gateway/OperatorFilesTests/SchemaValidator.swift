import Foundation
import MappingTables

/// Judges files by a JSON Schema as an editor does: the keywords that ours uses, and no others.
struct SchemaValidator {
    private let root: [String: Any]

    init(_ text: String) throws {
        root = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
    }

    /// What an editor makes of a file: plain numbers and truths are no texts.
    static func value(_ node: MappingNode) -> Any {
        switch node.value {
        case .scalar(let text, .plain):
            if text.isEmpty || text == "null" || text == "~" { return NSNull() }
            if text == "true" || text == "false" { return text == "true" }
            if let number = Int(text) { return number }
            return text
        case .scalar(let text, .quoted): return text
        case .sequence(let nodes): return nodes.map { value($0) }
        case .mapping(let pairs):
            return Dictionary(pairs.map { ($0.key.text ?? "", value($0.value)) }, uniquingKeysWith: { $1 })
        }
    }

    /// The paths and keywords that a file offends.
    func faults(_ node: MappingNode) -> [String] { faults(Self.value(node), root, "") }

    private func faults(_ value: Any, _ schema: Any, _ path: String) -> [String] {
        if let flag = schema as? Bool { return flag ? [] : ["\(path): nothing can stand here"] }
        guard let schema = schema as? [String: Any] else { return ["\(path): this is no schema"] }
        var found: [String] = []
        for (keyword, rule) in schema.sorted(by: { $0.key < $1.key }) {
            found += check(value, keyword, rule, schema, path)
        }
        return found
    }

    private func check(
        _ value: Any,
        _ keyword: String,
        _ rule: Any,
        _ schema: [String: Any],
        _ path: String
    ) -> [String] {
        switch keyword {
        case "$schema", "title", "description", "$defs", "then", "else": return []
        case "$ref":
            let steps = (rule as? String ?? "").split(separator: "/").dropFirst()
            let found = steps.reduce(root as Any?) { ($0 as? [String: Any])?[String($1)] }
            return faults(value, found ?? false, path)
        case "type":
            let types = rule as? [String] ?? [rule as? String ?? ""]
            return types.contains { Self.isType(value, $0) } ? [] : ["\(path): type \(types)"]
        case "const": return Self.isEqual(value, rule) ? [] : ["\(path): const"]
        case "enum":
            let values = rule as? [Any] ?? []
            return values.contains { Self.isEqual(value, $0) } ? [] : ["\(path): enum"]
        case "pattern":
            guard let text = value as? String, let pattern = rule as? String else { return [] }
            return text.range(of: pattern, options: .regularExpression) == nil ? ["\(path): pattern"] : []
        case "required":
            guard let keys = value as? [String: Any] else { return [] }
            return (rule as? [String] ?? []).filter { keys[$0] == nil }.map { "\(path): \($0) is missing" }
        case "properties":
            guard let keys = value as? [String: Any], let rules = rule as? [String: Any] else { return [] }
            return keys.sorted { $0.key < $1.key }.flatMap { key, value in
                rules[key].map { faults(value, $0, path + "/" + key) } ?? []
            }
        case "additionalProperties":
            guard let keys = value as? [String: Any] else { return [] }
            let known = (schema["properties"] as? [String: Any] ?? [:]).keys
            return keys.filter { !known.contains($0.key) }.flatMap { faults($0.value, rule, path + "/" + $0.key) }
        case "items":
            return (value as? [Any] ?? []).enumerated().flatMap { faults($0.element, rule, path + "/\($0.offset)") }
        case "allOf": return (rule as? [Any] ?? []).flatMap { faults(value, $0, path) }
        case "anyOf", "oneOf":
            let count = (rule as? [Any] ?? []).count { faults(value, $0, path).isEmpty }
            return keyword == "anyOf" ? (count > 0 ? [] : ["\(path): anyOf"]) : count == 1 ? [] : ["\(path): oneOf"]
        case "if":
            guard let branch = schema[faults(value, rule, path).isEmpty ? "then" : "else"] else { return [] }
            return faults(value, branch, path)
        default: return ["\(path): the keyword \(keyword) is not known"]
        }
    }

    private static func isEqual(_ one: Any, _ other: Any) -> Bool {
        if one is String || other is String { return (one as? String) == (other as? String) }
        return (one as? NSNumber) == (other as? NSNumber) && !(one is NSNull)
    }

    private static func isType(_ value: Any, _ type: String) -> Bool {
        switch type {
        case "null": value is NSNull
        case "string": value is String
        case "boolean": value is Bool && !(value is Int && !(value is Bool))
        case "number", "integer": value is Int
        case "array": value is [Any]
        case "object": value is [String: Any]
        default: false
        }
    }
}
