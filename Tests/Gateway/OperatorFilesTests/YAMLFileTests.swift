import MappingTables
import Testing

@testable import OperatorFiles

@Suite("YAMLFile")
struct YAMLFileTests {
    @Test("Scalars stay text", arguments: ["no", "on", "1.10", "0x10", "~", "null", "2026-01-01", "1_000", "="])
    func scalarsStayText(_ text: String) throws {
        let root = try yamlRoot("key: \(text)\n")
        #expect(root["key"]?.text == text)
        guard case .scalar(_, .plain)? = root["key"]?.value else {
            Issue.record("\(text) is not plain")
            return
        }
    }

    @Test("Quotes and blocks are told apart from plain text")
    func quotedStyle() throws {
        let root = try yamlRoot("a: \"x\"\nb: 'x'\nc: |\n  x\nd: >\n  x\n\"e\": x\n")
        for key in ["a", "b", "c", "d"] {
            guard case .scalar(_, .quoted)? = root[key]?.value else {
                Issue.record("\(key) is plain")
                continue
            }
        }
        #expect(root["c"]?.text == "x\n")
        #expect(root["e"]?.text == "x")
    }

    @Test("Order and nesting are kept")
    func orderIsKept() throws {
        let root = try yamlRoot("z: 1\na: [x, {b: y}]\nm:\n  - p\n  -\n    q: r\n")
        #expect(root.pairs?.map(\.key.text) == ["z", "a", "m"])
        #expect(root["a"]?.elements?[1]["b"]?.text == "y")
        #expect(root["m"]?.elements?[1]["q"]?.text == "r")
    }

    @Test("An empty file is an empty mapping", arguments: ["", "\n\n", "# only\n", "---\n", "---\n...\n", "\u{FEFF}"])
    func emptyFile(_ text: String) throws {
        let root = try yamlRoot(text)
        #expect(root.pairs?.isEmpty == true)
        #expect(root.position.line >= 1)
    }

    @Test("Lines and columns count from 1, columns in Unicode scalars")
    func positions() throws {
        let root = try yamlRoot("ключ: {é: x, \"o\u{301}\": y}\n\"👩‍👩‍👧\": z\nlist:\n  - ä\n  - \"ß\"\n")
        let inner = try #require(root["ключ"]?.pairs)
        #expect(root["ключ"]?.position.column == 7)
        #expect(inner[0].key.position.column == 8)
        #expect(inner[0].value.position.column == 11)
        #expect(inner[1].key.position.column == 14)
        // The accent is a scalar of its own, and so are the joiners of an emoji.
        #expect(inner[1].value.position.column == 20)
        #expect(root.pairs?[1].value.position == SourcePosition(file: "a.yaml", line: 2, column: 10))
        #expect(root["list"]?.elements?.map(\.position.line) == [4, 5])
        #expect(root["list"]?.elements?.map(\.position.column) == [5, 5])
    }

    @Test("A byte order mark and CRLF change no position")
    func lineEnds() throws {
        let plain = try yamlRoot("a: 1\nb: [x,\n  y]\n")
        let other = try yamlRoot("\u{FEFF}a: 1\r\nb: [x,\r\n  y]\r\n")
        #expect(other["a"]?.position == plain["a"]?.position)
        #expect(other["b"]?.elements?.map(\.position) == plain["b"]?.elements?.map(\.position))
        #expect(other["b"]?.elements?.map(\.text) == ["x", "y"])
    }

    @Test("A faulty file has no tree")
    func faultyFile() {
        #expect(YAMLFile.read(Array("a: 1\na: 2\n".utf8), name: "a.yaml").root == nil)
    }

