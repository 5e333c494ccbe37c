public import Ledger
public import OperatorFiles

/// Looks for a text in what a person wrote or read in a period, where texts are kept.
///
/// Needs the store's secret and the file of keys; whoever can read those may. Reading texts is an act to be recorded, which
/// the caller does.
public struct TextSearch {
    private var search: BodySearch

    /// Begins a search.
    ///
    /// - Parameters:
    ///   - text: what is looked for; letters of either case.
    ///   - person: a bare JID or a `sip:` URI.
    ///   - days: the UTC days of acceptance, counted from 1970-01-01.
    ///   - configuration: whose store it is.
    ///   - reader: the store.
    /// - Throws: ``AddressFault`` when the person is no address, ``StartFault`` when there is no secret, `LedgerError` when
    ///   the store cannot be read.
    public init(
        _ text: String,
        of person: String,
        days: ClosedRange<Int64>,
        _ configuration: GatewayConfiguration,
        _ reader: LedgerReader
    ) throws {
        let address = try KeptAddress.form(person, configuration) { jid in
            (try? reader.address(jid: jid))?.uri
        }
        let labels = StoreSecrets(try SecretFile.stored(in: configuration.state)).bodyLabels
        search = BodySearch(
            text,
            in: .person(labels.person(address)),
            days: days,
            reader,
            BodyKeyReader(beside: StateDirectory.databasePath(in: configuration.state))
        )
    }

    /// Whether everything was looked at.
    public var isDone: Bool { search.isDone }

    /// How many texts were opened.
    public var opened: Int { search.opened }

    /// Conversations and days of the period of which digests alone are kept, or nothing any more.
    public var withoutText: Int { search.withoutText }

    /// Opens the next texts, at most `BodySearch.step`.
    ///
    /// - Returns: the items among them that have the text.
    /// - Throws: `LedgerError` when a database cannot be read.
    public mutating func next() throws(LedgerError) -> [BodySearch.Match] { try search.next() }
}
