import XMPPStanzas

extension LinkRow {
    /// The columns in their order; the names are stable.
    public static let columns = [
        "link", "direction", "state", "peer", "proof", "tls", "certificate-ends", "since", "queued", "unconfirmed",
        "received", "sent", "reason", "remedy", "weakened",
    ]

    /// The row as text by column; what is not known is left out.
    public var fields: [String: String] {
        var fields = [
            "link": link, "direction": direction.rawValue, "state": state.rawValue, "peer": peer,
            "queued": String(queued), "unconfirmed": String(unconfirmed), "received": String(received),
            "sent": String(sent),
        ]
        fields["proof"] = proof
        fields["tls"] = tls
        fields["certificate-ends"] = certificateEnds.map(EntityTime.utc)
        fields["since"] = since.map(EntityTime.utc)
        fields["reason"] = reason
        fields["remedy"] = remedy
        fields["weakened"] = weakened
        return fields
    }
}
