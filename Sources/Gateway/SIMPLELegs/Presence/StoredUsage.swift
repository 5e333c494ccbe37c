public import BridgeCore

/// A subscription or publication of the leg, as the store keeps it.
public struct StoredUsage: Sendable, Equatable {
    /// What it is.
    public enum Kind: Sendable {
        /// A subscription that the gateway made.
        case subscriber
        /// A subscription that a neighbor made.
        case notifier
        /// A publication that the gateway made.
        case publisher
        /// What a user of the CPIM shore published to the gateway.
        case compositor
    }

    /// Its number.
    public var id: UInt64
    /// What it is.
    public var kind: Kind
    /// Who watches whom; for a publication of the gateway the contact by whom the way is
    /// found, and the user; for what was published to it nobody, and the user.
    public var key: WatchKey
    /// When it ends unless it is renewed, in Unix milliseconds.
    public var expires: Int64
    /// The state of its machine and its dialog.
    public var state: [UInt8]

    /// Makes a usage.
    ///
    /// - Parameters:
    ///   - id: its number.
    ///   - kind: what it is.
    ///   - key: who watches whom.
    ///   - expires: when it ends unless it is renewed, in Unix milliseconds.
    ///   - state: the state of its machine and its dialog.
    public init(id: UInt64, kind: Kind, key: WatchKey, expires: Int64, state: [UInt8]) {
        self.id = id
        self.kind = kind
        self.key = key
        self.expires = expires
        self.state = state
    }

    /// Machine and dialog in one piece: the length of the first in two bytes, then both.
    ///
    /// Where the watcher said which types it takes, three bytes stand before that: a length of nothing, which no
    /// machine has, and the types. What an earlier version stored says nothing of types.
    static func join(_ machine: [UInt8], _ dialog: [UInt8], accepts: AcceptedTypes = []) -> [UInt8] {
        let head: [UInt8] = accepts.isEmpty ? [] : [0, 0, accepts.rawValue]
        let length = [UInt8(truncatingIfNeeded: machine.count >> 8), UInt8(truncatingIfNeeded: machine.count)]
        return head + length + machine + dialog
    }

    /// Takes apart what ``join(_:_:accepts:)`` made; nil for anything else.
    static func split(_ state: [UInt8]) -> (machine: ArraySlice<UInt8>, dialog: ArraySlice<UInt8>)? {
        let start = hasTypes(state) ? 3 : 0
        guard state.count >= start + 2 else { return nil }
        let end = start + 2 + (Int(state[start]) << 8 | Int(state[start + 1]))
        guard state.count >= end else { return nil }
        return (state[(start + 2)..<end], state[end...])
    }

    /// The types that ``join(_:_:accepts:)`` was given.
    static func accepts(_ state: [UInt8]) -> AcceptedTypes {
        hasTypes(state) ? AcceptedTypes(rawValue: state[2]) : []
    }

    private static func hasTypes(_ state: [UInt8]) -> Bool { state.count > 2 && state[0] == 0 && state[1] == 0 }
}
