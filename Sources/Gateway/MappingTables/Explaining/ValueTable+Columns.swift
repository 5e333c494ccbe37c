extension ValueTable {
    /// Checks that a value can stand in a column.
    ///
    /// - Parameters:
    ///   - column: the name of the column.
    ///   - values: its values; `none` is no value.
    ///   - side: the side that the column is on.
    /// - Throws: ``SettingFault`` for a side, a column or a word that the table does not have.
    public func check(_ column: String, _ values: [String], of side: Vocabulary) throws(SettingFault) {
        guard let columns = targets[side] else {
            throw SettingFault(reason: "\(name) has no side \"\(side.rawValue)\"", known: sides.map(\.rawValue))
        }
        guard let known = columns.first(where: { $0.name == column }) else {
            throw SettingFault(reason: "\"\(column)\" is no column of \(name)", known: columns.map(\.name))
        }
        guard let words = known.words else { return }
        for value in values where !words.contains(value) && value != "none" {
            throw SettingFault(reason: "\"\(shortened(value))\" is not \(known.what)", known: words)
        }
    }
}
