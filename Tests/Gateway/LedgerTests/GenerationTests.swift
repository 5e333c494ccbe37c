import Testing

@testable import Ledger

/// Generations of mapping tables with their files, and how they came into force.
@Suite("Generations")
struct GenerationTests {
    private func row(_ generation: String, at moment: Int64 = 1) -> ActivationRow {
        ActivationRow(generation: generation, cause: .apply, actor: "uid 1", checked: 1, tested: 1, activated: moment)
    }

    private func file(_ text: String, _ path: String = "00-standard/a.yaml") -> GenerationFile {
        GenerationFile(path: path, content: Array(text.utf8))
    }

    @Test("A generation comes back with its files in order, its cause and its times")
    func stored() throws {
        let directory = try TemporaryDirectory()
        let writer = try openWriter(directory.file("isthmus.db"))
        defer { writer.close() }
        let files = [file("one", "50-site/b.yaml"), file("two"), file("one", "90-peers/example.net/c.yaml")]
        var row = row("aabb")
        row.before = "ccdd"
        row.onDisk = "eeff"
        row.reason = "Ünïcode"
        row.shadowed = 3
        try writer.perform([.activate(row, files: files)])
        let reader = try LedgerReader(path: directory.file("isthmus.db"))
        row.number = 1
        #expect(try reader.activations() == [row])
        #expect(try reader.files(of: "aabb") == files)
        #expect(try reader.files(of: "aab") == [])
    }

    @Test("Prefixes find generations, and wildcards of the database are letters like others")
    func prefixes() throws {
        let directory = try TemporaryDirectory()
        let writer = try openWriter(directory.file("isthmus.db"))
        defer { writer.close() }
        for name in ["aabb", "aacc", "b%"] { try writer.perform([.activate(row(name), files: [file(name)])]) }
        let reader = try LedgerReader(path: directory.file("isthmus.db"))
        #expect(try reader.generations(prefix: "aa") == ["aabb", "aacc"])
        #expect(try reader.generations(prefix: "%") == [])
        #expect(try reader.generations(prefix: "b%") == ["b%"])
    }

    @Test("Only what is out of force retires, once")
    func retired() throws {
        let directory = try TemporaryDirectory()
        let writer = try openWriter(directory.file("isthmus.db"))
        defer { writer.close() }
        let reader = try LedgerReader(path: directory.file("isthmus.db"))
        try writer.perform([.activate(row("a"), files: [file("a")]), .retire(generation: "a", at: 5)])
        #expect(try reader.activations().map(\.retired) == [nil])
        try writer.perform([.activate(row("b"), files: [file("b")]), .retire(generation: "a", at: 6)])
        try writer.perform([.retire(generation: "a", at: 7)])
        #expect(try reader.activations().map(\.retired) == [nil, 6])
    }

    @Test("Generations beyond the bound go with their files, but for those that open crossings name")
    func bounded() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("isthmus.db")
        let writer = try openWriter(path)
        defer { writer.close() }
        var limits = GenerationLimits()
        limits.generations = 2
        // The sample row names the generation g1.
        try writer.perform([.accept(sampleRow(1), audit: sampleEntry())])
        for name in ["g1", "g2", "g3"] {
            try writer.perform([.activate(row(name), files: [file("shared"), file(name)], limits: limits)])
        }
        let reader = try LedgerReader(path: path)
        #expect(try reader.activations().map(\.generation) == ["g3", "g2", "g1"])
        try writer.perform([.activate(row("g4"), files: [file("shared"), file("g4")], limits: limits)])
        #expect(try reader.activations().map(\.generation) == ["g4", "g3", "g1"])
        #expect(try reader.files(of: "g2") == [])
        #expect(try reader.files(of: "g1").map { text($0.content) } == ["shared", "g1"])
        try writer.perform([
            .settle(id: 1, as: .delivered, audit: sampleEntry(.delivered)),
            .activate(row("g3"), files: [file("shared"), file("g3")], limits: limits),
        ])
        #expect(try reader.activations().map(\.generation) == ["g3", "g4", "g3"])
        let contents = try reader.read { database throws(LedgerError) in
            try database.integer("SELECT count(*) FROM mapping_files")
        }
        #expect(contents == 3)
    }

    @Test("Activations beyond the bound go, but for the last one of each generation")
    func activations() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("isthmus.db")
        let writer = try openWriter(path)
        defer { writer.close() }
        var limits = GenerationLimits()
        limits.activations = 2
        for name in ["a", "b", "c", "b", "c", "b"] {
            try writer.perform([.activate(row(name), files: [file(name)], limits: limits)])
        }
        #expect(try LedgerReader(path: path).activations().map(\.number) == [6, 5, 1])
    }

    @Test("A full disk stores nothing of an activation, and what was in force stays the newest")
    func full() throws {
        let disk = FaultDisk(seed: 1)
        let layer = FaultFileLayer(disk)
        let writer = try LedgerWriter(path: "db", vfs: layer.name, limits: WriterLimits()) { $0.run() }
        defer { writer.close() }
        try writer.perform([.activate(row("a"), files: [file("a")])])
        disk.refuse(.full, times: 1)
        #expect(throws: LedgerError(.diskFull, "")) {
            try writer.perform([.activate(row("b"), files: [file("b")]), .audit(sampleEntry(.activated))])
        }
        let reader = try LedgerReader(path: "db", vfs: layer.name)
        #expect(try reader.activations().map(\.generation) == ["a"])
        #expect(try reader.files(of: "b") == [])
        try writer.perform([.activate(row("b"), files: [file("b")])])
        #expect(try reader.activations().map(\.generation) == ["b", "a"])
    }
}
