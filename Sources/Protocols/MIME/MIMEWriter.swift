/// Writes MIME entities and multiparts.
///
/// Source: RFC 2045 §3, RFC 2046 §5.1.
public enum MIMEWriter {
    /// Writes the header fields, an empty line and the content as it stands.
    ///
    /// - Parameter part: the entity; its content is encoded as its headers say.
    /// - Returns: the octets; header lines end with CRLF.
    public static func write(_ part: MIMEPart) -> [UInt8] {
        var output: [UInt8] = []
        write(part, to: &output)
        return output
    }

    /// Writes an entity at the end of other bytes.
    ///
    /// - Parameters:
    ///   - part: the entity.
    ///   - output: the bytes are added at its end.
    public static func write(_ part: MIMEPart, to output: inout [UInt8]) {
        part.headers.write(to: &output)
        output.append(0x0D)
        output.append(0x0A)
        output.append(contentsOf: part.content)
    }

    /// Joins parts into a multipart.
    ///
    /// - Parameters:
    ///   - subtype: such as `alternative`.
    ///   - parts: the parts in order; at least one.
    ///   - boundary: 1 to 70 octets that occur at no line start of a part after `--`; see ``boundary(for:seed:)``.
    /// - Returns: an entity with a Content-Type and no other header field.
    /// - Throws: ``MIMEError`` with `.invalidBoundary`, `.boundaryInContent`, `.invalidMediaType` or `.missingDelimiter` (no part).
    public static func multipart(
        _ subtype: String,
        _ parts: [MIMEPart],
        boundary: String
    ) throws(MIMEError) -> MIMEPart {
        guard Multipart.isBoundary(boundary) else {
            throw MIMEError(.invalidBoundary, "The boundary is empty, too long or holds a forbidden octet.", at: 0)
        }
        guard !parts.isEmpty else { throw MIMEError(.missingDelimiter, "A multipart has at least one part.", at: 0) }
        let parameter = ParameterList.Parameter(name: "boundary", value: boundary)
        guard let type = MediaType(type: "multipart", subtype: subtype, parameters: ParameterList([parameter])) else {
            throw MIMEError(.invalidMediaType, "The subtype is not a token.", at: 0)
        }
        var content: [UInt8] = []
        for part in parts {
            if !content.isEmpty { content.append(contentsOf: [0x0D, 0x0A]) }
            content.append(contentsOf: "--\(boundary)\r\n".utf8)
            let start = content.count
            write(part, to: &content)
            guard !occurs(boundary, in: content[start...]) else {
                throw MIMEError(.boundaryInContent, "The boundary occurs in a part.", at: start)
            }
        }
        content.append(contentsOf: "\r\n--\(boundary)--\r\n".utf8)
        return MIMEPart(type: type, content: content[...])
    }

    /// A boundary that occurs in none of the parts.
    ///
    /// - Parameters:
    ///   - parts: what will be joined.
    ///   - seed: a unique token of at most 60 octets from the caller; a number is added while it occurs.
    /// - Returns: a valid boundary when `seed` is one.
    public static func boundary(for parts: [MIMEPart], seed: String) -> String {
        let written = parts.map { write($0) }
        var boundary = seed
        var number = 0
        while written.contains(where: { occurs(boundary, in: $0[...]) }) {
            number += 1
            boundary = "\(seed)-\(number)"
        }
        return boundary
    }

    /// Whether `--boundary` starts a line: readers that compare only the start of the line must not be misled.
    private static func occurs(_ boundary: String, in bytes: ArraySlice<UInt8>) -> Bool {
        let mark = Array("--\(boundary)".utf8)
        var rest = bytes
        while true {
            if rest.starts(with: mark) { return true }
            guard let feed = rest.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else { return false }
            rest = rest[(feed + 1)...]
        }
    }
}
