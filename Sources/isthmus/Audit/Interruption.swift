import Glibc
import Synchronization

/// Notes that the program is told to end, so that it can first take away what it has made; as long as the value lives.
final class Interruption {
    /// The last signal that came; 0 for none.
    private static let last = Atomic<Int32>(0)
    private static let signals = [SIGINT, SIGTERM]

    init() {
        // The handler is not to be the first who touches it.
        Self.last.store(0, ordering: .relaxed)
        // The handler does nothing but store a number.
        for number in Self.signals { _ = Glibc.signal(number) { Interruption.last.store($0, ordering: .relaxed) } }
    }

    deinit {
        for number in Self.signals { _ = Glibc.signal(number, SIG_DFL) }
    }

    /// The signal that came; nil for none.
    var signal: Int32? {
        let number = Self.last.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }
}
