import Foundation

/// Rows of which none is reached by the messages, or by the presence, that is measured.
enum Rows: String, CaseIterable {
    case fields, documents, off, values, errors, addresses, routes, profiles, mixed

    /// The files of a number of rows, by their paths under the mappings directory.
    func files(_ count: Int) -> [String: String] {
        var files: [String: String] = [:]
        for part in stride(from: 0, to: count, by: Self.rowsInFile) {
            for (path, text) in file(part, min(part + Self.rowsInFile, count)) { files[path] = text }
        }
        return files
    }

    private static let rowsInFile = 10_000

    private func file(_ from: Int, _ to: Int) -> [String: String] {
        func text(_ kind: String, _ table: String, _ row: (Int) -> String) -> String {
            "format: isthmus-mapping/1\ntable: \(table)\nkind: \(kind)\nabout: Many rows.\nrows:\n"
                + (from..<to).map { "  - {id: r\($0), \(row($0))}\n" }.joined()
        }
        let name = "50-site/\(rawValue)-\(from).yaml"
        switch self {
        case .fields:
            return [
                name: text("fields", "message.xmpp") {
                    "xmpp: {element: e\($0), namespace: \"urn:example:x\"}, cpim: {header: H\($0), namespace: \"urn:example:x\"}"
                }
            ]
        case .documents:
            let parts = ["tuple", "status", "person"]
            return [
                name: text("fields", "presence.fields") {
                    "xmpp: {element: e\($0), namespace: \"urn:example:x\"}, pidf: {\(parts[$0 % 3]): e\($0), namespace: \"urn:example:y\"}"
                }
            ]
        case .off:
            return [
                name: text("fields", "message.xmpp") {
                    "xmpp: {element: e\($0), namespace: \"urn:example:x\"}, cpim: {header: H\($0), namespace: \"urn:example:x\"}, when: {msg.delay: 7s}"
                }
            ]
        case .values:
            return [
                name: text("values", "presence.many") {
                    "xmpp: {text: t\($0)}, pidf: {basic: open, other: o\($0)}, relation: equal"
                }.appending(from == 0 ? Self.unmapped : "")
            ]
        case .errors:
            // The codes are few; each neighbor has its own words for fifty of them.
            var files: [String: String] = [:]
            for peer in stride(from: from, to: to, by: 50) {
                files["90-peers/p\(peer).example/errors.yaml"] =
                    "format: isthmus-mapping/1\ntable: errors\nkind: errors\nabout: Many rows.\nrows:\n"
                    + (0..<50).map {
                        "  - {id: r\($0), sip: {status: \(607 + $0)}, xmpp: {condition: gone, type: cancel}, way: to-xmpp}\n"
                    }.joined()
            }
            return files
        case .addresses:
            // The shipped row takes every domain; the first row takes its place, and one for all others stands last.
            let rows = text("addresses", "addresses") {
                ($0 == 0 ? "overrides: same, " : "")
                    + "xmpp: \"{user}@a\($0).example\", cpim: \"{user}@b\($0).example\""
            }
            let others =
                rows.replacing(/rows:\n(.|\n)*/, with: "rows:\n")
                + "  - {id: others, xmpp: \"{user}@{domain}\", cpim: \"{user}@{domain}\"}\n"
            return [name: rows, "50-site/addresses-last.yaml": others]
        case .routes:
            return [
                name: text("routes", "routes") {
                    $0 % 3 > 0
                        ? "match: {domain: r\($0).example}, set: {msg.thread: ignore}"
                        : "match: {domain: \"*.r\($0).example\"}, profile: stox"
                }
            ]
        case .profiles:
            return [
                name: text("profiles", "profiles") {
                    "extends: default, set: {msg.delay: \($0 + 1)s}"
                }
            ]
        case .mixed:
            var files: [String: String] = [:]
            let kinds: [Rows] = [.fields, .documents, .values, .errors, .routes, .profiles]
            let share = (to - from) / kinds.count
            for kind in kinds {
                files.merge(kind.file(from, from + share)) { first, _ in first }
            }
            return files
        }
    }

    private static let unmapped =
        "unmapped:\n  to-pidf: {use: r0, loss: presence.activity}\n  to-xmpp: {use: r0, loss: presence.activity}\n"
}
