import Interworking
import MappingTables
import OperatorFiles

extension FuzzTarget {
    /// Facts that are read are read back from their own lines.
    static let facts = FuzzTarget("facts") { input throws(Violation) in
        let lines = input.split { $0 == 0x0A || $0 == 0x0D }.map { String(decoding: $0, as: UTF8.self) }
        guard let text = try? FactsText(lines, defaults: ShippedTables.facts) else { return }
        let written = text.facts.lines
        var defaults = Facts(now: 0, gatewayDomain: "other.example.org")
        // Domains that no line names stay those of the defaults.
        defaults.xmppDomains = []
        let again = try succeed("facts are read back: \(written)") { () throws(FactsError) in
            try FactsText(written, defaults: defaults)
        }
        try demand(again.facts == text.facts, "facts are the same when read back: \(written) or \(again.facts.lines)")
    }

    /// Every diagnostic of a mapping or configuration file lies in the file.
    static let operatorFiles = FuzzTarget("operator-files") { input throws(Violation) in
        let name = "fuzz.yaml"
        let (root, found) = YAMLFile.read(input, name: name)
        try check(found, name, input)
        guard let root else { return try demand(!found.isEmpty, "a refused file has a diagnostic") }
        try check(ConfigFile.read(root, directory: "/etc").diagnostics, name, input)
        let site = TableFile(layer: .site, root: root)
        try check(TableCompiler.compile([site]) { _ in "" }.diagnostics, name, input)
        for layer in [TableFile.Layer.site, .peer("example.net")] {
            let files = ShippedTables.files + [TableFile(layer: layer, root: root)]
            let result = TableCompiler.compile(files) { _ in "" }
            try check(result.diagnostics.filter { $0.position.file == name }, name, input)
            try demand(
                result.generation != nil || result.diagnostics.contains { $0.severity == .error },
                "tables that are not taken have an error"
            )
        }
    }

    private static func check(_ diagnostics: [Diagnostic], _ name: String, _ input: [UInt8]) throws(Violation) {
        if diagnostics.isEmpty { return }
        let lines = input.split(separator: 0x0A, omittingEmptySubsequences: false)
        for diagnostic in diagnostics {
            let position = diagnostic.position
            try demand(position.file == name, "a diagnostic names its file: \(diagnostic)")
            try demand((1...lines.count).contains(position.line), "a diagnostic lies in a line: \(diagnostic)")
            let line = String(decoding: lines[position.line - 1], as: UTF8.self)
            try demand(
                (1...(line.unicodeScalars.count + 1)).contains(position.column),
                "a diagnostic lies in its line: \(diagnostic)"
            )
        }
        let report = DiagnosticReport(diagnostics, sources: [name: input])
        _ = (report.text, report.json)
    }
}
