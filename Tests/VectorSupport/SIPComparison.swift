import Addressing

/// Compares two SIP messages by the rules of the vector format.
struct SIPComparison {
    private(set) var differences: [String] = []

    /// A message as the comparison reads it.
    struct Message {
        let start: String
        let headers: [(name: String, value: String)]
        let body: [UInt8]

        init?(_ bytes: [UInt8]) {
            guard let (head, rest) = HeaderText.split(bytes[...]), let first = head.first else { return nil }
            var headers: [(name: String, value: String)] = []
            for line in head.dropFirst() {
                guard let field = HeaderText.field(line) else { return nil }
                headers.append((SIPComparison.fullName(field.name), field.value))
            }
            start = HeaderText.collapsed(HeaderText.text(first))
            self.headers = headers
            body = Array(rest)
        }

        func values(_ name: String) -> [String] { headers.filter { $0.name == name }.map(\.value) }
    }

    private static let compactForms: [String: String] = [
        "a": "accept-contact", "b": "referred-by", "c": "content-type", "e": "content-encoding", "f": "from",
        "i": "call-id", "k": "supported", "l": "content-length", "m": "contact", "o": "event", "r": "refer-to",
        "s": "subject", "t": "to", "u": "allow-events", "v": "via", "x": "session-expires", "y": "identity",
    ]

    /// Headers that hold addresses with or without angle brackets.
    private static let addressHeaders: Set<String> = [
        "from", "to", "contact", "route", "record-route", "reply-to", "refer-to", "p-asserted-identity",
        "p-preferred-identity",
    ]

    static func fullName(_ name: String) -> String {
        let lower = HeaderText.collapsed(name).lowercased()
        return compactForms[lower] ?? lower
    }

    static func differences(expected: [UInt8], actual: [UInt8], bindings: inout Bindings) -> [String] {
        guard let one = Message(expected) else { return ["the expected SIP message cannot be read"] }
        guard let other = Message(actual) else { return ["the SIP message cannot be read"] }
        var comparison = SIPComparison()
        guard let (head, _) = HeaderText.split(actual[...]), HeaderText.usesCRLF(actual[...], lines: head.count) else {
            return ["a header line does not end with CR LF"]
        }
        comparison.compareStart(one.start, other.start, &bindings)
        comparison.compareHeaders(one, other, &bindings)
        comparison.compareBodies(one, other, &bindings)
        return comparison.differences
    }

    // MARK: Start line

    private mutating func compareStart(_ one: String, _ other: String, _ bindings: inout Bindings) {
        let first = one.split(separator: " ", maxSplits: 2).map(String.init)
        let second = other.split(separator: " ", maxSplits: 2).map(String.init)
        guard first.count == 3, second.count >= 2 else { return differences.append("start line '\(other)'") }
        if first[0].hasPrefix("SIP/") {
            // Only the status code counts; the reason is bound so that headers may repeat it.
            if first[0] != second[0] || !bindings.match(first[1], second[1]) {
                differences.append("status line '\(other)' instead of '\(one)'")
            }
            if second.count > 2 { _ = bindings.match(first[2], second[2]) }
            return
        }
        let isSame = first[0] == second[0] && second.count == 3 && first[2] == second[2]
        if !isSame || !Self.areEqualURIs(first[1], second[1], &bindings) {
            differences.append("request line '\(other)' instead of '\(one)'")
        }
    }

    // MARK: Headers

    private mutating func compareHeaders(_ one: Message, _ other: Message, _ bindings: inout Bindings) {
        var rest = other.headers
        for (name, value) in one.headers where name != "content-length" {
            var isFound = false
            for index in rest.indices where rest[index].name == name {
                if areEqual(name, value, rest[index].value, other.body, &bindings) {
                    rest.remove(at: index)
                    isFound = true
                    break
                }
            }
            if !isFound {
                differences.append("\(name): \(other.values(name)) instead of '\(value)'")
            }
        }
        for length in other.values("content-length") where length != String(other.body.count) {
            differences.append("content-length is \(length), the body has \(other.body.count) bytes")
        }
        if other.values("content-length").count != 1 { differences.append("there is not one content-length") }
    }

