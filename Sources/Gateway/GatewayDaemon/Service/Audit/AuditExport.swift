import AuditTrail
import Ledger
import Logging
import MappingTables
import OperatorFiles
import TLSChannels

/// Has the records of a gateway written to the files of its log.
enum AuditExport {
    /// Opens the log and begins to write.
    ///
    /// - Parameters:
    ///   - configuration: whose log it is.
    ///   - writer: the store's only writer.
    ///   - database: the path of the store.
    ///   - logger: told when something begins to fail, and when it works again.
    /// - Returns: the running service.
    /// - Throws: ``StartFault`` when key or folder cannot be used, or do not belong to the store.
    static func start(
        _ configuration: GatewayConfiguration,
        _ writer: LedgerWriter,
        database: String,
        _ logger: Logger
    ) throws(StartFault) -> TrailService {
        guard let key = try AuditKey.load(configuration, makes: true) else {
            throw .unreachable("\(configuration.auditKey): there is no key")
        }
        if key.isFresh {
            logger.notice(
                "a key for the audit log was made; give its public key to whoever verifies the log",
                metadata: ["audit.key": "\(key.signer.publicKey)"]
            )
        }
        let audit = configuration.audit
        var settings = TrailService.Settings(path: configuration.auditFolder)
        settings.largestLag = Int64(audit.largestLag)
        settings.search = SearchIndex.path(in: configuration.state)
        let trust = try trust(audit)
        let sinks = audit.places.map { place -> CheckpointSink in
            switch place {
            case .file(let path): .file(path)
            case .syslog: .syslog
            case .witness(let url): .witness(HTTPWitness(url, context: trust))
            }
        }
        do {
            return try TrailService(settings: settings, writer: writer) {
                try TrailExporter(
                    path: configuration.auditFolder,
                    reader: try LedgerReader(path: database),
                    signer: key.signer,
                    previous: key.previous,
                    sinks: sinks
                ) { mark throws(LedgerError) in try writer.perform([.exported(mark)]) }
            } report: { event in
                log(event, logger)
            }
        } catch {
            throw .unreachable("the audit log cannot be written: \(error)")
        }
    }

    /// Whom to believe where checkpoints go by TLS; nil where none do.
    private static func trust(_ audit: GatewayConfiguration.Audit) throws(StartFault) -> TLSContext? {
        let isNeeded = audit.places.contains { place in
            if case .witness(let url) = place { url.isSecure } else { false }
        }
        guard isNeeded else { return nil }
        var configuration = TLSConfiguration()
        configuration.applicationProtocols = ["http/1.1"]
        if let path = audit.witnessTrust {
            switch OperatorFile.read(path, limit: 1 << 20) {
            case .success(let bytes): configuration.trustRoots = .pem(bytes)
            case .failure(let fault): throw .unreachable(fault.diagnostic.rendered(line: nil))
            }
        }
        do throws(TLSConfigurationError) { return try TLSContext(configuration, role: .client) } catch {
            throw .unreachable(
                "audit: witness-trust: \(error); name a file in PEM, or leave the key out for the system's authorities"
            )
        }
    }

    private static func log(_ event: TrailService.Event, _ logger: Logger) {
        switch event {
        case .failed(let reason):
            logger.error("the audit log cannot be written; it is tried again", metadata: ["reason": "\(reason)"])
        case .works: logger.notice("the audit log is written again")
        case .sinkFailed(let reason):
            logger.error("a checkpoint did not reach its place outside", metadata: ["reason": "\(reason)"])
        case .sinksWork: logger.notice("checkpoints reach their places outside again")
        case .behind(let lag):
            logger.error("the files of the audit log are behind the store", metadata: ["audit.lag": "\(lag)"])
        case .caughtUp: logger.notice("the files of the audit log have caught up")
        case .searchRebuilt(let reason):
            logger.notice(
                "the search database of the audit log is made from its files",
                metadata: ["reason": "\(reason)"]
            )
        case .searchFailed(let reason):
            logger.error(
                "the search database of the audit log cannot be filled; it is tried again",
                metadata: ["reason": "\(reason)"]
            )
        case .searchWorks: logger.notice("the search database of the audit log is filled again")
        }
    }
}
