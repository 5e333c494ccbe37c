import Foundation
import Testing

/// The tutorials of the documentation: each command is run, and prints what the page shows.
@Suite("Tutorials")
struct TutorialTests {
    private static let folder = "Sources/Gateway/GatewayDaemon/Documentation.docc"

    @Test("The commands of a tutorial print what it shows", arguments: ["FirstMapping"])
    func commands(page: String) throws {
        let steps = try Self.steps(try Self.text(of: page))
        #expect(steps.count > 5)
        try compare(steps)
    }

    @Test("The sessions that an article shows are those that one sees", arguments: [("Mappings", 3)])
    func sessions(page: String, count: Int) throws {
        let steps = Self.sessions(try Self.text(of: page))
        #expect(steps.count == count)
        try compare(steps)
    }

    /// Runs the commands of a page one after the other, and compares what they print.
    private func compare(_ steps: [Step]) throws {
        let scratch = try Scratch()
        // The page begins at the top of a checkout.
        try FileManager.default.createSymbolicLink(
            at: scratch.url.appending(path: "Mappings"),
            withDestinationURL: Program.root.appending(path: "Mappings").resolvingSymlinksInPath()
        )
        let outputs = try Self.run(steps.map(\.commands), in: scratch.url)
        #expect(outputs.count == steps.count)
        for (step, output) in zip(steps, outputs) {
            #expect(
                Self.fits(output, step.shown),
                "\(step.commands)\nprinted\n\(output)\nand the page shows\n\(step.shown)"
            )
        }
    }

    @Test("What is shown with gaps is compared line by line")
    func gaps() {
        #expect(Self.fits("a\nb 12 c\nd\n", "a\nb … c\nd"))
        #expect(Self.fits("a\nx\ny\nd\n", "a\n…\nd"))
        #expect(Self.fits("a\nd\n", "a\n…\nd"))
        #expect(Self.fits("x\nd\n", "…\nd"))
        #expect(!Self.fits("a\nd\n", "a"))
        #expect(!Self.fits("a\nb\n", "a\nb … c"))
        #expect(!Self.fits("a\nb\nc\n", "a\n…\nb"))
        #expect(!Self.fits("a.c\n", "abc") && !Self.fits("abc\n", "a.c"))
    }

    /// Commands of a page, and what it shows as their output.
    private struct Step {
        var commands: String
        var shown: String
    }

    /// A page on which something is shown that nothing prints, or a command whose output is not shown.
    private struct Unpaired: Error {
        let text: String
    }

    private static func text(of page: String) throws -> String {
        try String(contentsOf: Program.root.appending(path: "\(folder)/\(page).md"), encoding: .utf8)
    }

    /// The sessions of a page: behind each `$` a command, and below it what it prints.
    private static func sessions(_ page: String) -> [Step] {
        page.components(separatedBy: "```console\n$ ").dropFirst()
            .compactMap { $0.components(separatedBy: "\n```").first }
            .flatMap { $0.components(separatedBy: "\n$ ") }
            .map { text in
                let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
                let shown = lines.dropFirst().joined()
                // An empty line stands before the next command.
                let end = shown.hasSuffix("\n") ? shown.index(before: shown.endIndex) : shown.endIndex
                return Step(commands: String(lines[0]), shown: String(shown[..<end]))
            }
    }

    private static func steps(_ page: String) throws -> [Step] {
        var steps: [Step] = []
        var commands: String?
        var fence: String?
        var lines: [Substring] = []
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            guard let kind = fence else {
                if line.hasPrefix("```") {
                    fence = String(line.dropFirst(3))
                    lines = []
                }
                continue
            }
            guard line == "```" else {
                lines.append(line)
                continue
            }
            fence = nil
            let text = lines.joined(separator: "\n")
            switch (kind, commands) {
            case ("sh", nil): commands = text
            case ("text", let given?):
                steps.append(Step(commands: given, shown: text))
                commands = nil
            default: throw Unpaired(text: text)
            }
        }
        if let commands { throw Unpaired(text: commands) }
        return steps
    }

    /// Runs all commands in one shell.
    private static func run(_ commands: [String], in folder: URL) throws -> [String] {
        let mark = "==== \(UUID().uuidString)"
        let script = commands.map { "\($0)\necho '\(mark)'\n" }.joined()
        let programs = folder.appending(path: "programs")
        try FileManager.default.createDirectory(at: programs, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            at: programs.appending(path: "isthmus"),
            withDestinationURL: Program.executable
        )
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", "exec 2>&1\n" + script]
        process.currentDirectoryURL = folder
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        process.environment = ["PATH": programs.path() + ":" + path, "LC_ALL": "C.UTF-8"]
        let file = folder.appending(path: "output")
        try Data().write(to: file)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: file)
        try process.run()
        process.waitUntilExit()
        let output = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        return output.components(separatedBy: mark + "\n").dropLast().map { $0 }
    }

    /// Whether lines are those that a page shows, where `…` stands for any text, and a line of it for any lines.
    private static func fits(_ output: String, _ shown: String) -> Bool {
        let pattern = shown.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            if line == "…" { return "(?:[^\\n]*\\n)*" }
            let parts = line.components(separatedBy: "…").map { NSRegularExpression.escapedPattern(for: $0) }
            return parts.joined(separator: "[^\\n]+") + "\\n"
        }.joined()
        // Items of the wire have other line ends than a page.
        return output.replacing("\r\n", with: "\n").range(of: "\\A\(pattern)\\z", options: .regularExpression) != nil
    }
}
