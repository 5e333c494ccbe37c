import Glibc

/// Reads what a command is given, and writes the files that it is asked for.
enum InputFile {
    /// The largest file or standard input that a command takes.
    static let limit = 64 << 20

    static func standardInput() throws(Stop) -> [UInt8] {
        // Who forgot to give an item would look at a program that does nothing.
        if isatty(STDIN_FILENO) == 1 { Output.error("note: reading from the terminal; end with Control-D") }
        return try read(STDIN_FILENO, name: "standard input")
    }

    static func contents(_ path: String) throws(Stop) -> [UInt8] {
        // The path is read during the call only.
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .unreachable("\(path): \(reason); check the path and its permissions") }
        defer { close(file) }
        return try read(file, name: path)
    }

    /// Writes a file; one that exists is replaced.
    static func write(_ bytes: [UInt8], to path: String) throws(Stop) {
        // The path is read during the call only.
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw .unreachable("\(path): \(reason); check the path and its permissions") }
        defer { close(file) }
        var rest = bytes[...]
        while !rest.isEmpty {
            // The buffer lives as long as the call.
            let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
            guard written > 0 else {
                let reason = reason
                // A part is not to pass for the whole; what is no file, such as a device, stays. The path is read during
                // the call only.
                if ftruncate(file, 0) == 0 { _ = unsafe unlink(path) }
                throw .unreachable("\(path) cannot be written: \(reason)")
            }
            rest = rest.dropFirst(written)
        }
    }

    private static var reason: String {
        // strerror's text is copied at once.
        unsafe String(cString: strerror(errno))
    }

    private static func read(_ file: Int32, name: String) throws(Stop) -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            // The buffer lives as long as the call.
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw .unreachable("\(name): \(reason)") }
            if count == 0 { return all }
            all.append(contentsOf: buffer[..<count])
            guard all.count <= limit else { throw .unreachable("\(name) is larger than \(limit >> 20) MiB") }
        }
    }
}
