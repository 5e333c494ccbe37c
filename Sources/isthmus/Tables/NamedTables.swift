import GatewayDaemon
import Ledger
import MappingTables
import OperatorFiles

/// Tables that a word on the command line names: `active`, `files`, or an identifier or its beginning.
struct NamedTables {
    /// The word for the tables in force.
    static let active = "active"
    /// The word for the files on disk.
    static let onDisk = "files"
    /// The fewest digits by which a generation is named.
    static let leastDigits = 4

    /// The identifier; nil for files that have faults.
    let identifier: String?
    let files: [TableFile]
    /// How the places of its rows are shown.
    let place: (SourcePosition) -> String

    /// Finds what a word names.
    init(_ word: String, _ store: OpenStore) throws(Stop) {
        if word == Self.onDisk {
            let directory = store.configuration.mappings
            let tables = try Configured.tables(directory)
            identifier = tables.generation.identifier
            files = tables.loaded.files
            place = { "\(Faults.path($0.file, in: directory)):\($0.line)" }
            return
        }
        let identifier = try Self.identifier(word, store)
        let contents = try store.read { reader throws(LedgerError) in try reader.files(of: identifier) }
        self.identifier = identifier
        files = MappingLoader.load(contents: contents).files
        place = { "\(identifier.prefix(8)):\($0.file):\($0.line)" }
    }

    /// The whole identifier that a word stands for.
    static func identifier(_ word: String, _ store: OpenStore) throws(Stop) -> String {
        if word == active {
            let last = try store.read { reader throws(LedgerError) in try reader.activations(limit: 1).first }
            guard let last else { throw .fault("no tables are in force yet; start the gateway, or mappings apply") }
            return last.generation
        }
        let prefix = word.lowercased()
        guard prefix.utf8.count >= leastDigits, prefix.allSatisfy({ $0.isHexDigit && $0.isASCII }) else {
            throw .usage(
                "\"\(word)\" names no tables; expected \(active), \(onDisk), or at least \(leastDigits) digits of an "
                    + "identifier, which isthmus mappings log lists"
            )
        }
        let found = try store.read { reader throws(LedgerError) in try reader.generations(prefix: prefix) }
        guard let first = found.first else {
            throw .fault("no generation that begins with \(prefix) is kept; isthmus mappings log lists those that are")
        }
        guard found.count == 1 else {
            throw .fault("\(prefix) is the beginning of \(found.joined(separator: ", ")); write more digits")
        }
        return first
    }
}
