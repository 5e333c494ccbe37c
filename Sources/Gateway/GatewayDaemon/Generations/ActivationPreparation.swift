import Interworking
public import Ledger
import MappingTables
public import OperatorFiles

/// Everything between an order and the swap: read once, check, prove, test, replay.
///
/// It blocks and computes, so that it does not belong on an event loop; nothing is changed by it.
public struct ActivationPreparation: Sendable {
    private let configuration: GatewayConfiguration
    private let reader: LedgerReader
    private let now: @Sendable () -> Int64
    /// What happens between the first and the second look at the files, for tests.
    private let pause: @Sendable () -> Void

    /// Prepares for a gateway.
    ///
    /// - Parameters:
    ///   - configuration: whose tables they are.
    ///   - reader: its store.
    ///   - now: Unix milliseconds.
    ///   - pause: what happens between the first and the second look at the files.
    public init(
        _ configuration: GatewayConfiguration,
        _ reader: LedgerReader,
        now: @escaping @Sendable () -> Int64,
        pause: @escaping @Sendable () -> Void = {}
    ) {
        self.configuration = configuration
        self.reader = reader
        self.now = now
        self.pause = pause
    }

    /// Carries out every stage before the swap.
    ///
    /// - Parameter order: which tables, and what is asked of them.
    /// - Returns: the candidate, nil when a stage failed; and the report so far.
    public func prepare(_ order: ActivationOrder) -> (candidate: Candidate?, report: ActivationReport) {
        var report = ActivationReport()
        do throws(LedgerError) {
            report.before = try reader.activations(limit: 1).first?.generation
            let candidate =
                if let generation = order.generation {
                    try kept(generation, &report)
                } else {
                    read(&report)
                }
            guard var candidate, isExpected(candidate.generation.identifier, order, &report) else {
                return (nil, report)
            }
            try shadow(&candidate, order.shadow, &report)
            return (candidate, report)
        } catch {
            report.fail("read", "the store cannot be read: \(error)", code: 3)
            return (nil, report)
        }
    }

    // MARK: Stages

    private func read(_ report: inout ActivationReport) -> Candidate? {
        let loaded = MappingLoader.load(directory: configuration.mappings)
        let bytes = loaded.contents.reduce(0) { $0 + $1.content.count }
        pause()
        if let edited = Self.edited(loaded.sources, MappingFolder(configuration.mappings).sources) {
            report.fail("read", "\(edited) was edited while the files were read; apply again when it is whole")
            return nil
        }
        guard bytes <= Self.mostBytes else {
            report.fail("read", "the files have \(bytes) bytes; at most \(Self.mostBytes) are kept; split off rows")
            return nil
        }
        report.note("read", "\(loaded.sources.count) files, \(bytes) bytes")
        return checked(loaded, &report)
    }

    /// The most bytes of all files of a generation.
    public static let mostBytes = 32 << 20

    private func kept(_ generation: String, _ report: inout ActivationReport) throws(LedgerError) -> Candidate? {
        let files = try reader.files(of: generation)
        guard !files.isEmpty else {
            report.fail("read", "no generation \(generation) is kept; isthmus mappings log lists those that are")
            return nil
        }
        report.note("read", "\(files.count) kept files")
        guard var candidate = checked(MappingLoader.load(contents: files), &report) else { return nil }
        guard candidate.generation.identifier == generation else {
            report.fail("check", "the kept files give the generation \(candidate.generation.identifier)")
            return nil
        }
        let onDisk = MappingLoader.load(directory: configuration.mappings).generation?.identifier
        candidate.onDisk = onDisk == generation ? nil : onDisk
        return candidate
    }

    /// Check and test.
    private func checked(_ loaded: MappingLoader.Loaded, _ report: inout ActivationReport) -> Candidate? {
        let diagnostics = DiagnosticReport(loaded.diagnostics, sources: [:]).diagnostics
        report.add(diagnostics)
        guard let generation = loaded.generation else {
            let count = diagnostics.count { $0.severity == .error }
            let isUnreadable = diagnostics.contains { $0.code == "unreadable" }
            report.fail("check", "\(Self.count(count, "fault")) in the files", code: isUnreadable ? 3 : 1)
            return nil
        }
        report.generation = generation.identifier
        let warnings = diagnostics.isEmpty ? "" : ", \(Self.count(diagnostics.count, "warning"))"
        report.note(
            "check",
            diagnostics.isEmpty ? .ok : .warn,
            "\(generation.rows.count) rows, \(Self.count(generation.proofs.count, "proof"))\(warnings)"
        )
        var candidate = Candidate(generation, files: loaded.contents, now: now())
        let verdict = TestVerdict(generation, loaded.contents)
        report.add(verdict.diagnostics(generation))
        let failed = verdict.count(.failed)
        guard failed + verdict.lost == 0 else {
            let tests = "\(failed) of \(verdict.report.outcomes.count) tests fail"
            report.fail("test", failed > 0 ? tests : "\(verdict.lost) generated values do not come back as they went")
            return nil
        }
        candidate.tested = now()
        report.note("test", verdict.count(.overruled) == 0 ? .ok : .warn, verdict.summary)
        return candidate
    }

    private func isExpected(_ identifier: String, _ order: ActivationOrder, _ report: inout ActivationReport) -> Bool {
        guard let expected = order.expected else { return true }
        guard !expected.isEmpty, identifier.hasPrefix(expected) else {
            report.fail("expect", "these tables are \(identifier), not \(expected): they are not what was reviewed")
            return false
        }
        report.note("expect", "these tables are what was reviewed")
        return true
    }

    private func shadow(
        _ candidate: inout Candidate,
        _ count: Int,
        _ report: inout ActivationReport
    ) throws(LedgerError) {
        guard count > 0 else { return report.note("shadow", .skip, "no recorded crossings are asked for") }
        guard let before = report.before, before != candidate.generation.identifier else {
            return report.note("shadow", .skip, "there are no other tables to compare with")
        }
        let loaded = MappingLoader.load(contents: try reader.files(of: before))
        guard let active = loaded.generation else {
            return report.note("shadow", .skip, "the tables in force are not kept, so that nothing can be compared")
        }
        let replay = ShadowReplay(
            active: active,
            candidate: candidate.generation,
            changes: GenerationDiff(loaded.files, MappingLoader.load(contents: candidate.files).files).changes,
            configuration: configuration
        )
        let records = RecordReader(configuration, ledger: reader)
        let found = replay.run(try RecordedCrossing.last(count, of: reader, records))
        report.shadow = found
        candidate.shadowed = now()
        report.note("shadow", found.changed == 0 ? .ok : .warn, found.summary)
    }

    // MARK: Words

    /// A file of which two looks saw different bytes.
    private static func edited(_ one: [String: [UInt8]], _ other: [String: [UInt8]]) -> String? {
        Set(one.keys).union(other.keys).sorted().first { one[$0] != other[$0] }
    }

    private static func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
}