    private func areEqual(
        _ name: String,
        _ one: String,
        _ other: String,
        _ body: [UInt8],
        _ bindings: inout Bindings
    ) -> Bool {
        if name == "content-type" { return MediaTypeText.areEqual(one, other, content: body, &bindings) }
        if Self.addressHeaders.contains(name) { return Self.areEqualAddresses(one, other, &bindings) }
        if bindings.match(one, other) { return true }
        let first = HeaderText.parts(one, at: ";")
        let second = HeaderText.parts(other, at: ";")
        guard name != "warning", name != "subject", first.count > 1, first.count == second.count else { return false }
        return Self.areEqual(first, second, &bindings) { first, second, bindings in bindings.match(first, second) }
    }

    /// Compares a first part by a rule and `;name=value` parameters in any order.
    private static func areEqual(
        _ one: [String],
        _ other: [String],
        _ bindings: inout Bindings,
        _ head: (String, String, inout Bindings) -> Bool
    ) -> Bool {
        var attempt = bindings
        guard head(one[0], other[0], &attempt) else { return false }
        let mine = HeaderText.parameters(one.dropFirst())
        let theirs = HeaderText.parameters(other.dropFirst())
        guard Set(mine.keys) == Set(theirs.keys) else { return false }
        for (name, value) in mine.sorted(by: { $0.key < $1.key }) {
            guard let found = theirs[name] else { return false }
            if value == found || attempt.match(value, found) { continue }
            return false
        }
        bindings = attempt
        return true
    }

    // MARK: Addresses

    /// Compares lists of `<uri>;params`, `"name" <uri>;params` and `uri;params`.
    static func areEqualAddresses(_ one: String, _ other: String, _ bindings: inout Bindings) -> Bool {
        let first = HeaderText.parts(one, at: ",")
        let second = HeaderText.parts(other, at: ",")
        guard first.count == second.count else { return false }
        for (mine, theirs) in zip(first, second) {
            let isEqual = areEqual(addressParts(mine), addressParts(theirs), &bindings) { areEqualURIs($0, $1, &$2) }
            guard isEqual else { return false }
        }
        return true
    }

    /// The URI without brackets, then header parameters; without brackets all parameters are the header's.
    private static func addressParts(_ value: String) -> [String] {
        guard let open = value.lastIndex(of: "<"), let close = value[open...].firstIndex(of: ">") else {
            return HeaderText.parts(value, at: ";")
        }
        let uri = String(value[value.index(after: open)..<close])
        let rest = HeaderText.parts(String(value[value.index(after: close)...]), at: ";").dropFirst()
        return [uri] + rest
    }

    /// Compares by RFC 3261 §19.1.4, or as text where the expected URI has a placeholder.
    static func areEqualURIs(_ one: String, _ other: String, _ bindings: inout Bindings) -> Bool {
        if bindings.match(one, other) { return true }
        guard Template(one).isLiteral else { return false }
        guard case .sip(let first)? = try? AddressURI(one), case .sip(let second)? = try? AddressURI(other) else {
            return false
        }
        // A gr parameter on one side alone names another endpoint (RFC 5627 §5).
        guard first.parameter("gr").isPresent == second.parameter("gr").isPresent else { return false }
        return first.isEquivalent(to: second)
    }

    // MARK: Body

    private mutating func compareBodies(_ one: Message, _ other: Message, _ bindings: inout Bindings) {
        let type = one.values("content-type").first ?? ""
        if MediaTypeText.base(type) == "message/cpim" {
            differences += CPIMComparison.differences(expected: one.body, actual: other.body, bindings: &bindings)
        } else if MediaTypeText.isXML(type), !one.body.isEmpty {
            differences += XMLComparison.differences(
                expected: one.body,
                actual: other.body,
                mode: .document,
                bindings: &bindings
            )
        } else if !bindings.match(Template(one.body), other.body) {
            differences.append("body '\(HeaderText.text(other.body))' instead of '\(HeaderText.text(one.body))'")
        }
    }
}
