import Dispatch
import Glibc
import Synchronization

/// A disk in memory that forgets, tears or refuses what it was not made to keep.
///
/// Written bytes are seen by every reader at once but survive a power failure for certain only after a sync of their
/// file. A power failure keeps, drops or tears each write since the last sync, as the seed says.
final class FaultDisk: Sendable {
    /// What the disk refuses.
    enum Fault: Sendable {
        case none
        /// Writes to the log find the disk full.
        case full
        /// Writes to the log fail.
        case write
        /// Syncs of the log fail; what was written stays in the system's memory.
        case sync
    }

    enum Change {
        case write(offset: Int, bytes: [UInt8])
        case truncate(size: Int)
    }

    struct File {
        var durable: [UInt8] = []
        var current: [UInt8] = []
        var unsynced: [Change] = []
    }

    struct State {
        var files: [String: File] = [:]
        var random: SplitMix
        var steps = 0
        var lastStep: Int?
        var hasPower = true
        var fault = Fault.none
        var faultsLeft = 0
        var logSyncs = 0
        var blocksLogSyncs = false
        var locks = LockTable()
        var sharedMemory: [String: [SharedRegion]] = [:]
    }

    /// Memory that the connections of one process share; it lives as long as the disk.
    @safe struct SharedRegion: @unchecked Sendable {
        let start: UnsafeMutableRawPointer
    }

    let state: Mutex<State>
    private let gate = DispatchSemaphore(value: 0)
    private let arrived = DispatchSemaphore(value: 0)

    init(seed: UInt64) {
        state = Mutex(State(random: SplitMix(seed: seed)))
    }

    deinit {
        state.withLock { state in
            for region in state.sharedMemory.values.joined() {
                unsafe free(region.start)
            }
        }
    }

    /// Cuts the power at the given write, sync or truncation, counted from the present one.
    func cutPower(afterSteps steps: Int) {
        state.withLock { $0.lastStep = $0.steps + steps }
    }

    /// Cuts the power at once.
    ///
    /// - Parameter keepingUnsynced: whether the system happened to write everything in time.
    func cutPower(keepingUnsynced: Bool) {
        state.withLock { state in
            for name in state.files.keys {
                guard var file = state.files[name] else { continue }
                if keepingUnsynced { file.durable = file.current }
                state.files[name] = file
            }
            state.hasPower = false
        }
    }

    /// Makes the disk refuse the next operations of one kind.
    func refuse(_ fault: Fault, times: Int) {
        state.withLock {
            $0.fault = fault
            $0.faultsLeft = times
        }
    }

    /// Starts over with what survived; every connection from before must have been closed.
    func restorePower() {
        state.withLock { state in
            for (name, file) in state.files {
                state.files[name] = File(durable: file.durable, current: file.durable)
            }
            for region in state.sharedMemory.values.joined() {
                unsafe free(region.start)
            }
            state.sharedMemory = [:]
            state.locks = LockTable()
            state.hasPower = true
            state.lastStep = nil
        }
    }

    var hasPower: Bool { state.withLock { $0.hasPower } }
    var steps: Int { state.withLock { $0.steps } }
    var logSyncs: Int { state.withLock { $0.logSyncs } }

    /// Lets the next syncs of the log wait until ``releaseLogSyncs()``.
    func blockLogSyncs() {
        state.withLock { $0.blocksLogSyncs = true }
    }

    /// Waits until a sync of the log is waiting.
    func waitForBlockedSync() {
        arrived.wait()
    }

    func releaseLogSyncs() {
        state.withLock { $0.blocksLogSyncs = false }
        gate.signal()
    }

    // What the file layer calls. Each answers false when there is no power, and the failure to report otherwise.

    enum Refusal {
        case power
        case full
        case failed
    }

    func write(_ name: String, offset: Int, bytes: [UInt8]) -> Refusal? {
        state.withLock { state in
            if let refusal = step(&state) { return refusal }
            if name.hasSuffix("-wal"), state.faultsLeft > 0 {
                if case .full = state.fault { return refused(&state, .full) }
                if case .write = state.fault { return refused(&state, .failed) }
            }
            state.files[name, default: File()].apply(.write(offset: offset, bytes: bytes))
            return nil
        }
    }

    func truncate(_ name: String, size: Int) -> Refusal? {
        state.withLock { state in
            if let refusal = step(&state) { return refusal }
            state.files[name, default: File()].apply(.truncate(size: size))
            return nil
        }
    }

    func sync(_ name: String) -> Refusal? {
        let waits = state.withLock { $0.blocksLogSyncs && name.hasSuffix("-wal") }
        if waits {
            arrived.signal()
            gate.wait()
        }
        return state.withLock { state in
            if let refusal = step(&state) { return refusal }
            if name.hasSuffix("-wal") {
                if state.faultsLeft > 0, case .sync = state.fault { return refused(&state, .failed) }
                state.logSyncs += 1
            }
            guard var file = state.files[name] else { return nil }
            file.durable = file.current
            file.unsynced = []
            state.files[name] = file
            return nil
        }
    }

    func delete(_ name: String) -> Refusal? {
        state.withLock { state in
            if let refusal = step(&state) { return refusal }
            state.files[name] = nil
            return nil
        }
    }

    /// Fills the buffer from the file; the rest of it with zeros.
    ///
    /// - Returns: how many bytes there were.
    func read(_ name: String, offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        state.withLock { state in
            let bytes = state.files[name]?.current ?? []
            let count = max(0, min(buffer.count, bytes.count - offset))
            unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0)
            if count > 0 { unsafe buffer.copyBytes(from: bytes[offset..<offset + count]) }
            return count
        }
    }

    private func refused(_ state: inout State, _ refusal: Refusal) -> Refusal {
        state.faultsLeft -= 1
        return refusal
    }

    private func step(_ state: inout State) -> Refusal? {
        guard state.hasPower else { return .power }
        state.steps += 1
        guard let last = state.lastStep, state.steps >= last else { return nil }
        let mood = state.random.next() % 6
        for name in state.files.keys.sorted() {
            state.files[name]?.fail(mood: mood, &state.random)
        }
        state.hasPower = false
        return .power
    }
}

extension FaultDisk.File {
    mutating func apply(_ change: FaultDisk.Change) {
        change.apply(to: &current)
        unsynced.append(change)
    }

    /// Decides what is left of the writes since the last sync.
    mutating func fail(mood: UInt64, _ random: inout SplitMix) {
        for change in unsynced {
            let fate = mood == 0 ? 0 : mood == 1 ? 1 : random.next() % 3
            if fate == 0 { continue }
            guard fate == 2, case .write(let offset, let bytes) = change else {
                change.apply(to: &durable)
                continue
            }
            // Torn: sectors of 512 bytes reach the disk one by one or not at all.
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + 512 - (offset + start) % 512)
                if random.next() % 2 == 0 {
                    FaultDisk.Change.write(offset: offset + start, bytes: Array(bytes[start..<end])).apply(to: &durable)
                }
                start = end
            }
        }
        unsynced = []
    }
}

extension FaultDisk.Change {
    func apply(to bytes: inout [UInt8]) {
        switch self {
        case .truncate(let size):
            if bytes.count > size { bytes.removeLast(bytes.count - size) }
        case .write(let offset, let written):
            if bytes.count < offset + written.count {
                bytes.append(contentsOf: repeatElement(0, count: offset + written.count - bytes.count))
            }
            bytes.replaceSubrange(offset..<offset + written.count, with: written)
        }
    }
}

/// A small generator whose numbers depend on the seed alone.
struct SplitMix: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
