public import Ledger
public import OperatorFiles

extension RecordReader {
    /// Reads the records of a gateway: its files, through its search database, and its store.
    ///
    /// - Parameters:
    ///   - configuration: whose records they are.
    ///   - ledger: its store; nil for files alone.
    public convenience init(_ configuration: GatewayConfiguration, ledger: LedgerReader?) {
        self.init(
            ledger: ledger,
            folder: configuration.auditFolder,
            search: SearchIndex.path(in: configuration.state)
        )
    }
}
