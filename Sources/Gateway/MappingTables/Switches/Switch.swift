/// The named switches of a profile.
///
/// Each can be set alone by a route.
public enum Switch: Int, Sendable, CaseIterable {
    /// How localparts are escaped: `xep0106` (XEP-0106 §4) or `hash` (RFC 3922 §3.2).
    case jidEscape
    /// Which characters stay unescaped in im: URIs.
    case uriEscape
    /// Whether resources and `gr` are mapped (RFC 7247 §6.3).
    case gruu
    /// Whether a message goes to a full JID.
    case toResource
    /// What a percent sign that begins no escape is.
    case percent
    /// The domains whose `sips:` addresses may be translated (RFC 7247 §8).
    case sipsAllow
    /// How a message is carried in SIP.
    case carrier
    /// The URIs in Message/CPIM headers.
    case cpimURI
    /// The type of stanzas made from MESSAGE requests (RFC 7572 §5).
    case pagerType
    /// Whether threads and Call-IDs are mapped (RFC 7572 §4).
    case thread
    /// The age from which a message says when it was sent (XEP-0203 §2).
    case delay
    /// The status of an accepted MESSAGE (RFC 3428 §7).
    case acceptStatus
    /// What becomes of a request above the limit for UDP (RFC 3428 §8).
    case oversize
    /// When a MESSAGE is answered.
    case answer
    /// What becomes of text/html (RFC 7572 §7).
    case html
    /// Whether XHTML-IM crosses beside the text.
    case htmlOut
    /// Whether bodies in further languages cross.
    case multilingual
    /// What becomes of text in ISO-8859-1.
    case charset
    /// Whether copies are named to the recipient.
    case cc
    /// What becomes of reactions (XEP-0444 §3.3).
    case reactions
    /// Whether plain text is marked as having no styling (XEP-0393 §6).
    case unstyledIn
    /// Whether Message/CPIM is read to the letter.
    case cpimStrict
    /// Whether the prefix `imdn` is known without a declaration.
    case imdnImplicitPrefix
    /// The type of a content without Content-Type.
    case ctDefault
    /// Whether not-authorized becomes a challenge code without a challenge.
    case errAuth
    /// What service-unavailable becomes (RFC 7247 §7.1).
    case errServiceUnavailable
    /// What a timeout becomes for requests other than INVITE (RFC 4320 §4.2).
    case errTimeout
    /// Whether those who may not see a recipient learn that it is unknown or away (RFC 6120 §8.3.3.19).
    case errStranger
    /// Whether the stand-in text of an encrypted message crosses.
    case e2eFallback
    /// Where the name of a SIP user is told to XMPP users (XEP-0172 §4).
    case nick
    /// Whether presence answers SUBSCRIBE requests, goes to a presence server (RFC 3903 §4), or comes to the gateway as
    /// one (RFC 3903 §6).
    case presenceMode
    /// Whether a document is carried by itself or in a Message/CPIM object (RFC 3922 §5).
    case presenceCarrier
    /// How a resource is written as the id of a tuple (RFC 8048 §6.2).
    case tupleID
    /// How a show is written beside the basic status (RFC 8048 §6.2, RFC 3922 §5.1.5).
    case showOut
    /// Whether documents have a person (RFC 4480 §3).
    case richPresence
    /// Whether priorities cross.
    case presencePriority
    /// Which contact a tuple has; one with a priority always has one (RFC 3863 §4.1.5).
    case presenceContact
    /// Whether tuples say when they changed (RFC 3863 §4.1.7).
    case presenceTimestamp
    /// Which tuples become resources.
    case tupleFilter
    /// Whether a stanza has the document inside it.
    case includePIDF
    /// What is told of idleness: since when, that, or nothing (RFC 4480 §3.14).
    case idle
    /// What watchers of the CPIM shore may see (RFC 3856 §6.6).
    case subscriptionPolicy
    /// Watchers for whom that is `allow`, whatever it is for others (RFC 2779 §5.1).
    case allowedWatchers
    /// Watchers for whom that is `block`.
    case blockedWatchers
    /// Watchers for whom that is `polite-block`.
    case politelyBlockedWatchers
    /// What a refused subscription is towards XMPP (RFC 8048 §5.2).
    case subscriptionDeny
    /// How a request for a subscription that exists is answered (RFC 3922 §6.1).
    case subscriptionDuplicate
    /// Whether an approval without a request is kept (RFC 6121 §3.4).
    case preapproval
    /// Whether a watcher of the CPIM shore who hides may ask, under a pseudonym (RFC 2779 §5.1).
    case hiddenWatchers
    /// Whether it is verified that a watcher of the XMPP shore exists before its subscription is renewed (RFC 8048 §8.1).
    case subscriptionVerify
    /// Whether users are asked about those who watch them at a presence server (RFC 3857 §4).
    case watcherInformation
    /// Whether moods and activities cross as personal events (XEP-0163 §1).
    case richPEP
    /// Whether locations cross.
    case richGeo
    /// Whose locations cross (XEP-0080 §8).
    case geoUsers
    /// Whether names and icons cross (RFC 4482 §3).
    case contactInformation
    /// Whether the pictures that users of the CPIM shore name are fetched from the Web (RFC 4482 §3.4).
    case fetchedPictures
    /// Whether the receipts of XMPP users cross, do not, or are denied (RFC 5438 §14.2).
    case receipts
    /// Whether the gateway reports that it has handed a message on (RFC 5438 §8.1).
    case processingReports
    /// The chat state that says that somebody has stopped writing (RFC 7573 §6).
    case idleChatState
    /// What the log keeps of texts.
    case bodies
    /// Whether messages are refused while the files of the audit log are too far behind.
    case behind
}

