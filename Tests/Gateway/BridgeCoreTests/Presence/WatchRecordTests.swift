import BridgeCore
import Testing

@Suite("WatchRecord")
struct WatchRecordTests {
    private let record = WatchRecord(
        key: Transcript.out,
        state: 1,
        request: "s1",
        parts: [
            PresencePart(name: "orchard pc", isOpen: true, content: [0, 1, 2], seen: 1_700_000_000_123),
            PresencePart(name: "", isOpen: false, content: [], seen: -1),
        ]
    )

    @Test("what is written is read back")
    func identity() {
        #expect(WatchRecord(key: record.key, state: 1, bytes: record.bytes) == record)
        let bare = WatchRecord(key: record.key, state: 0, request: nil, parts: [])
        #expect(WatchRecord(key: bare.key, state: 0, bytes: bare.bytes) == bare)
    }

    @Test("a record that is cut is none")
    func cutRecords() {
        let whole = record.bytes
        let ends = (0..<whole.count).filter {
            WatchRecord(key: record.key, state: 1, bytes: Array(whole[..<$0])) != nil
        }
        // A record may end behind the request and behind each part.
        #expect(ends == [1 + 4 + 2, 1 + 4 + 2 + 1 + 4 + 10 + 4 + 3 + 8])
    }

    @Test("a record of another version is none")
    func otherVersion() {
        #expect(WatchRecord(key: record.key, state: 1, bytes: [3] + record.bytes.dropFirst()) == nil)
    }

    @Test("a state that will not change is told from what was written before there were such, by the version")
    func finalState() {
        var final = record
        final.isFinal = true
        #expect(WatchRecord(key: record.key, state: 1, bytes: final.bytes) == final)
        #expect(final.bytes == [2] + record.bytes.dropFirst() && record.bytes.first == 1)
        #expect(WatchRecord(key: record.key, state: 1, bytes: record.bytes)?.isFinal == false)
    }
}
