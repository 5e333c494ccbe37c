/// The keys that an auditor trusts, with the sizes of the log that each may sign.
///
/// A key that was given may sign everything unless an epoch says otherwise; a key whose epoch was signed by a trusted key
/// is trusted too.
struct TrustedKeys: Sendable {
    /// What a note's signatures are worth.
    enum Standing: Sendable, Equatable {
        /// Signed by a trusted key inside its epoch.
        case valid
        /// Signed by a trusted key outside its epoch.
        case outsideEpoch
        /// A trusted key is named, and its signature is false.
        case forged
        /// No trusted key is named.
        case unknown
    }

    private struct Entry: Sendable {
        var key: NoteKey
        var from: Int64
        var through: Int64
    }

    private var entries: [Entry]
    /// What is wrong with the file of the epochs.
    private(set) var findings: [TrailFinding] = []

    /// Takes the keys that were given and the notes of the epochs.
    init(given: [NoteKey], epochs: [UInt8]) {
        entries = given.map { Entry(key: $0, from: 0, through: .max) }
        var last: KeyEpoch?
        for (note, _) in SignedNote.all(in: epochs) {
            guard let note, let epoch = KeyEpoch(note.text), epoch.number == (last?.number ?? 0) + 1,
                epoch.size >= last?.size ?? 0, last == nil || epoch.origin == last?.origin,
                note.isSigned(by: epoch.key) == true
            else {
                findings.append(TrailFinding(.checkpointAltered, file: SegmentFile.keys))
                break
            }
            if let last {
                let vouched = isTrusted(last.key) && note.isSigned(by: last.key) == true
                if isTrusted(last.key), !vouched, !isTrusted(epoch.key) {
                    findings.append(TrailFinding(.wrongKey, file: SegmentFile.keys))
                    break
                }
                for index in entries.indices where entries[index].key == last.key {
                    entries[index].through = epoch.size
                }
                if vouched, !isTrusted(epoch.key) { entries.append(Entry(key: epoch.key, from: 0, through: .max)) }
            }
            for index in entries.indices where entries[index].key == epoch.key {
                entries[index].from = epoch.size
            }
            last = epoch
        }
    }

    /// The smallest size that a trusted key may sign; 0 where a key is trusted from the first record on.
    var beginning: Int64 { entries.map(\.from).min() ?? 0 }

    private func isTrusted(_ key: NoteKey) -> Bool {
        entries.contains { $0.key == key }
    }

    /// What a checkpoint is worth; its origin is the name of its key.
    func standing(_ note: SignedNote, _ checkpoint: Checkpoint) -> Standing {
        var found = Standing.unknown
        for entry in entries where entry.key.name == checkpoint.origin {
            switch note.isSigned(by: entry.key) {
            case nil: continue
            case false: return .forged
            case true:
                let isInside = checkpoint.size >= entry.from && checkpoint.size <= entry.through
                if isInside { return .valid }
                found = .outsideEpoch
            }
        }
        return found
    }
}
