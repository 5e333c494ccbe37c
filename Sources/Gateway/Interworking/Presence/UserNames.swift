import Addressing
import MappingTables
import PIDF

/// How documents about a user of the XMPP shore name it, under one route.
struct UserNames: Sendable {
    /// Whom a document is about.
    let entity: String
    /// The user as stanzas name it, and as requests do.
    let spelling: FieldConversion.Spelling
    /// The row of the address table that decided; nil when no row names the domain.
    let row: RowID?

    /// The address of a contact, to which an instance may be added; nil where only priorities have one.
    private let contact: String
    private let isAlways: Bool
    private let namesInstances: Bool

    init(_ user: Correspondent, _ setting: Setting) throws(Refusal) {
        let address = try setting.addresses.uri(for: user.jid.bare.jid, facts: setting.facts)
        entity = PresenceTranslator.entity(address.instant)
        spelling = (user.jid.description, user.uri.description)
        row = address.row
        let form = setting.route.switches.text(.presenceContact)
        contact = form == "sip" ? spelling.target : address.instant.description
        isAlways = form != "none"
        namesInstances = form == "sip" && setting.addresses.isInstanceMapped
    }

    /// What stands as contact in the tuple of a resource; a priority needs one that it is of, whatever the route says.
    ///
    /// Source: RFC 3922 §5.1.9.2, RFC 7247 §6.5.
    func contact(of resource: String?, _ priority: ContactPriority?) -> PresenceContact? {
        guard isAlways || priority != nil else { return nil }
        guard namesInstances, let resource else { return PresenceContact(uri: contact, priority: priority) }
        let instance = ";gr=" + PercentEncoding.encode(resource, keeping: .sipParameter)
        return PresenceContact(uri: contact + instance, priority: priority)
    }
}
