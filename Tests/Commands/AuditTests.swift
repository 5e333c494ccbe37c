import AuditTrail
import Digests
import Foundation
import Ledger
import Testing

/// The commands over the signed files of the log.
@Suite("audit verify, prove, export and key")
struct AuditTests {
    /// A gateway's log of the crossings of a site, as a stopped gateway leaves it.
    private struct Log {
        let site: Site
        let key: String
        var folder: URL { site.scratch.url.appending(path: "state/audit") }
        var records: URL { folder.appending(path: SegmentFile(first: 1).name(.records)) }

        init() throws {
            site = try Site(configuration: Site.configuration + "audit: {checkpoints-to: [\"file:./seen\"]}\n")
            try site.storeCrossings()
            let signing = SigningKey()
            let state = site.scratch.url.appending(path: "state")
            try Data(signing.pem.utf8).write(to: state.appending(path: "audit.key"))
            let signer = try #require(NoteSigner(name: "gw.example.net/audit", key: signing))
            key = signer.publicKey.description
            try export(signer)
        }

        private func export(_ signer: NoteSigner) throws {
            let path = StateDirectory.databasePath(in: site.scratch.url.appending(path: "state").path)
            let writer = try LedgerWriter(path: path) { $0.run() }
            defer { writer.close() }
            var exporter = try TrailExporter(
                path: folder.path,
                reader: LedgerReader(path: path),
                signer: signer,
                sinks: [.file(site.scratch.url.appending(path: "seen").path)]
            ) { mark throws(LedgerError) in try writer.perform([.exported(mark)]) }
            while try exporter.step().hasMore {}
        }

        func run(_ arguments: String...) throws -> Program.Run {
            try Program.run(["audit"] + arguments, in: site.scratch.url)
        }

        func verify(_ more: String...) throws -> Program.Run {
            try Program.run(["audit", "verify", "state/audit", "--key", key] + more, in: site.scratch.url)
        }
    }

    @Test("A log is verified from its files alone; without a checkpoint in hand the exit code says so")
    func verify() throws {
        let log = try Log()
        #expect(try log.verify("--seen", "seen").code == 0)
        let alone = try log.verify()
        #expect(alone.code == 10)
        #expect(alone.output.contains("tail-not-compared"))
        try FileManager.default.removeItem(at: log.site.scratch.url.appending(path: "state/isthmus.db"))
        let shown = try log.verify("--seen", "seen", "--json").object()
        #expect(shown["verdict"] as? String == "intact")
        #expect(shown["records"] as? Int == 6)
    }

    @Test("A proof that was kept is compared like a checkpoint; what is no proof is said so, with its line")
    func keptProof() throws {
        let log = try Log()
        let proofs = try ["1", "4"].map { try log.run("prove", $0, "--dir", "state/audit").output }.joined()
        try log.site.scratch.write(proofs, to: "kept")
        let shown = try log.verify("--seen", "kept", "--json").object()
        #expect(shown["verdict"] as? String == "intact")
        #expect(shown["seen"] as? Int == 2)
        #expect(shown["agreeing"] as? Int == 2)
        try log.site.scratch.write(proofs.replacing("\"index\":3", with: "\"index\":2"), to: "spoiled")
        let spoiled = try log.verify("--seen", "spoiled")
        #expect(spoiled.code == 1)
        #expect(spoiled.errors.contains("spoiled:2:1: error: this is no proof"))
    }

    @Test("An altered record is named with file and line, and has its exit code")
    func altered() throws {
        let log = try Log()
        let text = try String(contentsOf: log.records, encoding: .utf8)
        try Data(text.replacing("\"seq\":5", with: "\"seq\":5 ").utf8).write(to: log.records)
        let run = try log.verify("--seen", "seen")
        #expect(run.code == 11)
        #expect(run.output.contains("00000000000000000001.records:5:1: error: record 5: "))
        #expect(run.output.contains("[altered]"))
    }

    @Test("What is no key, no folder and no checkpoint is said so")
    func misuse() throws {
        let log = try Log()
        #expect(try log.run("verify", "state/audit", "--key", "nothing").code == 2)
        #expect(try log.run("verify", "nowhere", "--key", log.key).code == 3)
        #expect(try log.verify("--seen", "gateway.yaml").code == 1)
        #expect(try log.run("prove", "1").code == 2)
        #expect(try log.run("prove", "77", "--dir", "state/audit").code == 1)
    }

    @Test("A proof holds the record, and the key is the one that verifies")
    func prove() throws {
        let log = try Log()
        let proof = try log.run("prove", "2", "--config", "gateway.yaml").object()
        #expect(proof["size"] as? Int == 6)
        #expect((proof["record"] as? String)?.hasPrefix("{\"seq\":2,") == true)
        // The read is a record of the gateway; one of a folder alone is nobody's.
        let reads = ["audit", "search", "--event", "audit-read", "--json"] + log.site.config
        let told = try Program.run(reads, in: log.site.scratch.url).objects().first?["identifiers"] as? [String: String]
        #expect(told == ["read.command": "audit prove", "read.sequence": "2", "read.records": "1"])
        let written = try FileManager.default.contentsOfDirectory(atPath: log.folder.path)
        #expect(try log.run("prove", "2", "--dir", "state/audit").code == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: log.folder.path) == written)
        #expect(try Program.run(reads, in: log.site.scratch.url).objects().count == 2)
        let key = try log.site.run("audit", "key")
        #expect(key.output == log.key + "\n")
        #expect(try log.site.run("audit", "key", "--renew").code == 2)
        let renewed = try log.site.run("audit", "key", "--renew", "--reason", "a year is over")
        #expect(renewed.code == 0 && renewed.output != key.output)
        // The log is not signed by the new key before the next start.
        #expect(try log.site.run("audit", "key", "--renew", "--reason", "again").code == 3)
    }

