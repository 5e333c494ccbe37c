public import MIME

extension SIPRequest {
    /// How the body is packed; nil when it is in a way that is not known, or in several.
    ///
    /// Source: RFC 3261 §20.12.
    public var contentCoding: ContentCoding? {
        guard headers.has(.contentEncoding) else { return .identity }
        var found = ContentCoding.identity
        for name in headers.list(.contentEncoding) {
            guard let coding = ContentCoding(name: name) else { return nil }
            if coding == .identity { continue }
            guard found == .identity else { return nil }
            found = coding
        }
        return found
    }

    /// The same request with its body unpacked, and without the header field that says how it was packed.
    ///
    /// - Parameter limit: the most that the body may have, in bytes.
    /// - Returns: the request; itself when nothing is packed.
    /// - Throws: `MIMEError` for a body that cannot be unpacked, or that is too long.
    public func unpacked(limit: Int) throws(MIMEError) -> SIPRequest {
        guard headers.has(.contentEncoding), let coding = contentCoding else { return self }
        let body = try coding.decode(self.body, limit: limit)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + body.count)
        var index = methodRange.lowerBound
        for (place, entry) in headers.entries.enumerated() {
            // A line goes on to where the next one begins, or to the empty line.
            let next =
                place + 1 < headers.entries.count
                ? Int(headers.entries[place + 1].nameStart) : bodyRange.lowerBound - 2
            switch entry.name {
            case .contentEncoding:
                result.append(contentsOf: headers.bytes[index..<Int(entry.nameStart)])
                index = next
            case .contentLength:
                result.append(contentsOf: headers.bytes[index..<entry.value.lowerBound])
                result.append(contentsOf: String(body.count).utf8)
                index = entry.value.upperBound
            default: break
            }
        }
        result.append(contentsOf: headers.bytes[index..<bodyRange.lowerBound])
        result.append(contentsOf: body)
        do throws(SIPError) {
            if case .request(let request) = try SIPReader.read(datagram: result) { return request }
        } catch {}
        throw MIMEError(.invalidCompression, "the unpacked request cannot be read", at: 0)
    }
}
