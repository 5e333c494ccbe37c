import BridgeCore
import DNSChannels
import Logging
import MappingTables
import OperatorFiles
import TLSChannels
import XMPPLegs

/// What streams between servers hold while a gateway runs: certificates in force, and the resolver with its thread.
final class ServerResources: Sendable {
    /// The contexts in force.
    let contexts: ServerContexts
    /// Who is asked for servers and addresses.
    let resolver: UnboundResolver
    /// What was found at the start and does not keep the gateway from starting.
    let warnings: [Diagnostic]
    private let configuration: GatewayConfiguration
    private let server: GatewayConfiguration.Server
    private let secret: [UInt8]?

    /// Reads the files and starts the resolver; nil where a configuration has no such streams.
    ///
    /// - Parameters:
    ///   - configuration: checked.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Throws: ``StartFault`` naming files, what is wrong with each, and what to do.
    init?(_ configuration: GatewayConfiguration, now: Int64) throws(StartFault) {
        guard let server = configuration.server else { return nil }
        let reading = ServerFiles.read(server, domains: configuration.serverDomains, now: now)
        var faults = reading.diagnostics
        var secret: [UInt8]?
        if let place = server.dialbackSecret {
            do throws(DialbackSecret.Fault) { secret = try DialbackSecret.read(place) } catch {
                faults.append(error.diagnostic)
            }
        }
        guard let files = reading.files, !faults.contains(where: { $0.severity == .error }) else {
            throw .certificates(faults)
        }
        do throws(ResolverFault) {
            resolver = try UnboundResolver(LegSettings.resolver(configuration.dns))
        } catch {
            throw .unreachable("names cannot be looked up: \(error); check dns: in the configuration")
        }
        contexts = ServerContexts(files)
        warnings = faults
        self.configuration = configuration
        self.server = server
        self.secret = secret
    }

    /// What the XMPP leg is told.
    ///
    /// - Parameter secrets: the store's, from which the dialback secret comes where none is configured.
    /// - Returns: settings whose contexts are those in force at any time.
    /// - Throws: ``StartFault`` when the addresses of this machine cannot be listed.
    func settings(_ secrets: StoreSecrets) throws(StartFault) -> XMPPLegSettings.Server {
        try LegSettings.server(
            configuration,
            server,
            contexts: contexts,
            resolver: resolver,
            dialbackSecret: secret ?? secrets.dialbackSecret
        )
    }

    /// Reads certificate, key and authorities again; what has a fault leaves those in force.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - logger: where faults are named, with what to do.
    /// - Returns: whether what was read is in force.
    @discardableResult
    func reload(now: Int64, _ logger: Logger) -> Bool {
        let reading = ServerFiles.read(server, domains: configuration.serverDomains, now: now)
        log(reading.diagnostics, logger)
        guard let files = reading.files else {
            logger.error("the certificates of server streams stay as they were")
            return false
        }
        contexts.replace(with: files)
        logger.notice("the certificates of server streams were read again")
        return true
    }

    /// Renews the keys of tickets, and warns of a certificate that comes to its end.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - logger: where it is told.
    func renew(now: Int64, _ logger: Logger) {
        do throws(TLSConfigurationError) { try contexts.renew() } catch {
            logger.error("the keys of TLS tickets were not renewed", metadata: ["reason": "\(error)"])
        }
        guard let credentials = contexts.credentials else { return }
        log(CertificateCheck.findings(credentials, in: server.certificate, domains: [], now: now), logger)
    }

    /// Renews after each pause, until a pause is broken off.
    ///
    /// - Parameters:
    ///   - pause: waits a day.
    ///   - clock: tells the time.
    ///   - logger: where it is told.
    func renew(after pause: () async throws -> Void, clock: GatewayClock, _ logger: Logger) async {
        while (try? await pause()) != nil { renew(now: clock.read().wall / 1_000, logger) }
    }

    /// Tells of what was found in files.
    func log(_ diagnostics: [Diagnostic], _ logger: Logger) {
        for diagnostic in diagnostics {
            let metadata: Logger.Metadata = [
                "file": "\(diagnostic.position.file)",
                "reason": "\(diagnostic.message) [\(diagnostic.code)]",
                "remedy": "\(diagnostic.help ?? "")",
            ]
            switch diagnostic.severity {
            case .error: logger.error("a file of server streams has a fault", metadata: metadata)
            case .warning: logger.warning("a file of server streams will need attention", metadata: metadata)
            }
        }
    }

    /// Ends the thread of the resolver; open questions are answered with a failure.
    func stop() { resolver.stop() }
}
