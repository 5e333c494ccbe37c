import COpenSSL

/// Checks the chain that a verification context of libcrypto holds.
enum ChainJudge {
    /// How many certificates of a chain are kept.
    static let largestCount = 16

    /// What was found.
    struct Finding {
        /// The code of the verdict, as libcrypto keeps it with a session.
        var code: Int32
        /// What the peer sent, its own first.
        var sent: [CertificateHandle]
        /// The path that was built, up to the trusted certificate when the verdict is valid.
        var path: [CertificateHandle]
    }

    /// Checks, and leaves the code in the context.
    static func judge(_ context: OpaquePointer) -> Finding {
        // All belong to the context, which the caller keeps meanwhile.
        unsafe X509_VERIFY_PARAM_set_purpose(X509_STORE_CTX_get0_param(context), X509_PURPOSE_ANY)
        let isChain = unsafe X509_verify_cert(context) == 1
        var code = unsafe X509_STORE_CTX_get_error(context)
        if !isChain, code == X509_V_OK { code = X509_V_ERR_UNSPECIFIED }
        // What was sent holds the peer's own certificate too.
        let sent = unsafe certificates(X509_STORE_CTX_get0_untrusted(context))
        let path = unsafe certificates(X509_STORE_CTX_get0_chain(context))
        if code == X509_V_OK { code = fault(of: path) }
        unsafe X509_STORE_CTX_set_error(context, code)
        LibraryErrors.clear()
        return Finding(code: code, sent: sent, path: path)
    }

    /// Rules that hold for both sides alike.
    ///
    /// Source: RFC 6120 §13.7.1.1, RFC 5280 §4.2.1.3, §4.2.1.12.
    private static func fault(of path: [CertificateHandle]) -> Int32 {
        guard let leaf = path.first else { return X509_V_ERR_UNSPECIFIED }
        if leaf.isAuthority { return X509_V_ERR_INVALID_NON_CA }
        // What a trusted certificate says of its purpose is not asked, unless it is the peer's own.
        for (index, certificate) in path.enumerated() where index == 0 || index < path.count - 1 {
            if !certificate.servesTLS(isLeaf: index == 0) { return X509_V_ERR_INVALID_PURPOSE }
        }
        return X509_V_OK
    }

    /// A share in each certificate of a stack.
    private static func certificates(_ stack: OpaquePointer?) -> [CertificateHandle] {
        guard let stack = unsafe stack else { return [] }
        let count = min(Int(unsafe isthmus_certificates_count(stack)), largestCount)
        var found: [CertificateHandle] = []
        for index in 0..<max(0, count) {
            guard let pointer = unsafe isthmus_certificates_at(stack, Int32(index)) else { continue }
            // The handle gives this reference back.
            unsafe X509_up_ref(pointer)
            found.append(unsafe CertificateHandle(owning: pointer))
        }
        return found
    }
}
