import Glibc
import MappingTables
import OperatorFiles

/// Reads the secret that a component shares with its server: one line of text.
///
/// Source: XEP-0114 §3.
enum ComponentSecret {
    /// The longest secret, in bytes.
    static let longest = 4_096

    /// Why a secret is not taken.
    struct Fault: Error {
        /// The code of a finding.
        let code: String
        /// A sentence with the place and without the secret.
        let reason: String
        /// What to do.
        let help: String
    }

    /// The secret, without the line break at its end.
    static func read(_ component: GatewayConfiguration.Component) throws(Fault) -> String {
        switch component.secret {
        case .file(let path):
            let text: String
            // A line break of two bytes may follow the longest secret.
            switch OperatorFile.read(path, limit: longest + 2) {
            case .failure(let fault):
                throw Fault(
                    code: fault.diagnostic.code,
                    reason: "the secret of \(component.domain) in \(path): \(fault.diagnostic.message)",
                    help: "write it to a file of this name that the gateway may read"
                )
            case .success(var bytes):
                while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
                guard let found = String(validating: bytes, as: UTF8.self) else {
                    throw fault(component, path, "is no text in UTF-8")
                }
                text = found
            }
            return try checked(text, component, in: path)
        case .environment(let name):
            // The text is copied at once.
            guard let text = unsafe getenv(name).map({ unsafe String(cString: $0) }) else {
                throw Fault(
                    code: "component-secret",
                    reason: "the environment variable \(name) with the secret of \(component.domain) is not set",
                    help: "set it for the gateway, or use secret-file"
                )
            }
            return try checked(text, component, in: "$\(name)")
        }
    }

    private static func checked(
        _ text: String,
        _ component: GatewayConfiguration.Component,
        in place: String
    ) throws(Fault) -> String {
        if text.isEmpty { throw fault(component, place, "is empty") }
        if text.utf8.count > longest { throw fault(component, place, "has more than \(longest) bytes") }
        if text.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0 }) {
            throw fault(component, place, "is more than one line")
        }
        return text
    }

    private static func fault(
        _ component: GatewayConfiguration.Component,
        _ place: String,
        _ what: String
    ) -> Fault {
        Fault(
            code: "component-secret",
            reason: "the secret of \(component.domain) in \(place) \(what)",
            help: "write what the server has for this component, alone on one line of at most \(longest) bytes"
        )
    }

    /// What is wrong with the secrets of components, at the lines that name them.
    ///
    /// A variable that is not set is a warning: the gateway may be started in another environment.
    ///
    /// - Parameter configuration: checked.
    /// - Returns: errors and warnings.
    static func diagnostics(of configuration: GatewayConfiguration) -> [Diagnostic] {
        configuration.components.compactMap { component in
            do throws(Fault) {
                _ = try read(component)
                return nil
            } catch {
                let isHere = if case .file = component.secret { true } else { false }
                return Diagnostic(
                    severity: isHere ? .error : .warning,
                    position: component.secretPosition,
                    message: error.reason,
                    code: error.code,
                    help: error.help
                )
            }
        }
    }
}
