public import MappingTables
public import OperatorFiles

/// Looks at the files that a configuration names for components and for streams between servers, for `check`.
public enum ServerCheck {
    /// What is wrong with secrets, certificate, key and trusted authorities as of now; nothing is bound.
    ///
    /// A secret of dialback in the environment is not looked at, and that of a component is warned of only, since the
    /// environment is another one when the gateway is started.
    ///
    /// - Parameter configuration: checked.
    /// - Returns: errors and warnings that name a file, or the line of the configuration that does.
    public static func diagnostics(of configuration: GatewayConfiguration) -> [Diagnostic] {
        diagnostics(of: configuration, now: SystemClock.wall / 1_000)
    }

    static func diagnostics(of configuration: GatewayConfiguration, now: Int64) -> [Diagnostic] {
        var found = ComponentSecret.diagnostics(of: configuration)
        guard let server = configuration.server else { return found }
        found += ServerFiles.read(server, domains: configuration.serverDomains, now: now).diagnostics
        if let place = server.dialbackSecret, case .file = place {
            do throws(DialbackSecret.Fault) { _ = try DialbackSecret.read(place) } catch {
                found.append(error.diagnostic)
            }
        }
        if let anchors = configuration.dns.trustAnchorFile { found += faults(ofAnchors: anchors) }
        return found
    }

    private static func faults(ofAnchors path: String) -> [Diagnostic] {
        let help = "name a file of DS or DNSKEY records under dns: trust-anchor-file:, or remove that key"
        switch OperatorFile.read(path, limit: ServerFiles.largest) {
        case .failure(let fault):
            var diagnostic = fault.diagnostic
            diagnostic.help = help
            return [diagnostic]
        case .success(let bytes):
            if TrustAnchors.areIn(bytes) { return [] }
            return [
                .finding(.error, "wrong-value", in: path, "no DS or DNSKEY record is in the file", help: help)
            ]
        }
    }
}
