/// The bounds of a gateway, as its configuration sets them.
public struct ConfigLimits: Sendable, Equatable {
    /// Items on their way in all.
    public var items: Int
    /// Bytes of items on their way in all.
    public var bytes: Int
    /// Items waiting for one neighbor.
    public var itemsPerHop: Int
    /// Items waiting between one pair of addresses.
    public var itemsPerPair: Int
    /// Open requests to one neighbor.
    public var openPerHop: Int
    /// How long an item may wait, in milliseconds.
    public var deadline: Int
    /// How long a duplicate is recognized, in milliseconds.
    public var duplicateWindow: Int
    /// The time between two notices of failure to one sender, in milliseconds.
    public var tellPause: Int
    /// The first pause after a fault of a neighbor, in milliseconds.
    public var firstPause: Int
    /// The longest pause after faults of a neighbor, in milliseconds.
    public var longestPause: Int
    /// Attempts of one item that fails by its own fault.
    public var attempts: Int
    /// What a full queue tells its sender to wait, in milliseconds.
    public var retryAfter: Int
    /// Open SIP connections in all.
    public var connections: Int
    /// After what time an idle SIP connection is closed, in milliseconds.
    public var connectionIdle: Int
    /// The largest SIP message over a connection, in bytes.
    public var sipMessage: Int
    /// The largest stanza that is read, in bytes.
    public var stanza: Int
    /// The deepest nesting of a stanza that is read.
    public var stanzaDepth: Int

    /// Takes the values by their keys; the reader has filled in what the file leaves out.
    init(_ number: (String) -> Int) {
        items = number("items")
        bytes = number("bytes")
        itemsPerHop = number("items-per-hop")
        itemsPerPair = number("items-per-pair")
        openPerHop = number("open-per-hop")
        deadline = number("deadline")
        duplicateWindow = number("duplicate-window")
        tellPause = number("tell-pause")
        firstPause = number("first-pause")
        longestPause = number("longest-pause")
        attempts = number("attempts")
        retryAfter = number("retry-after")
        connections = number("connections")
        connectionIdle = number("connection-idle")
        sipMessage = number("sip-message")
        stanza = number("stanza")
        stanzaDepth = number("stanza-depth")
    }
}
