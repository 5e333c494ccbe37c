public import Addressing
public import MIME

extension SIPRequest {
    /// What every part of a server asks of a request, read once, when the request is.
    final class Parts: Sendable {
        let uri: Result<AddressURI, SIPError>
        let from: Result<NameAddress, SIPError>
        let fromURI: Result<AddressURI, SIPError>
        let topVia: Result<Via, SIPError>
        let contentType: Result<MediaType?, SIPError>

        init(_ headers: SIPHeaders, uri range: Range<Int>) {
            uri = Result { () throws(SIPError) in
                do throws(AddressError) {
                    return try AddressURI(bytes: headers.bytes[range])
                } catch {
                    throw SIPError(.malformedURI, error.reason, at: range.lowerBound + error.offset)
                }
            }
            let from = Result { () throws(SIPError) in try headers.from() }
            self.from = from
            fromURI = Result { () throws(SIPError) in try from.get().uri() }
            topVia = Result { () throws(SIPError) in try headers.topVia() }
            contentType = Result { () throws(SIPError) in try headers.contentType() }
        }
    }

    /// The Request-URI.
    ///
    /// - Parameter lenient: whether a `%` that starts no escape is read as a percent sign.
    /// - Returns: the URI of its scheme.
    /// - Throws: ``SIPError`` with `.malformedURI` and the status 400.
    public func uri(lenient: Bool = false) throws(SIPError) -> AddressURI {
        guard lenient, case .failure = parts.uri else { return try parts.uri.get() }
        do throws(AddressError) {
            return try AddressURI(bytes: uriBytes, lenient: true)
        } catch {
            throw SIPError(.malformedURI, error.reason, at: uriRange.lowerBound + error.offset)
        }
    }

    /// The From value.
    ///
    /// - Throws: ``SIPError`` with `.missingHeader` or `.malformedHeader`.
    public func from() throws(SIPError) -> NameAddress { try parts.from.get() }

    /// The URI of From.
    ///
    /// - Parameter lenient: whether a `%` that starts no escape is read as a percent sign.
    /// - Returns: the URI of its scheme.
    /// - Throws: ``SIPError`` with `.missingHeader`, `.malformedHeader` or `.malformedURI`.
    public func fromURI(lenient: Bool = false) throws(SIPError) -> AddressURI {
        guard lenient, case .failure = parts.fromURI else { return try parts.fromURI.get() }
        return try from().uri(lenient: true)
    }

    /// The first Via value.
    ///
    /// - Throws: ``SIPError`` with `.missingHeader` or `.malformedHeader`.
    public func topVia() throws(SIPError) -> Via { try parts.topVia.get() }

    /// The type of the body; nil when the request does not say.
    ///
    /// - Throws: ``SIPError`` with `.malformedHeader`.
    public func contentType() throws(SIPError) -> MediaType? { try parts.contentType.get() }
}
