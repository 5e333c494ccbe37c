public import MappingTables
public import OperatorFiles

/// Looks at the files that a configuration names for streams between servers, for `check`.
public enum ServerCheck {
    /// What is wrong with certificate, key, trusted authorities and secret as of now; nothing is bound.
    ///
    /// A secret in the environment is not looked at, since that is another one when the gateway is started.
    ///
    /// - Parameter configuration: checked.
    /// - Returns: errors and warnings that name a file; none where there are no such streams.
    public static func diagnostics(of configuration: GatewayConfiguration) -> [Diagnostic] {
        diagnostics(of: configuration, now: SystemClock.wall / 1_000)
    }

    static func diagnostics(of configuration: GatewayConfiguration, now: Int64) -> [Diagnostic] {
        guard let server = configuration.server else { return [] }
        var found = ServerFiles.read(server, domains: configuration.serverDomains, now: now).diagnostics
        if let place = server.dialbackSecret, case .file = place {
            do throws(DialbackSecret.Fault) { _ = try DialbackSecret.read(place) } catch {
                found.append(error.diagnostic)
            }
        }
        if let anchors = configuration.dns.trustAnchorFile,
            case .failure(let fault) = OperatorFile.read(anchors, limit: ServerFiles.largest)
        {
            var diagnostic = fault.diagnostic
            diagnostic.help = "name a file of DS or DNSKEY records under dns: trust-anchor-file:, or remove that key"
            found.append(diagnostic)
        }
        return found
    }
}
