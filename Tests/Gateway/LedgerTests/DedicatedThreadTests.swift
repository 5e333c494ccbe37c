import Glibc
import Synchronization
import Testing

@testable import Ledger

/// The threads of the store.
@Suite("Threads of the store")
struct DedicatedThreadTests {
    /// The nice value of the calling thread.
    private static var priority: Int32 { nice(0) }

    @Test("A thread stands back as far as it was told, and no other does", arguments: [0, 5] as [Int32])
    func niceness(_ wanted: Int32) throws {
        let before = Self.priority
        let seen = Mutex<Int32?>(nil)
        let thread = try DedicatedThread("test", niceness: wanted) {
            seen.withLock { $0 = Self.priority }
        }
        thread.join()
        #expect(seen.withLock { $0 } == before + wanted)
        #expect(Self.priority == before)
    }
}
