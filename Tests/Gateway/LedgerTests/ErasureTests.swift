import AuditTrail
import Digests
import Foundation
import Testing

@testable import Ledger

@Suite("Erasure, holds and search")
struct ErasureTests {
    private static let text = "a distinctive sentence about pomegranates"
    private static let other = "another sentence about nightingales"

    @Test(
        "After an erasure neither text nor key is in any file, a backup included, and the leaves are what they were",
        arguments: [false, true]
    )
    func nothingIsLeft(leavesDigests: Bool) throws {
        let store = try BodyStore()
        let key = BodyStore.key(BodyStore.juliet, BodyStore.romeo)
        let kept = BodyStore.key(BodyStore.nurse, BodyStore.romeo)
        try store.pass(1, key, text: Self.text)
        try store.pass(2, kept, BodyStore.nurse, text: Self.other)
        let ledger = try store.reader()
        #expect(try KeptForms(of: 1, ledger, store.keys).forms[.source] == Array("source: \(Self.text)".utf8))
        _ = try LedgerCopy.backUp(ledger, to: store.folder.file("backup"))
        #expect(try store.files(with: key.secret).isEmpty == false)
        let sealed = try #require(try ledger.sealedBodies(of: 1).first).sealed
        let leaf = try ledger.auditRecords().map(\.leaf)

        let erasure = BodyErasure(
            keys: [key.entry],
            people: [BodyStore.juliet],
            days: BodyStore.today...BodyStore.today,
            leavesDigests: leavesDigests
        )
        let receipt = try store.writer.perform([.eraseBodies(erasure), .audit(sampleEntry())])
        #expect(receipt.isTrimmed == true)

        // What makes digests is left where that was asked for, in a file that older builds do not open then.
        let left = try store.keys.key(key.entry.id)
        let text = Array(Self.text.utf8)[...]
        #expect(left?.digest(of: text) == (leavesDigests ? key.digest(of: text) : nil))
        #expect(left?.entry.opensTexts != true)
        let version = try Database(path: store.keys.place, role: .reader).integer("PRAGMA user_version")
        #expect(version == (leavesDigests ? 2 : 1))
        // A second time changes nothing of it.
        try store.writer.perform([.eraseBodies(erasure)])
        #expect(try store.keys.key(key.entry.id) == left)

        #expect(try store.files(with: Array(Self.text.utf8)) == [])
        #expect(try store.files(with: key.secret) == [])
        // The ciphertext lies in the backup, where nobody can open it.
        #expect(try store.files(with: sealed) == ["backup"])
        #expect(try ledger.auditRecords().map(\.leaf).dropLast() == leaf[...])
        #expect(try ledger.verifyLeaves().faults == [])
        #expect(try ledger.inspect().isSound)
        #expect(try KeptForms(of: 2, ledger, store.keys).forms.count == 3)
        #expect(try KeptForms(of: 1, LedgerReader(path: store.folder.file("backup")), store.keys).absence == .erased)
        // Only what others have said is left, and can still be found.
        #expect(try store.files(with: kept.secret) == ["keys.db"])
    }

    @Test("The files of the log are intact after an erasure, and agree with what was signed before it")
    func filesOfTheLog() throws {
        let store = try BodyStore()
        let key = BodyStore.key(BodyStore.juliet, BodyStore.romeo)
        try store.pass(1, key, text: Self.text)
        let signer = try #require(NoteSigner(name: "gw.example.net/audit", key: SigningKey()))
        func export() throws {
            let writer = store.writer
            var exporter = try TrailExporter(
                path: store.folder.file("audit"),
                reader: store.reader(),
                signer: signer,
                sinks: [.file(store.folder.file("seen"))]
            ) { mark throws(LedgerError) in try writer.perform([.exported(mark)]) }
            while try exporter.step().hasMore {}
        }
        try export()
        try store.writer.perform([.eraseBodies(BodyErasure(keys: [key.entry])), .audit(sampleEntry())])
        try export()
        let seen = SignedNote.all(in: try fileBytes(store.folder.file("seen"))).compactMap(\.note)
        let report = try TrailFiles(store.folder.file("audit")).verify(keys: [signer.publicKey], seen: seen)
        #expect(report.verdict == .intact && report.records == 3 && seen.count == 2)
    }

    @Test("The text of a settled item that was not kept is gone from the files once something was erased")
    func outboxIsTrimmed() throws {
        let store = try BodyStore()
        var row = sampleRow(1)
        row.source = Array(Self.text.utf8)
        try store.writer.perform([.accept(row, audit: sampleEntry())])
        try store.writer.perform([.settle(id: 1, as: .delivered, audit: sampleEntry(.delivered))])
        #expect(try store.files(with: Array(Self.text.utf8)) == ["isthmus.db-wal"])
        try store.writer.perform([.eraseBodies(BodyErasure(keys: []))])
        #expect(try store.files(with: Array(Self.text.utf8)) == [])
    }

