import Digests
import Testing

@Suite("RandomBytes")
struct RandomTests {
    @Test("As many bytes as asked for, never the same twice")
    func countsAndDiffers() {
        for count in [0, 1, 16, 5000] {
            #expect(RandomBytes.generate(count).count == count)
        }
        #expect(RandomBytes.generate(32) != RandomBytes.generate(32))
    }

    @Test("A source does not repeat itself across its blocks")
    func sourceDoesNotRepeat() {
        var source = RandomSource()
        var seen: Set<[UInt8]> = []
        for _ in 0..<1000 {
            seen.insert(source.bytes(16))
        }
        #expect(seen.count == 1000)
        #expect(source.bytes(0).isEmpty)
    }

    @Test("RFC 4648 §6: five bits a character, rounded up", arguments: [(128, 26), (64, 13), (5, 1), (6, 2), (0, 0)])
    func tokenLength(bits: Int, characters: Int) {
        #expect(RandomToken.text(bits: bits).utf8.count == characters)
    }

    @Test("RFC 3261 §25.1: a token holds only letters and digits that survive case folding")
    func tokenAlphabet() {
        var used: Set<UInt8> = []
        for _ in 0..<500 {
            used.formUnion(RandomToken.text(bits: 128).utf8)
        }
        #expect(used == Set("abcdefghijklmnopqrstuvwxyz234567".utf8))
    }

    @Test("Tokens differ, also when threads share the source")
    func tokensDiffer() async {
        let tokens = await withTaskGroup(of: [String].self) { group in
            for _ in 0..<4 {
                group.addTask { (0..<500).map { _ in RandomToken.text(bits: 128) } }
            }
            return await group.reduce(into: Set<String>()) { $0.formUnion($1) }
        }
        #expect(tokens.count == 2000)
    }

    @Test("A token is appended behind what the buffer holds")
    func tokenIsAppended() {
        var buffer = Array("z9hG4bK".utf8)
        var source = RandomSource()
        RandomToken.append(bits: 128, to: &buffer, from: &source)
        RandomToken.append(bits: 5, to: &buffer)
        #expect(buffer.count == 7 + 26 + 1)
        #expect(buffer.starts(with: Array("z9hG4bK".utf8)))
    }
}
