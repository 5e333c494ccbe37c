extension EventStateCompositor {
    private static let version: UInt8 = 3

    /// What is published as bytes to keep.
    ///
    /// Shape: version 3; how many entity-tags were given, eight bytes, the largest first; the word that they begin
    /// with, behind its length; then of each publication its number and, in seconds since 1970, its expiry and when its
    /// document was received, eight bytes each, and entity-tag, media type, Content-Type, Content-Language, document and
    /// origin, each behind its length. A length is four bytes; a language that there is none of is empty.
    ///
    /// - Parameters:
    ///   - now: the time.
    ///   - date: the seconds since 1970 at that time.
    /// - Returns: the bytes.
    public func stored(now: UInt64, date: UInt64) -> [UInt8] {
        var bytes: [UInt8] = [Self.version]
        bytes.append(bigEndian: count)
        Self.append(tagPrefix.utf8, to: &bytes)
        for publication in publications {
            bytes.append(bigEndian: publication.number)
            bytes.append(bigEndian: date &+ UInt64(Clock.seconds(until: publication.expiry, from: now)))
            bytes.append(bigEndian: publication.received)
            Self.append(publication.tag.utf8, to: &bytes)
            Self.append(publication.mediaType.utf8, to: &bytes)
            Self.append(publication.contentType.utf8, to: &bytes)
            Self.append((publication.language ?? "").utf8, to: &bytes)
            Self.append(publication.body, to: &bytes)
            Self.append(publication.origin, to: &bytes)
        }
        return bytes
    }

    /// Reads what ``stored(now:date:)`` wrote; nil for anything else, or of another version.
    ///
    /// Version 1 does not say when documents were received, which counts as `date` then; neither it nor version 2 has
    /// origins.
    ///
    /// What has expired meanwhile is due at once. Beyond the capacity, which may have been greater before, what was
    /// published or modified last is kept.
    ///
    /// - Parameters:
    ///   - stored: the bytes.
    ///   - package: the event package.
    ///   - capacity: the most publications at a time; 32 unless set.
    ///   - now: the time.
    ///   - date: the seconds since 1970 at that time.
    public init?(
        stored: some Collection<UInt8>,
        package: String = "presence",
        capacity: Int = 32,
        now: UInt64,
        date: UInt64
    ) {
        var rest = Array(stored)[...]
        guard let version = rest.popFirst(), (1...Self.version).contains(version),
            let count = Self.number(&rest), let prefix = Self.text(&rest)
        else { return nil }
        self.init(package: package, tagPrefix: prefix, capacity: capacity)
        self.count = count
        while !rest.isEmpty {
            guard let number = Self.number(&rest), let last = Self.number(&rest),
                let received = version == 1 ? date : Self.number(&rest), let tag = Self.text(&rest),
                let mediaType = Self.text(&rest), let contentType = Self.text(&rest), let language = Self.text(&rest),
                let body = Self.take(&rest), let origin = version < 3 ? [] : Self.take(&rest)
            else { return nil }
            let left = last > date ? UInt32(clamping: last - date) : 0
            var publication = Publication(number: number, tag: tag, expiry: Clock.after(now, seconds: left))
            publication.received = received
            publication.mediaType = mediaType
            publication.contentType = contentType
            publication.language = language.isEmpty ? nil : language
            publication.body = Array(body)
            publication.origin = Array(origin)
            publications.append(publication)
        }
        publications.removeFirst(max(0, publications.count - capacity))
    }

    private static func append(_ text: some Collection<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(bigEndian: UInt32(clamping: text.count))
        bytes.append(contentsOf: text)
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        guard rest.count >= 8 else { return nil }
        defer { rest = rest.dropFirst(8) }
        return UInt64(bigEndian: rest.prefix(8))
    }

    private static func text(_ rest: inout ArraySlice<UInt8>) -> String? {
        take(&rest).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func take(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard rest.count >= 4 else { return nil }
        let count = Int(UInt32(bigEndian: rest.prefix(4)))
        rest = rest.dropFirst(4)
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
