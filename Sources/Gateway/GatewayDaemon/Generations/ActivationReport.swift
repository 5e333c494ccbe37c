public import MappingTables
import OperatorFiles

/// What came of an attempt to put tables in force, stage by stage.
public struct ActivationReport: Codable, Sendable, Equatable {
    /// How a stage went.
    public enum Mark: String, Codable, Sendable {
        /// It is done.
        case ok
        /// It was not needed.
        case skip
        /// It is done, and somebody should look.
        case warn
        /// It stops the activation.
        case fail = "FAIL"
    }

    /// One stage.
    public struct Stage: Codable, Sendable, Equatable {
        /// Its name: `read`, `check`, `test`, `expect`, `shadow`, `store`, `swap`.
        public var name: String
        /// How it went.
        public var mark: Mark
        /// A sentence.
        public var text: String
    }

    /// A finding in a file, or a test that fails.
    public struct Fault: Codable, Sendable, Equatable {
        /// The path from the mappings directory.
        public var file: String
        /// The line, from 1.
        public var line: Int
        /// The column, from 1.
        public var column: Int
        /// `error` or `warning`.
        public var severity: String
        /// The stable code.
        public var code: String
        /// What is wrong.
        public var message: String
        /// What to do.
        public var help: String?

        /// Takes a finding.
        public init(_ diagnostic: Diagnostic) {
            file = diagnostic.position.file
            line = diagnostic.position.line
            column = diagnostic.position.column
            severity = diagnostic.severity.rawValue
            code = diagnostic.code
            message = diagnostic.message
            help = diagnostic.help
        }
    }

    /// How an attempt ended.
    public enum Result: String, Codable, Sendable {
        /// The tables are in force.
        case inForce = "in-force"
        /// They were before.
        case alreadyInForce = "already-in-force"
        /// Those that were in force still are.
        case refused
        /// Nothing was to be put in force.
        case shown
    }

    /// The identifier of the tables; nil when they could not be compiled.
    public var generation: String?
    /// The identifier of the tables that were in force; nil when there were none.
    public var before: String?
    /// How it ended.
    public var result = Result.shown
    /// The stages, in order.
    public var stages: [Stage] = []
    /// What was found in files, and the tests that fail.
    public var faults: [Fault] = []
    /// What the replay of recorded crossings shows; nil when there was none.
    public var shadow: ShadowReport?
    /// The exit code of a command: 0 done, 1 a fault was found, 3 something could not be read or stored.
    public var code = 0

    /// The most findings that are told.
    public static let mostFaults = 1_000

    /// Makes an empty report.
    public init() {}

    mutating func note(_ stage: String, _ text: String) { note(stage, .ok, text) }

    mutating func note(_ stage: String, _ mark: Mark, _ text: String) {
        stages.append(Stage(name: stage, mark: mark, text: text))
    }

    mutating func fail(_ stage: String, _ text: String, code: Int = 1) {
        note(stage, .fail, text)
        result = .refused
        self.code = code
    }

    mutating func add(_ diagnostics: [Diagnostic]) {
        let room = max(0, Self.mostFaults - faults.count)
        faults += diagnostics.prefix(room).map { Fault($0) }
    }

    /// The stage that stopped it; nil when none did.
    public var failure: Stage? { stages.last { $0.mark == .fail } }
}
