/// What a command asks of a running gateway, one JSON object on one line.
public struct ControlRequest: Codable, Sendable {
    /// What is asked, such as `status` or `address.add`.
    public var command: String
    /// Its arguments by name.
    public var arguments: [String: String]

    /// Makes a request.
    public init(command: String, arguments: [String: String] = [:]) {
        self.command = command
        self.arguments = arguments
    }
}

extension ControlRequest {
    /// Asks for links, queues and counters.
    public static let status = "status"
    /// Asks for the rows of all links, or of those to one `peer`.
    public static let links = "link.status"
    /// Stores a pair; takes `jid` and `uri`.
    public static let addAddress = "address.add"
    /// Removes a pair; takes `jid`.
    public static let removeAddress = "address.remove"
    /// Stores all pairs of a file or none; takes `csv`.
    public static let importAddresses = "address.import"
    /// Asks the other side of a subscription again; takes `watcher`, `presentity` and `target`, or nothing for all.
    public static let repairSubscriptions = "subscription.repair"
    /// Translates held messages again; takes `ids` with blanks between, `reason`, and `trial` for a look at what would
    /// come of it.
    public static let reprocessMessages = "message.reprocess"
    /// Gives held messages up; takes `ids` with blanks between, and `reason`.
    public static let dropMessages = "message.drop"
    /// The most messages that one request names: each is translated before the loop goes on.
    public static let largestBatch = 100
    /// Ends a subscription; takes `watcher`, `presentity`, `target` and `reason`.
    public static let dropSubscription = "subscription.drop"
    /// Records that somebody handed records of the log out; takes `what` and `reason`.
    public static let exportAudit = "audit.export"
    /// Erases keys of texts; takes `scope`, which is `person`, `conversation` or `domain`, with `one` and `other`, the UTC
    /// days `first` and `last` counted from 1970-01-01, and `reason`.
    public static let eraseBodies = "audit.erase"
    /// Places a legal hold; takes the same, the days where there are bounds.
    public static let placeHold = "hold.place"
    /// Asks that a hold be lifted, or lifts it where somebody else has asked; takes `id` and `reason`.
    public static let liftHold = "hold.lift"
    /// Puts the mapping files in force; takes `reason`, `shadow` and `expect`.
    public static let applyMappings = "mappings.apply"
    /// Puts an earlier generation in force; takes `generation`, `reason` and `shadow`.
    public static let rollBackMappings = "mappings.rollback"
}

extension ControlRequest {
    /// How long a gateway may be silent before it counts as one that does not answer.
    ///
    /// Tables are compiled and tested, recorded crossings replayed, a batch of messages translated or a file stored
    /// before the first byte of an answer.
    var patience: Duration {
        switch command {
        case Self.applyMappings, Self.rollBackMappings:
            .seconds(60 + (arguments["shadow"].flatMap { Int($0) } ?? 0) / 100)
        case Self.importAddresses, Self.reprocessMessages, Self.dropMessages, Self.eraseBodies: .seconds(60)
        default: .seconds(10)
        }
    }
}

/// What the gateway answers, one JSON object on one line.
public struct ControlReply: Codable, Sendable {
    /// The exit code of the command: 0 done, 1 found a fault.
    public var code: Int
    /// A sentence for people; nil when the rows say all.
    public var message: String?
    /// The result, a row an object.
    public var rows: [[String: String]]
    /// The stages of an activation; nil for other commands.
    public var activation: ActivationReport?

    /// Makes a reply.
    public init(
        code: Int = 0,
        message: String? = nil,
        rows: [[String: String]] = [],
        activation: ActivationReport? = nil
    ) {
        self.code = code
        self.message = message
        self.rows = rows
        self.activation = activation
    }
}