    @Test(
        "An export has a manifest with the digest of each file, and is a record itself",
        arguments: ["ndjson", "csv"]
    )
    func export(_ form: String) throws {
        let log = try Log()
        let words = ["audit", "export", "--format", form, "--reason", "case 12", "--out", "case"]
        let filter = ["--address", "juliet@example.com", "--json"]
        let run = try Program.run(words + filter + log.site.config, in: log.site.scratch.url)
        #expect(run.code == 0, "\(run.errors)")
        let records = try #require(try run.object()["records"] as? Int)
        #expect(records == 5)
        let folder = log.site.scratch.url.appending(path: "case")
        let manifest = try Data(contentsOf: folder.appending(path: "manifest.json"))
        let described = try #require(try JSONSerialization.jsonObject(with: manifest) as? [String: Any])
        #expect(described["reason"] as? String == "case 12")
        let files = try #require(described["files"] as? [String: String])
        #expect(files.count == 3)
        for (name, text) in files {
            let bytes = try Array(Data(contentsOf: folder.appending(path: name)))
            #expect(text == "\(bytes.count) bytes, sha256 \(SHA256.hash(bytes).hexadecimal)")
        }
        let signed = try Data(contentsOf: folder.appending(path: "manifest.note"))
        let note = try #require(SignedNote(Array(signed)[...]))
        #expect(note.text.hasSuffix("\n\(SHA256.hash(Array(manifest)).hexadecimal)\n"))
        #expect(note.isSigned(by: try #require(NoteKey(log.key))) == true)
        let acts = try log.site.run("audit", "search", "--event", "audit-exported", "--json").objects()
        #expect(acts.map { $0["reason"] as? String } == ["case 12"])
        // What fails halfway is not in the way of the next try.
        let full = ["audit", "export", "--format", form, "--reason", "case 12", "--out", "full"] + log.site.config
        #expect(
            try Program.shell("trap '' XFSZ; ulimit -f 0; exec \"$@\"", full, in: log.site.scratch.url).code == 3
        )
        #expect(!log.site.scratch.url.appending(path: "full").exists)
        // What cannot be written leaves no record.
        #expect(try Program.run(words + log.site.config, in: log.site.scratch.url).code == 3)
        #expect(try log.site.run("audit", "search", "--event", "audit-exported", "--json").objects().count == 1)
    }

    @Test("An export takes what a search takes, and its manifest says under which addresses a person was found")
    func exportOfFilters() throws {
        let log = try Log()
        func export(_ folder: String, _ filters: [String]) throws -> (records: [Int], filters: [String: String]) {
            let words = ["audit", "export", "--format", "ndjson", "--reason", "case 12", "--out", folder]
            let run = try Program.run(words + filters + log.site.config, in: log.site.scratch.url)
            #expect(run.code == 0, "\(run.errors)")
            let url = log.site.scratch.url.appending(path: folder)
            let lines = try String(contentsOf: url.appending(path: "records.ndjson"), encoding: .utf8).split(
                separator: "\n"
            )
            let objects = try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
            let manifest = try Data(contentsOf: url.appending(path: "manifest.json"))
            let described = try JSONSerialization.jsonObject(with: manifest) as? [String: Any]
            return (objects.compactMap { $0?["seq"] as? Int }, described?["filters"] as? [String: String] ?? [:])
        }
        let loss = try export("loss", ["--loss", "message.html"])
        let searched = try log.site.run("audit", "search", "--loss", "message.html", "--json").objects()
        #expect(loss.records == searched.compactMap { $0["seq"] as? Int } && loss.records.count == 1)
        #expect(loss.filters == ["loss": "message.html"])
        let person = try export("person", ["--person", "sip:juliet@example.com", "--event", "accepted"])
        #expect(person.records == [1, 2, 3])
        #expect(
            person.filters == [
                "person": "sip:juliet@example.com", "event": "accepted",
                "person-addresses": "sip:juliet@example.com juliet@example.com",
            ]
        )
        // With a search database the same.
        let index = log.site.scratch.url.appending(path: "state/search.db").path
        #expect(try Program.run(["audit", "reindex"] + log.site.config, in: log.site.scratch.url).code == 0)
        #expect(FileManager.default.fileExists(atPath: index))
        #expect(try export("again", ["--person", "sip:juliet@example.com", "--event", "accepted"]) == person)
        let unknown = ["audit", "export", "--format", "csv", "--reason", "r", "--out", "none", "--event", "acepted"]
        let refused = try Program.run(unknown + log.site.config, in: log.site.scratch.url)
        #expect(refused.code == 2 && refused.errors.contains("did you mean \"accepted\"?"))
    }
}
