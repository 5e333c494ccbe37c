import XMLStreams

/// Reads the changes of a partial document.
///
/// Source: RFC 5262 §4; RFC 5261 §4.
struct PatchReader {
    let limits: PIDFReader.Limits

    func operations(in root: XML.Element) throws(PIDFError) -> [PatchOperation] {
        let outer = Self.scope(root.declarations, within: [:])
        var operations: [PatchOperation] = []
        for child in root.children where child.isIn(PresenceNamespace.diff) {
            guard operations.count < limits.operations else {
                throw PIDFError(.limit, "There are more than \(limits.operations) changes.")
            }
            operations.append(try operation(child, Self.scope(child.declarations, within: outer)))
        }
        return operations
    }

    private func operation(
        _ element: XML.Element,
        _ prefixes: [String: String]
    ) throws(PIDFError) -> PatchOperation {
        let text = element.attribute("sel") ?? ""
        guard let selector = PatchSelector(text, prefixes: prefixes) else {
            throw PIDFError(.patch, "The selector '\(text.prefix(80))' is not understood.")
        }
        let content = PresenceElement(element).content
        switch element.name {
        case "add":
            return PatchOperation(try addition(element, content, prefixes), at: selector)
        case "replace":
            return PatchOperation(.replace(content), at: selector)
        case "remove":
            guard let space = element.attribute("ws") else { return PatchOperation(.remove(.none), at: selector) }
            guard let known = PatchOperation.WhiteSpace(rawValue: space), known != .none else {
                throw PIDFError(.patch, "The white space '\(space.prefix(80))' is not understood.")
            }
            return PatchOperation(.remove(known), at: selector)
        default:
            throw PIDFError(.patch, "The change '\(element.name.prefix(80))' is not known.")
        }
    }

    /// Source: RFC 5261 §4.3.
    private func addition(
        _ element: XML.Element,
        _ content: [PresenceElement.Content],
        _ prefixes: [String: String]
    ) throws(PIDFError) -> PatchOperation.Kind {
        if let type = element.attribute("type") {
            if type.hasPrefix("namespace::") { return .declarePrefix }
            guard type.hasPrefix("@"),
                let name = PatchSelector.Name(type.dropFirst(), prefixes: prefixes, isAttribute: true)
            else { throw PIDFError(.patch, "The type '\(type.prefix(80))' is not understood.") }
            return .addAttribute(PresenceAttribute(name.local, element.text, namespace: name.namespace))
        }
        guard let written = element.attribute("pos") else { return .add(content, .append) }
        guard let position = PatchOperation.Position(rawValue: written), position != .append else {
            throw PIDFError(.patch, "The position '\(written.prefix(80))' is not understood.")
        }
        return .add(content, position)
    }

    /// The default namespace counts for element names of selectors.
    ///
    /// Source: RFC 5261 §4.2.1.
    private static func scope(
        _ declarations: [XML.NamespaceDeclaration],
        within outer: [String: String]
    ) -> [String: String] {
        var scope = outer
        for declaration in declarations { scope[declaration.prefix] = declaration.namespace }
        return scope
    }
}
