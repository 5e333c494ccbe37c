import Foundation
import Interworking
import MappingTables
import OperatorFiles

/// The tables of the checkout, compiled once.
enum ShippedTables {
    /// The shipped files.
    static let files: [TableFile] = folder.documents.map { TableFile(layer: .standard, root: $0.root) }

    /// Their generation; nil when they cannot be compiled.
    static let generation = TableCompiler.compile(files) { _ in "fuzz" }.generation

    /// What is known at every crossing: who lives where, and a neighbor that reads everything.
    static let facts: Facts = {
        var facts = Facts(now: 1_772_366_400_000, gatewayDomain: "gw.example.org")
        facts.xmppDomains = ["example.com"]
        facts.cpimDomains = ["example.net"]
        return facts
    }()

    private static let folder = MappingFolder(
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Mappings").path
    )
}
