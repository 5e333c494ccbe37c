import Interworking
import Testing

@Suite("Recent")
struct RecentTests {
    @Test("At most so many are kept, and the last half of them always", arguments: [2, 4, 10])
    func bound(capacity: Int) {
        var recent = Recent<Int, Int>(capacity: capacity)
        for number in 1...100 {
            recent[number] = -number
            let kept = (1...number).filter { recent[$0] == -$0 }
            #expect(kept.count <= capacity)
            #expect(kept.count >= min(number, capacity / 2))
            #expect(kept == Array((number - kept.count + 1)...number))
        }
    }

    @Test("An entry is replaced where it lies, and removed from either half")
    func entries() {
        var recent = Recent<String, Int>(capacity: 4)
        let isEmpty = recent.isEmpty
        #expect(isEmpty)
        for key in ["a", "b", "c"] { recent[key] = 1 }
        recent["c"] = 2
        recent["a"] = 3
        #expect(["a", "b", "c"].map { recent[$0] } == [3, 1, 2])
        for key in ["a", "b", "c"] { recent[key] = nil }
        #expect(["a", "b", "c"].allSatisfy { recent[$0] == nil })
        #expect(recent.isEmpty)
    }
}
