extension RowCompiler {
    func field(_ source: SourceRow, _ reader: inout RowReader) -> FieldRow? {
        let vocabulary: Vocabulary = source.node["sip"] != nil ? .sip : .xmpp
        let way = self.way(vocabulary, &reader)
        let outer = selector(vocabulary, &reader, writing: way != .toCPIM, reading: way == .both || way == .toCPIM)
        let pivot = selector(.cpim, &reader, writing: true, reading: true)
        let converter = reader.choice("convert", Converter.self, "a converter") ?? .copy
        let remedy = reader.choice("on-error", ConversionRemedy.self, "a remedy")
        if converter.isFallible, source.node["on-error"] == nil {
            findings.add(
                source.node,
                "missing-column",
                "\"\(converter.rawValue)\" can fail, and the row does not say what happens then",
                help: "on-error: one of " + ConversionRemedy.allCases.map(\.rawValue).joined(separator: ", ")
            )
        }
        let loss = reader.word("loss", among: LossClass.allCases.map(\.rawValue), "a class of losses")
        let condition = reader.condition()
        reader.finish("field rows")
        guard let outer, let pivot else { return nil }
        return FieldRow(
            row: source.row,
            vocabulary: vocabulary,
            outer: outer,
            pivot: pivot,
            way: way,
            converter: converter,
            remedy: remedy ?? .drop,
            loss: loss.flatMap { LossClass(rawValue: $0) } ?? .value,
            condition: condition
        )
    }

    private func way(_ vocabulary: Vocabulary, _ reader: inout RowReader) -> Way {
        let ways: [Way] = [.both, .toCPIM, vocabulary == .sip ? .toSIP : .toXMPP]
        let word = reader.word("way", among: ways.map(\.rawValue), "a way of this table")
        return word.flatMap { Way(rawValue: $0) } ?? .both
    }

    // MARK: Selectors

    private func selector(
        _ vocabulary: Vocabulary,
        _ reader: inout RowReader,
        writing: Bool,
        reading: Bool
    ) -> FieldSelector? {
        let key = vocabulary.rawValue
        guard let node = reader.column(key) else {
            findings.add(
                reader.node,
                "missing-column",
                "the column \"\(key)\" is missing",
                help: "a field row names cpim, and one of xmpp and sip"
            )
            return nil
        }
        if node.pairs != nil { return extended(vocabulary, RowReader(node, findings)) }
        var fields =
            reading ? CoreField.fields(of: vocabulary, writing: false) : CoreField.fields(of: vocabulary, writing: true)
        // A row that leads both ways is read one way and written the other; what cannot be written is not written.
        if reading, writing {
            for field in CoreField.fields(of: vocabulary, writing: true) where !fields.contains(field) {
                fields.append(field)
            }
        }
        if let field = node.text.flatMap({ CoreField(rawValue: $0) }), fields.contains(field) { return .core(field) }
        findings.unknown(
            node,
            "unknown-field",
            "a field of \(key) that this row can use",
            among: fields.map(\.rawValue)
        )
        return nil
    }

    /// `{element: NAME, namespace: NS, attribute: NAME}`, `{header: NAME, namespace: NS}` or
    /// `{annotation: NAME, namespace: NS}`.
    private func extended(_ vocabulary: Vocabulary, _ reader: RowReader) -> FieldSelector? {
        var reader = reader
        let namespace = reader.text("namespace")
        let selector: FieldSelector?
        switch vocabulary {
        case .xmpp:
            let name = reader.required("element", "the name of a child element")
            let attribute = reader.text("attribute")
            if namespace == nil {
                findings.add(
                    reader.node,
                    "missing-column",
                    "an element has no namespace",
                    help: "namespace: the element's namespace"
                )
            }
            selector = name.flatMap { name in
                namespace.map { .element(namespace: $0, name: name, attribute: attribute) }
            }
        case .pidf: selector = nil
        case .sip:
            selector = reader.required("header", "the name of a header").map { .header(namespace: nil, name: $0) }
        case .cpim:
            if let name = reader.text("annotation") {
                selector = namespace.map { .annotation(namespace: $0, name: name) }
                if namespace == nil {
                    findings.add(
                        reader.node,
                        "missing-column",
                        "an annotation has no namespace",
                        help: "namespace: a URI"
                    )
                }
            } else {
                selector = reader.required("header", "the name of a header").map {
                    .header(namespace: namespace, name: $0)
                }
            }
        }
        reader.finish("a field of \(vocabulary.rawValue)")
        return selector
    }
}

extension Converter {
    /// Whether there are values that it cannot convert.
    var isFallible: Bool {
        switch self {
        case .copy, .line, .text, .empty, .pagerType: false
        case .address, .dateTime, .delay, .sipDate, .contentID, .language, .thread, .html, .priority, .idleTime: true
        }
    }
}
