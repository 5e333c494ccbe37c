import GatewayDaemon
import Ledger
import MappingTables
import OperatorFiles

/// The tables by which a question is answered: those in force, or the files on disk where none are in force yet.
struct TablesInForce {
    let generation: Generation
    /// Whether the store says that they are in force; false for the files on disk.
    let isInForce: Bool

    /// Finds them.
    ///
    /// - Parameters:
    ///   - configuration: whose tables they are.
    ///   - store: its store; nil before the first start.
    /// - Throws: what ends the command, when neither can be read.
    init(_ configuration: GatewayConfiguration, _ store: OpenStore?) throws(Stop) {
        let last = try store?.read { reader throws(LedgerError) in try reader.activations(limit: 1) }.first?.generation
        let kept = try last.map { identifier throws(Stop) in
            (identifier, try store?.read { reader throws(LedgerError) in try reader.files(of: identifier) } ?? [])
        }
        // What is kept may be something else under another program, and is of no use then.
        if let (identifier, contents) = kept,
            let generation = MappingLoader.load(contents: contents).generation, generation.identifier == identifier
        {
            self.generation = generation
            isInForce = true
        } else {
            generation = try Configured.tables(configuration.mappings).generation
            isInForce = false
        }
    }

    /// Which tables these are, for people.
    var name: String {
        let digits = generation.identifier.prefix(12)
        return isInForce ? "generation \(digits), in force" : "the files on disk, \(digits), not in force"
    }
}
