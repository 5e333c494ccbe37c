import CMalloc

/// Memory that was used for a while and lies free inside the allocator's heaps.
enum FreeMemory {
    /// Gives it back to the system; other threads wait for a moment when they allocate.
    ///
    /// Reading, proving and testing the tables takes far more than the tables themselves, and happens once.
    static func giveBack() { isthmus_give_back_free_memory() }
}
