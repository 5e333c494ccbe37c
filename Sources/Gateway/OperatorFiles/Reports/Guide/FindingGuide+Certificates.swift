extension FindingGuide {
    /// The files of certificates, keys and trusted authorities.
    static let certificates = Chapter(
        title: "Certificates",
        about: """
            `isthmus check` and the start of the gateway look at the files that `certificate`, `key` and `trust` name.
            """,
        entries: [
            Entry(
                "expiring",
                "A warning: the certificate, or one of its chain, expires soon.",
                mend: "renew it, put the files in place and send SIGHUP."
            ),
            Entry(
                "expired",
                "The certificate, or one of its chain, has expired.",
                mend: "renew it, put the files in place and send SIGHUP."
            ),
            Entry(
                "not-yet-valid",
                "The certificate begins later.",
                mend: "look at the clock of the machine."
            ),
            Entry(
                "certificate-name",
                "A warning: the certificate does not name a domain that is served with it.",
                mend: "ask the authority for one that does."
            ),
            Entry(
                "no-certificate",
                "The file has no certificate.",
                mend: "write it in PEM, those of the authorities behind it."
            ),
            Entry(
                "unreadable-certificate",
                "The certificate cannot be read.",
                mend: "write it in PEM."
            ),
            Entry(
                "unreadable-key",
                "The private key cannot be read.",
                mend: "write it in PEM."
            ),
            Entry(
                "encrypted-key",
                "The private key needs a password.",
                mend: "`openssl pkey -in FILE -out OTHER` decrypts it; let nobody else read that file."
            ),
            Entry(
                "key-mismatch",
                "The key belongs to another certificate.",
                mend: "name the key that the certificate was made for."
            ),
            Entry(
                "broken-chain",
                "The certificates do not sign each other in the order of the file.",
                mend: "put the own one first, and each issuer behind the one that it signed."
            ),
            Entry(
                "weak",
                "The key or a signature is too weak.",
                mend: "take P-256 or at least 2048 bits RSA, and SHA-256."
            ),
            Entry(
                "no-credentials",
                "A certificate stands without a key, or a key without a certificate.",
                mend: "name both."
            ),
            Entry(
                "unreadable-trust-roots",
                "The authorities cannot be read.",
                mend: "name a file of certificates in PEM, or remove `trust`."
            ),
            Entry(
                "ciphers",
                "The library refuses the list of ciphers.",
                mend: "take another release of the TLS library."
            ),
            Entry(
                "application-protocol",
                "The library refuses the name of the protocol.",
                mend: "take another release of the TLS library."
            ),
            Entry(
                "versions",
                "The library has no version of TLS that is allowed.",
                mend: "take another release of the TLS library."
            ),
            Entry(
                "library",
                "The TLS library fails without saying why.",
                mend: "look into its own messages; start again."
            ),
        ]
    )
}
