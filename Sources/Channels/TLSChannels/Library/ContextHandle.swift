import COpenSSL

/// A context inside libssl with all that its callbacks reach; freed with the object.
///
/// The library counts references with atomic operations, and nothing is changed once it is made: it is shared by all
/// threads.
@safe final class ContextHandle: @unchecked Sendable {
    let pointer: OpaquePointer
    private let credentials: [TLSCredentials]
    /// The application protocols as they stand in a message; lives as long as the object.
    private let protocols: UnsafeMutableBufferPointer<UInt8>

    init(
        _ configuration: TLSConfiguration,
        role: TLSContext.Role,
        credentials: [TLSCredentials]
    ) throws(TLSConfigurationError) {
        LibraryErrors.clear()
        let encoded = try Self.encoded(configuration.applicationProtocols)
        let method = unsafe role == .client ? TLS_client_method() : TLS_server_method()
        guard let pointer = unsafe SSL_CTX_new(method) else {
            throw TLSConfigurationError(.library, LibraryErrors.sentence(LibraryErrors.drain()))
        }
        unsafe self.pointer = unsafe pointer
        self.credentials = credentials
        // A list of no bytes still has an address.
        unsafe protocols = UnsafeMutableBufferPointer.allocate(capacity: max(1, encoded.count))
        for (index, byte) in encoded.enumerated() { unsafe protocols[index] = byte }
        try configure(configuration, role: role)
        // All are tried, so that one that cannot be used is found here; the last of a kind stands.
        try use(credentials)
        try use(role == .server ? credentials.shown(for: nil) : Array(credentials.prefix(1)))
        try trust(configuration)
        if role == .server { offerCredentials() }
        if !encoded.isEmpty { negotiate(role: role, count: encoded.count) }
        recordVerdicts(configuration, role: role)
        watch()
        LibraryErrors.clear()
    }

    deinit {
        // The last of our references; sessions that live hold their own, and keep this object too.
        unsafe SSL_CTX_free(pointer)
        unsafe protocols.deallocate()
    }

    private static func encoded(_ names: [String]) throws(TLSConfigurationError) -> [UInt8] {
        var bytes: [UInt8] = []
        for name in names {
            guard (1...255).contains(name.utf8.count), bytes.count < 4096 else {
                throw TLSConfigurationError(.applicationProtocol, "\"\(name.prefix(40))\" is no application protocol")
            }
            bytes.append(UInt8(name.utf8.count))
            bytes.append(contentsOf: name.utf8)
        }
        return bytes
    }

    private func configure(
        _ configuration: TLSConfiguration,
        role: TLSContext.Role
    ) throws(TLSConfigurationError) {
        guard configuration.minimumVersion <= configuration.maximumVersion else {
            throw TLSConfigurationError(.versions, "the oldest version is later than the latest")
        }
        unsafe SSL_CTX_set_security_level(pointer, TLSConfiguration.securityLevel)
        let (lowest, highest) = (configuration.minimumVersion.rawValue, configuration.maximumVersion.rawValue)
        let ciphers = configuration.ciphers.joined(separator: ":") + ":!aNULL:!eNULL:!kRSA"
        guard unsafe isthmus_ctx_set_versions(pointer, Int32(lowest), Int32(highest)) == 1,
            unsafe isthmus_ctx_set_groups(pointer, "X25519:P-256:P-384") == 1
        else { throw TLSConfigurationError(.library, LibraryErrors.sentence(LibraryErrors.drain())) }
        guard unsafe SSL_CTX_set_cipher_list(pointer, ciphers) == 1,
            unsafe SSL_CTX_set_ciphersuites(pointer, configuration.ciphers13.joined(separator: ":")) == 1
        else { throw TLSConfigurationError(.ciphers, LibraryErrors.sentence(LibraryErrors.drain())) }
        unsafe isthmus_ctx_set_modes(pointer)
        unsafe isthmus_ctx_set_strict_options(pointer)
        unsafe isthmus_ctx_set_longest_chain(pointer, TLSConfiguration.largestChain)
        unsafe SSL_CTX_set_max_early_data(pointer, 0)
        // Sessions are kept by the peers only: in tickets, and by who asked for the connection.
        let keeps = configuration.resumesSessions && role == .client
        unsafe isthmus_ctx_set_session_cache(
            pointer,
            Int(keeps ? SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL : SSL_SESS_CACHE_OFF)
        )
        let scope = Array("isthmus".utf8)
        unsafe SSL_CTX_set_session_id_context(pointer, scope, UInt32(scope.count))
        if configuration.resumesSessions {
            // One ticket in TLS 1.3; a connection asks for another only when it is made anew.
            unsafe SSL_CTX_set_num_tickets(pointer, 1)
            if role == .client { keepTickets() }
        } else {
            unsafe SSL_CTX_set_num_tickets(pointer, 0)
            unsafe isthmus_ctx_forbid_tickets(pointer)
        }
    }

    // MARK: Own certificates

    private func use(_ shown: [TLSCredentials]) throws(TLSConfigurationError) {
        for credentials in shown {
            let chain = unsafe Self.stack(credentials.handles.dropFirst())
            defer { unsafe isthmus_certificates_free(chain) }
            guard let leaf = credentials.handles.first,
                // The library takes references of its own.
                unsafe SSL_CTX_use_cert_and_key(pointer, leaf.pointer, credentials.key.pointer, chain, 1) == 1
            else {
                let reasons = LibraryErrors.sentence(LibraryErrors.drain())
                throw TLSConfigurationError(.weak, "the certificate cannot be used: \(reasons)")
            }
        }
    }

