public import MIME

/// One Message/CPIM object: message headers and an encapsulated MIME part.
///
/// A value is made by reading bytes or from parts; it never changes, and its ``rawBytes`` are relayed as they are.
///
/// Source: RFC 3862 §2.
public struct CPIMMessage: Sendable, Equatable {
    /// The object as received or made, every octet.
    public let rawBytes: ArraySlice<UInt8>
    /// The message headers in wire order; lines that are no headers are left out and named by ``warnings``.
    public let headers: [CPIMHeader]
    /// The sender; nothing when the first From header is malformed or there is none.
    public let from: CPIMAddress?
    /// The recipients, one for each To header that can be read.
    public let to: [CPIMAddress]
    /// The courtesy copy recipients, one for each cc header that can be read.
    public let cc: [CPIMAddress]
    /// When the message was sent; nothing when there is no DateTime header or it cannot be read.
    public let dateTime: CPIMDateTime?
    /// One entry for each Subject header.
    public let subjects: [CPIMSubject]
    /// What the Require headers name, as one list.
    public let require: [CPIMFeature]
    /// The type of the content; assumed when ``warnings`` says so.
    public let contentType: MediaType
    /// The encapsulated part: content headers and content, undecoded.
    public let content: MIMEPart
    /// What was tolerated to read the object, in order of offset as far as it was found in order.
    public let warnings: [CPIMWarning]
    /// How many objects this one lies in; 0 for the one in the carrier's body.
    public let level: Int
    /// The number of octets of `rawBytes` before the empty line after the message headers, or before the content headers when that
    /// line is missing.
    let headerLength: Int

    /// Whether both have the same octets and were read with the same tolerance.
    public static func == (one: CPIMMessage, other: CPIMMessage) -> Bool {
        one.rawBytes == other.rawBytes && one.warnings == other.warnings
    }

    /// The first header of an identity.
    ///
    /// - Parameter identity: namespace and local name.
    /// - Returns: the header; nothing when there is none.
    public func first(_ identity: CPIMName) -> CPIMHeader? { headers.first { $0.isNamed(identity) } }

    /// All headers of an identity, in wire order.
    ///
    /// - Parameter identity: namespace and local name.
    /// - Returns: the headers; empty when there is none.
    public func all(_ identity: CPIMName) -> [CPIMHeader] { headers.filter { $0.isNamed(identity) } }

    /// The first Subject of each language, in wire order; languages compare without case (RFC 6121 §5.2.4).
    public var distinctSubjects: [CPIMSubject] {
        var seen: Set<String?> = []
        return subjects.filter { seen.insert($0.language?.lowercased()).inserted }
    }

    /// The required features that are not among those implemented.
    ///
    /// - Parameter implemented: the headers and features that the reader of the message implements.
    /// - Returns: the others, and every one whose prefix was not declared (RFC 3862 §3.5).
    public func unmetRequirements(implemented: Set<CPIMName>) -> [CPIMFeature] {
        require.filter { feature in feature.identity.map { !implemented.contains($0) } ?? true }
    }

    /// Whether a kind of fault was tolerated.
    ///
    /// - Parameter kind: what is looked for.
    /// - Returns: whether ``warnings`` names it.
    public func tolerated(_ kind: CPIMWarning.Kind) -> Bool { warnings.contains { $0.kind == kind } }
}

/// A subject in a language.
///
/// Source: RFC 3862 §4.5.
public struct CPIMSubject: Sendable, Equatable {
    /// The language tag; nothing stands for `i-default`.
    public let language: String?
    /// The plain text, escapes undone; it may hold control characters, which XML cannot carry.
    public let text: String

    /// Makes a subject.
    ///
    /// - Parameters:
    ///   - text: plain text.
    ///   - language: a language tag.
    public init(_ text: String, language: String? = nil) {
        self.text = text
        self.language = language
    }
}

/// An item of a Require header.
///
/// Source: RFC 3862 §3.5, §4.7.
public struct CPIMFeature: Sendable, Equatable {
    /// The item as it stands in the header.
    public let text: String
    /// The header or feature that is named; nothing when its prefix was not declared before or the item is no name.
    public let identity: CPIMName?

    /// Makes an item.
    ///
    /// - Parameters:
    ///   - text: the item as it stands in the header.
    ///   - identity: what it names.
    public init(text: String, identity: CPIMName?) {
        self.text = text
        self.identity = identity
    }
}
