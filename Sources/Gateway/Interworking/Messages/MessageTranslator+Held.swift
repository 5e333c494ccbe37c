import CPIM
import MIME
public import SIPMessages

extension MessageTranslator {
    /// Whether a request carries a receipt or a composing state: such a thing is worth nothing later, so that it is
    /// refused and never held.
    ///
    /// Source: RFC 3994 §3.2, RFC 5438 §5.
    public static func isSignal(_ request: SIPRequest) -> Bool {
        var content = part(of: request)
        if let isObject = try? isObject(request), isObject {
            guard let object = try? CPIMReader(defaultContentType: .plain).read(request.body) else { return false }
            content = object.content
            if content.headers.first("Content-Type") == nil {
                content.headers.append("Content-Type", object.contentType.description)
            }
        }
        if case .signal? = try? BodyReader().read(content) { return true }
        return false
    }
}

extension Pivot {
    /// The same message with the time of its acceptance, where it names none: it was held meanwhile.
    ///
    /// - Parameter milliseconds: when it was accepted, in Unix milliseconds.
    /// - Returns: the message with a time.
    public func dated(_ milliseconds: Int64) -> Pivot {
        guard message.dateTime == nil else { return self }
        var message = message
        message.dateTime = CPIMDateTime(milliseconds: milliseconds)
        return with(message)
    }
}
