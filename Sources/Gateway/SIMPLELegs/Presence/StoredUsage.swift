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
    static func join(_ machine: [UInt8], _ dialog: [UInt8]) -> [UInt8] {
        [UInt8(truncatingIfNeeded: machine.count >> 8), UInt8(truncatingIfNeeded: machine.count)] + machine + dialog
    }

    /// Takes apart what ``join(_:_:)`` made; nil for anything else.
    static func split(_ state: [UInt8]) -> (machine: ArraySlice<UInt8>, dialog: ArraySlice<UInt8>)? {
        guard state.count >= 2 else { return nil }
        let end = 2 + (Int(state[0]) << 8 | Int(state[1]))
        guard state.count >= end else { return nil }
        return (state[2..<end], state[end...])
    }
}
