import Foundation
import PIDF

/// The documents beside these tests, and those of the conversion vectors.
enum Documents {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    private static let tests = folder.deletingLastPathComponent().deletingLastPathComponent()

    static func names(in name: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: name).path)
        return (names ?? []).sorted().map { "\(name)/\($0)" }
    }

    /// Complete documents: those of RFCs, and what vectors give to the gateway.
    static let all: [String] = {
        let vectors = tests.appending(path: "Vectors")
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: vectors.path)) ?? []
        let inputs = folders.sorted().flatMap { folder -> [String] in
            let files = try? FileManager.default.contentsOfDirectory(atPath: vectors.appending(path: folder).path)
            return (files ?? []).filter { $0.hasPrefix("in") && $0.hasSuffix(".pidf.xml") }.sorted()
                .map { "../../Vectors/\(folder)/\($0)" }
        }
        return names(in: "Documents") + inputs
    }()

    static func bytes(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: folder.appending(path: name).standardizedFileURL))
    }

    static func read(_ name: String) throws -> PresenceDocument { try PIDFReader().read(bytes(name)[...]) }

    /// A document with this content under its root.
    static func wrapping(_ content: String, attributes: String = "entity='pres:romeo@example.net'") -> [UInt8] {
        let namespaces = [
            "xmlns='urn:ietf:params:xml:ns:pidf'", "xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model'",
            "xmlns:rpid='urn:ietf:params:xml:ns:pidf:rpid'", "xmlns:c='urn:ietf:params:xml:ns:pidf:cipid'",
            "xmlns:x='http://example.org/x'",
        ]
        let tag = "<presence \(namespaces.joined(separator: " ")) \(attributes)>"
        return Array("<?xml version='1.0' encoding='UTF-8'?>\n\(tag)\(content)</presence>".utf8)
    }

    /// What a reader makes of a document with this content, and what it tolerates.
    static func reading(
        _ content: String,
        attributes: String = "entity='pres:romeo@example.net'"
    ) throws -> (document: PresenceDocument, warnings: [PIDFWarning]) {
        var warnings: [PIDFWarning] = []
        let bytes = wrapping(content, attributes: attributes)
        let document = try PIDFReader().read(bytes[...], noting: &warnings)
        return (document, warnings)
    }
}
