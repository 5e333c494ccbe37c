/// A location with the rules for its use, the element `geopriv`.
///
/// Source: RFC 4119 §2.2, RFC 5491 §3.
public struct LocationObject: Sendable, Hashable {
    /// The point, or the center of the area; nil for a civic location only.
    public var position: GeodeticPosition?
    /// How far from the center the presentity may be, in meters; nil for a point.
    ///
    /// Source: RFC 5491 §5.2.3, §5.2.6.
    public var radius: GeodeticNumber?
    /// The parts of the civic address in order, each name once.
    public var civic: [CivicPart]
    /// What may be done with it.
    public var rules: UsageRules
    /// The expanded names of what describes the location in a way that is not read, in order.
    public var unread: [String]

    /// Makes a location.
    ///
    /// - Parameters:
    ///   - position: the point or the center.
    ///   - radius: the uncertainty in meters.
    ///   - civic: the parts of the civic address.
    ///   - rules: what may be done with it.
    public init(
        position: GeodeticPosition? = nil,
        radius: GeodeticNumber? = nil,
        civic: [CivicPart] = [],
        rules: UsageRules = UsageRules()
    ) {
        self.position = position
        self.radius = radius
        self.civic = civic
        self.rules = rules
        unread = []
    }

    /// Whether it says where.
    public var isEmpty: Bool { position == nil && civic.isEmpty }

    /// A part of a civic address.
    ///
    /// Source: RFC 4119 §2.2.1.
    public struct CivicPart: Sendable, Hashable {
        /// The label, such as `A3`.
        public var name: String
        /// The text without white space around it.
        public var text: String

        /// Makes a part.
        ///
        /// - Parameters:
        ///   - name: the label.
        ///   - text: the text.
        public init(_ name: String, _ text: String) {
            self.name = name
            self.text = text
        }
    }

    /// What may be done with a location.
    ///
    /// Source: RFC 4119 §2.2.2.
    public struct UsageRules: Sendable, Hashable {
        /// Whether it may be given to others.
        public var isRetransmissionAllowed: Bool
        /// Until when it may be kept; nil when that is not said.
        public var retentionExpires: PresenceTime?

        /// Makes rules; without arguments those that hold where nothing is said.
        ///
        /// - Parameters:
        ///   - isRetransmissionAllowed: whether it may be given to others.
        ///   - retentionExpires: until when it may be kept.
        public init(isRetransmissionAllowed: Bool = false, retentionExpires: PresenceTime? = nil) {
            self.isRetransmissionAllowed = isRetransmissionAllowed
            self.retentionExpires = retentionExpires
        }

        /// How long a location may be kept where nothing is said, in seconds.
        ///
        /// Source: RFC 4119 §2.2.2.
        public static let retention: Int64 = 86_400
    }

    /// Bounds of what is read.
    public struct Limits: Sendable, Hashable {
        /// Descriptions of one location that are read, 8 unless set.
        public var descriptions: Int
        /// Parts of one civic address, 64 unless set; an address with more is not read.
        public var civicParts: Int
        /// Bytes of one part, 1024 unless set; a longer one is not read.
        public var civicBytes: Int

        /// Makes limits.
        ///
        /// - Parameters:
        ///   - descriptions: descriptions of one location.
        ///   - civicParts: parts of one civic address.
        ///   - civicBytes: bytes of one part.
        public init(descriptions: Int = 8, civicParts: Int = 64, civicBytes: Int = 1024) {
            self.descriptions = descriptions
            self.civicParts = civicParts
            self.civicBytes = civicBytes
        }
    }

    /// The coordinate reference systems of two and of three dimensions, and the unit of distances.
    ///
    /// Source: RFC 5491 §5.
    enum System {
        static let plane = "urn:ogc:def:crs:EPSG::4326"
        static let space = "urn:ogc:def:crs:EPSG::4979"
        static let meter = "urn:ogc:def:uom:EPSG::9001"
    }
}
