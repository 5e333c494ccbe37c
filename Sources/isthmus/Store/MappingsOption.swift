import ArgumentParser
import Glibc
import OperatorFiles

/// Which mapping tables a command works on.
struct MappingsOption: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The configuration file, which names the tables.", valueName: "file"))
    var config: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The directory of the tables; ./Mappings or the shipped one without it.", valueName: "dir")
    )
    var mappings: String?

    /// The directory: the named one, that of the configuration, or the one at hand.
    func directory() throws(Stop) -> String {
        if let mappings { return mappings }
        if let config { return try Configured.configuration(config).mappings }
        if let found = Self.atHand { return found }
        throw .usage("there is no folder Mappings here; name one with --mappings or --config")
    }

    /// `Mappings` in the working directory or in one above the program.
    private static var atHand: String? {
        if isDirectory("Mappings/00-standard") { return "Mappings" }
        var buffer = [CChar](repeating: 0, count: 4096)
        // At most as many bytes are written as the buffer holds, and its last one stays zero.
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else { return nil }
        var path = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        while let slash = path.lastIndex(of: "/") {
            path = String(path[..<slash])
            if isDirectory(path + "/Mappings/00-standard") { return path + "/Mappings" }
        }
        return nil
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        // The path is read and the value filled during the call only.
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
