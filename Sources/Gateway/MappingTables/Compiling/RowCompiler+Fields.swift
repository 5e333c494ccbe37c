extension RowCompiler {
    func field(_ source: SourceRow, _ reader: inout RowReader) -> FieldRow? {
        let vocabulary: Vocabulary = source.node["sip"] != nil ? .sip : .xmpp
        let middle: Vocabulary = source.node["pidf"] != nil ? .pidf : .cpim
        let way = self.way(vocabulary, middle, &reader)
        let isRead = way == .both || way == middle.way
        let outer = selector(vocabulary, &reader, writing: way != middle.way, reading: isRead, beside: middle)
        let pivot = selector(middle, &reader, writing: true, reading: true, beside: middle)
        let converter = reader.choice("convert", Converter.self, "a converter") ?? .copy
        let remedy = reader.choice("on-error", ConversionRemedy.self, "a remedy")
        if converter.declaration.canFail, source.node["on-error"] == nil {
            findings.add(
                source.node,
                "missing-column",
                "\"\(converter.rawValue)\" can fail, and the row does not say what happens then",
                help: "on-error: one of " + ConversionRemedy.allCases.map(\.rawValue).joined(separator: ", ")
            )
        }
        if remedy == .hold, middle == .pidf, let node = source.node["on-error"] {
            findings.add(
                node,
                "unknown-value",
                "presence is never held: only messages are",
                help: "on-error: drop, keep or refuse"
            )
        }
        let table = converter == .values ? reader.required("values", "a table of kind values") : nil
        let loss = reader.word("loss", among: LossClass.allCases.map(\.rawValue), "a class of losses")
        let condition = reader.condition()
        reader.finish("field rows")
        guard let outer, let pivot else { return nil }
        if way != middle.way { refuseTaken(outer, vocabulary, source.node, reading: middle.way) }
        if way != vocabulary.way {
            refuseTaken(pivot, middle, source.node, reading: vocabulary.way)
            refuseJoined(pivot, source.node)
            refusePattern(pivot, source.node)
        }
        let isEvent = source.node["xmpp"]?["event"] != nil
        if isEvent, middle != .pidf {
            findings.add(
                source.node["xmpp"] ?? source.node,
                "unknown-column",
                "\"event\" names a personal event, which is part of no message",
                help: "write element: NAME, or put the row into presence.fields"
            )
        }
        return FieldRow(
            row: source.row,
            outer: outer,
            pivot: pivot,
            way: way,
            converter: converter,
            remedy: remedy ?? .drop,
            loss: loss.flatMap { LossClass(rawValue: $0) } ?? (middle == .pidf ? .presenceValue : .value),
            condition: condition,
            table: table,
            isEvent: isEvent
        )
    }

    /// A type that stands for several can be read and not written.
    private func refusePattern(_ selector: FieldSelector, _ node: MappingNode) {
        guard case .content(let part) = selector, part.isPattern else { return }
        findings.add(
            node["cpim"] ?? node,
            "bad-pattern",
            "\"\(part.type.prefix(64))\" can be read and not written",
            help: "way: to-xmpp, and a row with way: to-cpim that names one type"
        )
    }

    /// A text of several parts of an address cannot be taken apart again.
    private func refuseJoined(_ selector: FieldSelector, _ node: MappingNode) {
        guard case .part(.civic, _, let name, _, _) = selector, CivicNames(name)?.names.count ?? 1 > 1 else { return }
        findings.add(
            node["pidf"] ?? node,
            "bad-pattern",
            "\"\(name.prefix(64))\" can be read and not written",
            help: "way: to-xmpp, and a row with way: to-pidf that names one part"
        )
    }

    private func way(_ vocabulary: Vocabulary, _ middle: Vocabulary, _ reader: inout RowReader) -> Way {
        let ways: [Way] = [.both, middle.way, vocabulary.way]
        let word = reader.word("way", among: ways.map(\.rawValue), "a way of this table")
        return word.flatMap { Way(rawValue: $0) } ?? .both
    }

    // MARK: Selectors

    private func selector(
        _ vocabulary: Vocabulary,
        _ reader: inout RowReader,
        writing: Bool,
        reading: Bool,
        beside middle: Vocabulary
    ) -> FieldSelector? {
        let key = vocabulary.rawValue
        guard let node = reader.column(key) else {
            findings.add(
                reader.node,
                "missing-column",
                "the column \"\(key)\" is missing",
                help: "a field row names cpim and one of xmpp and sip, or pidf and xmpp"
            )
            return nil
        }
        if node.pairs != nil { return extended(vocabulary, RowReader(node, findings)) }
        func known(writing: Bool) -> [CoreField] {
            let isPresence = vocabulary == .xmpp && middle == .pidf
            return isPresence
                ? CoreField.presenceFields(writing: writing) : CoreField.fields(of: vocabulary, writing: writing)
        }
        var fields = known(writing: !reading)
        // A row that leads both ways is read one way and written the other; what cannot be written is not written.
        if reading, writing {
            for field in known(writing: true) where !fields.contains(field) { fields.append(field) }
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

    /// `{element: NAME, namespace: NS, child: PATH, attribute: NAME}`, `{element: NAME, namespace: NS, as: xml}`, the
    /// same with `event` for `element`, `{header: NAME, namespace: NS}`, `{annotation: NAME, namespace: NS}`,
    /// `{part: TYPE, as: FORM, parameter: NAME, disposition: NAME, place: PLACE}`, `{tuple: NAME, namespace: NS, child: PATH, attribute: NAME}` or
    /// `{civic: NAMES}`.
    private func extended(_ vocabulary: Vocabulary, _ reader: RowReader) -> FieldSelector? {
        var reader = reader
        let namespace = reader.text("namespace")
        let selector: FieldSelector?
        switch vocabulary {
        case .xmpp:
            let name = element(&reader)
            let attribute = reader.text("attribute")
            let path = self.path(&reader)
            let isMarkup = reader.word("as", among: ["text", "xml"], "a form of an element") == "xml"
            if isMarkup, path != .none || attribute != nil {
                findings.add(
                    reader.node,
                    "unknown-column",
                    "\"as: xml\" is the element as a whole, without child and attribute",
                    help: "remove child and attribute, or as"
                )
            }
            selector = qualified(name, namespace, reader) { name, namespace in
                if isMarkup { return .markup(namespace: namespace, name: name) }
                return path == .none
                    ? .element(namespace: namespace, name: name, attribute: attribute)
                    : .descendant(namespace: namespace, name: name, path: path, attribute: attribute)
            }
        case .pidf where reader.node["civic"] != nil:
            let names = reader.text("civic")
            if let names, CivicNames(names) != nil {
                selector = .part(.civic, namespace: "", name: names, path: .none, attribute: nil)
            } else {
                if let names { badNames(names, reader) }
                selector = nil
            }
        case .pidf:
            var parts: [(part: DocumentPart, name: String)] = []
            for part in DocumentPart.allCases where part != .civic {
                if let name = reader.text(part.rawValue) { parts.append((part, name)) }
            }
            let attribute = reader.text("attribute")
            let path = self.path(&reader)
            if parts.count != 1 {
                findings.add(
                    reader.node,
                    "missing-column",
                    "an element stands in one of " + DocumentPart.allCases.map(\.rawValue).joined(separator: ", "),
                    help: "tuple: NAME, status: NAME, person: NAME or civic: NAME"
                )
            }
            selector = qualified(parts.first?.name, namespace, reader) { name, namespace in
                .part(parts[0].part, namespace: namespace, name: name, path: path, attribute: attribute)
            }
        case .sip:
            selector = reader.required("header", "the name of a header").map { .header(namespace: nil, name: $0) }
        case .cpim where reader.node["part"] != nil:
            if let node = reader.node["namespace"] {
                findings.add(
                    node,
                    "unknown-column",
                    "\"namespace\" stands beside \"part\", whose name is a media type",
                    help: "remove namespace, or write header: NAME"
                )
            }
            selector = part(&reader).map { .content($0) }
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
        checkNames(vocabulary, reader.node)
        reader.finish("a field of \(vocabulary.rawValue)")
        return selector
    }

    /// The element of a stanza, or of a personal event.
    private func element(_ reader: inout RowReader) -> String? {
        guard reader.node["event"] != nil else { return reader.required("element", "the name of a child element") }
        if let node = reader.column("element") {
            findings.add(
                node,
                "unknown-column",
                "\"element\" stands beside \"event\"",
                help: "an element stands in a stanza or in a personal event: remove one of the two"
            )
        }
        return reader.text("event")
    }

    private func part(_ reader: inout RowReader) -> ContentPart? {
        let text = reader.text("part") ?? ""
        let parameter = reader.text("parameter")
        let form = reader.word("as", among: ["text", "base64", "lines"], "a form of a part")
        let disposition = reader.text("disposition")?.lowercased()
        let place = reader.choice("place", ContentPart.Place.self, "a place of a part") ?? .any
        guard var part = ContentPart(text, disposition: disposition, place: place),
            ContentPart.isToken(parameter ?? "x"), ContentPart.isToken(disposition ?? "x")
        else {
            findings.add(
                reader.node["part"] ?? reader.node,
                "bad-pattern",
                "\"\(text.prefix(64))\", or its parameter or disposition, is no media type and no name",
                help: "expected a type such as \"text/calendar\" or \"text/calendar; method=REQUEST\""
            )
            return nil
        }
        if part.isReserved {
            findings.add(
                reader.node["part"] ?? reader.node,
                "bad-pattern",
                "\"\(part.type.prefix(64))\" is read by the gateway itself",
                help: "the text of a message is the field content; name a type of another kind"
            )
            return nil
        }
        switch (parameter, form) {
        case (let name?, _): part.form = .parameter(name.lowercased())
        case (nil, "base64"): part.form = .base64
        case (nil, "lines"): part.form = .lines
        case (nil, _): part.form = .text
        }
        return part
    }

    private func qualified(
        _ name: String?,
        _ namespace: String?,
        _ reader: RowReader,
        _ selector: (_ name: String, _ namespace: String) -> FieldSelector
    ) -> FieldSelector? {
        if namespace == nil {
            findings.add(
                reader.node,
                "missing-column",
                "an element has no namespace",
                help: "namespace: the element's namespace"
            )
        }
        guard let name, let namespace else { return nil }
        return selector(name, namespace)
    }

    private func path(_ reader: inout RowReader) -> ElementPath {
        guard let node = reader.column("child") else { return .none }
        if let path = ElementPath(node.text ?? "") { return path }
        findings.add(
            node,
            "bad-pattern",
            "\"\((node.text ?? "").prefix(64))\" is no path",
            help:
                "expected names with / between them, [NAME=VALUE] behind the last, * for the name of an element, or */*"
        )
        return .none
    }
}
