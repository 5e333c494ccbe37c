import Addressing

/// What every valid message has, read once.
public struct SIPEssentials: Sendable {
    /// The first Via value.
    public let topVia: Via
    /// The number of Via values.
    public let viaCount: Int
    /// The From value.
    public let from: NameAddress
    /// The To value.
    public let to: NameAddress
    /// The Call-ID as received.
    public let callID: ArraySlice<UInt8>
    /// The CSeq number.
    public let sequence: UInt32
    /// The CSeq method as received.
    public let sequenceMethod: ArraySlice<UInt8>

    init(
        _ headers: SIPHeaders,
        from: () throws(SIPError) -> NameAddress,
        topVia: () throws(SIPError) -> Via,
        limits: SIPLimits
    ) throws(SIPError) {
        try Self.checkUnique(headers)
        self.topVia = try topVia()
        viaCount = try Self.viaCount(headers, behind: self.topVia, limits: limits)
        self.from = try from()
        to = try headers.to()
        callID = try headers.callIDBytes()
        let (number, method) = try headers.cseqParts()
        sequence = number
        sequenceMethod = headers.bytes[method]
    }

    /// Refuses header fields that occur twice although they may not.
    ///
    /// Source: RFC 3261 §7.3.1, RFC 4475 §3.3.8.
    private static func checkUnique(_ headers: SIPHeaders) throws(SIPError) {
        var seen: UInt8 = 0
        for entry in headers.entries {
            let bit: UInt8
            switch entry.name {
            case .callID: bit = 1
            case .cseq: bit = 2
            case .from: bit = 4
            case .to: bit = 8
            case .maxForwards: bit = 16
            case .contentType: bit = 32
            default: continue
            }
            guard seen & bit == 0 else {
                throw SIPError(
                    .duplicateHeader,
                    "The header field \(entry.name.rawValue) occurs twice.",
                    at: entry.nameRange.lowerBound,
                    header: entry.name
                )
            }
            seen |= bit
        }
    }

    /// How many Via values there are; each is read, for the next hop may need it.
    private static func viaCount(
        _ headers: SIPHeaders,
        behind top: Via,
        limits: SIPLimits
    ) throws(SIPError) -> Int {
        var count = 0
        for entry in headers.entries where entry.name == .via {
            var cursor = HeaderCursor(headers.bytes, entry.value, of: .via)
            repeat {
                if count == 0 { cursor.move(to: top.range.upperBound) } else { _ = try Via(reading: &cursor) }
                count += 1
                guard count <= limits.viaValues else {
                    throw SIPError(
                        .tooManyHeaders,
                        "There are too many Via values.",
                        at: entry.value.lowerBound,
                        header: .via
                    )
                }
            } while try cursor.takeComma()
        }
        return count
    }
}

extension SIPRequest {
    /// Checks what any server needs: the header fields that must be there once, their grammar, and the Request-URI.
    ///
    /// Max-Forwards is not demanded (RFC 3261 §16.3, RFC 4475 §3.4.1), and a wrong one counts as absent. The method of
    /// CSeq is compared for known methods only, since an unknown one gets its 501 either way (RFC 4475 §3.1.2.18).
    ///
    /// - Parameters:
    ///   - limits: the bounds.
    ///   - takesStrayPercents: whether a `%` in the Request-URI that starts no escape is let pass, for a caller who
    ///     judges it later.
    /// - Returns: the values that were read.
    /// - Throws: ``SIPError`` with the status to answer, nil for an ACK, and the header fields to answer with.
    ///
    /// Source: RFC 3261 §8.1.1, §8.2.
    @discardableResult
    public func validate(
        limits: SIPLimits = SIPLimits(),
        takesStrayPercents: Bool = false
    ) throws(SIPError) -> SIPEssentials {
        do throws(SIPError) {
            let essentials = try SIPEssentials(headers, from: from, topVia: topVia, limits: limits)
            if method.isKnown, essentials.sequenceMethod != methodBytes {
                throw SIPError(
                    .methodMismatch,
                    "The CSeq names another method than the request line.",
                    at: essentials.sequenceMethod.startIndex,
                    header: .cseq
                )
            }
            try checkURI(lenient: takesStrayPercents)
            return essentials
        } catch {
            throw error.of(headers, answerable: method != .ack)
        }
    }

    /// Checks a sip: or sips: Request-URI; one of another scheme needs only a scheme.
    ///
    /// Source: RFC 3261 §19.1.1, RFC 4475 §3.1.2.11.
    private func checkURI(lenient: Bool) throws(SIPError) {
        do throws(AddressError) {
            // What cannot be read is read again for its fault.
            let uri: SIPURI
            switch parts.uri {
            case .success(.sip(let known)): uri = known
            case .success: return
            case .failure: uri = try SIPURI(bytes: uriBytes, lenient: lenient)
            }
            guard uri.headers == nil else {
                throw AddressError(.disallowed, "A Request-URI has no header part.")
            }
        } catch {
            if error.code == .wrongScheme { return }
            throw SIPError(.malformedURI, error.reason, at: uriRange.lowerBound + error.offset)
        }
    }
}

extension SIPResponse {
    /// Checks what any client needs: the header fields that must be there once, and their grammar.
    ///
    /// - Parameter limits: the bounds.
    /// - Returns: the values that were read.
    /// - Throws: ``SIPError`` without a status, for a response is never answered.
    ///
    /// Source: RFC 3261 §8.1.3.
    @discardableResult
    public func validate(limits: SIPLimits = SIPLimits()) throws(SIPError) -> SIPEssentials {
        do throws(SIPError) {
            return try SIPEssentials(headers, from: headers.from, topVia: headers.topVia, limits: limits)
        } catch {
            throw error.of(headers, answerable: false)
        }
    }
}
