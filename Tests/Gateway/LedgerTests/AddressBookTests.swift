import Testing

@testable import Ledger

@Suite("AddressBook")
struct AddressBookTests {
    private let directory: TemporaryDirectory
    private let writer: LedgerWriter
    private let reader: LedgerReader
    private let book: AddressBook

    init() throws {
        directory = try TemporaryDirectory()
        writer = try openWriter(directory.file("db"))
        reader = try LedgerReader(path: directory.file("db"))
        book = AddressBook(reader: reader, writer: writer)
    }

    @Test("RFC 7622 §3.3, RFC 3261 §19.1.4: the first spelling owns the JID, and its use is noted")
    func firstSpellingOwns() throws {
        let first = samplePair("romeo@example.net", "sip:Romeo@example.net")
        try writer.perform([.learn(first)])
        var again = first
        again.lastUsed += 500
        again.firstSeen += 500
        try writer.perform([.learn(again)])
        let stored = try #require(try reader.address(jid: "romeo@example.net"))
        #expect(stored.firstSeen == first.firstSeen)
        #expect(stored.lastUsed == again.lastUsed)
        #expect(try reader.address(uriKey: "key:sip:Romeo@example.net") == stored)

        let second = samplePair("romeo@example.net", "sip:ROMEO@example.net")
        #expect(throws: LedgerError(.addressCollision, "", other: stored)) { try writer.perform([.learn(second)]) }
        #expect(try reader.addresses() == [stored])
    }

    @Test("RFC 3261 §19.1.4: one URI never gets two JIDs")
    func uriIsUnique() throws {
        let first = samplePair("romeo@example.net", "sip:romeo@example.net", kind: .explicit)
        try book.add(first)
        let second = samplePair("other@example.net", "sip:romeo@example.net")
        #expect(throws: LedgerError(.addressCollision, "", other: first)) { try book.add(second) }
        #expect(throws: LedgerError(.addressCollision, "", other: first)) { try writer.perform([.learn(second)]) }
    }

