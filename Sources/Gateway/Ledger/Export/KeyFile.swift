import AuditTrail

/// The file of the key epochs.
struct KeyFile {
    let folder: TrailFolder

    /// Sees to it that the key of the last epoch is the given one.
    ///
    /// A key that follows another is written down with the signature of the one before.
    ///
    /// - Parameters:
    ///   - signer: the key that is to sign.
    ///   - previous: the key before it, if it is at hand.
    ///   - size: how many records the log has.
    /// - Throws: ``TrailFault`` with `.otherKey` when nobody vouches for the key.
    func admit(_ signer: NoteSigner, previous: NoteSigner?, at size: Int64) throws {
        var epochs: [KeyEpoch] = []
        var length: Int64 = 0
        let notes = SignedNote.all(in: try folder.read(SegmentFile.keys))
        for (index, (note, bytes)) in notes.enumerated() {
            guard let note, let epoch = KeyEpoch(note.text) else {
                guard index == notes.count - 1 else {
                    throw TrailFault(
                        .different,
                        "\(folder.path(SegmentFile.keys)) cannot be read at byte \(length)",
                        remedy: "restore the file from a copy"
                    )
                }
                // Only the last one can be torn.
                try folder.cut(SegmentFile.keys, to: length)
                break
            }
            length += Int64(bytes.count)
            epochs.append(epoch)
        }
        if epochs.last?.key == signer.publicKey { return }
        if let last = epochs.last, previous?.publicKey != last.key {
            throw TrailFault(
                .otherKey,
                "the log is signed by \(last.key), and the key at hand is \(signer.publicKey)",
                remedy: "put the key back, or put the earlier one beside it under the same name with .previous behind"
            )
        }
        let epoch = KeyEpoch(
            origin: signer.publicKey.name,
            number: Int64(epochs.count) + 1,
            size: size,
            key: signer.publicKey
        )
        let note = epoch.signed(by: signer, before: epochs.isEmpty ? nil : previous)
        try folder.append(Array(note.written.utf8), to: SegmentFile.keys)
    }
}
