import COpenSSL

extension TLSError {
    /// The failure that the entries of the error queue tell of.
    init(_ errors: [LibraryError]) {
        let reasons = errors.filter { $0.library == ERR_LIB_SSL }.map(\.reason)
        let sentence = LibraryErrors.sentence(errors)
        for reason in reasons {
            if let code = Self.code(reason) {
                self.init(code, sentence, alert: Self.alert(reason))
                return
            }
        }
        self.init(errors.isEmpty ? .library : .violation, sentence)
    }

    /// The alert that a reason stands for: libssl counts them from 1000.
    private static func alert(_ reason: Int32) -> UInt8? {
        reason >= SSL_AD_REASON_OFFSET ? UInt8(exactly: reason - SSL_AD_REASON_OFFSET) : nil
    }

    private static func code(_ reason: Int32) -> Code? {
        if let alert = alert(reason) {
            return switch Int32(alert) {
            case SSL_AD_PROTOCOL_VERSION: .version
            case SSL_AD_NO_APPLICATION_PROTOCOL: .applicationProtocol
            case SSL_AD_CERTIFICATE_REQUIRED: .certificateRequired
            case SSL_AD_BAD_RECORD_MAC: .badRecord
            case SSL_AD_NO_RENEGOTIATION: .renegotiation
            default: .refused
            }
        }
        return switch reason {
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST, SSL_R_UNKNOWN_PROTOCOL,
            SSL_R_RECORD_LENGTH_MISMATCH, SSL_R_BAD_PACKET:
            .notTLS
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_NO_PROTOCOLS_AVAILABLE,
            SSL_R_WRONG_SSL_VERSION:
            .version
        case SSL_R_NO_SHARED_CIPHER, SSL_R_NO_CIPHERS_AVAILABLE, SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM: .cipher
        case SSL_R_NO_APPLICATION_PROTOCOL: .applicationProtocol
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: .certificateRequired
        case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, SSL_R_BAD_RECORD_TYPE: .badRecord
        case SSL_R_NO_RENEGOTIATION: .renegotiation
        default: nil
        }
    }
}
