import Addressing
import MappingTables
import OperatorFiles
import TLSChannels

/// What an operator has to know of the gateway's own certificate.
enum CertificateCheck {
    /// How long before its end a certificate is warned of, in seconds.
    static let notice: Int64 = 14 * 86_400

    /// What is wrong with the dates and names of a certificate.
    ///
    /// - Parameters:
    ///   - credentials: the certificate with its chain.
    ///   - file: where it was read from.
    ///   - domains: the domains that it must be for.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: an error for a date, warnings for an end that comes near and for names.
    ///
    /// Source: RFC 6120 §13.7.1.2.1, §13.7.2.3.
    static func findings(
        _ credentials: TLSCredentials,
        in file: String,
        domains: [String],
        now: Int64
    ) -> [Diagnostic] {
        var found: [Diagnostic] = []
        if let fault = credentials.fault(at: now) {
            found.append(diagnostic(fault, in: file))
        } else if let end = credentials.validity?.upperBound, end - now < notice {
            let days = (end - now) / 86_400
            found.append(
                .finding(
                    .warning,
                    "expiring",
                    in: file,
                    "the certificate or its chain expires in \(days) \(days == 1 ? "day" : "days")",
                    help: "renew it, put the files in place and send SIGHUP"
                )
            )
        }
        for domain in domains where !isFor(domain, credentials.names) {
            let names = credentials.names.described
            let shown = names.isEmpty ? "no name" : names.prefix(8).joined(separator: ", ")
            found.append(
                .finding(
                    .warning,
                    "certificate-name",
                    in: file,
                    "the certificate is for \(shown), and not for \(domain), so that servers that look at it refuse it",
                    help: "ask the authority for a certificate that names \(domain)"
                )
            )
        }
        return found
    }

    private static func isFor(_ domain: String, _ names: CertificateNames) -> Bool {
        let ascii = (try? DomainName.toASCII(domain)) ?? domain
        return ServiceIdentity.xmpp(ascii, .server).check(names, unicode: domain).isMatch
    }

    /// The diagnostic for files that no TLS can be made of.
    static func fault(_ error: TLSConfigurationError, in server: GatewayConfiguration.Server) -> Diagnostic {
        switch error.code {
        case .unreadableKey, .encryptedKey, .keyMismatch: diagnostic(error, in: server.key)
        case .unreadableTrustRoots: diagnostic(error, in: server.trust ?? server.certificate)
        case .noCertificate, .unreadableCertificate, .brokenChain, .expired, .notYetValid, .weak, .noCredentials,
            .ciphers, .applicationProtocol, .versions, .library:
            diagnostic(error, in: server.certificate)
        }
    }

    private static func diagnostic(_ error: TLSConfigurationError, in file: String) -> Diagnostic {
        .finding(.error, error.code.rawValue, in: file, error.reason, help: remedy(error.code))
    }

    private static func remedy(_ code: TLSConfigurationError.Code) -> String? {
        switch code {
        case .noCertificate, .unreadableCertificate:
            "write the certificate in PEM, then those of the authorities between it and the root"
        case .unreadableKey: "write the private key of the certificate in PEM"
        case .encryptedKey: "decrypt it with openssl pkey -in FILE -out OTHER, and let nobody else read that file"
        case .keyMismatch:
            "name the key that the certificate was made for; the own certificate stands first in its file"
        case .brokenChain: "put the own certificate first and each issuer behind the one that it signed"
        case .expired: "renew it, put the files in place and send SIGHUP"
        case .notYetValid: "look at the clock of this machine, or use the certificate later"
        case .weak: "use a key of P-256 or of at least 2048 bits RSA, and a signature with SHA-256"
        case .unreadableTrustRoots:
            "name a file with the certificates of the authorities in PEM, or remove trust: for those of the system"
        case .noCredentials, .ciphers, .applicationProtocol, .versions, .library: nil
        }
    }
}
