/// Items that are stored and not settled, between the same two users.
///
/// An object, which its items name directly.
final class OpenItems {
    /// So many pairs may have nothing open, beside one for each item, before all such are forgotten.
    static let mostIdle = 1_000

    var count = 0
}
