import XMLStreams

/// The prefixes that are declared at the root of a document.
///
/// A namespace without a usual prefix gets one where it occurs again: declared at each place, a long one would make a
/// document many times as large as the one it was read from.
struct RootPrefixes {
    /// Which of ``PresenceNamespace/prefixes`` occur, as bits by place.
    private var known: UInt32 = 0
    /// How often other namespaces occur, and their numbers by first occurrence.
    private var others: [String: (count: Int, number: Int)] = [:]

    /// Namespaces by their length in bytes, each with its bit: few have one length, and comparing those takes less than
    /// hashing one.
    private static let byLength: [[(namespace: String, bit: UInt32)]] = {
        let plain = ["", XML.namespace, PresenceNamespace.pidf, PresenceNamespace.jabberClient]
        let known =
            plain.map { (namespace: $0, bit: UInt32(0)) }
            + PresenceNamespace.prefixes.enumerated().map { (namespace: $1.namespace, bit: UInt32(1) << UInt32($0)) }
        let longest = known.map(\.namespace.utf8.count).max() ?? 0
        return (0...longest).map { length in known.filter { $0.namespace.utf8.count == length } }
    }()

    /// The bit of a namespace with a usual prefix, zero for one that never needs any; nil for others.
    private static func bit(_ namespace: String) -> UInt32? {
        let length = namespace.utf8.count
        guard length < byLength.count else { return nil }
        return byLength[length].first { $0.namespace == namespace }?.bit
    }

    private static let dataModel = bit(PresenceNamespace.dataModel) ?? 0

    /// The prefix of a namespace; nil when it is declared where it occurs.
    subscript(namespace: String) -> String? {
        if let bit = Self.bit(namespace) {
            return known & bit == 0 ? nil : PresenceNamespace.prefixes[bit.trailingZeroBitCount].prefix
        }
        guard !others.isEmpty, let other = others[namespace], other.count > 1 else { return nil }
        return "x\(other.number)"
    }

    /// Declares the prefixes: hands each to a closure, with its namespace.
    func declare(_ write: (_ prefix: String, _ namespace: String) -> Void) {
        for (place, entry) in PresenceNamespace.prefixes.enumerated() where known & (1 << UInt32(place)) != 0 {
            write(entry.prefix, entry.namespace)
        }
        if others.isEmpty { return }
        let repeated = others.filter { $0.value.count > 1 }.sorted { $0.value.number < $1.value.number }
        for (namespace, other) in repeated { write("x\(other.number)", namespace) }
    }

    mutating func count(_ document: PresenceDocument) {
        if !document.persons.isEmpty || !document.devices.isEmpty { known |= Self.dataModel }
        for tuple in document.tuples {
            for element in tuple.status { count(element) }
            for element in tuple.elements { count(element) }
        }
        for person in document.persons { for element in person.elements { count(element) } }
        for device in document.devices { for element in device.elements { count(element) } }
        for element in document.elements { count(element) }
    }

    mutating func count(_ element: PresenceElement) {
        guard XML.Characters.isName(element.name) else { return }
        count(element.namespace)
        for attribute in element.attributes where !attribute.namespace.isEmpty { count(attribute.namespace) }
        for case .element(let child) in element.content { count(child) }
    }

    private mutating func count(_ namespace: String) {
        if let bit = Self.bit(namespace) {
            known |= bit
        } else {
            let number = others.count + 1
            others[namespace, default: (0, number)].count += 1
        }
    }
}
