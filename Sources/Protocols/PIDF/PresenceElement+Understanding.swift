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
}

extension PresenceAttribute {
    var isMustUnderstand: Bool {
        name == "mustUnderstand" && (namespace.isEmpty || namespace == PresenceNamespace.pidf)
    }
}
