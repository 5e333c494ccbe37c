public import MIME

extension SIPHeaders {
    /// The Content-Type; nil when there is none.
    ///
    /// - Throws: ``SIPError`` with `.malformedHeader`.
    ///
    /// Source: RFC 3261 §20.15.
    public func contentType() throws(SIPError) -> MediaType? {
        guard let field = first(.contentType) else { return nil }
        do throws(MIMEError) {
            return try MediaType(bytes: field.value)
        } catch {
            throw contentFault(error, field)
        }
    }

    /// The Content-Disposition; nil when there is none.
    ///
    /// - Throws: ``SIPError`` with `.malformedHeader`.
    ///
    /// Source: RFC 3261 §20.11.
    public func contentDisposition() throws(SIPError) -> ContentDisposition? {
        guard let field = first(.contentDisposition) else { return nil }
        do throws(MIMEError) {
            return try ContentDisposition(bytes: field.value)
        } catch {
            throw contentFault(error, field)
        }
    }

    /// Whether the body may be left unread: `handling=optional` (RFC 3261 §20.11).
    public var isBodyOptional: Bool {
        guard has(.contentDisposition) else { return false }
        do throws(SIPError) {
            return try contentDisposition()?.parameters["handling"]?.utf8.equalsIgnoringCase("optional".utf8) ?? false
        } catch {
            return false
        }
    }

    private func contentFault(_ error: MIMEError, _ field: SIPHeaderField) -> SIPError {
        SIPError(
            .malformedHeader,
            error.reason,
            at: field.entry.value.lowerBound + error.offset,
            header: field.name
        )
    }
}
