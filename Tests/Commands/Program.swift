import Foundation

/// The built program, run like a person runs it.
enum Program {
    /// What a run left behind.
    struct Run {
        let code: Int32
        let output: String
        let errors: String

        /// The output as JSON; a failure when it is none.
        func json() throws -> Any {
            try JSONSerialization.jsonObject(with: Data(output.utf8), options: [.fragmentsAllowed])
        }

        /// The output as a JSON array of objects.
        func objects() throws -> [[String: Any]] {
            guard let objects = try json() as? [[String: Any]] else { throw Missing("an array of objects") }
            return objects
        }

        /// The output as one JSON object.
        func object() throws -> [String: Any] {
            guard let object = try json() as? [String: Any] else { throw Missing("an object") }
            return object
        }
    }

    /// Something that a run should have printed.
    struct Missing: Error, CustomStringConvertible {
        let description: String
        init(_ what: String) { description = "the output is not \(what)" }
    }

    /// The root of the checkout.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The program lies beside the test runner.
    static let executable: URL = {
        let runner = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        return runner.deletingLastPathComponent().appending(path: "isthmus")
    }()

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - arguments: the words behind its name.
    ///   - input: what stands on standard input.
    ///   - directory: where it runs.
    static func run(_ arguments: [String], input: String = "", in directory: URL = root) throws -> Run {
        let scratch = try Scratch()
        let files = ["in", "out", "err"].map { scratch.url.appending(path: $0) }
        try Data(input.utf8).write(to: files[0])
        for file in files.dropFirst() { try Data().write(to: file) }
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        try process.run()
        process.waitUntilExit()
        return Run(
            code: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
            output: String(decoding: try Data(contentsOf: files[1]), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: files[2]), as: UTF8.self)
        )
    }
}

extension Program {
    /// Runs the program by a shell, which may have its own ideas of standard output and of limits.
    ///
    /// - Parameters:
    ///   - script: what the shell does; `"$@"` is the program with its arguments.
    ///   - arguments: the words behind its name.
    ///   - directory: where it runs.
    /// - Returns: how it ended, and what it said on standard error.
    static func shell(
        _ script: String,
        _ arguments: [String],
        in directory: URL = root
    ) throws -> (code: Int32, errors: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script, "sh", executable.path] + arguments
        process.currentDirectoryURL = directory
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let text = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }
}

/// A directory of one test, removed with it.
final class Scratch {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "isthmus-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    /// Writes a file of the directory, with the folders on its way.
    func write(_ text: String, to name: String) throws {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }
}
