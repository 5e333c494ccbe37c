/// Makes a generation of mapping files: understands each row, merges folders, proves what the rows claim.
public struct TableCompiler {
    /// What came of it.
    public struct Result: Sendable {
        /// The generation; nil when an error was found.
        public let generation: Generation?
        /// What was found, sorted by place.
        public let diagnostics: [Diagnostic]
    }

    private let findings = Findings()
    private var rows: [Generation.RowInfo] = []
    private var typed: [Int: [TypedRow]] = [:]
    private var kinds: [String: TableKind] = [:]
    private var sources: [SourceRow] = []
    /// Where the rows of a name stand among the sources.
    private var places: [RowName: [Int]] = [:]
    private var force = RowsInForce()
    private var tests: [TableTest] = []
    private var otherwise: RouteBuilder.Otherwise?
    private var unmapped: [UnmappedRow] = []

    /// Compiles files.
    ///
    /// - Parameters:
    ///   - files: in order of folder and name.
    ///   - digest: SHA-256 in lower-case hexadecimal, for the identifier.
    /// - Returns: the generation, and every fault of every file.
    public static func compile(_ files: [TableFile], digest: ([UInt8]) -> String) -> Result {
        var compiler = TableCompiler()
        for file in files {
            if let head = TableHead(file, compiler.findings) { compiler.read(head) }
        }
        compiler.putInForce()
        let identifier = digest(CanonicalForm.bytes(of: files))
        let generation = compiler.generation(identifier)
        let diagnostics = compiler.findings.all.sorted { $0.position < $1.position }
        return Result(generation: compiler.findings.hasErrors ? nil : generation, diagnostics: diagnostics)
    }

    // MARK: Rows

    private mutating func read(_ head: TableHead) {
        if let known = kinds[head.name], known != head.kind, let node = head.root["kind"] {
            findings.add(node, "wrong-kind", "\"\(head.name)\" is a table of kind \(known.rawValue) elsewhere")
        }
        if kinds[head.name] == nil { kinds[head.name] = head.kind }
        let compiler = RowCompiler(findings: findings)
        for node in head.rows {
            let row = RowID(rows.count)
            guard let id = id(of: node, head) else {
                // The row is out, and has its other faults in the same run.
                if node.pairs != nil { _ = compiler.compile(SourceRow(unnamed: node, row, head), head.kind) }
                continue
            }
            let overridden = node["overrides"]?.text
            let source = SourceRow(
                id: id,
                row: row,
                table: head.name,
                layer: head.layer,
                node: node,
                overridden: overridden
            )
            rows.append(
                Generation.RowInfo(
                    name: "\(head.name).\(id)",
                    table: head.name,
                    kind: head.kind,
                    position: node.position,
                    overridden: overridden.map { "\(head.name).\($0)" }
                )
            )
            places[RowName(table: head.name, id: id), default: []].append(sources.count)
            sources.append(source)
            typed[row.index] = compiler.compile(source, head.kind)
        }
        if let node = head.otherwise {
            var reader = RowReader(node, findings)
            let profile = reader.text("profile") ?? "default"
            let settings = reader.settings()
            _ = reader.column("about")
            reader.finish("otherwise")
            if case .peer = head.layer {
                findings.add(node, "not-for-peers", "otherwise holds for all neighbors", help: "move it to 50-site")
            } else {
                otherwise = (profile, settings, node)
            }
        }
        if let node = head.unmapped { unmapped += compiler.unmapped(node, head) }
        tests += head.tests.compactMap { TestReader.read($0, head, findings) }
    }

    private func id(of node: MappingNode, _ head: TableHead) -> String? {
        guard node.pairs != nil else {
            findings.add(node, "wrong-type", "a row must have columns", help: "write {id: NAME, …}")
            return nil
        }
        guard let id = node["id"]?.text, !id.isEmpty else {
            findings.add(
                node,
                "missing-column",
                "the row has no id",
                help: "id: a name that no other row of \(head.name) has"
            )
            return nil
        }
        let earlier = places[RowName(table: head.name, id: id)]?.lazy.map { sources[$0] }.first { source in
            // Rows for different neighbors do not meet.
            if case .peer = source.layer, case .peer = head.layer { return source.layer == head.layer }
            return true
        }
        if let earlier, node["overrides"]?.text != id {
            findings.add(
                node["id"] ?? node,
                "duplicate-row",
                "\"\(id)\" is the id of a row at \(earlier.node.position)",
                help: "choose another id, or write overrides: \(id) to replace that row"
            )
            return nil
        }
        return id
    }

