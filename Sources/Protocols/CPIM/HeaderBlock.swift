import MIME

/// Finds the lines of the message headers and the start of the content headers.
///
/// Source: RFC 3862 §2, §2.2.
struct HeaderBlock {
    private let bytes: ArraySlice<UInt8>
    private let limits: CPIMLimits
    /// The lines, without line ends.
    private(set) var lines: [Range<Int>] = []
    /// The index after the last line end of the message headers.
    private(set) var headerEnd: Int
    /// The index of the first octet of the content headers.
    private(set) var contentStart: Int
    /// What was tolerated.
    private(set) var warnings: [CPIMWarning] = []

    init(_ bytes: ArraySlice<UInt8>, limits: CPIMLimits) {
        self.bytes = bytes
        self.limits = limits
        headerEnd = bytes.startIndex
        contentStart = bytes.startIndex
    }

    mutating func find() throws(CPIMError) {
        var place = try skipOuterHeader()
        while true {
            let line = try line(from: place)
            if line.range.isEmpty {
                headerEnd = place
                contentStart = line.next
                return
            }
            if isContentHeader(bytes[line.range]) {
                warnings.append(CPIMWarning(.missingEmptyLine, at: place - bytes.startIndex))
                headerEnd = place
                contentStart = place
                return
            }
            guard lines.count < limits.headers else {
                let reason = "There are more than \(limits.headers) message headers."
                throw CPIMError(.tooManyHeaders, reason, at: place - bytes.startIndex)
            }
            lines.append(line.range)
            place = line.next
        }
    }

    /// The line that starts at an index, and the index after its line end.
    private mutating func line(from start: Int) throws(CPIMError) -> (range: Range<Int>, next: Int) {
        let bound = min(bytes.endIndex, bytes.startIndex + limits.headerBytes)
        guard start < bound, let feed = bytes[start..<bound].firstIndex(of: 0x0A) else {
            guard bound == bytes.endIndex else {
                let reason = "The message headers are longer than \(limits.headerBytes) octets."
                throw CPIMError(.headersTooLong, reason, at: limits.headerBytes)
            }
            throw CPIMError(.missingEmptyLine, "No empty line ends the message headers.", at: bytes.count)
        }
        if feed > start, bytes[feed - 1] == 0x0D { return (start..<(feed - 1), feed + 1) }
        if !warnings.contains(where: { $0.kind == .bareLineFeed }) {
            warnings.append(CPIMWarning(.bareLineFeed, at: feed - bytes.startIndex))
        }
        return (start..<feed, feed + 1)
    }

    /// Steps over `Content-type: Message/CPIM` and an empty line, which are the carrier's and not part of the object.
    private mutating func skipOuterHeader() throws(CPIMError) -> Int {
        let start = bytes.startIndex
        guard Self.hasName("content-type", bytes[start...]) else { return start }
        let kept = warnings
        let first = try line(from: start)
        let value = bytes[first.range].drop { $0 != UInt8(ascii: ":") }.dropFirst()
        if let type = try? MediaType(bytes: value), type.is("message", "cpim"), first.next < bytes.endIndex {
            let second = try line(from: first.next)
            if second.range.isEmpty {
                warnings.append(CPIMWarning(.outerHeader, at: 0))
                return second.next
            }
        }
        warnings = kept
        return start
    }

    /// Whether a line is one of the MIME header fields with which content headers start.
    private func isContentHeader(_ line: ArraySlice<UInt8>) -> Bool {
        guard let first = line.first, first | 0x20 == UInt8(ascii: "c") || first | 0x20 == UInt8(ascii: "m") else {
            return false
        }
        return Self.contentNames.contains { Self.hasName($0, line) }
    }

    private static let contentNames = [
        "content-type", "content-length", "content-id", "content-disposition", "content-transfer-encoding",
        "content-language",
        "mime-version",
    ]

    /// Whether the octets start with a name, in any case, and a colon.
    private static func hasName(_ name: String, _ line: ArraySlice<UInt8>) -> Bool {
        let length = name.utf8.count
        guard line.count > length, line[line.startIndex + length] == UInt8(ascii: ":") else { return false }
        return zip(name.utf8, line).allSatisfy { $0 == ((0x41...0x5A).contains($1) ? $1 | 0x20 : $1) }
    }
}