    @Test("A reader that does not end leaves the log as it is; it is emptied after a later commit")
    func trimmedLater() throws {
        let store = try BodyStore()
        let key = BodyStore.key(BodyStore.juliet, BodyStore.romeo)
        try store.pass(1, key, text: Self.text)
        do {
            let reading = try Database(path: store.path, role: .reader)
            try reading.execute("BEGIN")
            _ = try reading.integer("SELECT count(*) FROM records")
            #expect(try store.writer.perform([.eraseBodies(BodyErasure(keys: [key.entry]))]).isTrimmed == false)
        }
        #expect(try store.writer.perform([.audit(sampleEntry())]).isTrimmed == true)
        #expect(try store.writer.perform([.audit(sampleEntry())]).isTrimmed == nil)
        #expect(try store.files(with: key.secret) == [])
    }

    @Test("What belongs to an open item is not erased, whether its text is kept or not")
    func openItems() throws {
        let store = try BodyStore()
        let key = BodyStore.key(BodyStore.juliet, BodyStore.romeo)
        try store.pass(1, key, text: Self.text, settles: false)
        let day = BodyStore.today...BodyStore.today
        #expect(throws: LedgerError(.openItems, "")) {
            try store.writer.perform([.eraseBodies(BodyErasure(keys: [key.entry]))])
        }
        #expect(try store.keys.key(key.entry.id) == key)
        try store.writer.perform([.settle(id: 1, as: .delivered, audit: sampleEntry(.delivered))])
        // Only its record is kept of the next one, and it is open.
        try store.pass(2, key, settles: false)
        for people in [[BodyStore.juliet], [BodyStore.romeo], [BodyStore.juliet, BodyStore.romeo]] {
            #expect(throws: LedgerError(.openItems, "")) {
                try store.writer.perform([.eraseBodies(BodyErasure(keys: [key.entry], people: people, days: day))])
            }
        }
        // Neither other people nor other days stand in the way.
        try store.writer.perform([
            .eraseBodies(BodyErasure(keys: [], people: [BodyStore.juliet, BodyStore.nurse], days: day)),
            .eraseBodies(BodyErasure(keys: [], people: [BodyStore.juliet], days: 0...BodyStore.today - 1)),
        ])
    }

    @Test("A hold keeps what it covers and nothing else, and says so in words")
    func holds() throws {
        let day = BodyStore.today
        let (juliet, romeo, nurse) = (BodyStore.juliet, BodyStore.romeo, BodyStore.nurse)
        let cases: [(scope: HoldScope, first: Int64?, last: Int64?, isHeld: Bool)] = [
            (.person(juliet), nil, nil, true),
            (.person(romeo), day, day, true),
            (.person(nurse), nil, nil, false),
            (.conversation(romeo, juliet), nil, day, true),
            (.conversation(romeo, nurse), nil, nil, false),
            (.domain("EXAMPLE.com"), day, nil, true),
            (.domain("example.org"), nil, nil, false),
            (.person(juliet), day + 1, nil, false),
            (.person(juliet), nil, day - 1, false),
        ]
        for (number, example) in cases.enumerated() {
            let store = try BodyStore()
            let key = BodyStore.key(juliet, romeo)
            try store.pass(1, key, text: Self.text)
            try store.hold(example.scope, first: example.first, last: example.last)
            #expect(try store.reader().holds().first?.scope == example.scope)
            let erasure = LedgerOperation.eraseBodies(BodyErasure(keys: [key.entry]))
            if example.isHeld {
                do {
                    try store.writer.perform([erasure])
                    Issue.record("case \(number) was erased")
                } catch {
                    #expect(
                        error.code == .onHold && error.reason.contains("hold 1") && error.reason.contains("case 12")
                    )
                }
            } else {
                try store.writer.perform([erasure])
            }
            #expect(try store.keys.key(key.entry.id) == (example.isHeld ? key : nil), "case \(number)")
            let kept = try store.reader().sealedBodies(of: 1).filter { !$0.sealed.isEmpty }
            #expect(kept.count == (example.isHeld ? 3 : 0))
        }
    }

    @Test("A hold is lifted by two operators, never by one, and stays in the list")
    func lifting() throws {
        let store = try BodyStore()
        let key = BodyStore.key(BodyStore.juliet, BodyStore.romeo)
        try store.pass(1, key, text: Self.text)
        try store.hold(.person(BodyStore.juliet))
        let (one, two) = (Hold.Act(actor: "uid 1", time: 5), Hold.Act(actor: "uid 2", time: 6))
        #expect(throws: LedgerError(.sameOperator, "")) { try store.writer.perform([.liftHold(hold: 1, two)]) }
        #expect(throws: LedgerError(.unknownHold, "")) { try store.writer.perform([.askLift(hold: 2, one)]) }
        try store.writer.perform([.askLift(hold: 1, one)])
        #expect(throws: LedgerError(.sameOperator, "")) { try store.writer.perform([.askLift(hold: 1, one)]) }
        #expect(throws: LedgerError(.sameOperator, "")) { try store.writer.perform([.liftHold(hold: 1, one)]) }
        #expect(throws: LedgerError(.onHold, "")) {
            try store.writer.perform([.eraseBodies(BodyErasure(keys: [key.entry]))])
        }
        try store.writer.perform([.liftHold(hold: 1, two)])
        #expect(throws: LedgerError(.unknownHold, "")) { try store.writer.perform([.liftHold(hold: 1, two)]) }
        #expect(try store.reader().holds() == [])
        let all = try store.reader().holds(inForce: false)
        #expect(all.map(\.asked) == [one] && all.map(\.lifted) == [two])
        try store.writer.perform([.eraseBodies(BodyErasure(keys: [key.entry]))])
        #expect(try store.keys.key(key.entry.id) == nil)
        // The next hold does not take the number of an earlier one.
        try store.hold(.domain("example.com"))
        #expect(try store.reader().holds().map(\.id) == [2])
    }

    @Test("A refused erasure spoils no other submission of its transaction")
    func refusedAlone() throws {
        let store = try BodyStore()
        let key = BodyStore.key(BodyStore.juliet, BodyStore.romeo)
        try store.pass(1, key, text: Self.text)
        try store.hold(.person(BodyStore.juliet))
        let collector = Collector()
        try store.writer.submit([.eraseBodies(BodyErasure(keys: [key.entry]))], completion: collector.completion(0))
        try store.writer.submit([.audit(sampleEntry())], completion: collector.completion(1))
        collector.wait(2)
        #expect(throws: LedgerError(.onHold, "")) { try collector.all[0]?.get() }
        #expect(throws: Never.self) { try collector.all[1]?.get() }
        #expect(try store.keys.key(key.entry.id) == key)
    }

    @Test("A text is found within a person and a period, in pieces, and nowhere else")
    func search() throws {
        let store = try BodyStore()
        let (day, labels) = (BodyStore.today, BodyStore.labels)
        let long = BodyStore.key(BodyStore.juliet, BodyStore.romeo)
        for id in 1...Int64(BodySearch.step + 5) {
            try store.pass(id, long, text: id % 50 == 3 ? Self.text : "message \(id)")
        }
        try store.pass(200, BodyStore.key(BodyStore.juliet, BodyStore.romeo, day: day - 9), text: Self.text)
        try store.pass(201, BodyStore.key(BodyStore.nurse, BodyStore.romeo), BodyStore.nurse, text: Self.text)
        try store.pass(202, BodyStore.key(BodyStore.juliet, BodyStore.nurse), BodyStore.juliet, BodyStore.nurse)
        func found(_ text: String, _ scope: BodyScope, _ days: ClosedRange<Int64>) throws -> ([Int64], BodySearch) {
            var search = BodySearch(text, in: scope, days: days, try store.reader(), store.keys)
            var found: [Int64] = []
            var steps = 0
            while !search.isDone {
                found += try search.next().map(\.crossing)
                steps += 1
                try #require(steps < 20)
            }
            return (found.sorted(), search)
        }
        let juliet = BodyScope.person(labels.person(BodyStore.juliet))
        let (all, search) = try found("DISTINCTIVE", juliet, 0...day)
        #expect(all == [3, 53, 103, 200])
        #expect(search.opened == BodySearch.step + 6 && search.withoutText == 1)
        #expect(try found("distinctive", juliet, day...day).0 == [3, 53, 103])
        #expect(try found("distinctive", .person(labels.person(BodyStore.nurse)), 0...day).0 == [201])
        #expect(
            try found("distinctive", .conversation(labels.conversation(BodyStore.romeo, BodyStore.juliet)), 0...day - 1)
                .0 == [200]
        )
        #expect(try found("pineapple", juliet, 0...day).0 == [])
        let entries = try store.keys.entries(juliet, days: 0...day)
        #expect(try store.reader().countSealedBodies(under: entries) == 3 * (BodySearch.step + 6))
    }
}
