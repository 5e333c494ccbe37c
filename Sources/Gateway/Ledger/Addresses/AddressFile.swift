/// One line of an address file, before the caller has normalized it.
public struct AddressFileEntry: Sendable, Equatable {
    /// The line on which it begins, counted from 1.
    public var line: Int
    /// The address on the XMPP shore, as written.
    public var jid: String
    /// The address on the CPIM shore, as written.
    public var uri: String
    /// How the pair came to be stored; explicit unless the file says otherwise.
    public var kind: AddressKind
    /// The rule that made the pair.
    public var rule: String
    /// When the pair was first seen, where the file says so: milliseconds since 1970-01-01T00:00:00Z.
    public var firstSeen: Int64?
    /// When the pair was last used, where the file says so: milliseconds since 1970-01-01T00:00:00Z.
    public var lastUsed: Int64?

    /// The pair of the line.
    ///
    /// - Parameters:
    ///   - jid: the address on the XMPP shore, normalized.
    ///   - uriKey: the address on the CPIM shore, normalized for comparison.
    ///   - now: the time for a line that carries none: milliseconds since 1970-01-01T00:00:00Z.
    /// - Returns: the pair, with the URI in the spelling of the file.
    public func pair(jid: String, uriKey: String, now: Int64) -> AddressPair {
        AddressPair(
            jid: jid,
            uri: uri,
            uriKey: uriKey,
            kind: kind,
            rule: rule,
            firstSeen: firstSeen ?? now,
            lastUsed: lastUsed ?? firstSeen ?? now
        )
    }
}

/// Address pairs as a CSV text that spreadsheets and operators can edit.
///
/// Shape: a heading line, then one line for each pair. The columns `jid` and `uri` are required; `kind`, `rule`,
/// `first-seen` and `last-used` may be absent or empty. Times are RFC 3339 §5.6 in UTC.
public enum AddressFile {
    /// The columns, in the order in which they are written.
    public static let columns = ["jid", "uri", "kind", "rule", "first-seen", "last-used"]

    /// Reads a whole file.
    ///
    /// - Parameter bytes: the text in UTF-8.
    /// - Returns: the entries that could be read, and everything that is wrong, in the order of lines.
    public static func read(_ bytes: [UInt8]) -> (entries: [AddressFileEntry], problems: [CSV.Problem]) {
        let records: [CSV.Record]
        do {
            records = try CSV.read(bytes)
        } catch {
            return ([], [error])
        }
        guard let heading = records.first else {
            return ([], [CSV.Problem(line: 1, reason: "the file is empty; its first line must name the columns")])
        }
        let faults = problems(heading: heading)
        guard faults.isEmpty else { return ([], faults) }
        var entries: [AddressFileEntry] = []
        var problems: [CSV.Problem] = []
        for record in records.dropFirst() {
            do throws(CSV.Problem) {
                entries.append(try entry(record, columns: heading.fields))
            } catch {
                problems.append(error)
            }
        }
        return (entries, problems)
    }

    /// Writes the heading line.
    ///
    /// - Returns: the line with its end.
    public static func heading() -> [UInt8] {
        var bytes: [UInt8] = []
        CSV.append(columns, to: &bytes)
        return bytes
    }

    /// Appends one pair.
    ///
    /// - Parameters:
    ///   - pair: the pair.
    ///   - bytes: where the line goes.
    public static func append(_ pair: AddressPair, to bytes: inout [UInt8]) {
        let fields = [
            pair.jid, pair.uri, pair.kind.name, pair.rule, Timestamp.text(milliseconds: pair.firstSeen),
            Timestamp.text(milliseconds: pair.lastUsed),
        ]
        CSV.append(fields, to: &bytes)
    }

    private static func problems(heading: CSV.Record) -> [CSV.Problem] {
        var problems: [CSV.Problem] = []
        for (index, name) in heading.fields.enumerated() {
            if !columns.contains(name) {
                let reason = "\"\(name)\" is no column; the columns are \(columns.joined(separator: ", "))"
                problems.append(CSV.Problem(line: heading.line, reason: reason))
            } else if heading.fields[..<index].contains(name) {
                problems.append(CSV.Problem(line: heading.line, reason: "the column \(name) is named twice"))
            }
        }
        for name in columns.prefix(2) where !heading.fields.contains(name) {
            problems.append(CSV.Problem(line: heading.line, reason: "the column \(name) is missing"))
        }
        return problems
    }

    private static func entry(_ record: CSV.Record, columns: [String]) throws(CSV.Problem) -> AddressFileEntry {
        let line = record.line
        guard record.fields.count == columns.count else {
            let reason = "the line has \(record.fields.count) fields, the heading has \(columns.count)"
            throw CSV.Problem(line: line, reason: reason)
        }
        var values: [String: String] = [:]
        for (name, value) in zip(columns, record.fields) {
            values[name] = value
        }
        guard let jid = values["jid"], !jid.isEmpty else { throw CSV.Problem(line: line, reason: "the jid is empty") }
        guard let uri = values["uri"], !uri.isEmpty else { throw CSV.Problem(line: line, reason: "the uri is empty") }
        let word = values["kind"] ?? ""
        guard let kind = AddressKind(name: word.isEmpty ? "explicit" : word) else {
            throw CSV.Problem(line: line, reason: "\"\(word)\" is no kind; the kinds are explicit, learned and derived")
        }
        return AddressFileEntry(
            line: line,
            jid: jid,
            uri: uri,
            kind: kind,
            rule: values["rule"] ?? "",
            firstSeen: try time(values["first-seen"], line: line),
            lastUsed: try time(values["last-used"], line: line)
        )
    }

    private static func time(_ text: String?, line: Int) throws(CSV.Problem) -> Int64? {
        guard let text, !text.isEmpty else { return nil }
        guard let milliseconds = Timestamp.milliseconds(text) else {
            throw CSV.Problem(line: line, reason: "\"\(text)\" is no time such as 2026-05-04T09:08:07Z")
        }
        return milliseconds
    }
}
