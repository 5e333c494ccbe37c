import CPIM
import Digests
import FoundationEssentials
import MIME
import MappingTables
import OperatorFiles
import SIPMessages
import Testing
import XMPPStanzas

@testable import Interworking
@testable import VectorSupport

/// The examples for operators, and the shipped tables with some of them in force.
enum Examples {
    /// Those that belong together, by the names of their files.
    static let groups = [
        ["urgency", "urgency-words"], ["calendar"], ["files-by-reference"], ["replies"], ["replies", "replies-sip"],
        ["reactions"], ["corrections", "corrections-words"], ["user-tune"],
        ["90-peers/example.net/ticket", "90-peers/example.net/ticket-sip"],
    ]

    private static let folder = VectorFolder.testsDirectory.deletingLastPathComponent()
        .appending(path: "Mappings/\(MappingFolder.examples)")

    /// The names of all files, from the folder itself.
    static func names() throws -> [String] {
        var names: [String] = []
        for below in ["", "90-peers/example.net/"] {
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: below).path)
            where name.hasSuffix(".yaml") {
                names.append(below + name.dropLast(5))
            }
        }
        return names.sorted()
    }

    /// One file, which lies where an operator would copy it.
    static func file(_ name: String) throws -> TableFile {
        let bytes = try Data(contentsOf: folder.appending(path: name + ".yaml"))
        let (root, findings) = YAMLFile.read(Array(bytes), name: name)
        try #require(findings.isEmpty, "\(findings.map(\.message))")
        let peer = name.split(separator: "/")
        return TableFile(layer: peer.count > 1 ? .peer(String(peer[1])) : .site, root: try #require(root))
    }

    static func generation(_ files: [TableFile]) throws -> Generation {
        let result = TableCompiler.compile(ShippedTables.files + files) { SHA256.hash($0.span).hexadecimal }
        try #require(result.diagnostics.isEmpty, "\(result.diagnostics.map { "\($0.position) \($0.message)" })")
        return try #require(result.generation)
    }

    static func generation(_ names: String...) throws -> Generation { try generation(names.map { try file($0) }) }
}

/// Both shores under tables of a site.
struct ExtensionShore {
    let translator: MessageTranslator
    var facts = VectorRun.defaults

    init(_ generation: Generation, _ settings: [(name: String, value: String)] = [], peer: String? = nil) throws {
        let route = try generation.route(profile: "default", settings: settings, peer: peer)
        translator = MessageTranslator(generation: generation, routing: .fixed(route))
    }

    func pivot(_ content: String) throws -> Translated<Pivot> {
        translator.pivot(from: try MessageSamples.stanza(content), facts: facts)
    }

    func request(_ content: String) throws -> Translated<OutgoingRequest> {
        let pivot = try pivot(content)
        guard let value = pivot.value else {
            return Translated(
                outcome: pivot.refusal.map { .refused($0) } ?? .nothing(reason: "none"),
                trace: pivot.trace
            )
        }
        return translator.request(from: value, identity: MessageSamples.identity, facts: facts)
    }

    /// The request of a stanza, as text.
    func sent(_ content: String) throws -> String {
        let request = try request(content)
        return HeaderText.text(try #require(request.value, "\(request.outcome)").bytes)
    }

    /// What becomes of a request with a body.
    func received(_ type: String, _ body: String, _ headers: String...) throws -> Translated<OutgoingStanza> {
        let request = try MessageSamples.message(["Content-Type: " + type] + headers, body: Array(body.utf8))
        let pivot = translator.pivot(from: request, facts: facts)
        guard let value = pivot.value else {
            return Translated(
                outcome: pivot.refusal.map { .refused($0) } ?? .nothing(reason: "none"),
                trace: pivot.trace
            )
        }
        return translator.stanza(from: value, facts: facts, contentNamespace: "jabber:client", freshID: "f1")
    }

    /// What becomes of the request of a stanza, as if it came back from its recipient.
    func mirrored(_ content: String) throws -> Translated<OutgoingStanza> {
        let pivot = try #require(try pivot(content).value)
        return translator.stanza(from: pivot, facts: facts, contentNamespace: "jabber:client", freshID: "f1")
    }
}
