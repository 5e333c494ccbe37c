import PresenceSchemas
import Testing

@testable import VectorSupport

@Suite("Vectors of presence")
struct PresenceVectorTests {
    private static let run = VectorFolder.shipped.filter(\.isAboutPresence)
    private static let others = VectorFolder.others.filter(\.isAboutPresence)

    @Test("Shipped vectors through a whole gateway", arguments: run)
    func shipped(folder: VectorFolder) throws {
        let differences = try PresenceVectorRun.differences(folder)
        #expect(differences.isEmpty, "\(folder.name): \(differences.joined(separator: "; "))")
    }

    @Test("Vectors of another place through a whole gateway", arguments: others)
    func elsewhere(folder: VectorFolder) throws {
        let differences = try PresenceVectorRun.differences(folder)
        #expect(differences.isEmpty, "\(folder.name): \(differences.joined(separator: "; "))")
    }

    @Test("Exactly the vectors about presence are run")
    func selection() {
        let numbers = Self.run.compactMap { Int($0.name.prefix(3)) }
        #expect(numbers == [6...16, 26...36, 45...47, 100...110, 119...119].flatMap { Array($0) })
    }

    @Test("RFC 3863 §4.4: every document that a vector expects is valid", arguments: run)
    func expectedDocumentsAreValid(folder: VectorFolder) throws {
        for output in folder.outputs {
            let document: [UInt8]? =
                switch output.kind {
                case .pidf: output.bytes
                case .cpim: CPIMComparison.Object(output.bytes)?.body
                case .sip: VectorComparison.document(in: output.bytes)
                default: nil
                }
            guard let document else { continue }
            let fault = SchemaValidator.fault(in: Self.filled(document))
            #expect(fault == nil, "\(folder.name)/\(output.name): \(fault ?? "")")
        }
    }

    /// A document whose placeholders are filled: those of times with one, others with their names.
    private static func filled(_ document: [UInt8]) -> [UInt8] {
        Template(document).parts.flatMap { part in
            switch part {
            case .literal(let bytes): bytes
            case .placeholder(let name): Array((name.hasPrefix("ts") ? "2026-03-01T12:00:00Z" : name).utf8)
            }
        }
    }
}
