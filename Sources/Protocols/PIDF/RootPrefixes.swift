import XMLStreams

/// The prefixes that are declared at the root of a document.
///
/// A namespace without a usual prefix gets one where it occurs again: declared at each place, a long one would make a
/// document many times as large as the one it was read from.
struct RootPrefixes {
    /// Which of ``PresenceNamespace/prefixes`` occur, by place.
    private var known = [Bool](repeating: false, count: PresenceNamespace.prefixes.count)
    /// How often other namespaces occur, and their numbers by first occurrence.
    private var others: [String: (count: Int, number: Int)] = [:]

    private static let dataModel = place(of: PresenceNamespace.dataModel)

    private static func place(of namespace: String) -> Int? {
        PresenceNamespace.prefixes.firstIndex { $0.namespace == namespace }
    }

    /// The prefix of a namespace; nil when it is declared where it occurs.
    subscript(namespace: String) -> String? {
        if let place = Self.place(of: namespace) {
            return known[place] ? PresenceNamespace.prefixes[place].prefix : nil
        }
        guard !others.isEmpty, let other = others[namespace], other.count > 1 else { return nil }
        return "x\(other.number)"
    }

    /// The prefixes to declare, with their namespaces.
    var declarations: [(prefix: String, namespace: String)] {
        var declarations: [(prefix: String, namespace: String)] = []
        for (place, isUsed) in known.enumerated() where isUsed {
            let (namespace, prefix) = PresenceNamespace.prefixes[place]
            declarations.append((prefix, namespace))
        }
        if others.isEmpty { return declarations }
        let repeated = others.filter { $0.value.count > 1 }.sorted { $0.value.number < $1.value.number }
        return declarations + repeated.map { ("x\($0.value.number)", $0.key) }
    }

    mutating func count(_ document: PresenceDocument) {
        if let place = Self.dataModel, !document.persons.isEmpty || !document.devices.isEmpty { known[place] = true }
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
        switch namespace {
        case "", XML.namespace, PresenceNamespace.pidf, PresenceNamespace.jabberClient: return
        default: break
        }
        if let place = Self.place(of: namespace) {
            known[place] = true
        } else {
            let number = others.count + 1
            others[namespace, default: (0, number)].count += 1
        }
    }
}
