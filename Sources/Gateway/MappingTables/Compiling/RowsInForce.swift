/// Which rows hold, for all neighbors and for each: what is replaced is left out, what replaces it stands in its place.
struct RowsInForce {
    /// What came of a row that was added.
    enum Outcome {
        /// It stands behind the others.
        case added
        /// It stands where another stood.
        case replaced(SourceRow)
        /// It is to replace a row that is not there, and stands behind the others.
        case missing
    }

    /// The rows of one kind in order.
    private struct Standing {
        var rows: [SourceRow] = []
        private var places: [RowName: Int] = [:]

        mutating func add(_ source: SourceRow) -> Outcome {
            let name = RowName(table: source.table, id: source.id)
            if let overridden = source.overridden {
                if let place = places.removeValue(forKey: RowName(table: source.table, id: overridden)) {
                    let replaced = rows[place]
                    rows[place] = source
                    places[name] = place
                    return .replaced(replaced)
                }
            }
            if places[name] == nil { places[name] = rows.count }
            rows.append(source)
            return source.overridden == nil ? .added : .missing
        }
    }

    private var base: [TableKind: Standing] = [:]
    private var peers: [String: [TableKind: Standing]] = [:]

    /// Adds a row behind those of its folder and of the folders before it.
    ///
    /// - Parameters:
    ///   - source: the row; those of neighbors come after all others.
    ///   - kind: the kind of its table.
    /// - Returns: where it stands.
    mutating func add(_ source: SourceRow, _ kind: TableKind) -> Outcome {
        guard case .peer(let domain) = source.layer else { return base[kind, default: Standing()].add(source) }
        let shared = base[kind] ?? Standing()
        return peers[domain, default: [:]][kind, default: shared].add(source)
    }

    /// The rows of a kind for one neighbor, or for all others.
    func rows(_ kind: TableKind, peer: String?) -> [SourceRow] {
        (peer.flatMap { peers[$0]?[kind] } ?? base[kind])?.rows ?? []
    }

    /// Whether a neighbor has rows of a kind of its own.
    func holdsOwn(_ kind: TableKind, peer: String) -> Bool { peers[peer]?[kind] != nil }

    /// The neighbors that have rows of their own, sorted.
    var domains: [String] { peers.keys.sorted() }
}

/// A row by its table and id.
struct RowName: Hashable {
    let table: String
    let id: String
}
