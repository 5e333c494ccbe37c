import Testing

/// Habits that a machine can check.
@Suite("Habits")
struct HabitTests {
    @Test("Names say what a thing does")
    func names() {
        for file in SourceTree.sources {
            let name = file.path.split(separator: "/").last ?? ""
            for word in ["Manager", "Helper", "Util", "Misc", "Common"] {
                #expect(!name.contains(word), "\(file.path)")
            }
        }
    }

    @Test("Nothing that came from outside can stop the process")
    func noTraps() {
        for file in SourceTree.sources {
            for (index, line) in file.lines.enumerated() where !line.drop(while: { $0 == " " }).hasPrefix("//") {
                for trap in ["try!", "fatalError(", "as! "] {
                    #expect(!line.contains(trap), "\(file.path):\(index + 1) has \(trap)")
                }
            }
        }
    }

    @Test("unsafe stays in the files that face C")
    func unsafeFacesC() {
        let modules: Set<String> = [
            "XMLStreams", "Digests", "Ledger", "MIME", "Addressing", "DNSChannels", "SIPChannels", "TLSChannels",
            "XMPPChannels", "OperatorFiles", "GatewayDaemon", "isthmus",
        ]
        for file in SourceTree.sources where !modules.contains(file.module) && file.layer != "isthmus" {
            for (index, line) in file.lines.enumerated() {
                #expect(!line.contains("unsafe "), "\(file.path):\(index + 1)")
            }
        }
    }

    @Test("Files keep to one reason")
    func lengths() {
        for file in SourceTree.sources {
            #expect(file.lines.count <= 450, "\(file.path) has \(file.lines.count) lines")
        }
    }

    @Test("No sentence tells of another time or of a person")
    func comments() {
        for file in SourceTree.sources {
            for (index, line) in file.lines.enumerated() {
                for word in ["TODO", "FIXME", "XXX", "HACK"] {
                    #expect(!line.contains(word), "\(file.path):\(index + 1) has \(word)")
                }
            }
        }
    }
}
