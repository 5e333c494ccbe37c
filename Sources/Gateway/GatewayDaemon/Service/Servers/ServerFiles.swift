import MappingTables
import OperatorFiles
import TLSChannels

/// What the files that a configuration names give to streams between servers: the contexts of TLS.
struct ServerFiles: Sendable {
    /// What the files gave.
    struct Reading {
        /// The contexts; nil when an error was found.
        let files: ServerFiles?
        /// What was found, errors and warnings.
        let diagnostics: [Diagnostic]
    }

    /// The largest file of certificates, in bytes; a system's whole list of authorities has 250 KiB.
    static let largest = 4 << 20

    /// The certificate with its chain and key.
    let credentials: TLSCredentials
    /// For servers that connect; their certificates are asked for.
    let accepting: TLSContext
    /// For servers that are connected to.
    let connecting: TLSContext

    /// Reads the files, with every fault of them; nothing else is opened.
    ///
    /// - Parameters:
    ///   - server: which files.
    ///   - domains: the domains that the certificate must be for.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the contexts, and what was found.
    ///
    /// Source: RFC 6120 §13.7.1.2.1, XEP-0178 §3, XEP-0368 §3.
    static func read(_ server: GatewayConfiguration.Server, domains: [String], now: Int64) -> Reading {
        var faults: [Diagnostic] = []
        let certificate = bytes(server.certificate, "certificate", &faults)
        let key = bytes(server.key, "key", &faults)
        var roots = TLSConfiguration.TrustRoots.system
        var hasRoots = true
        if let trust = server.trust {
            let pem = bytes(trust, "trust", &faults)
            hasRoots = pem != nil
            roots = pem.map { .pem($0) } ?? .none
        }
        guard let certificate, let key else { return Reading(files: nil, diagnostics: faults) }
        do throws(TLSConfigurationError) {
            let credentials = try TLSCredentials(certificates: certificate, key: key)
            faults += CertificateCheck.findings(credentials, in: server.certificate, domains: domains, now: now)
            let configuration = configuration(roots)
            let accepting = try TLSContext(configuration, role: .server, credentials: [credentials])
            let connecting = try TLSContext(configuration, role: .client, credentials: [credentials])
            let isUsable = hasRoots && !faults.contains { $0.severity == .error }
            let files = ServerFiles(credentials: credentials, accepting: accepting, connecting: connecting)
            return Reading(files: isUsable ? files : nil, diagnostics: faults)
        } catch {
            faults.append(CertificateCheck.fault(error, in: server))
            return Reading(files: nil, diagnostics: faults)
        }
    }

    private static func configuration(_ roots: TLSConfiguration.TrustRoots) -> TLSConfiguration {
        var configuration = TLSConfiguration()
        configuration.applicationProtocols = ["xmpp-server"]
        configuration.trustRoots = roots
        configuration.clientCertificate = .requested
        return configuration
    }

    private static func bytes(_ path: String, _ key: String, _ faults: inout [Diagnostic]) -> [UInt8]? {
        switch OperatorFile.read(path, limit: largest) {
        case .success(let bytes):
            guard bytes.count > largest else { return bytes }
            faults.append(
                .finding(
                    .error,
                    "file-too-large",
                    in: path,
                    "the file has more than \(largest >> 20) MiB",
                    help: "name the file in PEM that belongs under xmpp: server: \(key):"
                )
            )
            return nil
        case .failure(let fault):
            var diagnostic = fault.diagnostic
            diagnostic.help = "name a file in PEM that the gateway may read under xmpp: server: \(key):"
            faults.append(diagnostic)
            return nil
        }
    }
}
