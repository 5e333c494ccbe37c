import Digests
import Foundation
import Testing

@testable import Ledger

/// A ledger with keys, and texts under them.
struct BodyStore {
    static let labels = BodyLabels(secret: [UInt8](repeating: 9, count: 32))
    static let romeo = "romeo@example.net"
    static let juliet = "juliet@example.com"
    static let nurse = "nurse@example.com"
    static let today = BodyKeyEntry.day(of: sampleTime)

    let folder: TemporaryDirectory
    let writer: LedgerWriter
    var path: String { folder.file("isthmus.db") }
    var keys: BodyKeyReader { BodyKeyReader(beside: path) }

    init() throws {
        folder = try TemporaryDirectory()
        writer = try openWriter(folder.file("isthmus.db"))
    }

    func reader() throws -> LedgerReader { try LedgerReader(path: path) }

    static func key(_ one: String, _ other: String, day: Int64 = today) -> BodyKey {
        BodyKey(of: labels.name(one, other), day: day)
    }

    /// Accepts an item between two, keeps what is given of it, and settles it.
    func pass(
        _ id: Int64,
        _ key: BodyKey,
        _ one: String = juliet,
        _ other: String = romeo,
        text: String? = nil,
        settles: Bool = true
    ) throws {
        var row = sampleRow(id)
        let moment = key.entry.day * 86_400_000 + 1_000
        (row.sender, row.recipient, row.accepted) = (one, other, moment)
        if let text { (row.source, row.wire) = (Array("<\(text)>".utf8), Array("[\(text)]".utf8)) }
        var record = AuditRecord(.accepted, time: moment, node: "gw", crossing: String(id))
        if let text { record.digest = .of(Array(text.utf8)[...], by: key) }
        let forms = (text.map { text in BodyForm.allCases.map { (form: $0, text: "\($0.name): \(text)") } } ?? []).map {
            key.seal(Array($0.text.utf8), crossing: id, form: $0.form, accepted: moment)
        }
        try writer.perform([.accept(row, audit: record.entry()), .keep(key, forms)])
        guard settles else { return }
        try writer.perform([.settle(id: id, as: .delivered, audit: sampleEntry(.delivered, String(id)))])
    }

    func hold(_ scope: HoldScope, first: Int64? = nil, last: Int64? = nil) throws {
        let hold = Hold(
            scope: scope,
            label: scope.label(Self.labels),
            firstDay: first,
            lastDay: last,
            reason: "case 12",
            placed: Hold.Act(actor: "uid 1", time: sampleTime)
        )
        try writer.perform([.placeHold(hold)])
    }

    /// The files of the folder that have some bytes.
    func files(with needle: [UInt8]) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { name in
            Data(try fileBytes(folder.file(name))).range(of: Data(needle)) != nil
        }.sorted()
    }
}

