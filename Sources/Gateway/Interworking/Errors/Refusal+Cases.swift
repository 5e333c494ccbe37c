/// The refusals of translators and legs, with what an item adds to the words of the table.
extension Refusal {
    /// No way leads to the recipient.
    public static let noRoute = Refusal(.noRoute)

    /// The gateway stops.
    public static let stopping = Refusal(.stopping, headers: [retryLater])

    /// The sender begins to write to too many recipients in a short time.
    ///
    /// Source: XEP-0205 §4.6.
    public static let tooManyRecipients = Refusal(.tooManyRecipients, headers: [retryLater])

    /// Too many items wait.
    public static let queueFull = Refusal(.queueFull, headers: [retryLater])

    /// The item could not be stored.
    public static let store = Refusal(.store, headers: [retryLater])

    /// The item could not be delivered in time.
    public static let expired = Refusal(.expired)

    /// The item came back to where it started.
    public static let repeatedLoop = Refusal(.repeatedLoop)

    /// When a sender may try again what is refused for lack of room.
    ///
    /// Source: RFC 3261 §20.33.
    private static let retryLater = Header("Retry-After", "30")

    /// The destination is on the shore that the item came from.
    ///
    /// Source: RFC 3860 §3.4.2, RFC 7247 §8.
    static let loop = Refusal(.loop)

    /// The recipient is the gateway or a whole domain.
    ///
    /// Source: RFC 7622 §3.1.
    static let domainRecipient = Refusal(.domainRecipient)

    /// The sender's domain may not use the gateway.
    ///
    /// Source: RFC 8048 §8.1.
    static let foreignSender = Refusal(.foreignSender)

    /// The recipient's domain is not served.
    static let unknownDomain = Refusal(.unknownDomain)

    /// Another address of the other shore owns the mapped address.
    ///
    /// Source: RFC 8265 §3.3.
    static let collision = Refusal(.addressCollision)

    /// The sender hides who it is.
    ///
    /// Source: RFC 5079 §5.
    static let anonymous = Refusal(.anonymousSender)

    /// A secure URI may not be translated.
    ///
    /// Source: RFC 7247 §8.
    static let secureURI = Refusal(.secureURI)

    /// The sender is not who it says.
    static let identityMismatch = Refusal(.identityMismatch)

    /// The hop count is used up.
    ///
    /// Source: RFC 3261 §16.3.
    static let hopsExhausted = Refusal(.hopsExhausted)

    /// An address of the CPIM shore cannot become a JID.
    ///
    /// - Parameter role: a recipient that cannot be is not found; a sender that cannot be sent a bad request.
    /// - Returns: the refusal.
    ///
    /// Source: RFC 7622 §3.3.
    static func unmappable(_ role: AddressRole) -> Refusal {
        Refusal(role == .recipient ? .unmappableAddress : .unmappableSender)
    }

    /// A URI is not well-formed.
    static let malformedAddress = Refusal(.malformedAddress)

    /// A JID has no URI from which it would come back.
    static let irreversibleJID = Refusal(.irreversibleAddress)

    /// The object in the body cannot be read.
    ///
    /// - Parameter isTooLarge: whether a limit was passed.
    /// - Returns: the refusal.
    static func malformedBody(isTooLarge: Bool) -> Refusal { Refusal(isTooLarge ? .oversize : .malformedBody) }

    /// The types that a message may have, for the Accept header of a 415.
    ///
    /// Source: RFC 3261 §21.4.13.
    static let acceptedTypes =
        "message/cpim, text/plain, text/html, multipart/alternative, multipart/mixed, application/im-iscomposing+xml"

    /// The media type, its charset or its encoding is not mapped.
    ///
    /// - Parameters:
    ///   - isEncoding: whether the encoding of the body is what cannot be read.
    ///   - types: further types that rows take.
    /// - Returns: the refusal.
    static func unsupportedType(isEncoding: Bool = false, also types: [String] = []) -> Refusal {
        var accepted = [acceptedTypes]
        for type in types where !accepted.contains(type) { accepted.append(type) }
        var headers = [Header("Accept", accepted.joined(separator: ", "))]
        if isEncoding { headers.append(Header("Accept-Encoding", "identity")) }
        return Refusal(.unsupportedType, headers: headers)
    }

    /// The body is no presence document, or one in a charset that is not read.
    ///
    /// Source: RFC 3261 §21.4.13, RFC 3863 §7.
    static let unreadablePresence = Refusal(
        .unsupportedType,
        headers: [Header("Accept", "application/pidf+xml, message/cpim")]
    )

    /// The watcher takes no type that presence is sent in.
    ///
    /// Source: RFC 3261 §21.4.7, RFC 3856 §6.7.
    static let unacceptableType = Refusal(.unacceptableType)

    /// A feature that must be understood is not.
    ///
    /// - Parameter names: the features as they stand in the message.
    /// - Returns: the refusal.
    ///
    /// Source: RFC 3862 §3.5, §4.7, RFC 3261 §20.43.
    static func requiredFeature(_ names: [String]) -> Refusal {
        Refusal(.requiredFeature, warning: "Required feature not supported: " + names.joined(separator: ", ") + ".")
    }

    /// The item is larger than the target takes.
    ///
    /// Source: RFC 3428 §8.
    static let oversize = Refusal(.oversize)

    /// A message to a room goes to somebody who is none.
    ///
    /// Source: RFC 6121 §5.2.2.
    static let noRoom = Refusal(.noRoom)

    /// Only the sender's own protocol can read the text.
    static let encrypted = Refusal(.encrypted)

    /// Reactions cannot be shown to the recipient.
    static let reactions = Refusal(.reactions)

    /// Recipient lists are not expanded.
    ///
    /// Source: RFC 5365 §4.
    static let recipientList = Refusal(.recipientList, headers: [Header("Unsupported", "recipient-list-message")])

    /// A loss that the tables do not let pass.
    ///
    /// - Parameters:
    ///   - detail: a sentence for the sender; nil for that of the table.
    ///   - isHeld: whether they say that the item is held.
    /// - Returns: the refusal.
    static func loss(_ detail: String? = nil, isHeld: Bool = false) -> Refusal {
        var refusal = Refusal(.loss, detail: detail)
        refusal.isHeldByLoss = isHeld
        return refusal
    }

    /// The tables do not say what the target needs.
    ///
    /// - Parameter detail: a sentence for the sender; nil for that of the table.
    /// - Returns: the refusal.
    static func mapping(_ detail: String? = nil) -> Refusal { Refusal(.mapping, detail: detail) }
}
