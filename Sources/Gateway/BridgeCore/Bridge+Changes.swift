extension Bridge {
    /// Counts an item that a leg refused before it became an offer.
    public mutating func countRefusal() {
        balance.received += 1
        balance.refused += 1
    }

    /// Gives an item on its way other bytes, such as the identity of another transaction.
    public mutating func replaceCargo(of id: CrossingID, with cargo: Cargo) {
        guard let offer = items[id]?.offer else { return }
        let growth = cargo.count - offer.cargo.count
        bytes += growth
        items[id]?.hop?.bytes += growth
        offer.cargo = cargo
    }
}