    @Test("Repeated keys are found where they stand again, all of them")
    func repeatedKeys() {
        #expect(yamlFaults("a: 1\nb: 2\na: 3\n") == ["3:1 duplicate-key"])
        #expect(
            yamlFaults("a: 1\na: 2\nb: 3\nb: 4\na: 5\n") == [
                "2:1 duplicate-key", "4:1 duplicate-key", "5:1 duplicate-key",
            ]
        )
        #expect(yamlFaults("x: {é: 1, b: 2, é: 3, b: 4}\n") == ["1:17 duplicate-key", "1:23 duplicate-key"])
        #expect(yamlFaults("\"a\": 1\na: 2\n") == ["2:1 duplicate-key"])
        #expect(yamlFaults("x: {\"\": 1, \"\": 2}\n").last == "1:12 yaml-key")
        #expect(
            yamlFaults("l:\n  - {a: 1, a: 2}\n  - {a: 1, a: 2}\nl: 1\n") == [
                "2:12 duplicate-key", "3:12 duplicate-key", "4:1 duplicate-key",
            ]
        )
    }

    @Test("A repeated key does not hide what else is wrong")
    func repeatedKeysAndOthers() {
        #expect(yamlFaults("a: 1\na: !x 2\nb: &c 3\n") == ["2:1 duplicate-key", "2:4 yaml-tag", "3:4 yaml-anchor"])
        #expect(yamlFaults("a: 1\na: 2\n---\nb: 1\n") == ["2:1 duplicate-key", "3:1 yaml-documents"])
    }

    @Test("Equal keys of different mappings are no repetition")
    func equalKeysApart() throws {
        let root = try yamlRoot("a: {x: 1}\nb: {x: 1}\nx: 1\n")
        #expect(root["b"]?["x"]?.text == "1")
    }

    @Test("Anchors, aliases, tags and merge keys are refused where they stand")
    func refusedParts() {
        #expect(yamlFaults("a: &x 1\nb: *x\n") == ["1:4 yaml-anchor", "2:4 yaml-alias"])
        #expect(yamlFaults("a: &x [1]\nb: [*x, *x]\n") == ["1:4 yaml-anchor", "2:5 yaml-alias", "2:9 yaml-alias"])
        #expect(yamlFaults("a: *x\n") == ["1:4 yaml-alias"])
        #expect(yamlFaults("&k a: 1\n") == ["1:1 yaml-anchor"])
        #expect(
            yamlFaults("a: !!str 1\nb: !x {c: 1}\nc: !y\n  - 1\n") == ["1:4 yaml-tag", "2:4 yaml-tag", "3:4 yaml-tag"]
        )
        #expect(yamlFaults("a: ! 'x'\n") == ["1:4 yaml-tag"])
        #expect(yamlFaults("a: &x !y 1\n") == ["1:4 yaml-anchor", "1:7 yaml-tag"])
        #expect(yamlFaults("a: !e!x 1\n") == ["1:4 yaml-tag"])
        #expect(yamlFaults("a: {b: 1}\n<<: {c: 1}\n") == ["2:1 yaml-merge"])
    }

    @Test("The same characters inside text are text")
    func indicatorsInText() throws {
        let root = try yamlRoot("a: R&D *all* !now\nb: \"&x\"\nc: '<<'\nd: |\n  &x *y !z\ne: one\n  *two\n")
        #expect(root["a"]?.text == "R&D *all* !now")
        #expect(root["e"]?.text == "one *two")
    }

    @Test("A file that multiplies by aliases is read once")
    func multipliedAliases() {
        var text = "a0: &a0 [x, x]\n"
        for level in 1...60 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        let faults = yamlFaults(text)
        #expect(faults.filter { $0.hasSuffix("yaml-anchor") }.count == 61)
        #expect(faults.filter { $0.hasSuffix("yaml-alias") }.count == 120)
    }

    @Test("Directives and further documents are refused")
    func documents() {
        #expect(yamlFaults("# x\n%YAML 1.1\n---\na: 1\n") == ["2:1 yaml-directive"])
        #expect(yamlFaults("a: 1\n---\nb: 1\n---\nc: 1\n") == ["2:1 yaml-documents"])
        #expect(yamlFaults("a: 1\n...\n---\nb: 1\n") == ["3:1 yaml-documents"])
    }

    @Test("Keys are text that is there")
    func keys() {
        #expect(yamlFaults("[a]: 1\n") == ["1:1 yaml-key"])
        #expect(yamlFaults("{a: 1}: 1\nb: 1\n") == ["1:1 yaml-key"])
        #expect(yamlFaults("?\n: 1\n") == ["1:2 yaml-key"])
    }

    @Test("Syntax errors are shown where they are")
    func syntax() {
        #expect(yamlFaults("a: 1\n\tb: 2\n") == ["2:1 yaml-syntax"])
        #expect(yamlFaults("a: \"x\nb: 1\n") == ["1:4 yaml-syntax"])
        #expect(yamlFaults("ä: b: c\n") == ["1:5 yaml-syntax"])
        #expect(yamlFaults("a: 1\n b: 2\n") == ["2:3 yaml-syntax"])
        #expect(yamlFaults("a: [x\nb: 1\n").count == 1)
    }

    @Test("A repaired repetition does not move a syntax error")
    func syntaxAfterRepetition() {
        let faults = yamlFaults("x: {a: 1, a: 2}\ny: {a: 1, a: 2}\n---\n- ]\n")
        #expect(faults.contains("1:11 duplicate-key"))
        #expect(faults.contains("2:11 duplicate-key"))
        #expect(faults.contains { $0.hasPrefix("4:3") })
    }

    @Test("What is not UTF-8 is shown by line and column")
    func invalidUTF8() {
        let bytes = Array("a: é".utf8) + [0xFF, 0x20, 0xC0, 0x0A] + Array("b: ".utf8) + [0xE2, 0x82]
        let faults = YAMLFile.read(bytes, name: "a.yaml").diagnostics.map(\.pin)
        #expect(faults == ["1:5 invalid-utf-8", "2:4 invalid-utf-8"])
    }

    @Test(
        "Characters that editors do not count alike are refused",
        arguments: ["\u{0}", "\u{1B}", "\u{7F}", "\u{85}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}"]
    )
    func controlCharacters(_ character: String) {
        #expect(yamlFaults("a: 1\nb: x\(character)y\n") == ["2:5 control-character"])
    }

    @Test("A carriage return stands before a line feed only")
    func loneReturn() {
        #expect(yamlFaults("a: 1\rb: 2\n") == ["1:5 control-character"])
        #expect(yamlFaults("a: 1\r") == ["1:5 control-character"])
    }

    @Test("Bounds hold at their edge")
    func bounds() {
        var limits = YAMLLimits()
        limits.bytes = 6
        #expect(YAMLFile.read(Array("a: 12\n".utf8), name: "a", limits: limits).root != nil)
        #expect(
            YAMLFile.read(Array("a: 123\n".utf8), name: "a", limits: limits).diagnostics.map(\.pin) == [
                "1:1 file-too-large"
            ]
        )
        limits = YAMLLimits()
        limits.nodes = 5
        #expect(YAMLFile.read(Array("a: [1, 2]\n".utf8), name: "a", limits: limits).root != nil)
        #expect(
            YAMLFile.read(Array("a: [1, 2, 3]\n".utf8), name: "a", limits: limits).diagnostics.map(\.pin) == [
                "1:11 too-many-nodes"
            ]
        )
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(yamlFaults("a: " + nested(15)) == [])
        #expect(yamlFaults("a: " + nested(16)) == ["1:19 too-deep"])
        #expect(yamlFaults("a: " + nested(5_000)).map { $0.hasSuffix(" too-deep") } == [true])
        #expect(YAMLLimits().bytes == 4_194_304)
        #expect(YAMLLimits().nodes == 400_000)
    }

    @Test("Ten thousand rows are read from one file")
    func largeFiles() throws {
        let ends = "xmpp: {element: e, namespace: \"urn:example:x\"}, cpim: {header: H, namespace: \"urn:example:x\"}"
        let text = "rows:\n" + String(repeating: "  - {id: row, \(ends)}\n", count: 10_000)
        #expect(try yamlRoot(text)["rows"]?.elements?.count == 10_000)
    }

    @Test("Of very many repetitions the first are shown")
    func manyRepetitions() {
        let faults = yamlFaults(String(repeating: "a: 1\n", count: 200))
        #expect(faults == (1...17).map { "\($0):1 duplicate-key" })
        // Spellings that look the same are the same.
        #expect(yamlFaults("\u{E9}: 1\ne\u{301}: 2\n") == ["2:1 duplicate-key"])
    }

    @Test("Every prefix of a file ends in a tree or in findings")
    func prefixes() {
        let text = Array(
            "a: &x !y {\"é\": [1, 'b'], c: *x}\n? d\n: |\n  text\n\"e\\u0041\": 1\n\"e\\u0041\": 2\n%\n---\n".utf8
        )
        for length in 0...text.count {
            let (root, diagnostics) = YAMLFile.read(Array(text.prefix(length)), name: "a")
            #expect((root == nil) == diagnostics.contains { $0.severity == .error })
        }
    }

    @Test("Files damaged anywhere end in a tree or in findings that stand in the file")
    func damagedFiles() {
        let whole = Array(
            "a: &x !y {\"é\": [1, 'b'], c: *x}\n? d\n: |\n  text\nä: [{b: 1, b: 2}]\nä: >-\n  x\n# e\n---\n".utf8
        )
        let parts: [[UInt8]] = ["\n", " ", "- ", ": ", "? ", "[", "]", "{", "}", "\"", "'", "&x ", "*x", "!", "|", "%"]
            .map { Array($0.utf8) }
        var state: UInt64 = 1
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<3_000 {
            var bytes = whole
            for _ in 0...random(4) {
                let place = random(bytes.count)
                bytes.replaceSubrange(place..<min(place + random(3), bytes.count), with: parts[random(parts.count)])
            }
            let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
            let (root, diagnostics) = YAMLFile.read(bytes, name: "a")
            #expect((root == nil) == !diagnostics.isEmpty)
            for position in diagnostics.map(\.position) {
                #expect((1...lines.count).contains(position.line))
                #expect((1...lines[position.line - 1].count + 1).contains(position.column))
            }
        }
    }
}
