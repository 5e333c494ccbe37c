/// Why a connection cannot go on.
enum ServerConnectionFault: Error, CustomStringConvertible {
    /// No certificate to show is configured.
    case noCertificate

    var description: String {
        switch self {
        case .noCertificate: "there is no certificate to show"
        }
    }
}
