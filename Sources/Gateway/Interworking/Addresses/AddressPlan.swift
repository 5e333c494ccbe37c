import MappingTables

/// What the address table says of a domain.
struct AddressPlan {
    typealias Row = RowID

    /// How an address is written on the other shore.
    enum Form {
        /// With another domain, or the same.
        case domain(String)
        /// As `user\40domain` at a component's domain; towards the CPIM shore the domain stands in the localpart.
        case encapsulated(component: String)
        /// As a telephone number at a domain.
        case phone(String)
    }

    var form: Form
    var row: Row?
}
