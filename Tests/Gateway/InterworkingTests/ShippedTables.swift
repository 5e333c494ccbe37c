import Digests
import Foundation
import MappingTables
import OperatorFiles
import Testing

@testable import Interworking
@testable import VectorSupport

/// The tables of the checkout, compiled once.
enum ShippedTables {
    private static let folder = MappingFolder(
        VectorFolder.testsDirectory.deletingLastPathComponent().appending(path: "Mappings").path
    )

    /// The shipped files.
    static let files = folder.documents.map { TableFile(layer: layer($0.layer), root: $0.root) }

    private static let compiled = Result { try compile(files) }

    private static func compile(_ files: [TableFile]) throws -> Generation {
        let result = TableCompiler.compile(files) { SHA256.hash($0.span).hexadecimal }
        let faults = folder.diagnostics + result.diagnostics
        guard let generation = result.generation, faults.isEmpty else {
            throw VectorRun.Unusable(faults.map { "\($0.position) \($0.message)" }.joined(separator: "\n"))
        }
        return generation
    }

    /// The shipped tables with a site's own.
    static func generation(adding texts: String...) throws -> Generation {
        try compile(
            files
                + texts.map { text in
                    let (root, _) = YAMLFile.read(Array(text.utf8), name: "site.yaml")
                    return TableFile(layer: .site, root: try #require(root))
                }
        )
    }

    /// A value as a file would have it.
    static func node(_ text: String) -> MappingNode? { YAMLFile.read(Array(text.utf8), name: "value").root }

    /// The shipped tables without a row.
    static func generation(without row: String, of table: String) throws -> Generation {
        try compile(
            files.map { file in
                guard file.root["table"]?.text == table, let pairs = file.root.pairs else { return file }
                let left = pairs.map { key, value in
                    guard key.text == "rows", let rows = value.elements else { return (key: key, value: value) }
                    let kept = rows.filter { $0["id"]?.text != row }
                    return (key: key, value: MappingNode(.sequence(kept), at: value.position))
                }
                return TableFile(layer: file.layer, root: MappingNode(.mapping(left), at: file.root.position))
            }
        )
    }

    private static func layer(_ layer: MappingLayer) -> TableFile.Layer {
        switch layer {
        case .standard: .standard
        case .site: .site
        case .peer(let domain): .peer(domain)
        }
    }

    /// The generation of the shipped tables.
    static func generation() throws -> Generation { try compiled.get() }

    /// A profile with single switches set, whoever the neighbor is.
    static func routing(profile: String = "default", settings: [(String, String)] = []) throws -> Routing {
        let settings = settings.map { (name: $0.0, value: $0.1) }
        return .fixed(try generation().route(profile: profile, settings: settings))
    }

    /// The address translator of a profile.
    static func addresses(profile: String = "default", settings: [(String, String)] = []) throws -> AddressTranslator {
        guard case .fixed(let route) = try routing(profile: profile, settings: settings) else {
            throw VectorRun.Unusable("no fixed route")
        }
        return AddressTranslator(table: try generation().addresses, switches: route.switches)
    }

    /// A refusal in the words of the shipped error table.
    static func worded(_ refusal: Refusal) throws -> Refusal {
        refusal.worded(by: try generation().route(profile: "default").errors)
    }
}
