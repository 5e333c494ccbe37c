extension PresenceElement {
    /// Whether the sender marked the element as one that must be understood if what encloses it is to be used.
    ///
    /// The attribute counts in the namespace of PIDF and, as some write it, in none; its values are `true` and `1`.
    ///
    /// Source: RFC 3863 §4.2.3, §4.4.
    public var mustUnderstand: Bool {
        attributes.contains { $0.isMustUnderstand && ["true", "1"].contains(XMLSpace.trimmed($0.value)) }
    }

    /// Whether the element may be used by one who knows certain elements.
    ///
    /// An unknown element may not, and what is marked inside it does not matter then. A known one may not when a
    /// child that must be understood may itself not be used. Children without the mark are ignored by whoever does
    /// not know them, and nothing more follows from them.
    ///
    /// - Parameter knowing: whether an element of this namespace and name is known.
    /// - Returns: false when the element is to be ignored as a whole.
    ///
    /// Source: RFC 3863 §4.2.3, §4.3.3.
    public func isUnderstood(knowing: (_ namespace: String, _ name: String) -> Bool) -> Bool {
        guard knowing(namespace, name) else { return false }
        for case .element(let child) in content where child.mustUnderstand {
            if !child.isUnderstood(knowing: knowing) { return false }
        }
        return true
    }

    /// What is left of the element for one who knows certain elements.
    ///
    /// Elements inside it that may not be used are left out; that what is around them may not be used either, only
    /// those with the mark say, and rules for the use of a location, without which it is not for use. Elements that are
    /// not known stay as they are, for whoever does not know them passes over them.
    ///
    /// - Parameters:
    ///   - knowing: whether an element of this namespace and name is known.
    ///   - ignored: gets the expanded names of the outermost elements that were left out.
    /// - Returns: the element; nil when it is to be ignored as a whole.
    ///
    /// Source: RFC 3863 §4.2.3, §4.3.3, RFC 4119 §2.2.2.
    func understood(
        knowing: (_ namespace: String, _ name: String) -> Bool,
        ignored: inout [String]
    ) -> PresenceElement? {
        guard holdsMark, knowing(namespace, name) else { return self }
        var names: [String] = []
        if let rest = rest(knowing, &names) {
            ignored += names
            return rest
        }
        ignored.append("{\(namespace)}\(name)")
        return nil
    }

    /// Whether something inside is marked; the depth is that of the document, which its reader bounds.
    fileprivate var holdsMark: Bool {
        for case .element(let child) in content where child.mustUnderstand || child.holdsMark { return true }
        return false
    }

    private func rest(
        _ knowing: (_ namespace: String, _ name: String) -> Bool,
        _ ignored: inout [String]
    ) -> PresenceElement? {
        var rest = self
        rest.content = []
        for item in content {
            guard case .element(let child) = item else {
                rest.content.append(item)
                continue
            }
            let isNeeded = child.mustUnderstand || child.is("usage-rules", PresenceNamespace.geopriv)
            if !knowing(child.namespace, child.name) {
                if child.mustUnderstand { return nil }
                rest.content.append(item)
            } else if let kept = child.understood(knowing: knowing, ignored: &ignored) {
                rest.content.append(.element(kept))
            } else if isNeeded {
                return nil
            }
        }
        return rest
    }
}

extension PresenceDocument {
    /// Leaves out what may not be used by one who knows certain elements, and nothing around it.
    ///
    /// That a tuple is about somebody else holds whatever else is said of the relationship.
    ///
    /// - Parameter knowing: whether an element of this namespace and name is known.
    /// - Returns: the expanded names of what was left out, in order.
    ///
    /// Source: RFC 3863 §4.2.3, §4.3.3.
    public mutating func leaveOutHidden(knowing: (_ namespace: String, _ name: String) -> Bool) -> [String] {
        var ignored: [String] = []
        func look(_ elements: inout [PresenceElement]) {
            guard elements.contains(where: \.holdsMark) else { return }
            elements = elements.compactMap { element in
                element.is("relationship", PresenceNamespace.rpid)
                    ? element : element.understood(knowing: knowing, ignored: &ignored)
            }
        }
        for place in persons.indices { look(&persons[place].elements) }
        for place in tuples.indices {
            look(&tuples[place].status)
            look(&tuples[place].elements)
        }
        for place in devices.indices { look(&devices[place].elements) }
        return ignored
    }
}

extension PresenceAttribute {
    var isMustUnderstand: Bool {
        name == "mustUnderstand" && (namespace.isEmpty || namespace == PresenceNamespace.pidf)
    }
}
