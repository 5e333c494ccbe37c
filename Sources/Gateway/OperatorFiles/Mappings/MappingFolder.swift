import Addressing
import Foundation
public import MappingTables

/// The mapping files of a directory, in the order in which their rows match.
///
/// The directory has the folders `00-standard`, `50-site` and `90-peers/DOMAIN`; each has files `NAME.yaml`, taken in
/// the order of their names. Names that begin with a dot, and the folder `examples`, whose files are for operators to
/// copy, are passed over; every other name is reported, so that no file is left out unseen.
public struct MappingFolder: Sendable {
    /// The files that could be read.
    public private(set) var documents: [MappingDocument] = []
    /// What was found.
    public private(set) var diagnostics: [Diagnostic] = []
    /// The bytes of every file by the path that diagnostics show, for the report.
    public private(set) var sources: [String: [UInt8]] = [:]

    /// The most files that are read.
    public static let fileLimit = 1_000
    /// The most names in a folder that are looked at.
    public static let nameLimit = 10_000

    /// The folder of examples; nothing in it is in force.
    public static let examples = "examples"

    private let directory: String

    /// Reads a directory.
    ///
    /// - Parameter directory: the mappings directory.
    public init(_ directory: String) {
        self.directory = directory
        let folders = ["00-standard", "50-site", "90-peers"]
        let (names, files) = list("")
        for name in files { unknownFile(name) }
        for name in names where !folders.contains(name) && name != Self.examples {
            let nearest = Spelling.nearest(to: name, among: folders).map { "did you mean \"\($0)\"? " } ?? ""
            fault(
                "unknown-folder",
                name,
                "no tables are read from this folder",
                nearest + "known: 00-standard, 50-site, 90-peers"
            )
        }
        if names.contains(folders[0]) {
            read(folders[0], .standard)
        } else if diagnostics.allSatisfy({ $0.code != "unreadable" }) {
            fault(
                "missing-folder",
                folders[0],
                "the folder of the shipped tables is missing",
                "restore it from the release"
            )
        }
        if names.contains(folders[1]) { read(folders[1], .site) }
        if names.contains(folders[2]) { readPeers(folders[2]) }
    }

    /// Takes files that were read before; nothing is opened.
    ///
    /// - Parameter files: paths from the mappings directory, and bytes, in the order in which their rows match.
    public init(files: [(path: String, content: [UInt8])]) {
        directory = ""
        for (path, content) in files {
            guard let layer = MappingLayer(path: path), sources.count < Self.fileLimit else {
                unknownFile(path)
                continue
            }
            take(content, path, layer)
        }
    }

    private mutating func take(_ bytes: [UInt8], _ path: String, _ layer: MappingLayer) {
        sources[path] = bytes
        let (root, findings) = YAMLFile.read(bytes, name: path)
        diagnostics.append(contentsOf: findings)
        if let root { documents.append(MappingDocument(path: path, layer: layer, root: root, source: bytes)) }
    }

    private mutating func readPeers(_ folder: String) {
        let (names, files) = list(folder)
        for name in files { unknownFile(folder + "/" + name) }
        for name in names {
            let domain = try? DomainName.normalized(name)
            if domain == name {
                read(folder + "/" + name, .peer(name))
            } else {
                let help = domain.map { "rename it to \($0)" } ?? "name it after the peer's domain, such as example.net"
                fault("peer-domain", folder + "/" + name, "the folder's name is not a domain as it is compared", help)
            }
        }
    }

    private mutating func read(_ folder: String, _ layer: MappingLayer) {
        let (folders, files) = list(folder)
        for name in folders {
            fault("unknown-folder", folder + "/" + name, "no tables are read from this folder", "move its files up")
        }
        for name in files {
            let path = folder + "/" + name
            guard name.hasSuffix(".yaml"), name != ".yaml" else {
                unknownFile(path)
                continue
            }
            guard sources.count < Self.fileLimit else {
                fault("too-many-files", path, "only \(Self.fileLimit) files are read", "join some of them")
                return
            }
            switch OperatorFile.read(directory + "/" + path, shown: path) {
            case .failure(let fault): diagnostics.append(fault.diagnostic)
            case .success(let bytes): take(bytes, path, layer)
            }
        }
    }

    /// The folders and files of a folder, sorted by name.
    private mutating func list(_ folder: String) -> (folders: [String], files: [String]) {
        let path = folder.isEmpty ? directory : directory + "/" + folder
        do {
            var folders: [String] = []
            var files: [String] = []
            let names = try FileManager.default.contentsOfDirectory(atPath: path)
            guard names.count <= Self.nameLimit else {
                let shown = folder.isEmpty ? directory : folder
                let what = "the folder has more than \(Self.nameLimit) names, and nothing in it is read"
                fault("too-many-files", shown, what, "move away what is no mapping file")
                return ([], [])
            }
            for name in names.sorted() where !name.hasPrefix(".") {
                let url = URL(fileURLWithPath: path + "/" + name).resolvingSymlinksInPath()
                let type = try? FileManager.default.attributesOfItem(atPath: url.path)[.type] as? FileAttributeType
                if type == .typeDirectory { folders.append(name) } else { files.append(name) }
            }
            return (folders, files)
        } catch {
            let shown = folder.isEmpty ? directory : folder
            var fault = OperatorFile.unreadable(shown, OperatorFile.reason(error)).diagnostic
            fault.help =
                folder.isEmpty
                ? "name the directory of the tables under gateway: mappings: in the configuration, or with --mappings"
                : "let the user of the gateway read and enter this folder; ls -ld shows owner and mode"
            diagnostics.append(fault)
            return ([], [])
        }
    }

    private mutating func unknownFile(_ path: String) {
        fault("unknown-file", path, "this is not a mapping file", "mapping files end in .yaml and stand in a folder")
    }

    private mutating func fault(_ code: String, _ path: String, _ message: String, _ help: String) {
        diagnostics.append(
            .error(code, at: SourcePosition(file: path, line: 1, column: 1), message, help: help)
        )
    }
}
