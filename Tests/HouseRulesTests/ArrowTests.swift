import Testing

/// Which module may import what; the arrows of the architecture page.
@Suite("Arrows")
struct ArrowTests {
    /// Each library of others has one importer, or one layer.
    private static let importers: [String: Set<String>] = [
        "CLibXML2": ["XMLStreams"],
        "COpenSSL": ["Digests", "TLSChannels"],
        "CSQLite": ["Ledger"],
        "CUnbound": ["DNSChannels"],
        "CIDN": ["Addressing"],
        "CZlib": ["MIME"],
        "CMalloc": ["GatewayDaemon"],
        "Yams": ["OperatorFiles"],
        "Hummingbird": ["AdminHTTP"],
        "ArgumentParser": ["isthmus"],
    ]

    private static let allowed: [String: Set<String>] = [
        "Addressing": [],
        "XMLStreams": [],
        "MIME": [],
        "CPIM": ["Addressing", "MIME"],
        "PIDF": ["XMLStreams"],
        "IMDN": ["XMLStreams"],
        "XMPPStanzas": ["Addressing", "XMLStreams"],
        "XMPPStreams": ["Addressing", "XMLStreams", "XMPPStanzas"],
        "SIPMessages": ["Addressing", "MIME"],
        "SIPTransactions": ["Addressing", "MIME", "SIPMessages"],
        "Digests": [],
        "DNSChannels": ["Addressing"],
        "TLSChannels": [],
        "XMPPChannels": ["Addressing", "DNSChannels", "TLSChannels", "XMLStreams", "XMPPStanzas", "XMPPStreams"],
        "SIPChannels": ["Addressing", "SIPMessages", "SIPTransactions"],
        "MappingTables": [],
        "OperatorFiles": ["Addressing", "MappingTables"],
        "Interworking": [
            "Addressing", "MappingTables", "MIME", "CPIM", "IMDN", "PIDF", "XMLStreams", "XMPPStanzas", "SIPMessages",
        ],
        "BridgeCore": ["MappingTables", "CPIM", "PIDF", "IMDN"],
        "AuditTrail": ["Digests", "MIME"],
        "Ledger": ["AuditTrail", "Digests"],
    ]

    private static let ours = Set(allowed.keys).union(["XMPPLegs", "SIMPLELegs", "GatewayDaemon", "isthmus"])

    private func imports(of file: SourceTree.File) -> [String] {
        file.lines.compactMap { line in
            let words = line.split(separator: " ")
            guard let index = words.firstIndex(of: "import"), index <= 2, !line.hasPrefix("//"), !line.hasPrefix(" ")
            else { return nil }
            let kinds: Set<Substring> = ["struct", "class", "enum", "func", "protocol", "typealias", "let", "var"]
            let name = words.dropFirst(index + 1).first { !kinds.contains($0) }
            return name?.split(separator: ".").first.map(String.init)
        }
    }

    @Test("Modules import only what lies below them")
    func arrowsPointDown() {
        #expect(SourceTree.sources.count > 50)
        for file in SourceTree.sources {
            for name in imports(of: file) where Self.ours.contains(name) {
                guard let below = Self.allowed[file.module] else { continue }
                #expect(below.contains(name), "\(file.path) imports \(name)")
            }
        }
    }

    @Test("Each library has its sole importer")
    func soleImporters() {
        for file in SourceTree.sources {
            for name in imports(of: file) {
                guard let owners = Self.importers[name] else { continue }
                let module = file.layer == "isthmus" ? "isthmus" : file.module
                #expect(owners.contains(module), "\(file.path) imports \(name)")
            }
        }
    }

    @Test("Protocols and the pure core know no sockets, files, clocks or tasks")
    func pureCore() {
        let pure: Set<String> = ["MappingTables", "Interworking", "BridgeCore", "AuditTrail"]
        let banned: Set<String> = ["Foundation", "FoundationXML", "Dispatch", "Glibc", "Logging"]
        for file in SourceTree.sources where file.layer == "Protocols" || pure.contains(file.module) {
            for name in imports(of: file) {
                #expect(!name.hasPrefix("NIO") && !banned.contains(name), "\(file.path) imports \(name)")
            }
        }
        for file in SourceTree.sources {
            #expect(!imports(of: file).contains("FoundationXML"), "\(file.path) shares the globals of libxml2")
        }
    }
}