    /// Puts each row in its place, those of neighbors after all others.
    private mutating func putInForce() {
        let isForAll = sources.map { source in if case .peer = source.layer { false } else { true } }
        for index in sources.indices.filter({ isForAll[$0] }) + sources.indices.filter({ !isForAll[$0] }) {
            let source = sources[index]
            guard let kind = kinds[source.table] else { continue }
            switch force.add(source, kind) {
            case .added: break
            // What one neighbor replaces stays in force for the others.
            case .replaced(let other): if isForAll[index] { rows[other.row.index].isReplaced = true }
            case .missing: unknownOverride(source, kind)
            }
        }
    }

    private func unknownOverride(_ source: SourceRow, _ kind: TableKind) {
        guard let node = source.node["overrides"], let id = source.overridden else { return }
        let own: [String]
        if case .peer(let domain) = source.layer { own = [domain] } else { own = [] }
        let known = force.rows(kind, peer: own.first).filter { $0.table == source.table && $0.row < source.row }
        let later = places[RowName(table: source.table, id: id)]?.lazy.map { sources[$0] }.first {
            $0.row > source.row && $0.layer == source.layer
        }
        guard let later else {
            let what = "a row of \(source.table) in an earlier folder"
            return findings.unknown(node, "unknown-override", what, among: known.map(\.id))
        }
        let isCircle = later.overridden == source.id && id != source.id
        findings.add(
            node,
            "unknown-override",
            isCircle
                ? "\"\(source.id)\" and \"\(id)\" replace each other"
                : "\"\(id)\" stands behind this row, at \(later.node.position)",
            help: "a row replaces one of an earlier folder; change or remove rows of your own where they stand"
        )
    }

    // MARK: Sets

    /// The rows of a kind for one neighbor, replaced rows left out, replacements in their places.
    private func merged(_ kind: TableKind, peer: String?) -> [(source: SourceRow, rows: [TypedRow])] {
        force.rows(kind, peer: peer).map { ($0, typed[$0.row.index] ?? []) }
    }

    /// The tables for a neighbor; what it has no rows of is shared with those for all.
    private func set(peer: String?, over base: TableSet?) -> TableSet {
        func isOwn(_ kind: TableKind) -> Bool { peer.map { force.holdsOwn(kind, peer: $0) } ?? true }
        let hasValues = isOwn(.values) || unmapped.contains { part in peer.map { part.layer == .peer($0) } ?? false }
        return TableSet(
            owners: TableSet.Owners(
                fields: isOwn(.fields) ? peer : nil,
                values: hasValues ? peer : nil,
                errors: isOwn(.errors) ? peer : nil
            ),
            fields: base.flatMap { isOwn(.fields) ? nil : $0.fields }
                ?? FieldTableBuilder(findings: findings).tables(merged(.fields, peer: peer)),
            values: values(peer: peer, over: base?.values ?? [:]),
            errors: base.flatMap { isOwn(.errors) ? nil : $0.errors }
                ?? ErrorTableBuilder(findings: findings).table(merged(.errors, peer: peer)),
            losses: base.flatMap { isOwn(.loss) ? nil : $0.losses } ?? losses(peer: peer),
            profiles: base?.profiles ?? profiles()
        )
    }

    private func losses(peer: String?) -> LossTable {
        var losses: [LossClass: LossTable.Entry] = [:]
        for (source, rows) in merged(.loss, peer: peer) {
            for case .loss(let lossClass, let entry) in rows {
                if losses[lossClass] == nil {
                    losses[lossClass] = entry
                } else {
                    findings.unreachable(source)
                }
            }
        }
        return LossTable(entries: losses)
    }

