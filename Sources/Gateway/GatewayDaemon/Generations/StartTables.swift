import BridgeCore
import Ledger
import Logging
import MappingTables
import OperatorFiles

/// Which tables a gateway starts with, and what that does to the store.
///
/// The files on disk are checked and tested as at SIGHUP, and put in force by the start when they differ from the tables
/// that were in force last. Files from which an operator has gone back to an earlier generation, and that are the same
/// since, are not taken up again. When the files have a fault, or a test fails, the gateway starts with the tables that
/// were in force last, and says so as loudly as at SIGHUP.
struct StartTables {
    /// The tables to serve under.
    let generation: Generation
    /// The tables of open crossings that were accepted under others.
    let earlier: [Generation]
    /// What has to be stored before anything is served.
    let operations: [LedgerOperation]

    /// Who asks, in records of what a start does.
    static let actor = "start"

    /// Tables that hold whatever the store says.
    init(_ generation: Generation) {
        self.generation = generation
        earlier = []
        operations = []
    }

    /// Decides; blocks.
    ///
    /// - Parameters:
    ///   - given: tables that are put in force whatever the files say; nil for the files.
    ///   - configuration: whose tables they are.
    ///   - reader: the store.
    ///   - open: the generations that open crossings name.
    ///   - clock: Unix milliseconds.
    ///   - logger: the log.
    /// - Throws: ``StartFault`` with the faults of the files when there are no earlier tables to start with.
    init(
        given: Candidate?,
        _ configuration: GatewayConfiguration,
        _ reader: LedgerReader,
        open: Set<String>,
        clock: GatewayClock,
        _ logger: Logger
    ) throws {
        let now = clock.read().wall
        let activations = try reader.activations()
        let last = activations.first
        let order = ActivationOrder(.start, actor: Self.actor)
        let act = ActivationAct(node: configuration.name, order: order, before: last?.generation)
        var candidate = given
        var report = ActivationReport()
        if given == nil {
            let preparation = ActivationPreparation(configuration, reader, now: { clock.read().wall })
            (candidate, report) = preparation.prepare(order)
            FreeMemory.giveBack()
        }
        var operations: [LedgerOperation] = []
        if let candidate, candidate.generation.identifier == last?.generation {
            generation = candidate.generation
        } else if let candidate, given != nil || last?.onDisk != candidate.generation.identifier {
            generation = candidate.generation
            operations = act.operations(candidate, now: now)
            logger.notice(
                "the start puts the mapping tables on disk in force",
                metadata: ["generation": "\(generation.identifier)", "before": "\(last?.generation ?? "none")"]
            )
        } else {
            guard let kept = try last.flatMap({ try Self.kept($0.generation, reader) }) else {
                throw StartFault.tables(report)
            }
            generation = kept
            if let candidate {
                logger.warning(
                    "the mapping tables on disk are those from which was gone back; they stay out of force",
                    metadata: ["generation": "\(kept.identifier)", "disk": "\(candidate.generation.identifier)"]
                )
            } else {
                ActivationAct.log(report, logger)
                operations = act.refusal(report, now: now)
            }
        }
        let current = generation.identifier
        var earlier: [Generation] = []
        for identifier in open.sorted() where identifier != current {
            if let kept = try Self.kept(identifier, reader) {
                earlier.append(kept)
            } else {
                logger.warning(
                    "the mapping tables of open crossings are not kept; those in force take their place",
                    metadata: ["generation": "\(identifier)"]
                )
            }
        }
        self.earlier = earlier
        // What came back after a delivery is not known any more after a restart.
        let idle = Set(activations.filter { $0.retired == nil }.map(\.generation)).subtracting(open)
        for identifier in idle.sorted() where identifier != current {
            var record = AuditRecord(.retired, time: now, node: configuration.name)
            record.generation = identifier
            operations += [.retire(generation: identifier, at: now), .audit(record.entry())]
        }
        self.operations = operations
    }

    /// A kept generation, compiled again; nil when it is not kept, or not what it was under this program.
    private static func kept(_ identifier: String, _ reader: LedgerReader) throws(LedgerError) -> Generation? {
        let files = try reader.files(of: identifier)
        guard !files.isEmpty, let generation = MappingLoader.load(contents: files).generation,
            generation.identifier == identifier
        else { return nil }
        return generation
    }
}
