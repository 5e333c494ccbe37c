public import Addressing
public import MappingTables

/// What a JID is on the CPIM shore.
public struct MappedURI: Sendable, Equatable {
    /// The address of record for carriers.
    public var uri: SIPURI
    /// The address for Message/CPIM headers.
    public var instant: InstantURI
    /// The value of the `gr` parameter that names the resource, escaped; nil for none.
    ///
    /// Source: RFC 7247 §6.3.
    public var instance: String?
    /// The row of the address table that decided; nil when no row names the domain.
    public var row: RowID?

    /// The address of record with the instance, as carriers name one endpoint of the user.
    ///
    /// Source: RFC 7247 §6.5.
    public var text: String { uri.description + (instance.map { ";gr=" + $0 } ?? "") }
}

/// What a URI of the CPIM shore is as a JID.
public struct MappedJID: Sendable, Equatable {
    /// The address, full when the URI names an instance.
    public var jid: JID
    /// The URI in the spelling of its owner, with the JID, for the address store.
    public var pair: AddressPair
    /// Whether the rules alone lead from the JID back to the URI; otherwise only the store does.
    public var isDerivable: Bool
    /// What was tolerated, in the words of records.
    public var notes: [String]
    /// The row of the address table that decided; nil when no row names the domain.
    public var row: RowID?
}
