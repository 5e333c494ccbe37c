import ArgumentParser
import FoundationEssentials
import GatewayDaemon
import Glibc

/// How a command speaks: lines or JSON on standard output, faults on standard error.
///
/// Much of what commands print was chosen by strangers. Everything but JSON and bytes passes `VisibleText` here, so
/// that no text adds a line to a list or acts on the terminal.
enum Output {
    /// One line, whatever is in the text.
    static func line(_ text: String) {
        write(VisibleText.line(text) + "\n", to: STDOUT_FILENO)
    }

    /// One line for standard error, whatever is in the text.
    static func error(_ text: String) {
        write(VisibleText.line(text) + "\n", to: STDERR_FILENO)
    }

    /// Text of the program's own with its line ends.
    static func text(_ text: String) {
        write(VisibleText.lines(text), to: STDOUT_FILENO)
    }

    /// Text of the program's own with its line ends, for standard error.
    static func errorText(_ text: String) {
        write(VisibleText.lines(text), to: STDERR_FILENO)
    }

    /// The line on a terminal that says how far a run is, in place of what stands there; nil clears it.
    static func progress(_ text: String?) {
        write("\r\u{1B}[K" + VisibleText.line(text ?? ""), to: STDERR_FILENO)
    }

    /// A text of several lines that others wrote, under a name; each of its lines is set in, so that none passes for
    /// one of the program.
    static func block(_ name: String, _ text: String) {
        line("")
        line(name + ":")
        for part in VisibleText.lines(text).split(separator: "\n", omittingEmptySubsequences: false) {
            line(part.isEmpty ? "" : "  " + part)
        }
    }

    /// Bytes as they are, for translated items.
    static func bytes(_ bytes: [UInt8]) {
        write(bytes, to: STDOUT_FILENO)
    }

    static func json(_ value: some Encodable) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { return }
        write(Array(data) + [0x0A], to: STDOUT_FILENO)
    }

    /// One line of JSON for standard error.
    static func jsonError(_ value: some Encodable) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { return }
        write(Array(data) + [0x0A], to: STDERR_FILENO)
    }

    /// Rows under their column names, as wide as their longest value.
    static func table(_ columns: [String], _ rows: [[String]]) {
        let rows = rows.map { $0.map(VisibleText.line) }
        let widths = columns.indices.map { index in
            ([columns[index]] + rows.map { $0[index] }).map(\.unicodeScalars.count).max() ?? 0
        }
        for row in [columns] + rows {
            var line = ""
            for (index, value) in row.enumerated() {
                let padding = index == row.count - 1 ? 0 : widths[index] - value.unicodeScalars.count + 2
                line += value + String(repeating: " ", count: max(padding, 0))
            }
            self.line(line)
        }
    }

    private static func write(_ text: String, to file: Int32) {
        write(Array(text.utf8), to: file)
    }

    private static func write(_ bytes: [UInt8], to file: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // The buffer lives as long as the call.
            let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
            if written >= 0 { rest = rest.dropFirst(written) } else if errno != EINTR { return fail(errno, file) }
        }
    }

    /// Ends the program when standard output cannot be written: a list that was cut short must not pass for a whole one.
    private static func fail(_ number: Int32, _ file: Int32) {
        // A reader that has seen enough, such as head, is no fault; of standard error nobody can be told.
        guard file == STDOUT_FILENO, number != EPIPE else { return }
        // The text is copied at once.
        let stop = Stop.unreachable("standard output cannot be written: \(unsafe String(cString: strerror(number)))")
        stop.print()
        Glibc.exit(stop.code)
    }

    /// Takes the numbers of standard files that are closed, so that no file that is opened later gets what is printed.
    static func holdStandardFiles() {
        for file in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(file, F_GETFD) < 0 {
            // Opened the wrong way round: to read or write it fails like the closed one. The path is read during the call
            // only.
            _ = unsafe open("/dev/null", file == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}

/// The option that every command has.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Print the result as JSON, and an error as a line of JSON on standard error.")
    var json = false
}

/// The option of commands that work on one gateway.
struct ConfigOption: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config: String
}
