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
    private var places: [String: [Int]] = [:]
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
        compiler.checkOverrides()
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
            guard let id = id(of: node, head) else { continue }
            let row = RowID(rows.count)
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
            places["\(head.name).\(id)", default: []].append(sources.count)
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
        let earlier = places["\(head.name).\(id)"]?.map { sources[$0] }.first { source in
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

    private mutating func checkOverrides() {
        for source in sources {
            guard let overridden = source.overridden, let node = source.node["overrides"] else { continue }
            let known = inForce(sources[..<source.row.index], for: source.layer).filter { $0.table == source.table }
                .map(\.id)
            if known.contains(overridden) {
                // What one neighbor replaces stays in force for the others.
                if case .peer = source.layer { continue }
                for row in rows.indices where rows[row].table == source.table && sources[row].id == overridden {
                    if row < source.row.index { rows[row].isReplaced = true }
                }
            } else {
                findings.unknown(
                    node,
                    "unknown-override",
                    "a row of \(source.table) in an earlier folder",
                    among: known
                )
            }
        }
    }

    // MARK: Sets

    /// The rows of a table for one neighbor, replaced rows left out, replacements in their places.
    private func merged(_ kind: TableKind, peer: String?) -> [(source: SourceRow, rows: [TypedRow])] {
        inForce(sources[...], for: peer.map { .peer($0) } ?? .site).filter { kinds[$0.table] == kind }
            .map { ($0, typed[$0.row.index] ?? []) }
    }

    /// What is left of rows when each stands where the row was that it replaces.
    private func inForce(_ sources: ArraySlice<SourceRow>, for layer: TableFile.Layer) -> [SourceRow] {
        var result: [SourceRow] = []
        for source in sources {
            if case .peer = source.layer, source.layer != layer { continue }
            if let overridden = source.overridden,
                let index = result.firstIndex(where: { $0.table == source.table && $0.id == overridden })
            {
                result[index] = source
            } else {
                result.append(source)
            }
        }
        return result
    }

    private func set(peer: String?) -> TableSet {
        var fields: [String: [FieldRow]] = [:]
        for (source, rows) in merged(.fields, peer: peer) {
            for case .field(let row) in rows { fields[source.table, default: []].append(row) }
        }
        var losses: [LossClass: LossTable.Entry] = [:]
        for (_, rows) in merged(.loss, peer: peer) {
            for case .loss(let lossClass, let entry) in rows where losses[lossClass] == nil {
                losses[lossClass] = entry
            }
        }
        let errors = ErrorTableBuilder(findings: findings).table(merged(.errors, peer: peer))
        let profiles = ProfileBuilder(findings: findings, tables: kinds).profiles(
            merged(.profiles, peer: nil).flatMap {
                $0.rows.compactMap { if case .profile(let row) = $0 { row } else { nil } }
            }
        )
        return TableSet(
            fields: fields,
            values: values(peer: peer),
            errors: errors,
            losses: LossTable(entries: losses),
            profiles: profiles
        )
    }

    private func values(peer: String?) -> [String: ValueTableSource] {
        var rows: [String: [(source: SourceRow, row: ValueRow)]] = [:]
        for (source, typed) in merged(.values, peer: peer) {
            for case .value(let row) in typed { rows[source.table, default: []].append((source, row)) }
        }
        let builder = ValueTableBuilder(findings: findings)
        var tables: [String: ValueTableSource] = [:]
        for (name, rows) in rows {
            let parts = unmapped.filter { part in
                if case .peer(let domain) = part.layer, domain != peer { return false }
                return part.table == name
            }
            tables[name] = builder.source(name, rows, parts)
        }
        return tables
    }

    /// A row converts by tables of values only.
    private func checkConversions() {
        let known = kinds.filter { $0.value == .values }.keys.sorted()
        for source in sources where kinds[source.table] == .fields {
            for case .field(let row) in typed[source.row.index] ?? [] {
                guard let table = row.table, !known.contains(table), let node = source.node["values"] else { continue }
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
        let tables = set(peer: nil)
        var peers: [String: TableSet] = [:]
        for source in sources {
            if case .peer(let domain) = source.layer, peers[domain] == nil { peers[domain] = set(peer: domain) }
        }
        let routes = RouteBuilder(findings: findings, tables: tables, peers: peers)
        let rows = merged(.routes, peer: nil).flatMap {
            $0.rows.compactMap { if case .route(let row) = $0 { row } else { nil } }
        }
        let peerRows = peers.keys.sorted().flatMap { domain in
            merged(.routes, peer: domain).filter { $0.source.layer == .peer(domain) }
                .flatMap { $0.rows.compactMap { if case .route(let row) = $0 { row } else { nil } } }
        }
        // What lies in a neighbor's own folder is the nearest to it.
        let compiled = routes.routes(peerRows + rows, otherwise)
        guard let otherwise = routes.otherwise(otherwise, anywhere: sources.first?.node.position) else { return nil }
        prover.prove(
            errors: compiled.map(\.route) + [otherwise]
                + tables.profiles.values.map { tables.route($0, $0.switches, row: nil) },
            losses: tables.losses,
            at: otherwise.row.map { self.rows[$0.index].position } ?? self.otherwise?.node.position
        )
        prover.prove(
            values: [tables] + peers.sorted { $0.key < $1.key }.map(\.value),
            under: [otherwise.switches] + tables.profiles.values.map(\.switches) + compiled.map(\.route.switches)
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
