public import AuditTrail
public import Ledger

/// Acts of a person on the store, with the records that say so.
public struct OperatorActs: Sendable {
    /// Which gateway writes the records.
    public let node: String
    /// Who changes the store.
    public let actor: String
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    public let now: Int64

    /// Names who changes the store of which gateway.
    ///
    /// - Parameters:
    ///   - node: which gateway writes the records.
    ///   - actor: who changes the store.
    ///   - now: milliseconds since 1970-01-01T00:00:00Z.
    public init(node: String, actor: String, now: Int64) {
        self.node = node
        self.actor = actor
        self.now = now
    }

    /// Makes a pair of two addresses that a person wrote.
    ///
    /// - Parameters:
    ///   - jid: the address on the XMPP shore.
    ///   - uri: the address on the CPIM shore.
    /// - Returns: the pair, normalized.
    /// - Throws: ``AddressFault`` when one of them is no such address.
    public func pair(jid: String, uri: String) throws(AddressFault) -> AddressPair {
        let stored = try StoredAddress.uri(uri)
        return AddressPair(
            jid: try StoredAddress.jid(jid),
            uri: stored.uri,
            uriKey: stored.key,
            kind: .explicit,
            firstSeen: now,
            lastUsed: now
        )
    }

    /// Makes the pairs of an address file.
    ///
    /// - Parameter csv: the file.
    /// - Returns: its pairs, normalized, in the order of lines.
    /// - Throws: ``AddressFault`` with the first line that is wrong.
    public func pairs(csv: [UInt8]) throws(AddressFault) -> [AddressPair] {
        let file = AddressFile.read(csv)
        if let problem = file.problems.first {
            throw AddressFault(reason: "line \(problem.line): \(problem.reason)")
        }
        var pairs: [AddressPair] = []
        for entry in file.entries {
            switch StoredAddress.normalization(entry) {
            case .refused(let reason): throw AddressFault(reason: "line \(entry.line): \(reason)")
            case .normalized(let jid, let key): pairs.append(entry.pair(jid: jid, uriKey: key, now: now))
            }
        }
        return pairs
    }

    /// The record of a pair that was stored.
    ///
    /// - Parameter pair: the pair.
    /// - Returns: the record.
    public func added(_ pair: AddressPair) -> AuditEntry {
        record("address-added", [AuditField("jid", pair.jid), AuditField("uri", pair.uri)])
    }

    /// The record of a pair that was removed.
    ///
    /// - Parameter jid: its address on the XMPP shore.
    /// - Returns: the record.
    public func removed(jid: String) -> AuditEntry {
        record("address-removed", [AuditField("jid", jid)])
    }

    /// The record of pairs that came from a file.
    ///
    /// - Parameter pairs: the pairs.
    /// - Returns: the record.
    public func imported(_ pairs: [AddressPair]) -> AuditEntry {
        record("addresses-imported", [AuditField("pairs", String(pairs.count))])
    }

    /// The record of a backup that took the place of the store.
    ///
    /// - Parameters:
    ///   - records: how many records the backup has.
    ///   - reason: why, in the words of who did it.
    /// - Returns: the record.
    public func restored(records: Int, reason: String) -> AuditEntry {
        record("ledger-restored", [AuditField("records", String(records))], reason: reason)
    }

    /// The record of records that were handed out.
    ///
    /// - Parameters:
    ///   - what: which records, and in which form.
    ///   - reason: why.
    /// - Returns: the record.
    public func exported(_ what: String, reason: String) -> AuditEntry {
        record("audit-exported", [AuditField("export", what)], reason: reason)
    }

    /// The record of a key that took the place of another.
    ///
    /// - Parameters:
    ///   - key: the new key.
    ///   - reason: why.
    /// - Returns: the record.
    public func keyRenewed(_ key: NoteKey, reason: String) -> AuditEntry {
        record("audit-key-renewed", [AuditField("key", key.description)], reason: reason)
    }

    func record(_ event: String, _ identifiers: [AuditField], reason: String? = nil) -> AuditEntry {
        var record = AuditRecord(AuditEvent(rawValue: event), time: now, node: node)
        record.actor = actor
        record.identifiers = identifiers
        record.reason = reason
        return record.entry()
    }
}
