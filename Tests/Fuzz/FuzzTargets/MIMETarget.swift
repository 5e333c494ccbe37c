import MIME

extension FuzzTarget {
    /// An entity survives being written, and each encoding can be undone.
    static let mime = FuzzTarget("mime") { input throws(Violation) in
        try encodings(input)
        try codings(input)
        try values(input)
        let part: MIMEPart
        do throws(MIMEError) { part = try MIMEReader().part(input[...]) } catch {
            return try demand((0...input.count).contains(error.offset), "the error lies in the entity: \(error)")
        }
        try writesBack(part)
        try walk(part, level: 0)
    }

    private static func walk(_ part: MIMEPart, level: Int) throws(Violation) {
        _ = (part.contentID, part.declaredLength, try? part.mediaType(), try? part.disposition())
        if let plain = try? part.decodedContent() {
            try demand(plain.count <= MIMELimits().contentBytes, "decoded content is bounded")
        }
        _ = try? part.decodedText()
        guard let multipart = try? MIMEReader().multipart(part) else { return }
        try demand(level <= MIMELimits().depth, "nesting is bounded")
        for inner in multipart.parts { try walk(inner, level: level + 1) }
        try joins(multipart.parts)
    }

    private static func writesBack(_ part: MIMEPart) throws(Violation) {
        let bytes = MIMEWriter.write(part)
        let again = try succeed("a written entity can be read: \(shown(bytes))") { () throws(MIMEError) in
            try MIMEReader(limits: MIMELimits(headerBytes: 1 << 20, contentBytes: 1 << 22)).part(bytes[...])
        }
        try demand(again.headers == part.headers, "header fields survive: \(shown(bytes))")
        try demand(again.content == part.content, "content survives: \(shown(bytes))")
    }

    /// A multipart made of parts has these parts.
    private static func joins(_ parts: [MIMEPart]) throws(Violation) {
        guard !parts.isEmpty, parts.allSatisfy({ $0.headers.count < 50 }) else { return }
        let boundary = MIMEWriter.boundary(for: parts, seed: "b")
        let joined = try succeed("a free boundary is found") { () throws(MIMEError) in
            try MIMEWriter.multipart("mixed", parts, boundary: boundary)
        }
        let found = try succeed("a written multipart can be read: \(shown(joined.content))") { () throws(MIMEError) in
            try MIMEReader().multipart(joined)
        }
        guard let found else { throw Violation("a written multipart is one") }
        try demand(found.parts.count == parts.count, "a multipart has its parts: \(shown(joined.content))")
        for (one, other) in zip(found.parts, parts) {
            try demand(one.headers == other.headers, "parts have their header fields: \(shown(joined.content))")
            try demand(one.content == other.content, "parts have their content: \(shown(joined.content))")
        }
    }

    /// What is unpacked is bounded, by itself and by what it was made of.
    private static func codings(_ input: [UInt8]) throws(Violation) {
        let limit = 1 << 16
        for coding in ContentCoding.allCases {
            guard let body = try? coding.decode(input[...], limit: limit) else { continue }
            let bound = max(ContentCoding.smallestBound, input.count * ContentCoding.largestRatio)
            try demand(body.count <= limit && body.count <= bound, "an unpacked body is bounded")
        }
    }

    private static func encodings(_ input: [UInt8]) throws(Violation) {
        for encoding in TransferEncoding.allCases {
            _ = try? encoding.decode(input[...])
            guard let encoded = try? encoding.encode(input[...]) else { continue }
            let decoded = try succeed("\(encoding) can be undone") { () throws(MIMEError) in
                try encoding.decode(encoded[...], limit: 1 << 24)
            }
            try demand(Array(decoded) == input, "\(encoding) is undone: \(shown(encoded))")
            guard encoding == .base64 || encoding == .quotedPrintable else { continue }
            try demand(
                encoded.split(separator: 0x0A).allSatisfy { $0.count <= 77 } && encoded.allSatisfy { $0 < 0x7F },
                "\(encoding) has short lines of ASCII: \(shown(encoded))"
            )
        }
        _ = (EncodedWord.decode(input[...]), UTF8Scan.firstFault(in: input[...]))
        for charset in [nil, "utf-8", "us-ascii", "iso-8859-1"] {
            _ = try? Charset.decode(input[...], declared: charset)
        }
    }

    private static func values(_ input: [UInt8]) throws(Violation) {
        _ = try? ContentDisposition(bytes: input[...]).fileName
        guard let type = try? MediaType(bytes: input[...]) else { return }
        let text = type.description
        let again = try succeed("a media type can be read back: \(text.debugDescription)") { () throws(MIMEError) in
            try MediaType(text)
        }
        try demand(again == type, "a media type says the same: \(text.debugDescription)")
    }
}