@Suite("Texts and their keys")
struct BodyTests {
    @Test("Labels are the same in either order, differ by kind, person and store, and name nobody")
    func labels() {
        let labels = BodyStore.labels
        #expect(labels.name("a@x", "b@y") == labels.name("b@y", "a@x"))
        #expect(labels.name("a@x", "b@y") != labels.name("a@x", "c@y"))
        #expect(labels.person("x") != labels.domain("x"))
        #expect(labels.domain("Example.NET") == labels.domain("example.net"))
        #expect(labels.name("a@x", "b@y").people == [labels.person("a@x"), labels.person("b@y")])
        #expect(labels.name("a@x", "b@y").domains == [labels.domain("x"), labels.domain("y")])
        #expect(
            labels.name("sip:a@x:5070;transport=tcp", "b@[::1]:5060").domains == [
                labels.domain("[::1]"), labels.domain("x"),
            ]
        )
        #expect(labels.person("a@x") != BodyLabels(secret: [UInt8](repeating: 8, count: 32)).person("a@x"))
        #expect(labels.person("a@x").bytes.count == BodyLabel.byteCount)
    }

    @Test("Two keys of one conversation and day share nothing; digest and content have keys of their own")
    func keysDiffer() {
        let (one, other) = (BodyStore.key("a@x", "b@y"), BodyStore.key("a@x", "b@y"))
        #expect(one != other && one.entry.id != other.entry.id && one.secret != other.secret)
        let text = Array("text".utf8)
        #expect(one.digest(of: text[...]) != other.digest(of: text[...]))
        #expect(one.digest(of: text[...]) == one.digest(of: text[...]))
        #expect(one.digest(of: text[...]) != HMAC.sha256(key: one.secret, message: text))
        let body = one.seal(text, crossing: 1, form: .source, accepted: 0)
        #expect(one.open(body) == text && other.open(body) == nil)
    }

    @Test("A ciphertext that is put in another place opens nothing")
    func ciphertextsStayInPlace() {
        let key = BodyStore.key("a@x", "b@y")
        let body = key.seal([1, 2, 3], crossing: 7, form: .source, accepted: 0)
        for (crossing, form) in [(8, .source), (7, .target), (7, .canonical)] as [(Int64, BodyForm)] {
            let moved = SealedBody(crossing: crossing, form: form, key: body.key, accepted: 0, sealed: body.sealed)
            #expect(key.open(moved) == nil)
        }
    }

    @Test(
        "The UTC day of a moment",
        arguments: [(0, 0), (86_399_999, 0), (86_400_000, 1), (-1, -1), (-86_400_001, -2)]
    )
    func days(moment: Int64, day: Int64) {
        #expect(BodyKeyEntry.day(of: moment) == day)
    }

    @Test("A key is stored once, is found by conversation and day, and its file is private and apart from the ledger")
    func keysAreStored() throws {
        let store = try BodyStore()
        let key = BodyStore.key(BodyStore.juliet, BodyStore.romeo)
        try store.pass(1, key)
        try store.pass(2, key)
        try store.pass(3, BodyStore.key(BodyStore.nurse, BodyStore.romeo))
        store.writer.close()
        let labels = BodyStore.labels
        #expect(try store.keys.entries(.everything).count == 2)
        #expect(try store.keys.keys(of: key.entry.name.conversation, day: BodyStore.today) == [key])
        #expect(try store.keys.keys(of: key.entry.name.conversation, day: BodyStore.today + 1) == [])
        #expect(try store.keys.key(key.entry.id) == key && store.keys.key(1) == nil)
        #expect(try store.keys.entries(.person(labels.person(BodyStore.juliet))) == [key.entry])
        #expect(try store.keys.entries(.person(labels.person(BodyStore.romeo))).count == 2)
        #expect(try store.keys.entries(.domain(labels.domain("example.com"))).count == 2)
        #expect(try store.keys.entries(.domain(labels.domain("example.org"))) == [])
        #expect(try store.keys.entries(.conversation(key.entry.name.conversation)) == [key.entry])
        #expect(try store.keys.entries(.everything, days: 0...BodyStore.today - 1) == [])
        let first = try #require(try store.keys.entries(.everything, limit: 1).first)
        #expect(try store.keys.entries(.everything, after: first).count == 1)
        #expect(try store.files(with: key.secret) == ["keys.db"])
        for address in [BodyStore.juliet, "example.com"] {
            #expect(try !store.files(with: Array(address.utf8)).contains("keys.db"))
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: store.folder.file("keys.db"))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test("Without texts there is no file of keys")
    func noFile() throws {
        let store = try BodyStore()
        try store.writer.perform([.accept(sampleRow(1), audit: sampleEntry())])
        store.writer.close()
        #expect(!store.keys.isThere)
        #expect(try store.keys.entries(.everything) == [])
        #expect(try store.keys.key(1) == nil)
    }

    @Test("A key whose file cannot be written fails the whole commit, and the next one after that succeeds")
    func keysFirst() throws {
        let store = try BodyStore()
        let blocked = store.folder.file("keys.db")
        try FileManager.default.createDirectory(atPath: blocked, withIntermediateDirectories: false)
        let key = BodyStore.key(BodyStore.juliet, BodyStore.romeo)
        #expect(throws: LedgerError.self) { try store.pass(1, key) }
        #expect(!key.isStored)
        #expect(try store.reader().outbox().isEmpty && store.reader().lastAuditRecord() == nil)
        try FileManager.default.removeItem(atPath: blocked)
        try store.pass(1, key)
        #expect(key.isStored)
        #expect(try store.keys.key(key.entry.id) == key)
    }

    @Test("A key knows that it is stored, and does not come back once it was erased")
    func stored() throws {
        let store = try BodyStore()
        let key = BodyStore.key(BodyStore.juliet, BodyStore.romeo)
        try store.writer.perform([.keep(key), .keep(key)])
        #expect(key.isStored)
        let read = try #require(try store.keys.key(key.entry.id))
        #expect(read == key && read.isStored)
        try store.writer.perform([.eraseBodies(BodyErasure(keys: [key.entry]))])
        try store.writer.perform([.keep(key), .keep(read)])
        #expect(try store.keys.entries(.everything) == [])
    }

    @Test("A key is durable before the record that rests on it, wherever the power fails", arguments: 1...60)
    func keysSurvive(step: Int) throws {
        let disk = FaultDisk(seed: UInt64(step))
        let layer = FaultFileLayer(disk)
        let writer = try LedgerWriter(path: "isthmus.db", vfs: layer.name, limits: WriterLimits()) { $0.run() }
        disk.cutPower(afterSteps: step)
        let key = BodyStore.key(BodyStore.juliet, BodyStore.romeo)
        _ = try? writer.perform([.accept(sampleRow(1), audit: sampleEntry()), .keep(key)])
        if disk.hasPower { disk.cutPower(keepingUnsynced: false) }
        writer.close()
        disk.restorePower()
        let again = try LedgerWriter(path: "isthmus.db", vfs: layer.name, limits: WriterLimits()) { $0.run() }
        let records = try LedgerReader(path: "isthmus.db", vfs: layer.name).auditRecords()
        again.close()
        guard !records.isEmpty else { return }
        let keys = try Database(path: "keys.db", role: .writer, vfs: layer.name)
        #expect(try keys.integer("SELECT id FROM keys") == key.entry.id)
    }

    @Test("Forms are shown where they were kept and the key is there; else one reason says why not")
    func forms() throws {
        let store = try BodyStore()
        let key = BodyStore.key(BodyStore.juliet, BodyStore.romeo)
        try store.pass(1, key, text: "wherefore art thou")
        try store.pass(2, key)
        let ledger = try store.reader()
        let kept = try KeptForms(of: 1, ledger, store.keys)
        #expect(kept.absence == nil && kept.forms.count == 3)
        #expect(kept.forms[.canonical] == Array("canonical: wherefore art thou".utf8))
        #expect(try KeptForms(of: 2, ledger, store.keys).absence == .notKept)
        #expect(try KeptForms(of: 9, ledger, store.keys).absence == .notKept)
        let elsewhere = BodyKeyReader(beside: "/nowhere/isthmus.db")
        #expect(try KeptForms(of: 1, ledger, elsewhere).absence == .noKeys("/nowhere/keys.db"))
        try store.writer.perform([.eraseBodies(BodyErasure(keys: [key.entry]))])
        #expect(try KeptForms(of: 1, ledger, store.keys).absence == .erased)
        #expect(try KeptForms(of: 1, ledger, elsewhere).absence == .erased)
        // Of what was never kept there is still nothing to tell.
        #expect(try KeptForms(of: 2, ledger, store.keys).absence == .notKept)
    }

    @Test("A later form of the same item takes the place of the earlier one")
    func replaced() throws {
        let store = try BodyStore()
        let key = BodyStore.key(BodyStore.juliet, BodyStore.romeo)
        try store.pass(1, key, text: "first")
        try store.writer.perform([.keep(key, [key.seal([4], crossing: 1, form: .target, accepted: 0)])])
        #expect(try KeptForms(of: 1, try store.reader(), store.keys).forms[.target] == [4])
        #expect(try store.reader().sealedBodies(of: 1).count == 3)
    }
}
