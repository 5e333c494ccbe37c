extension RowCompiler {
    /// Reports the names of a part of an item that its protocol cannot spell: they would match nothing, and be written
    /// nowhere.
    func checkNames(_ vocabulary: Vocabulary, _ node: MappingNode) {
        for key in ["element", "event", "tuple", "status", "person", "attribute"] {
            check(
                node[key],
                // A declaration of a namespace is no attribute (Namespaces in XML 1.0 §3).
                { PartName.isElement($0) && !(key == "attribute" && $0 == "xmlns") },
                key == "attribute" ? "an attribute" : "an element",
                help: "expected a letter or _, and behind it letters, digits, - . _ and no colon (XML 1.0 §2.3)"
            )
        }
        if vocabulary == .sip {
            check(
                node["header"],
                PartName.isRequestHeader,
                "a header",
                help: "expected letters, digits and any of -.!%*_+`'~ (RFC 3261 §25.1)"
            )
        } else if node["header"] != nil {
            check(
                node["header"],
                PartName.isObjectHeader,
                "a header",
                help: "expected letters, digits and any of !#$%&'*+-^_`|~; the prefix is chosen by the gateway "
                    + "(RFC 3862 §3.1)"
            )
            check(
                node["namespace"],
                PartName.isNamespace,
                "a namespace of headers",
                help: "expected a URI without a fragment, such as \"urn:example:x\" (RFC 3862 §3.4)"
            )
        }
    }

    private func check(_ node: MappingNode?, _ isName: (String) -> Bool, _ what: String, help: String) {
        guard let node, let text = node.text, !isName(text) else { return }
        findings.add(node, "bad-name", "\"\(text.prefix(64))\" cannot be the name of \(what)", help: help)
    }

    /// A header that the gateway writes itself cannot be written by a row, too; the other way it can be read.
    func refuseTaken(_ selector: FieldSelector, _ vocabulary: Vocabulary, _ node: MappingNode, reading: Way) {
        guard case .header(let namespace, let name) = selector else { return }
        let isTaken =
            vocabulary == .sip
            ? PartName.requestHeaders.contains(name.lowercased())
            : PartName.objectHeaders.contains(name) && namespace ?? PartName.objectNamespace == PartName.objectNamespace
        guard isTaken else { return }
        findings.add(
            node[vocabulary.rawValue]?["header"] ?? node,
            "bad-name",
            "\"\(name.prefix(64))\" is a header that the gateway writes itself",
            help: "choose another name; a row with way: \(reading.rawValue) can read it"
        )
    }

    /// The labels of a civic address that name no part of one.
    func badNames(_ names: String, _ reader: RowReader) {
        findings.add(
            reader.node["civic"] ?? reader.node,
            "bad-pattern",
            "\"\(names.prefix(64))\" names no part of a civic address",
            help: "expected A3, or several such as HNO+A6 (with blanks between the texts) or A5,A4 (with commas)"
        )
    }
}
