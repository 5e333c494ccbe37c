import Foundation

/// One folder of conversion vectors: what goes in, what must come out, and what was known before.
struct VectorFolder: Sendable, CustomStringConvertible {
    /// What a file holds.
    enum Kind: String, Sendable {
        case stanza = "xml"
        case stanzaError = "error.xml"
        case cpim
        case pidf = "pidf.xml"
        case sip
        case msrp
        case none
        case fault = "error.txt"
    }

    /// One input or one expected output.
    struct File: Sendable {
        let name: String
        let isInput: Bool
        /// The number in names such as `in.2.xml`; 0 without one.
        let number: Int
        let kind: Kind
        let bytes: [UInt8]
    }

    let url: URL
    /// The lines of `about.txt` in order.
    let about: [(key: String, value: String)]
    /// Inputs by number, then outputs by number.
    let files: [File]
    /// What is wrong with the folder itself; such a folder fails.
    let faults: [String]

    static let keys: Set<String> = [
        "Title", "Source", "Origin", "Ids", "Direction", "Profile", "Set", "Context", "Ordered", "Compare", "Note",
    ]

    var name: String { url.lastPathComponent }
    var description: String { name }
    var inputs: [File] { files.filter(\.isInput) }
    var outputs: [File] { files.filter { !$0.isInput } }

    func values(_ key: String) -> [String] { about.filter { $0.key == key }.map(\.value) }

    var profile: String { values("Profile").first ?? "default" }
    var context: [String] { values("Context") }
    var identifiers: [String] { values("Ids").flatMap { $0.split(separator: " ").map(String.init) } }

    /// The switches that the `Set:` lines change.
    var settings: [(name: String, value: String)] {
        values("Set").map { line in
            let parts = line.split(separator: "=", maxSplits: 1)
            return (String(parts.first ?? ""), parts.count > 1 ? String(parts[1]) : "")
        }
    }

    /// Whether it is about presence of single users or subscriptions to it.
    var isAboutPresence: Bool {
        guard !identifiers.contains(where: { $0.hasPrefix("MUC-") }) else { return false }
        return files.contains { file in
            switch file.kind {
            case .pidf: return true
            case .stanza, .stanzaError: return HeaderText.text(file.bytes).contains("<presence")
            case .sip:
                let text = HeaderText.text(file.bytes)
                return text.hasPrefix("SUBSCRIBE ") || text.hasPrefix("NOTIFY ")
            case .cpim, .msrp, .none, .fault: return false
            }
        }
    }

    init(at url: URL) throws {
        self.url = url
        var faults: [String] = []
        var files: [File] = []
        var about: [(key: String, value: String)] = []
        for entry in try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() {
            let bytes = [UInt8](try Data(contentsOf: url.appending(path: entry)))
            if entry == "about.txt" {
                about = Self.readAbout(bytes, &faults)
            } else if let file = Self.classify(entry, bytes) {
                files.append(file)
            } else {
                faults.append("\(entry) has a name that no rule reads")
            }
        }
        if about.isEmpty { faults.append("about.txt is missing or empty") }
        if !files.contains(where: \.isInput) { faults.append("there is no input") }
        self.about = about
        self.files = files.sorted {
            ($0.isInput ? 0 : 1, $0.number, $0.name) < ($1.isInput ? 0 : 1, $1.number, $1.name)
        }
        self.faults = faults
    }

    /// Reads `in.xml`, `expected.2.cpim` and the like; nil for every other name.
    static func classify(_ name: String, _ bytes: [UInt8]) -> File? {
        var rest = name.split(separator: ".", omittingEmptySubsequences: false)[...]
        guard let role = rest.popFirst(), role == "in" || role == "expected" else { return nil }
        var number = 0
        if let first = rest.first, let value = Int(first), value > 0 {
            number = value
            rest = rest.dropFirst()
        }
        guard let kind = Kind(rawValue: rest.joined(separator: ".")) else { return nil }
        let isInput = role == "in"
        if isInput, [.none, .fault, .stanzaError].contains(kind) { return nil }
        if kind == .none, !bytes.isEmpty { return nil }
        return File(name: name, isInput: isInput, number: number, kind: kind, bytes: bytes)
    }

    static func readAbout(_ bytes: [UInt8], _ faults: inout [String]) -> [(key: String, value: String)] {
        var lines: [(key: String, value: String)] = []
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else {
                faults.append("about.txt has a line without a key: \(line)")
                continue
            }
            let key = String(line[..<colon])
            if !keys.contains(key) { faults.append("about.txt has an unknown key \(key)") }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            lines.append((key, String(value)))
        }
        return lines
    }
}

extension VectorFolder {
    /// The folders that come with the project.
    static let shipped: [VectorFolder] = folders(in: testsDirectory.appending(path: "Vectors"))

    /// The folders that the environment names.
    static let others: [VectorFolder] = {
        guard let path = ProcessInfo.processInfo.environment["ISTHMUS_VECTORS"], !path.isEmpty else { return [] }
        return folders(in: URL(filePath: path))
    }()

    /// The directory `Tests` of the project.
    static let testsDirectory: URL = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func folders(in directory: URL) -> [VectorFolder] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        return names.sorted().compactMap { name in
            let url = directory.appending(path: name)
            let values = try? url.resourceValues(forKeys: [.isDirectoryKey])
            guard values?.isDirectory == true, !name.hasPrefix(".") else { return nil }
            return try? VectorFolder(at: url)
        }
    }
}
