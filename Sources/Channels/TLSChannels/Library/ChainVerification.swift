import COpenSSL

/// Checks chains of certificates against trusted ones, apart from any connection.
///
/// Source: RFC 5280 §6.1.
public enum ChainVerification {
    /// Checks a chain.
    ///
    /// The result depends on the arguments alone.
    ///
    /// - Parameters:
    ///   - chain: what the peer showed, its own certificate first; the others in any order.
    ///   - anchors: the certificates that are trusted; one need not be an authority's own root.
    ///   - time: the moment to check for, in seconds since 1970.
    ///   - depth: how many certificates may stand between the peer's and the trusted one.
    /// - Returns: what was found.
    public static func verdict(
        of chain: [TLSCertificate],
        anchors: [TLSCertificate],
        at time: Int64,
        depth: Int = TLSConfiguration.defaultDepth
    ) -> ChainVerdict {
        LibraryErrors.clear()
        defer { LibraryErrors.clear() }
        let handles = chain.prefix(ChainJudge.largestCount).compactMap { CertificateHandle(der: $0.der) }
        guard let leaf = handles.first else { return .noCertificate }
        // All three are made here and freed at the end; the certificates outlive them.
        guard let store = unsafe X509_STORE_new(), let context = unsafe X509_STORE_CTX_new(),
            let stack = unsafe isthmus_certificates_new()
        else { preconditionFailure("libcrypto is out of memory") }
        defer {
            unsafe isthmus_certificates_free(stack)
            unsafe X509_STORE_CTX_free(context)
            unsafe X509_STORE_free(store)
            withExtendedLifetime(handles) {}
        }
        for anchor in anchors {
            guard let handle = CertificateHandle(der: anchor.der) else { continue }
            unsafe X509_STORE_add_cert(store, handle.pointer)
        }
        for handle in handles { _ = unsafe isthmus_certificates_add(stack, handle.pointer) }
        guard unsafe X509_STORE_CTX_init(context, store, leaf.pointer, stack) == 1,
            let parameters = unsafe X509_STORE_CTX_get0_param(context)
        else { return .other("the check could not start") }
        unsafe X509_VERIFY_PARAM_set_time(parameters, Int(time))
        unsafe X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_PARTIAL_CHAIN))
        unsafe X509_VERIFY_PARAM_set_depth(parameters, Int32(clamping: depth))
        unsafe X509_VERIFY_PARAM_set_auth_level(parameters, TLSConfiguration.securityLevel)
        return unsafe ChainVerdict(code: ChainJudge.judge(context).code)
    }
}
