import GatewayDaemon
import Glibc
import Ledger
import OperatorFiles

/// The store of one gateway, opened for reading; a running gateway is not disturbed.
struct OpenStore {
    let configuration: GatewayConfiguration
    let reader: LedgerReader

    /// Opens the store that a configuration names.
    init(config: String) throws(Stop) { try self.init(try Configured.configuration(config)) }

    /// Whether a gateway has a store yet.
    ///
    /// - Throws: the end of the command when this user cannot tell.
    static func exists(_ configuration: GatewayConfiguration) throws(Stop) -> Bool {
        // The path is read, and the text copied, during the calls only.
        if unsafe access(StateDirectory.databasePath(in: configuration.state), R_OK) == 0 { return true }
        guard errno != ENOENT else { return false }
        let who = errno == EACCES ? "; run this as the user of the gateway, or as root" : ""
        throw .unreachable("\(configuration.state) cannot be read: \(unsafe String(cString: strerror(errno)))\(who)")
    }

    /// Opens the store of a gateway.
    init(_ configuration: GatewayConfiguration) throws(Stop) {
        self.configuration = configuration
        let path = try Self.path(configuration)
        do throws(LedgerError) {
            reader = try LedgerReader(path: path)
        } catch {
            throw Stop(error)
        }
    }

    /// Where the store of a configuration is; there must be one.
    static func path(_ configuration: GatewayConfiguration) throws(Stop) -> String {
        let path = StateDirectory.databasePath(in: configuration.state)
        guard try exists(configuration) else {
            throw .unreachable("\(path): there is no store; start the gateway once with isthmus serve")
        }
        return path
    }

    /// The records of the gateway, in the files and in the store.
    func records() -> RecordReader { RecordReader(configuration, ledger: reader) }

    /// Asks the store.
    func read<Value>(_ query: (LedgerReader) throws(LedgerError) -> Value) throws(Stop) -> Value {
        do throws(LedgerError) {
            return try query(reader)
        } catch {
            throw Stop(error)
        }
    }
}

extension Stop {
    /// A refusal of the store is a fault, everything else that it cannot do is out of reach.
    init(_ error: LedgerError) {
        switch error.code {
        case .addressCollision, .unknownAddress, .constraint, .unknownCrossing, .onHold, .openItems, .unknownHold,
            .sameOperator:
            self = .fault(error.description)
        default: self = .unreachable(error.description)
        }
    }
}
