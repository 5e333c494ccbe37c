/// Steps over one structured header value: tokens, quoted strings, comments.
///
/// Source: RFC 2045 §5.1, RFC 5322 §3.2.
struct ValueCursor {
    private let bytes: ArraySlice<UInt8>
    private var place: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        place = bytes.startIndex
    }

    /// Octets from the start of the value, for errors.
    var offset: Int { place - bytes.startIndex }

    var isAtEnd: Bool { place == bytes.endIndex }

    /// The octet here, without taking it.
    var next: UInt8? { place < bytes.endIndex ? bytes[place] : nil }

    /// Takes the octet here when it is `octet`.
    mutating func take(_ octet: UInt8) -> Bool {
        guard next == octet else { return false }
        place += 1
        return true
    }

    /// Steps over white space and comments, which may nest.
    mutating func skipBlanks() throws(MIMEError) {
        while let octet = next {
            if octet.isFolding {
                place += 1
            } else if octet == UInt8(ascii: "(") {
                try skipComment()
            } else {
                return
            }
        }
    }

    /// Steps over one comment; nesting is counted, not recursed into.
    private mutating func skipComment() throws(MIMEError) {
        let start = offset
        var depth = 0
        while let octet = next {
            place += 1
            switch octet {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"):
                depth -= 1
                if depth == 0 { return }
            case UInt8(ascii: "\\"):
                if !isAtEnd { place += 1 }
            default: break
            }
        }
        throw MIMEError(.unterminatedComment, "A comment is not closed.", at: start)
    }

    /// The token here; empty when there is none.
    mutating func token() -> ArraySlice<UInt8> {
        let start = place
        while let octet = next, octet.isToken { place += 1 }
        return bytes[start..<place]
    }

    /// The unquoted value here, up to white space or `;`; empty when there is none.
    ///
    /// Wider than `token`: RFC 3862 §5.2 prints `protocol=application/pkcs7-signature` unquoted, and unquoted boundaries with
    /// `=` are frequent.
    mutating func looseToken() -> ArraySlice<UInt8> {
        let start = place
        while let octet = next, !octet.isControl, octet != 0x20, octet != UInt8(ascii: ";"), octet != UInt8(ascii: "\"")
        {
            place += 1
        }
        return bytes[start..<place]
    }

    /// The content of the quoted string that starts here, escapes undone.
    mutating func quotedString() throws(MIMEError) -> [UInt8] {
        let start = offset
        guard take(UInt8(ascii: "\"")) else {
            throw MIMEError(.unterminatedString, "A quoted string was expected.", at: start)
        }
        var content: [UInt8] = []
        while let octet = next {
            place += 1
            switch octet {
            case UInt8(ascii: "\""):
                return content
            case UInt8(ascii: "\\"):
                guard let escaped = next else { break }
                place += 1
                content.append(escaped)
            case 0x0D, 0x0A:
                // The line break of a fold inside a string is not part of it; the white space after it is.
                break
            default:
                guard !octet.isControl || octet == 0x09 else {
                    throw MIMEError(.invalidOctet, "A quoted string holds a control octet.", at: offset - 1)
                }
                content.append(octet)
            }
        }
        throw MIMEError(.unterminatedString, "A quoted string is not closed.", at: start)
    }
}