extension Switch {
    /// What a switch can be.
    public enum Domain: Sendable {
        /// One of these words.
        case words([String])
        /// `off`, or a time such as `60s`.
        case duration
        /// `none`, or domains separated by blanks.
        case domains
        /// Bare addresses of XMPP separated by blanks, or one word for them: `all` or `none`.
        case users(word: String)
    }

    /// The name in tables and on command lines.
    public var name: String { declaration.name }

    /// What it can be.
    public var domain: Domain { declaration.domain }

    /// The switch of a name; nil when there is none.
    ///
    /// - Parameter name: compared exactly.
    public init?(name: String) {
        guard let found = Self.byName[name] else { return nil }
        self = found
    }

    /// All names, in the order of the declarations.
    public static var names: [String] { allCases.map(\.name) }

    private static let byName: [String: Switch] = Dictionary(
        allCases.map { ($0.name, $0) },
        uniquingKeysWith: { first, _ in first }
    )

    private var declaration: (name: String, domain: Domain) {
        switch self {
        case .jidEscape: ("addr.jid-escape", .words(["xep0106", "hash"]))
        case .uriEscape: ("addr.uri-escape", .words(["safe", "rfc3922", "rfc7247"]))
        case .gruu: ("addr.gruu", .words(["map", "drop"]))
        case .toResource: ("addr.to-resource", .words(["chat-only", "known", "never"]))
        case .percent: ("addr.percent", .words(["strict", "lenient"]))
        case .sipsAllow: ("sips.allow", .domains)
        case .carrier: ("msg.carrier", .words(["cpim", "sip", "auto"]))
        case .cpimURI: ("cpim.uri", .words(["mirror", "im", "carrier"]))
        case .pagerType: ("msg.type.pager", .words(["normal", "chat", "reply"]))
        case .thread: ("msg.thread", .words(["call-id", "conversation-id", "ignore"]))
        case .delay: ("msg.delay", .duration)
        case .acceptStatus: ("msg.accept-status", .words(["202", "200"]))
        case .oversize: ("msg.oversize", .words(["reject", "tcp"]))
        case .answer: ("msg.answer", .words(["stored", "wait"]))
        case .html: ("msg.html", .words(["xhtml-im", "plain", "reject"]))
        case .htmlOut: ("msg.html.out", .words(["plain", "alternative"]))
        case .multilingual: ("msg.multilingual", .words(["one", "alternative"]))
        case .charset: ("msg.charset", .words(["reject", "transcode"]))
        case .cc: ("msg.cc", .words(["drop", "addresses"]))
        case .reactions: ("msg.reactions", .words(["drop", "text", "reject"]))
        case .unstyledIn: ("msg.unstyled-in", .words(["off", "on"]))
        case .cpimStrict: ("cpim.strict", .words(["off", "on"]))
        case .imdnImplicitPrefix: ("cpim.imdn-implicit-prefix", .words(["off", "on"]))
        case .ctDefault: ("cpim.ct-default", .words(["none", "text/plain"]))
        case .errAuth: ("err.auth", .words(["challenge-or-403", "literal"]))
        case .errServiceUnavailable: ("err.service-unavailable", .words(["403", "405", "480"]))
        case .errTimeout: ("err.timeout", .words(["by-method", "literal"]))
        case .errStranger: ("err.stranger", .words(["tell", "hide"]))
        case .e2eFallback: ("e2e.fallback", .words(["off", "on"]))
        case .nick: ("msg.nick", .words(["subscribe", "messages", "off"]))
        case .presenceMode: ("pres.mode", .words(["notify", "publish", "compose"]))
        case .presenceCarrier: ("pres.carrier", .words(["pidf", "cpim"]))
        case .tupleID: ("pres.tuple-id", .words(["prefix", "raw"]))
        case .showOut: ("pres.show-out", .words(["jabber", "im", "none"]))
        case .richPresence: ("pres.rpid", .words(["on", "off"]))
        case .presencePriority: ("pres.priority", .words(["on", "off"]))
        case .presenceContact: ("pres.contact", .words(["im", "sip", "none"]))
        case .presenceTimestamp: ("pres.timestamp", .words(["on", "off"]))
        case .tupleFilter: ("pres.tuple-filter", .words(["im-only", "all"]))
        case .includePIDF: ("pres.include-pidf", .words(["off", "on"]))
        case .idle: ("pres.idle", .words(["full", "flag", "off"]))
        case .subscriptionPolicy: ("sub.policy", .words(["allow", "block", "polite-block"]))
        case .allowedWatchers: ("sub.policy.allow", .users(word: "none"))
        case .blockedWatchers: ("sub.policy.block", .users(word: "none"))
        case .politelyBlockedWatchers: ("sub.policy.polite-block", .users(word: "none"))
        case .subscriptionDeny: ("sub.deny", .words(["unsubscribed", "forbidden"]))
        case .subscriptionDuplicate: ("sub.duplicate", .words(["subscribed", "conflict"]))
        case .preapproval: ("sub.preapproval", .words(["off", "on"]))
        case .hiddenWatchers: ("sub.anonymous", .words(["off", "on"]))
        case .subscriptionVerify: ("sub.verify", .words(["on", "off"]))
        case .watcherInformation: ("sub.winfo", .words(["off", "on"]))
        case .richPEP: ("rich.pep", .words(["off", "on"]))
        case .richGeo: ("rich.geo", .words(["off", "on"]))
        case .geoUsers: ("rich.geo.users", .users(word: "all"))
        case .contactInformation: ("cipid", .words(["off", "on"]))
        case .fetchedPictures: ("avatar.fetch", .words(["off", "on"]))
        case .receipts: ("imdn.send", .words(["receipts", "none", "forbidden"]))
        case .processingReports: ("imdn.processing", .words(["off", "on"]))
        case .idleChatState: ("chat.idle", .words(["active", "paused"]))
        case .bodies: ("log.bodies", .words(["configured", "metadata", "digest", "content"]))
        case .behind: ("audit.behind", .words(["configured", "refuse", "go-on"]))
        }
    }
}
