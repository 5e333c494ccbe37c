import Ledger
import Testing

@Suite("CSV")
struct CSVTests {
    @Test("RFC 4180 section 2: fields that need quotation marks come back as they went in")
    func roundTrip() throws {
        let records = [
            ["plain", "with, comma", "with \"mark\"", "two\nlines", "two\r\nlines", " outer ", "", "ü"], [""],
            ["a", ""],
            ["", ""], ["\""],
        ]
        var bytes: [UInt8] = []
        for fields in records {
            CSV.append(fields, to: &bytes)
        }
        #expect(try CSV.read(bytes).map(\.fields) == records)
    }

    @Test("Both line ends, a missing last one, a byte order mark and empty lines are read; lines are counted")
    func lineEnds() throws {
        let records = try CSV.read(Array("\u{FEFF}a,b\r\n\n\"x\ny\",2\nlast,3".utf8))
        #expect(
            records == [
                CSV.Record(line: 1, fields: ["a", "b"]), CSV.Record(line: 3, fields: ["x\ny", "2"]),
                CSV.Record(line: 5, fields: ["last", "3"]),
            ]
        )
        #expect(try CSV.read([]).isEmpty)
    }

    @Test(
        "Faults are named by line",
        arguments: [
            ("a\n\"open", 2), ("a\n\n\"b\"c", 3), ("a\nb\"c", 2), ("\"a\"\"", 1), ("a\rb", 1), ("a,\"\"\"", 1),
        ]
    )
    func faults(text: String, line: Int) {
        do {
            let records = try CSV.read(Array(text.utf8))
            Issue.record("read as \(records)")
        } catch {
            #expect(error.line == line)
        }
    }

    @Test("Bytes that are not UTF-8 are refused")
    func notUTF8() {
        #expect(throws: CSV.Problem.self) { try CSV.read([0x61, 0x0A, 0xFF]) }
        #expect(throws: CSV.Problem.self) { try CSV.read([0x22, 0xC3, 0x22]) }
    }

    @Test("Every prefix of a file is read or refused")
    func prefixes() {
        let bytes = Array("jid,uri\r\n\"a\"\"b\",\"c\nd\"\r\n,\r\n".utf8)
        for count in 0...bytes.count {
            _ = try? CSV.read(Array(bytes[..<count]))
        }
    }
}

@Suite("AddressFile")
struct AddressFileTests {
    @Test("The heading must name the columns, each once")
    func headings() {
        #expect(AddressFile.read([]).problems.map(\.line) == [1])
        #expect(AddressFile.read(Array("jid\n".utf8)).problems.count == 1)
        #expect(AddressFile.read(Array("jid,uri,jid,colour\n".utf8)).problems.count == 2)
        #expect(AddressFile.read(Array("uri,jid\n".utf8)).problems.isEmpty)
    }

    @Test("RFC 3339 §5.6: times are read, and wrong ones named")
    func times() {
        let file = "jid,uri,first-seen,last-used\na,b,2026-05-04T09:08:07Z,\nc,d,yesterday,\n"
        let result = AddressFile.read(Array(file.utf8))
        #expect(result.entries.map(\.firstSeen) == [1_777_885_687_000])
        #expect(result.entries.map(\.lastUsed) == [nil])
        #expect(result.problems.map(\.line) == [3])
    }
}
