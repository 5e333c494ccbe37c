/// A value for every switch.
public struct SwitchSet: Sendable, Hashable {
    private var texts: [String]

    /// Why a value is not taken.
    public struct Fault: Error, Sendable, Equatable {
        /// A sentence with the offending text.
        public let reason: String
        /// What could stand there.
        public let expected: [String]
    }

    /// A set in which nothing has a value.
    init() { texts = Array(repeating: "", count: Switch.allCases.count) }

    /// The value as text; for a list, blanks between its members, and `none` for an empty one.
    ///
    /// - Parameter name: the switch.
    /// - Returns: the value.
    @inline(__always)
    public func text(_ name: Switch) -> String { texts[name.rawValue] }

    /// Whether a switch has a value.
    ///
    /// - Parameters:
    ///   - name: the switch.
    ///   - value: a value that it can have.
    /// - Returns: whether it has it.
    public func isSet(_ name: Switch, _ value: String) -> Bool { texts[name.rawValue] == value }

    /// The time of a switch.
    ///
    /// - Parameter name: a switch whose domain is a duration.
    /// - Returns: milliseconds; nil when it is off.
    public func milliseconds(_ name: Switch) -> Int64? { Self.milliseconds(texts[name.rawValue]) }

    /// The domains of a switch.
    ///
    /// - Parameter name: a switch whose domain is a list of domains.
    /// - Returns: the domains as they were written, in lower case.
    public func domains(_ name: Switch) -> [String] {
        let text = texts[name.rawValue]
        return text == "none" ? [] : text.split(separator: " ").map { String($0) }
    }

    /// Whether a switch takes in a user.
    ///
    /// - Parameters:
    ///   - name: a switch whose domain is a list of users.
    ///   - user: a bare address of XMPP in its canonical form.
    /// - Returns: whether the user is listed, or all are.
    public func includes(_ name: Switch, user: String) -> Bool {
        let text = texts[name.rawValue]
        if text == "none" { return false }
        return text == "all" || text.split(separator: " ").contains { $0 == user }
    }

    /// What a watcher may see: as the strictest list says that names it, else as all watchers of the route.
    ///
    /// - Parameter watcher: a bare address of XMPP in its canonical form.
    /// - Returns: `allow`, `block` or `polite-block`.
    ///
    /// Source: RFC 2779 §5.1, RFC 3856 §6.6.
    public func policy(of watcher: String) -> String {
        if includes(.blockedWatchers, user: watcher) { return "block" }
        if includes(.politelyBlockedWatchers, user: watcher) { return "polite-block" }
        return includes(.allowedWatchers, user: watcher) ? "allow" : text(.subscriptionPolicy)
    }

    /// The switches without a value.
    var missing: [Switch] { Switch.allCases.filter { texts[$0.rawValue].isEmpty } }

    /// The names and values that differ from another set, in the order of the declarations.
    ///
    /// - Parameter other: the set to compare with.
    /// - Returns: what this set has.
    public func differences(from other: SwitchSet) -> [(name: String, value: String)] {
        Switch.allCases.filter { texts[$0.rawValue] != other.texts[$0.rawValue] }.map { ($0.name, texts[$0.rawValue]) }
    }

    /// Gives a switch a value.
    ///
    /// - Parameters:
    ///   - name: the switch.
    ///   - value: the value as it is written; members of a list are separated by blanks or commas.
    /// - Throws: ``Fault`` when the switch cannot have the value.
    public mutating func set(_ name: Switch, to value: String) throws(Fault) {
        switch name.domain {
        case .words(let words):
            guard words.contains(value) else {
                throw Fault(reason: "\"\(value.prefix(64))\" is not a value of \(name.name)", expected: words)
            }
            texts[name.rawValue] = value
        case .duration:
            guard value == "off" || Self.milliseconds(value) != nil else {
                throw Fault(reason: "\"\(value.prefix(64))\" is not a time", expected: ["off", "60s", "5min", "1h"])
            }
            texts[name.rawValue] = value
        case .domains:
            let domains = value.split(whereSeparator: { $0 == " " || $0 == "," }).map { $0.lowercased() }
            texts[name.rawValue] = domains.isEmpty ? "none" : domains.joined(separator: " ")
        case .users(let word):
            let users = value.split(whereSeparator: { $0 == " " || $0 == "," }).map { $0.lowercased() }
            // A name is an address, so that a word which is misspelled is seen.
            let unknown = users == [word] ? nil : users.first { $0.first == "@" || !$0.contains("@") }
            guard !users.isEmpty, unknown == nil else {
                let text = String((unknown ?? "").prefix(64))
                let known = [word, "addresses such as juliet@example.com"]
                throw Fault(reason: "\"\(text)\" is not the address of a user", expected: known)
            }
            texts[name.rawValue] = users.joined(separator: " ")
        }
    }

    private static func milliseconds(_ text: String) -> Int64? {
        let bytes = text.utf8.span
        var number: Int64 = 0
        var end = 0
        while end < bytes.count, bytes[end] &- 0x30 < 10 {
            number = number * 10 + Int64(bytes[end] - 0x30)
            guard number <= 1_000_000_000 else { return nil }
            end += 1
        }
        guard end > 0 else { return nil }
        return switch String(Substring(text.utf8.dropFirst(end))) {
        case "ms": number
        case "s": number * 1_000
        case "min": number * 60_000
        case "h": number * 3_600_000
        default: nil
        }
    }
}
