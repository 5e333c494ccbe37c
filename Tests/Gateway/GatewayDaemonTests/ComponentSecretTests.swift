import Foundation
import MappingTables
import OperatorFiles
import Testing

@testable import GatewayDaemon

/// The secrets of components, as `check` and the start read them.
@Suite("Secrets of components")
struct ComponentSecretTests {
    private final class Folder {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("secrets-\(UUID().uuidString)").path

        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private static func configuration(_ secret: String) throws -> GatewayConfiguration {
        let text = """
            gateway: {name: gw.example.net, state: ./state, mappings: ./Mappings}
            domains:
              xmpp: {example.com: {}}
              cpim: {example.net: {next-hop: "sip:127.0.0.1:5070"}}
            xmpp:
              components:
                - {domain: example.net, connect: "127.0.0.1:5347", \(secret)}
            sip: {listen: ["tcp:127.0.0.1:5060"]}

            """
        let (root, faults) = YAMLFile.read(Array(text.utf8), name: "gateway.yaml")
        #expect(faults == [])
        let read = ConfigFile.read(try #require(root), directory: ".")
        return try #require(read.configuration, "\(read.diagnostics)")
    }

    /// What is found, as `PLACE SEVERITY CODE`; each finding has a remedy, and no secret.
    private static func pins(_ configuration: GatewayConfiguration) -> [String] {
        ServerCheck.diagnostics(of: configuration, now: 0).map {
            #expect($0.help?.isEmpty == false && !$0.message.contains("xxx"), "\($0)")
            return "\($0.position) \($0.severity.rawValue) \($0.code)"
        }
    }

    @Test("A secret is one line of 1 to 4096 bytes; what is none is found at its line, and no gateway starts with it")
    func bounds() throws {
        let folder = try Folder()
        let configuration = try Self.configuration("secret-file: \(folder.path)/s")
        let component = try #require(configuration.components.first)
        func put(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: folder.path + "/s")) }
        let longest = String(repeating: "x", count: 4_096)
        for (text, secret) in [
            ("x", "x"), ("x y\n", "x y"), (longest, longest), (longest + "\n", longest), (longest + "\r\n", longest),
        ] {
            try put(text)
            #expect(Self.pins(configuration) == [])
            #expect(try SecretFile.ofComponent(component) == secret)
        }
        for text in ["", "\n", "xxx\ny", "xxx\ry\n", "xxx\u{0}", longest + "x", longest + "x\n", longest + "\r\nx"] {
            try put(text)
            #expect(Self.pins(configuration) == ["gateway.yaml:7:69 error component-secret"], "\(text.utf8.count)")
            #expect(throws: StartFault.self) { try SecretFile.ofComponent(component) }
        }
        try Data([0x78, 0xFF]).write(to: URL(filePath: folder.path + "/s"))
        #expect(Self.pins(configuration) == ["gateway.yaml:7:69 error component-secret"])
    }

    @Test("A secret that is not there, or is a folder, cannot be read")
    func unreadable() throws {
        let folder = try Folder()
        for path in [folder.path, folder.path + "/none"] {
            let configuration = try Self.configuration("secret-file: \(path)")
            #expect(Self.pins(configuration) == ["gateway.yaml:7:69 error unreadable"])
        }
    }

    @Test("A variable that is not set here may be set where the gateway starts, so that check warns")
    func environment() throws {
        let unset = try Self.configuration("secret-environment: ISTHMUS_TEST_UNSET")
        #expect(Self.pins(unset) == ["gateway.yaml:7:76 warning component-secret"])
        let component = try #require(unset.components.first)
        #expect(throws: StartFault.self) { try SecretFile.ofComponent(component) }
        let set = try Self.configuration("secret-environment: PATH")
        #expect(Self.pins(set) == [])
    }
}
