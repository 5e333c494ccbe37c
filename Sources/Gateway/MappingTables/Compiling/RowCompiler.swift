/// Understands the columns of rows, by the kind of their table.
struct RowCompiler {
    let findings: Findings

    func compile(_ source: SourceRow, _ kind: TableKind) -> [TypedRow] {
        var reader = RowReader(source.node, findings)
        for key in ["id", "overrides", "about"] { _ = reader.column(key) }
        switch kind {
        case .fields: return field(source, &reader).map { [.field($0)] } ?? []
        case .values: return value(source, &reader).map { [.value($0)] } ?? []
        case .errors: return error(source, &reader)
        case .addresses: return address(source, &reader).map { [.address($0)] } ?? []
        case .loss: return loss(source, &reader)
        case .routes: return route(source, &reader).map { [.route($0)] } ?? []
        case .profiles: return [.profile(profile(source, &reader))]
        }
    }

    // MARK: Addresses

    private func address(_ source: SourceRow, _ reader: inout RowReader) -> AddressRule? {
        let xmpp = pattern("xmpp", &reader)
        let cpim = pattern("cpim", &reader)
        reader.finish("address rows")
        guard let xmpp, let cpim else { return nil }
        let form: AddressRule.Form
        switch (xmpp.user, cpim.user) {
        case (.user, .user): form = .domain
        case (.phone, .phone): form = .phone
        case (.userAndDomain, .user) where cpim.domain == nil && xmpp.domain != nil: form = .encapsulated
        default:
            findings.add(
                source.node,
                "bad-pattern",
                "the two patterns do not have the same parts",
                help:
                    #"both sides name {user}, or both {phone}, or xmpp names {user}\40{domain} and cpim {user}@{domain}"#
            )
            return nil
        }
        if form == .phone, xmpp.domain == nil {
            findings.add(
                source.node,
                "bad-pattern",
                "{phone} takes every domain of the XMPP shore, whose other users would have no address",
                help: #"name the domain where numbers live, such as "{phone}@tel.example.com""#
            )
            return nil
        }
        if form == .domain, (xmpp.domain == nil) != (cpim.domain == nil) {
            findings.add(
                source.node,
                "bad-pattern",
                "{domain} stands on one side only",
                help: "name a domain on both sides, or {domain}"
            )
            return nil
        }
        return AddressRule(form: form, xmppDomain: xmpp.domain, cpimDomain: cpim.domain, row: source.row)
    }

    private func pattern(_ key: String, _ reader: inout RowReader) -> AddressPattern? {
        guard let text = reader.required(key, "an address pattern such as \"{user}@example.net\"") else { return nil }
        if let pattern = AddressPattern(text) { return pattern }
        if let node = reader.node[key] {
            let forms = #"{user}@DOMAIN, {user}@{domain}, {user}\40{domain}@DOMAIN, {phone}@DOMAIN"#
            findings.add(node, "bad-pattern", "\"\(text)\" is no address pattern", help: "expected " + forms)
        }
        return nil
    }

    // MARK: Losses

    private func loss(_ source: SourceRow, _ reader: inout RowReader) -> [TypedRow] {
        let lossClass = LossClass(rawValue: source.id)
        if lossClass == nil, let node = source.node["id"] {
            findings.unknown(node, "unknown-loss", "a class of losses", among: LossClass.allCases.map(\.rawValue))
        }
        let actions = (lossClass?.actions ?? LossAction.allCases).map(\.rawValue)
        _ = reader.required("do", "one of " + actions.joined(separator: ", "))
        let action =
            source.node["do"] == nil ? nil : reader.word("do", among: actions, "what can be done about this class")
        reader.finish("loss rows")
        guard let lossClass, let action = action.flatMap({ LossAction(rawValue: $0) }) else { return [] }
        return [.loss(lossClass, LossTable.Entry(action: action, row: source.row))]
    }

    // MARK: Routes and profiles

    private func route(_ source: SourceRow, _ reader: inout RowReader) -> RouteRow? {
        let profile = reader.text("profile")
        let settings = reader.settings()
        var pattern: DomainPattern?
        if var match = reader.nested("match") {
            if let text = match.required("domain", "a domain, or *. and a domain") {
                pattern = DomainPattern(text)
                if pattern == nil, let node = match.node["domain"] {
                    findings.add(
                        node,
                        "bad-pattern",
                        "\"\(text)\" is no domain",
                        help: "expected example.net or *.example.net"
                    )
                }
            }
            match.finish("match")
        } else if source.node["match"] == nil {
            findings.add(
                source.node,
                "missing-column",
                "the column \"match\" is missing",
                help: "match: {domain: example.net}"
            )
        }
        reader.finish("route rows")
        guard let pattern else { return nil }
        return RouteRow(row: source.row, pattern: pattern, profile: profile, settings: settings, node: source.node)
    }

    private func profile(_ source: SourceRow, _ reader: inout RowReader) -> ProfileRow {
        let extended = reader.text("extends")
        let settings = reader.settings()
        let tables = reader.pairs("tables").compactMap { name, value -> (String, String, MappingNode)? in
            guard let name = name.text, let other = value.text else { return nil }
            return (name, other, value)
        }
        reader.finish("profile rows")
        return ProfileRow(id: source.id, extended: extended, settings: settings, tables: tables, node: source.node)
    }
}
