/// Whose address is mapped: the answer to an address that cannot be differs.
public enum AddressRole: Sendable, Equatable {
    /// Who sent the item, a user of the shore that it comes from.
    case sender
    /// Who gets the item, a user of the shore that it goes to.
    case recipient
}
