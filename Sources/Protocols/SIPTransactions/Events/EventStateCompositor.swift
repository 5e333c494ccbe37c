public import SIPMessages

/// What has been published of one event package for one address.
///
/// PUBLISH requests are brought in the order of their arrival. ``publish(_:limits:mediaTypes:check:origin:now:date:)`` answers
/// and changes the value at once or not at all; a caller that cannot store the outcome puts the earlier value back and
/// answers 500 or 504 instead.
///
/// Entity-tags are a word of the caller's, which no other compositor of the address may ever have had, and a number.
///
/// Source: RFC 3903 §6.
public struct EventStateCompositor: Sendable, Equatable {
    /// What one publisher published.
    public struct Publication: Sendable, Equatable {
        /// What tells it from the others of the address as long as it lives; later ones have greater numbers.
        public internal(set) var number: UInt64
        /// The entity-tag.
        public internal(set) var tag: String
        /// The document as received.
        public internal(set) var body: [UInt8]
        /// Its media type, `type/subtype` in lower case.
        public internal(set) var mediaType: String
        /// The value of Content-Type.
        public internal(set) var contentType: String
        /// The value of Content-Language; nil for none.
        public internal(set) var language: String?
        /// When it expires.
        public internal(set) var expiry: UInt64
        /// When the document was received, in seconds since 1970; a refresh without one changes nothing of that.
        public internal(set) var received: UInt64 = 0
        /// What tells the last PUBLISH of it from all others; empty when nothing does.
        public internal(set) var origin: [UInt8] = []
    }

    /// What is to be done.
    public enum Action: Sendable, Equatable {
        /// Answer the PUBLISH.
        case answer(UserAgentServer.Answer)
        /// ``EventStateCompositor/publications`` have other documents than before, or have them in another order.
        case changed
    }

    /// The event package.
    public let package: String
    /// What is published; what was published or modified last comes last.
    public internal(set) var publications: [Publication] = []

    let tagPrefix: String
    private let capacity: Int
    var count: UInt64 = 0

    /// Makes a compositor of nothing.
    ///
    /// - Parameters:
    ///   - package: the event package.
    ///   - seed: a random number.
    ///   - capacity: the most publications at a time; 32 unless set.
    public init(package: String = "presence", seed: UInt64, capacity: Int = 32) {
        self.init(package: package, tagPrefix: String(seed, radix: 36) + "-", capacity: capacity)
    }

    init(package: String, tagPrefix: String, capacity: Int) {
        self.package = package
        self.capacity = capacity
        self.tagPrefix = tagPrefix
    }

    /// Whether nothing is published.
    public var isEmpty: Bool { publications.isEmpty }

    /// When ``timerFired(now:)`` is to be called; nil when nothing is published.
    public var deadline: UInt64? { publications.map(\.expiry).min() }

    /// A PUBLISH arrived for the address.
    ///
    /// The order: Event (400, 489), SIP-If-Match (400, 412), Expires (400, 423), body (400, 415, `check`, 503 beyond
    /// the capacity). Whether the address is served was asked before.
    ///
    /// - Parameters:
    ///   - request: the PUBLISH.
    ///   - limits: the durations.
    ///   - mediaTypes: the media types of documents, `type/subtype` in lower case.
    ///   - check: the answer to a document that cannot be taken; nil when it can.
    ///   - origin: what is the same for two copies of this PUBLISH and for no other; empty when that is not known. A
    ///     copy of the last one of a publication, whose sender did not hear the answer, changes nothing and is answered
    ///     with what is published.
    ///   - now: the time.
    ///   - date: the seconds since 1970 at that time.
    /// - Returns: the answer, and whether documents changed.
    ///
    /// Source: RFC 3903 §6.
    public mutating func publish(
        _ request: SIPRequest,
        limits: EventLimits = EventLimits(),
        mediaTypes: [String] = ["application/pidf+xml"],
        check: (SIPRequest) -> UserAgentServer.Answer? = { _ in nil },
        origin: [UInt8] = [],
        now: UInt64,
        date: UInt64 = 0
    ) -> [Action] {
        let expired = timerFired(now: now)
        let headers = request.headers
        if let refusal = EventCheck.refusal(of: headers, packages: [package]) { return expired + [.answer(refusal)] }
        if !origin.isEmpty, let copy = publications.first(where: { $0.origin == origin }) {
            let left = UInt32(clamping: Clock.seconds(until: copy.expiry, from: now))
            return expired + [.answer(UserAgentServer.Answer(200, headers: [.entityTag(copy.tag), .expires(left)]))]
        }
        do throws(SIPError) {
            let match = try headers.ifMatch()
            let index = publications.firstIndex { $0.tag == match }
            if match != nil, index == nil { return expired + [.answer(UserAgentServer.Answer(412))] }
            guard let duration = limits.granted(try headers.duration()) else {
                return expired + [.answer(limits.tooBrief)]
            }
            if let refusal = refusal(of: request, isInitial: index == nil, mediaTypes, check) {
                return expired + [.answer(refusal)]
            }
            if index == nil, duration > 0, publications.count >= capacity {
                return expired + [.answer(UserAgentServer.Answer(503, headers: [.retryAfter(60)]))]
            }
            let hasChanged = store(request, at: index, duration, origin, now, date)
            return [
                .answer(UserAgentServer.Answer(200, headers: [.entityTag(lastTag), .expires(duration)]))
            ] + (hasChanged || !expired.isEmpty ? [.changed] : [])
        } catch {
            return expired + [.answer(UserAgentServer.Answer(400))]
        }
    }