    private func profiles() -> [String: TableSet.Profile] {
        ProfileBuilder(findings: findings, tables: kinds).profiles(
            merged(.profiles, peer: nil).flatMap {
                $0.rows.compactMap { if case .profile(let row) = $0 { row } else { nil } }
            }
        )
    }

    private func values(peer: String?, over base: [String: ValueTableSource]) -> [String: ValueTableSource] {
        var parts: [String: [UnmappedRow]] = [:]
        var own: Set<String> = []
        for part in unmapped {
            if case .peer(let domain) = part.layer {
                guard domain == peer else { continue }
                own.insert(part.table)
            }
            parts[part.table, default: []].append(part)
        }
        if let peer, !base.isEmpty {
            guard !own.isEmpty || force.holdsOwn(.values, peer: peer) else { return base }
            for source in force.rows(.values, peer: peer) where source.layer == .peer(peer) { own.insert(source.table) }
        }
        var rows: [String: [(source: SourceRow, row: ValueRow)]] = [:]
        for (source, typed) in merged(.values, peer: peer) where base[source.table] == nil || own.contains(source.table)
        {
            for case .value(let row) in typed { rows[source.table, default: []].append((source, row)) }
        }
        let builder = ValueTableBuilder(findings: findings)
        var tables = base
        for (name, rows) in rows { tables[name] = builder.source(name, rows, parts[name] ?? []) }
        return tables
    }

    /// A row converts by tables of values only.
    private func checkConversions() {
        let known = kinds.filter { $0.value == .values }.keys.sorted()
        let names = Set(known)
        for source in sources where kinds[source.table] == .fields {
            for case .field(let row) in typed[source.row.index] ?? [] {
                guard let table = row.table, !names.contains(table), let node = source.node["values"] else { continue }
                findings.unknown(node, "unknown-table", "a table of values", among: known)
            }
        }
    }

    private func generation(_ identifier: String) -> Generation? {
        checkConversions()
        let addresses = merged(.addresses, peer: nil).flatMap { source, rows in
            rows.compactMap { row -> (SourceRow, AddressRule)? in
                if case .address(let rule) = row { (source, rule) } else { nil }
            }
        }
        var prover = Prover(findings: findings)
        prover.prove(addresses: addresses)
        let tables = set(peer: nil, over: nil)
        var peers: [String: TableSet] = [:]
        for domain in force.domains { peers[domain] = set(peer: domain, over: tables) }
        let store = RoutePartsStore()
        let routes = RouteBuilder(findings: findings, tables: tables, peers: peers, store: store)
        let rows = merged(.routes, peer: nil).flatMap {
            $0.rows.compactMap { if case .route(let row) = $0 { row } else { nil } }
        }
        let peerRows = force.domains.filter { force.holdsOwn(.routes, peer: $0) }.flatMap { domain in
            merged(.routes, peer: domain).filter { $0.source.layer == .peer(domain) }
                .flatMap { $0.rows.compactMap { if case .route(let row) = $0 { row } else { nil } } }
        }
        // What lies in a neighbor's own folder is the nearest to it.
        let compiled = routes.routes(peerRows + rows, otherwise)
        guard let otherwise = routes.otherwise(otherwise, anywhere: sources.first?.node.position) else { return nil }
        prover.prove(
            errors: compiled.routes + [otherwise]
                + tables.profiles.values.map { tables.route($0, $0.switches, row: nil, store) },
            losses: tables.losses,
            at: otherwise.row.map { self.rows[$0.index].position } ?? self.otherwise?.node.position
        )
        prover.prove(
            values: [tables] + peers.sorted { $0.key < $1.key }.map(\.value),
            under: [otherwise.switches] + tables.profiles.values.map(\.switches) + compiled.routes.map(\.switches)
        )
        return Generation(
            identifier: identifier,
            rows: self.rows,
            addresses: AddressTable(rules: addresses.map(\.1)),
            tests: tests,
            proofs: prover.proofs,
            tables: tables,
            peers: peers,
            routes: compiled,
            otherwise: otherwise
        )
    }
}
