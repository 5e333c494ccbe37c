/// Reads the tests that stand beside rows.
enum TestReader {
    static func read(_ node: MappingNode, _ head: TableHead, _ findings: Findings) -> TableTest? {
        var reader = RowReader(node, findings)
        let name = reader.required("name", "a sentence that says what is true")
        let given = reader.column("given")
        let expect = reader.column("expect")
        let back = reader.column("and-back")
        let profile = reader.text("profile") ?? "default"
        let settings = reader.settings()
        let context = reader.column("context")
        reader.finish("a test")
        guard let given, let expect else {
            findings.add(node, "missing-column", "a test has given and expect", help: "given: {…}, expect: {…}")
            return nil
        }
        guard let name else { return nil }
        var peer: String?
        if case .peer(let domain) = head.layer { peer = domain }
        return TableTest(
            name: name,
            table: head.name,
            kind: head.kind,
            position: node.position,
            peer: peer,
            profile: profile,
            settings: settings.map { ($0.name.name, $0.value) },
            context: context?.elements?.compactMap(\.text) ?? context?.text.map { [$0] } ?? [],
            given: given,
            expect: expect,
            andBack: back
        )
    }
}
