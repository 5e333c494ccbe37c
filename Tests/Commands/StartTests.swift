import Testing

/// How the program starts.
@Suite("Start")
struct StartTests {
    /// Which processes begin to run the program while a command ends with a fault; the dynamic linker tells.
    private func starts(_ environment: String, _ command: [String]) throws -> [Substring] {
        let run = try Program.shell("\(environment) LD_DEBUG=files \"$@\"", command)
        return run.errors.split(separator: "\n").compactMap { line in
            guard line.contains("initialize program: ") else { return nil }
            return line.split(separator: ":").first
        }
    }

    @Test("A gateway starts itself once more, as the same process, unless the allocator is set by its operator")
    func again() throws {
        let serve = ["serve", "--config", "nope.yaml"]
        let plain = try starts("", serve)
        #expect(plain.count == 2 && plain.first == plain.last)
        #expect(try starts("GLIBC_TUNABLES=glibc.malloc.perturb=1", serve).count == 2)
        #expect(try starts("GLIBC_TUNABLES=glibc.malloc.tcache_count=9", serve).count == 1)
        // As where the library takes the setting away.
        #expect(try starts("ISTHMUS_STARTED_AGAIN=1", serve).count == 1)
        #expect(try starts("", ["check", "--config", "nope.yaml"]).count == 1)
    }

    @Test("What it says and how it ends stays the same")
    func end() throws {
        let run = try Program.run(["serve", "--config", "nope.yaml"])
        #expect(run.code == 3 && run.errors.hasPrefix("nope.yaml:1:1: error: this cannot be read: "))
    }
}