    /// The deadline passed.
    public mutating func timerFired(now: UInt64) -> [Action] {
        let before = publications.count
        publications.removeAll { now >= $0.expiry }
        return publications.count < before ? [.changed] : []
    }

    /// Leaves out of a document what may not be kept any longer; whoever published it goes on under the same entity-tag.
    ///
    /// - Parameters:
    ///   - body: the document to keep instead, of the same type.
    ///   - number: the publication; one that is gone changes nothing.
    ///
    /// Source: RFC 4119 §2.2.2.
    public mutating func replace(_ body: [UInt8], of number: UInt64) {
        guard let index = publications.firstIndex(where: { $0.number == number }) else { return }
        publications[index].body = body
    }

    private var lastTag: String { tagPrefix + String(count) }

    private func refusal(
        of request: SIPRequest,
        isInitial: Bool,
        _ mediaTypes: [String],
        _ check: (SIPRequest) -> UserAgentServer.Answer?
    ) -> UserAgentServer.Answer? {
        if request.body.isEmpty { return isInitial ? UserAgentServer.Answer(400) : nil }
        return ContentCheck.refusal(of: request, accept: mediaTypes) ?? check(request)
    }

    /// Publishes, refreshes, modifies or removes, under the next entity-tag; tells whether documents changed.
    private mutating func store(
        _ request: SIPRequest,
        at index: Int?,
        _ duration: UInt32,
        _ origin: [UInt8],
        _ now: UInt64,
        _ date: UInt64
    ) -> Bool {
        count += 1
        let expiry = Clock.after(now, seconds: duration)
        guard let index else {
            guard duration > 0 else { return false }
            var publication = Publication(number: count, tag: lastTag, expiry: expiry)
            publication.take(request)
            publication.received = date
            publication.origin = origin
            publications.append(publication)
            return true
        }
        guard duration > 0 else {
            publications.remove(at: index)
            return true
        }
        publications[index].tag = lastTag
        publications[index].expiry = expiry
        publications[index].origin = origin
        guard !request.body.isEmpty else { return false }
        var publication = publications.remove(at: index)
        let before = publication
        publication.take(request)
        let isOther = publication != before
        publication.received = date
        publications.append(publication)
        // What was modified last counts most, so that the order says something too.
        return isOther || index < publications.count - 1
    }
}

extension EventStateCompositor.Publication {
    init(number: UInt64, tag: String, expiry: UInt64) {
        self.init(number: number, tag: tag, body: [], mediaType: "", contentType: "", language: nil, expiry: expiry)
    }

    /// Takes the document of a request.
    fileprivate mutating func take(_ request: SIPRequest) {
        body = Array(request.body)
        mediaType = ContentCheck.mediaType(of: request) ?? ""
        contentType = request.headers.text(.contentType) ?? ""
        language = request.headers.text(.contentLanguage)
    }
}
