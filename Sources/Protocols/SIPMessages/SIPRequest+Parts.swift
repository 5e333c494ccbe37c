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
    /// - Throws: ``SIPError`` with `.malformedURI` and the status 400.
    public func uri() throws(SIPError) -> AddressURI { try parts.uri.get() }

    /// The From value.
    ///
    /// - Throws: ``SIPError`` with `.missingHeader` or `.malformedHeader`.
    public func from() throws(SIPError) -> NameAddress { try parts.from.get() }

    /// The URI of From.
    ///
    /// - Throws: ``SIPError`` with `.missingHeader`, `.malformedHeader` or `.malformedURI`.
    public func fromURI() throws(SIPError) -> AddressURI { try parts.fromURI.get() }

    /// The first Via value.
    ///
    /// - Throws: ``SIPError`` with `.missingHeader` or `.malformedHeader`.
    public func topVia() throws(SIPError) -> Via { try parts.topVia.get() }

    /// The type of the body; nil when the request does not say.
    ///
    /// - Throws: ``SIPError`` with `.malformedHeader`.
    public func contentType() throws(SIPError) -> MediaType? { try parts.contentType.get() }
}
