import COpenSSL

extension TLSSession {
    /// What both ends agreed on; nil before the handshake is over.
    ///
    /// It is read anew at each use.
    public var peer: TLSPeer? {
        guard isEstablished, let version = TLSConfiguration.Version(rawValue: Int(unsafe SSL_version(ssl))) else {
            return nil
        }
        // The names are constants of the library; the server's name and the protocol belong to the session.
        let cipher = unsafe SSL_CIPHER_standard_name(SSL_get_current_cipher(ssl)).map { unsafe String(cString: $0) }
        let serverName = unsafe SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name).map { unsafe String(cString: $0) }
        return TLSPeer(
            version: version,
            cipher: cipher ?? "",
            applicationProtocol: applicationProtocol,
            serverName: serverName,
            isResumed: unsafe SSL_session_reused(ssl) == 1,
            certificates: certificates,
            channelBinding: channelBinding
        )
    }

    private var applicationProtocol: String? {
        var start: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        unsafe SSL_get0_alpn_selected(ssl, &start, &count)
        guard let start = unsafe start, count > 0 else { return nil }
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: Int(count)), as: UTF8.self)
    }

    /// What the peer showed in this handshake, or in the one that is resumed.
    private var certificates: PeerCertificates {
        if let finding = unsafe exchange.pointee.finding {
            return PeerCertificates(
                chain: finding.sent.map { TLSCertificate($0) },
                path: finding.path.map { TLSCertificate($0) },
                verdict: ChainVerdict(code: finding.code)
            )
        }
        guard let pointer = unsafe SSL_get1_peer_certificate(ssl) else {
            return PeerCertificates(chain: [], path: [], verdict: .noCertificate)
        }
        let leaf = unsafe CertificateHandle(owning: pointer)
        var verdict = unsafe ChainVerdict(code: Int32(clamping: SSL_get_verify_result(ssl)))
        // The verdict is of the day of the first handshake.
        if verdict == .valid, unsafe X509_cmp_current_time(X509_get0_notAfter(leaf.pointer)) < 0 { verdict = .expired }
        return PeerCertificates(chain: [TLSCertificate(leaf)], path: [], verdict: verdict)
    }

    /// A value that only the two ends of this connection know.
    ///
    /// Source: RFC 9266 §2.
    private var channelBinding: [UInt8]? {
        guard unsafe SSL_version(ssl) == TLS1_3_VERSION || isthmus_ssl_has_extended_master_secret(ssl) == 1 else {
            return nil
        }
        return keyingMaterial(label: "EXPORTER-Channel-Binding", count: 32)
    }

    /// Derives bytes that are the same on both sides of this connection and nowhere else.
    ///
    /// - Parameters:
    ///   - label: what they are for.
    ///   - count: how many, at most 255.
    /// - Returns: the bytes; nil before the handshake is over.
    public func keyingMaterial(label: String, count: Int) -> [UInt8]? {
        guard isEstablished, (1...255).contains(count) else { return nil }
        LibraryErrors.clear()
        defer { LibraryErrors.clear() }
        var bytes = [UInt8](repeating: 0, count: count)
        // Writes exactly `count` bytes. The empty context that is given is not the same as none in TLS 1.2.
        let done = unsafe SSL_export_keying_material(ssl, &bytes, count, label, label.utf8.count, [], 0, 1)
        return done == 1 ? bytes : nil
    }

    /// Takes what the next session with the same peer can be resumed by, if the peer has sent it.
    ///
    /// - Returns: the latest ticket that was not taken; always nil on an accepting side.
    public func takeResumption() -> TLSResumption? {
        guard let pointer = unsafe exchange.pointee.takeTicket() else { return nil }
        return unsafe TLSResumption(owning: pointer, context: context, name: name)
    }
}
