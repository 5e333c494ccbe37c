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
    /// Reports of failures that wait for one other server.
    public var reportsPerServer: Int
    /// Open requests to one neighbor.
    public var openPerHop: Int
    /// How long an item may wait, in milliseconds.
    public var deadline: Int
    /// How long a receipt may wait, in milliseconds.
    public var receiptDeadline: Int
    /// How long what becomes of a message can be told, in milliseconds.
    public var receiptLifetime: Int
    /// Messages of which receipts are awaited, in all.
    public var receipts: Int
    /// Messages from one user to another of which receipts are awaited.
    public var receiptsPerPair: Int
    /// Users of one shore who are followed while they write.
    public var composing: Int
    /// Messages that are held in all.
    public var held: Int
    /// Bytes of messages that are held in all.
    public var heldBytes: Int
    /// How long a message is held, in milliseconds.
    public var heldDeadline: Int
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
    /// Distinct SIP users whom one XMPP user writes to in a minute; 0 for any number.
    public var recipientsPerSender: Int
    /// The same of all users of one XMPP domain.
    public var recipientsPerDomain: Int
    /// Addresses that are learned of the users of one SIP domain.
    public var learnedAddresses: Int
    /// Watches of presence in all.
    public var subscriptions: Int
    /// Subscriptions that one SIP domain may hold.
    public var subscriptionsPerPeer: Int
    /// Publications that the users of one SIP domain may hold.
    public var publicationsPerPeer: Int
    /// Publications that one SIP user may hold.
    public var publicationsPerUser: Int
    /// The largest document that a SIP user may publish, in bytes.
    public var publication: Int
    /// The deepest nesting of a document that is published.
    public var publicationDepth: Int
    /// Bytes of all published documents.
    public var publicationBytes: Int
    /// Bytes of the documents of the users of one SIP domain.
    public var publicationBytesPerPeer: Int
    /// Bytes of the documents of one SIP user.
    public var publicationBytesPerUser: Int
    /// Bytes of what published documents tell watchers.
    public var composedBytes: Int
    /// Bytes of what the documents of one SIP domain tell watchers.
    public var composedBytesPerPeer: Int
    /// Bytes of what the documents of one SIP user tell watchers.
    public var composedBytesPerUser: Int
    /// Watches of one user.
    public var subscriptionsPerWatcher: Int
    /// Watches that wait for a decision, in all.
    public var subscriptionsUndecided: Int
    /// The briefest subscription that is granted, in milliseconds.
    public var subscriptionMinimum: Int
    /// The longest subscription that is granted, in milliseconds.
    public var subscriptionMaximum: Int
    /// Subscriptions that are made, renewed or told of in a second after a start.
    public var subscriptionsPerSecond: Int
    /// Users who are asked in a second for their presence.
    public var probesPerSecond: Int
    /// Bytes of what users say in their presence.
    public var presenceBytes: Int
    /// The least time between two states of one user for one watcher, in milliseconds.
    public var presencePace: Int
    /// Live SIP transactions of each side.
    public var transactions: Int
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
    /// The bounds of streams between servers.
    public var server: ConfigServerLimits

    /// Takes the values by their keys; the reader has filled in what the file leaves out.
    init(_ number: (String) -> Int) {
        items = number("items")
        bytes = number("bytes")
        itemsPerHop = number("items-per-hop")
        itemsPerPair = number("items-per-pair")
        reportsPerServer = number("reports-per-server")
        openPerHop = number("open-per-hop")
        deadline = number("deadline")
        receiptDeadline = number("receipt-deadline")
        receiptLifetime = number("receipt-lifetime")
        receipts = number("receipts")
        receiptsPerPair = number("receipts-per-pair")
        composing = number("composing")
        held = number("held")
        heldBytes = number("held-bytes")
        heldDeadline = number("held-deadline")
        duplicateWindow = number("duplicate-window")
        tellPause = number("tell-pause")
        firstPause = number("first-pause")
        longestPause = number("longest-pause")
        attempts = number("attempts")
        retryAfter = number("retry-after")
        recipientsPerSender = number("recipients-per-sender")
        recipientsPerDomain = number("recipients-per-domain")
        learnedAddresses = number("learned-addresses")
        subscriptions = number("subscriptions")
        subscriptionsPerPeer = number("subscriptions-per-peer")
        publicationsPerPeer = number("publications-per-peer")
        publicationsPerUser = number("publications-per-user")
        publication = number("publication")
        publicationDepth = number("publication-depth")
        publicationBytes = number("publication-bytes")
        publicationBytesPerPeer = number("publication-bytes-per-peer")
        publicationBytesPerUser = number("publication-bytes-per-user")
        composedBytes = number("composed-bytes")
        composedBytesPerPeer = number("composed-bytes-per-peer")
        composedBytesPerUser = number("composed-bytes-per-user")
        subscriptionsPerWatcher = number("subscriptions-per-watcher")
        subscriptionsUndecided = number("subscriptions-undecided")
        subscriptionMinimum = number("subscription-minimum")
        subscriptionMaximum = number("subscription-maximum")
        subscriptionsPerSecond = number("subscriptions-per-second")
        probesPerSecond = number("probes-per-second")
        presenceBytes = number("presence-bytes")
        presencePace = number("presence-pace")
        transactions = number("transactions")
        connections = number("connections")
        connectionIdle = number("connection-idle")
        sipMessage = number("sip-message")
        stanza = number("stanza")
        stanzaDepth = number("stanza-depth")
        server = ConfigServerLimits(number)
    }
}