    @Test("A collision takes back the whole submission, the accepted item included, and no other")
    func collisionIsAtomic() throws {
        try book.add(samplePair("romeo@example.net", "sip:Romeo@example.net"))
        let other = samplePair("romeo@example.net", "sip:ROMEO@example.net")
        #expect(throws: LedgerError.self) {
            try writer.perform([.accept(sampleRow(1), audit: sampleEntry()), .learn(other)])
        }
        #expect(try reader.outbox().isEmpty)
        #expect(try reader.auditRecords().isEmpty)
        #expect(try reader.balance()[.accepted] == 0)
        let receipt = try writer.perform([.accept(sampleRow(1), audit: sampleEntry())])
        #expect(receipt.sequences == 1..<2)
    }

    @Test("RFC 8265 §3.3: what the rules give is kept beside, gives way to an operator and to other rules, to no user")
    func derived() throws {
        let seen = samplePair("romeo@example.net", "sip:romeo@example.net", kind: .derived)
        try writer.perform([.learn(seen)])
        #expect(try reader.addresses().isEmpty)
        #expect(try reader.addresses(AddressFilter(kind: .derived)) == [seen])
        #expect(try reader.address(jid: seen.jid) == nil)
        #expect(try reader.address(uriKey: seen.uriKey) == nil)
        let spelled = samplePair("romeo@example.net", "sip:ROMEO@example.net")
        #expect(throws: LedgerError(.addressCollision, "", other: seen)) { try writer.perform([.learn(spelled)]) }

        // The rules have changed, so that the same user has another JID, or none that leads back.
        let moved = samplePair("romeo@example.org", "sip:romeo@example.net", kind: .derived)
        try writer.perform([.learn(moved)])
        #expect(try reader.addresses(AddressFilter(kind: .derived)) == [moved])
        let learned = samplePair("romeo@example.org", "sip:romeo@example.net")
        try writer.perform([.learn(learned)])
        #expect(try reader.addresses() == [learned])

        let other = samplePair("juliet@example.net", "sip:juliet@example.net", kind: .derived)
        for pair in [("juliet@example.net", "sip:Juliet@example.net"), ("j@example.net", "sip:juliet@example.net")] {
            try writer.perform([.learn(other)])
            let explicit = samplePair(pair.0, pair.1, kind: .explicit)
            try book.add(explicit)
            #expect(try reader.addresses(AddressFilter(kind: .explicit)) == [explicit])
            #expect(try reader.addresses(AddressFilter(kind: .derived)).isEmpty)
            try book.remove(jid: pair.0)
        }
    }

    @Test("An operator's pair takes over a learned one with the same two addresses")
    func explicitTakesOver() throws {
        let learned = samplePair("romeo@example.net", "sip:romeo@example.net")
        try writer.perform([.learn(learned)])
        var explicit = learned
        explicit.kind = .explicit
        explicit.rule = "by-hand"
        explicit.uri = "sip:romeo@EXAMPLE.net"
        try book.add(explicit, audit: sampleEntry(AuditEvent(rawValue: "address-added")))
        #expect(try reader.addresses() == [explicit])
        #expect(try reader.auditRecords().count == 1)
    }

    @Test("A pair is removed once; a missing one is named")
    func removal() throws {
        try book.add(samplePair("romeo@example.net", "sip:romeo@example.net"))
        try book.remove(jid: "romeo@example.net")
        #expect(try reader.address(jid: "romeo@example.net") == nil)
        #expect(try reader.address(uriKey: "key:sip:romeo@example.net") == nil)
        #expect(throws: LedgerError(.unknownAddress, "")) { try book.remove(jid: "romeo@example.net") }
    }

    @Test("Use is noted forwards only, and quietly for a pair that is gone")
    func touching() throws {
        try book.add(samplePair("a@example.net", "sip:a@example.net"))
        try writer.perform([.touch(jid: "a@example.net", at: sampleTime + 10), .touch(jid: "b@example.net", at: 1)])
        try writer.perform([.touch(jid: "a@example.net", at: sampleTime - 10)])
        #expect(try reader.address(jid: "a@example.net")?.lastUsed == sampleTime + 10)
    }

    @Test("Lists come in pages and by filter")
    func lists() throws {
        for (index, name) in ["d", "a", "c", "b"].enumerated() {
            let kind: AddressKind = index % 2 == 0 ? .explicit : .learned
            let time = sampleTime + Int64(index)
            try book.add(samplePair("\(name)@x.example", "sip:\(name)%41@y.example", kind: kind, at: time))
        }
        #expect(try reader.addresses(limit: 3).map(\.jid) == ["a@x.example", "b@x.example", "c@x.example"])
        #expect(try reader.addresses(after: "c@x.example").map(\.jid) == ["d@x.example"])
        #expect(try reader.addresses(AddressFilter(kind: .learned)).map(\.jid) == ["a@x.example", "b@x.example"])
        #expect(try reader.addresses(AddressFilter(containing: "c%41")).map(\.jid) == ["c@x.example"])
        #expect(try reader.addresses(AddressFilter(containing: "_")).isEmpty)
        let unused = AddressFilter(unusedSince: sampleTime + 2)
        #expect(try reader.addresses(unused).map(\.jid) == ["a@x.example", "d@x.example"])
    }

    private func normalize(_ entry: AddressFileEntry) -> AddressNormalization {
        guard entry.jid.contains("@") else { return .refused("\"\(entry.jid)\" has no @") }
        return .normalized(jid: entry.jid.lowercased(), uriKey: "key:" + entry.uri)
    }

    @Test("An exported file can be imported again, and then says the same")
    func exportAndImport() throws {
        try book.add(samplePair("a@x.example", "sip:a,\"b\"@y.example"))
        try book.add(samplePair("b@x.example", "tel:+15550100", kind: .explicit, at: sampleTime + 5))
        let file = try book.export()
        let again = try book.load(file, now: 0, dryRun: false, normalize: normalize)
        #expect(again == AddressImport(added: 0, known: 2, problems: []))
        try book.remove(jid: "a@x.example")
        try book.remove(jid: "b@x.example")
        let fresh = try book.load(file, now: 0, dryRun: false, audit: sampleEntry(), normalize: normalize)
        #expect(fresh == AddressImport(added: 2, known: 0, problems: []))
        #expect(try book.export() == file)
        #expect(try reader.auditRecords().count == 1)
    }

    @Test("More pairs than a page are exported, each once")
    func largeExport() throws {
        let pairs = (1000..<3500).map { samplePair("u\($0)@x.example", "sip:u\($0)@y.example") }
        try writer.perform(pairs.map { .addAddress($0) })
        let file = AddressFile.read(try book.export())
        #expect(file.problems.isEmpty)
        #expect(file.entries.map(\.jid) == pairs.map(\.jid))
    }

    @Test("Everything that is wrong with a file is named by line, and nothing of it is stored")
    func importIsAllOrNothing() throws {
        try book.add(samplePair("taken@x.example", "sip:taken@y.example"))
        let file = """
            uri,jid,kind
            sip:good@y.example,good@x.example,
            sip:a@y.example,Taken@x.example,explicit
            sip:taken@y.example,b@x.example,
            sip:c@y.example,nowhere,
            sip:d@y.example,d@x.example,wrong
            sip:e@y.example,good@x.example,
            sip:good@y.example,f@x.example,
            ,g@x.example,
            sip:h@y.example,h@x.example
            """
        for dryRun in [true, false] {
            let result = try book.load(Array(file.utf8), now: 1, dryRun: dryRun, normalize: normalize)
            #expect(result.problems.map(\.line) == [3, 4, 5, 6, 7, 8, 9, 10])
            #expect(result.problems[0].reason.contains("taken@x.example and sip:taken@y.example"))
            #expect(result.added == 1)
        }
        #expect(try reader.addresses().map(\.jid) == ["taken@x.example"])
    }

    @Test("A dry run stores nothing")
    func dryRun() throws {
        let file = "jid,uri\r\na@x.example,sip:a@y.example\r\n"
        let result = try book.load(Array(file.utf8), now: 7, dryRun: true, normalize: normalize)
        #expect(result == AddressImport(added: 1, known: 0, problems: []))
        #expect(try reader.addresses().isEmpty)
        _ = try book.load(Array(file.utf8), now: 7, dryRun: false, normalize: normalize)
        let stored = try #require(try reader.addresses().first)
        #expect(stored.kind == .explicit)
        #expect(stored.firstSeen == 7 && stored.lastUsed == 7)
    }
}
