import Foundation
import MappingTables
import Testing

@testable import OperatorFiles

@Suite("ConfigDescription")
struct ConfigDescriptionTests {
    @Test("The described configuration is a valid one, without a warning")
    func descriptionIsValid() throws {
        let (root, faults) = YAMLFile.read(Array(ConfigDescription.text.utf8), name: "isthmus.yaml")
        #expect(faults == [])
        let (configuration, diagnostics) = ConfigFile.read(try #require(root), directory: "Config")
        #expect(diagnostics == [])
        #expect(configuration?.mappings == "Config/../Mappings")
        #expect(configuration?.components.first?.secret == .file("Config/component.secret"))
    }

    @Test("The defaults that the description shows are those in force")
    func defaultsAreShown() throws {
        // Each commented default is uncommented; nothing changes.
        let lines = ConfigDescription.text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let indent = line.prefix { $0 == " " }
            let rest = line.dropFirst(indent.count)
            let isDefault = rest.wholeMatch(of: /# [a-z-]+: [^ ]+/) != nil && !rest.contains("secret-environment")
            return isDefault ? indent + rest.dropFirst(2) : line
        }
        let uncommented = lines.joined(separator: "\n")
        #expect(uncommented != ConfigDescription.text)
        let one = try #require(YAMLFile.read(Array(ConfigDescription.text.utf8), name: "a").root)
        let other = try #require(YAMLFile.read(Array(uncommented.utf8), name: "a").root)
        let configuration = ConfigFile.read(other, directory: ".").configuration
        #expect(configuration != nil)
        #expect(other["limits"]?.pairs?.count == 88)
        #expect(ConfigFile.read(one, directory: ".").configuration == configuration)
    }

    @Test("A section that is commented out is not there, and without its comment marks it is a valid one")
    func optionalSections() throws {
        let lines = ConfigDescription.text.split(separator: "\n", omittingEmptySubsequences: false)
        var text: [String] = []
        /// The indentation of the section that is read.
        var open: Int?
        for line in lines {
            let indent = line.prefix { $0 == " " }.count
            let rest = line.dropFirst(indent)
            if ["# server:", "# contacts:", "# dns:"].contains(rest) {
                open = indent
            } else if open != indent || !rest.hasPrefix("#   ") {
                open = nil
            }
            text.append(open == nil ? String(line) : String(repeating: " ", count: indent) + rest.dropFirst(2))
        }
        // The component that the description has stands for its only domain.
        let uncommented = text.joined(separator: "\n").replacingOccurrences(
            of: "    example.net:\n",
            with: "    example.org: {next-hop: \"sip:127.0.0.1\"}\n    example.net:\n"
        )
        let root = try #require(YAMLFile.read(Array(uncommented.utf8), name: "isthmus.yaml").root)
        let (configuration, diagnostics) = ConfigFile.read(root, directory: ".")
        #expect(diagnostics == [])
        let server = try #require(configuration?.server)
        #expect(server.listeners.map(\.description) == ["[::]:5269"])
        #expect(server.directListeners.map(\.description) == ["[::]:5270"])
        #expect(server.peers.map(\.domain) == ["example.com"])
        #expect(configuration?.contacts.abuse == ["mailto:abuse@example.net", "xmpp:abuse@example.net"])
        #expect(configuration?.dns == .init(servers: [], trustAnchorFile: nil, allowedAddresses: []))
        let described = try #require(YAMLFile.read(Array(ConfigDescription.text.utf8), name: "a").root)
        #expect(try #require(ConfigFile.read(described, directory: ".").configuration).server == nil)
    }

    @Test("Config/isthmus.yaml is the description; UPDATE_GOLDENS=1 writes it")
    func shippedFileIsTheDescription() throws {
        try expectGolden(ConfigDescription.text, in: Checkout.root.appendingPathComponent("Config/isthmus.yaml"))
    }

    @Test("No line of the description is longer than 120 characters")
    func linesAreShort() {
        for line in ConfigDescription.text.split(separator: "\n") { #expect(line.count <= 120, "\(line)") }
    }

    @Test("Every key is declared once, with a sentence, and with a default or an example")
    func keysAreDeclaredOnce() {
        func look(_ shape: ConfigShape, at path: String) {
            switch shape {
            case .section(let keys):
                #expect(Set(keys.map(\.name)).count == keys.count, "\(path) has a key twice")
                for key in keys {
                    if !key.isPlanned { #expect(key.about.hasSuffix("."), "\(path).\(key.name)") }
                    if case .scalar = key.shape {
                        #expect(key.standard != nil || key.example != nil, "\(path).\(key.name)")
                    }
                    look(key.shape, at: path + "." + key.name)
                }
            case .list(let shape): look(shape, at: path)
            case .table(_, _, let shape): look(shape, at: path)
            case .scalar, .planned: break
            }
        }
        look(ConfigKeys.file, at: "")
    }

    @Test("Every default and every example is a value of its key")
    func examplesAreValid() {
        func look(_ shape: ConfigShape) {
            switch shape {
            case .section(let keys):
                for key in keys {
                    if case .scalar(let kind) = key.shape {
                        for text in [key.standard, key.example].compactMap({ $0 }) {
                            let bare = text.hasPrefix("\"") ? String(text.dropFirst().dropLast()) : text
                            #expect(throws: Never.self) { try kind.read(bare).get() }
                        }
                    }
                    look(key.shape)
                }
            case .list(let shape): look(shape)
            case .table(_, _, let shape): look(shape)
            case .scalar, .planned: break
            }
        }
        look(ConfigKeys.file)
    }
}
