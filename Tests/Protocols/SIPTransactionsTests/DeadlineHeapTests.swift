import Testing

@testable import SIPTransactions

@Suite("DeadlineHeap")
struct DeadlineHeapTests {
    @Test("it agrees with a sorted list over many random changes")
    func matchesModel() {
        var heap = DeadlineHeap()
        var model: [Int: UInt64] = [:]
        var state: UInt64 = 17
        func random(_ limit: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % limit
        }
        for _ in 0..<20_000 {
            let id = Int(random(200))
            let deadline: UInt64? = random(3) == 0 ? nil : random(1_000)
            heap.set(id, to: deadline)
            model[id] = deadline
            #expect(heap.count == model.count)
            #expect(heap.first?.deadline == model.values.min())
            if let first = heap.first { #expect(model[first.id] == first.deadline) }
        }
    }

    @Test("numbers that were given up are given out again")
    func slots() {
        var slots = Slots<String>()
        let first = slots.insert("a")
        _ = slots.insert("b")
        slots.remove(first)
        slots.remove(first)
        #expect(slots.count == 1)
        #expect(slots[first] == nil)
        #expect(slots.insert("c") == first)
        #expect(slots[99] == nil)
    }
}
