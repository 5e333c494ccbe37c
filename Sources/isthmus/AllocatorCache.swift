import Glibc

/// The blocks that the C library's allocator keeps for the thread that freed them.
///
/// It keeps seven of a size, and merges and splits what comes beyond. A gateway has dozens of messages open at a time,
/// and what belonged to them is freed together, so most of what it frees and takes comes beyond.
enum AllocatorCache {
    /// Has more blocks kept, by starting the program once more: the library reads this setting when a program starts
    /// and at no other time.
    ///
    /// Nothing happens where an operator has set it. A program that has privileges of its own, for which the library
    /// ignores the setting, or that cannot be started again, runs as it is.
    static func enlarge() {
        let given = unsafe getenv(variable).map { unsafe String(cString: $0) } ?? ""
        guard !given.contains(setting), unsafe getenv(mark) == nil, let program = program() else { return }
        unsafe setenv(variable, (given.isEmpty ? "" : given + ":") + "\(setting)=\(blocks)", 1)
        unsafe setenv(mark, "1", 1)
        // The arguments are those that the program was started with; only a failure returns.
        _ = unsafe execv(program, CommandLine.unsafeArgv)
    }

    /// Says that the program was started once more: the library takes its own variable away from a program that has
    /// privileges, which would start itself for ever.
    private static let mark = "ISTHMUS_STARTED_AGAIN"
    private static let variable = "GLIBC_TUNABLES"
    private static let setting = "glibc.malloc.tcache_count"
    /// How many blocks of a size.
    private static let blocks = 16

    /// Where the program lies; started by another name it would be shown by that.
    private static func program() -> String? {
        guard let path = unsafe realpath("/proc/self/exe", nil) else { return nil }
        // The library made the text and leaves it to its caller.
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }
}