    /// The certificate is chosen when the peer has said which name it wants.
    private func offerCredentials() {
        guard credentials.count > 1 else { return }
        // The object outlives every session of the context, since each session keeps it.
        unsafe SSL_CTX_set_cert_cb(
            pointer,
            { ssl, argument in
                guard let ssl = unsafe ssl, let argument = unsafe argument else { return 0 }
                return unsafe Unmanaged<ContextHandle>.fromOpaque(argument)._withUnsafeGuaranteedRef {
                    unsafe $0.show(on: ssl) ? 1 : 0
                }
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    private func show(on ssl: OpaquePointer) -> Bool {
        let asked = unsafe SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name).map { unsafe String(cString: $0) }
        let assumed = unsafe Transport.exchange(ofSession: ssl)?.pointee.assumedName
        unsafe SSL_certs_clear(ssl)
        for chosen in credentials.shown(for: asked ?? assumed) {
            let chain = unsafe Self.stack(chosen.handles.dropFirst())
            defer { unsafe isthmus_certificates_free(chain) }
            guard let leaf = chosen.handles.first,
                unsafe SSL_use_cert_and_key(ssl, leaf.pointer, chosen.key.pointer, chain, 1) == 1
            else { return false }
        }
        return true
    }

    /// A stack that borrows the certificates.
    private static func stack(_ certificates: ArraySlice<CertificateHandle>) -> OpaquePointer? {
        let stack = unsafe isthmus_certificates_new()
        for certificate in certificates { _ = unsafe isthmus_certificates_add(stack, certificate.pointer) }
        return unsafe stack
    }

    // MARK: The peer's certificates

    private func trust(_ configuration: TLSConfiguration) throws(TLSConfigurationError) {
        unsafe SSL_CTX_set_verify_depth(pointer, Int32(clamping: configuration.verificationDepth))
        switch configuration.trustRoots {
        case .none: break
        case .system:
            guard unsafe SSL_CTX_set_default_verify_paths(pointer) == 1 else {
                throw TLSConfigurationError(.unreadableTrustRoots, "the system's trusted certificates cannot be read")
            }
        case .pem(let pem):
            let roots: [CertificateHandle]
            do throws(TLSConfigurationError) { roots = try PEMReader.certificates(pem) } catch {
                throw TLSConfigurationError(.unreadableTrustRoots, error.reason)
            }
            // The store belongs to the context and takes references of its own.
            let store = unsafe SSL_CTX_get_cert_store(pointer)
            for root in roots { unsafe X509_STORE_add_cert(store, root.pointer) }
        }
    }

    private func recordVerdicts(_ configuration: TLSConfiguration, role: TLSContext.Role) {
        var mode = SSL_VERIFY_PEER
        if role == .server {
            switch configuration.clientCertificate {
            case .none: mode = SSL_VERIFY_NONE
            case .requested: break
            case .required: mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT
            }
        }
        unsafe SSL_CTX_set_verify(pointer, mode, nil)
        // The verdict is kept with the session, and the handshake goes on whatever it is.
        unsafe SSL_CTX_set_cert_verify_callback(
            pointer,
            { context, _ in
                guard let context = unsafe context else { return 1 }
                let finding = unsafe ChainJudge.judge(context)
                let ssl = unsafe X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx())
                if let exchange = unsafe Transport.exchange(ofSession: OpaquePointer(ssl)) {
                    unsafe exchange.pointee.finding = finding
                }
                return 1
            },
            nil
        )
    }

    // MARK: The rest

    private func negotiate(role: TLSContext.Role, count: Int) {
        if role == .client {
            unsafe SSL_CTX_set_alpn_protos(pointer, protocols.baseAddress, UInt32(count))
            return
        }
        // Chosen is a part of the list, which lives as long as the object.
        unsafe SSL_CTX_set_alpn_select_cb(
            pointer,
            { _, chosen, length, offered, offeredLength, argument in
                guard let argument = unsafe argument, let chosen = unsafe chosen, let length = unsafe length else {
                    return SSL_TLSEXT_ERR_ALERT_FATAL
                }
                return unsafe Unmanaged<ContextHandle>.fromOpaque(argument)._withUnsafeGuaranteedRef { handle in
                    var found: UnsafeMutablePointer<UInt8>?
                    let outcome = unsafe SSL_select_next_proto(
                        &found,
                        length,
                        handle.protocols.baseAddress,
                        UInt32(handle.protocols.count),
                        offered,
                        offeredLength
                    )
                    guard outcome == OPENSSL_NPN_NEGOTIATED else { return SSL_TLSEXT_ERR_ALERT_FATAL }
                    unsafe chosen.pointee = UnsafePointer(found)
                    return SSL_TLSEXT_ERR_OK
                }
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    private func keepTickets() {
        unsafe SSL_CTX_sess_set_new_cb(pointer) { ssl, session in
            guard let exchange = unsafe Transport.exchange(ofSession: ssl) else { return 0 }
            guard unsafe exchange.pointee.keepsTickets else { return 0 }
            // 1 says that the reference is ours.
            unsafe exchange.pointee.put(ticket: session)
            return 1
        }
    }

    /// Sees the messages that the library answers by itself.
    private func watch() {
        unsafe SSL_CTX_set_info_callback(pointer) { ssl, place, value in
            guard let exchange = unsafe Transport.exchange(ofSession: ssl),
                unsafe exchange.pointee.isEstablished
            else { return }
            if place & SSL_CB_LOOP != 0 { unsafe exchange.pointee.lateMessages += 1 }
            if place & SSL_CB_ALERT != 0, value & 0xFF == SSL_AD_NO_RENEGOTIATION {
                unsafe exchange.pointee.refusedHandshake = true
            }
        }
    }
}
