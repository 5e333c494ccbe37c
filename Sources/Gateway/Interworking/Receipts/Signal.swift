import CPIM
public import IMDN
import MIME

/// What a message says that is no text.
public enum Signal: Sendable, Equatable {
    /// What became of other messages, in order.
    case notifications([DispositionNotification])
    /// Whether its sender is writing.
    case composing(ComposingStatus)
    /// A document of one of these kinds that cannot be read; the code of the fault.
    case unreadable(code: String)
}

/// Items that came of a signal, and what is known after them.
public struct Signals<Value: Sendable>: Sendable {
    /// The items in order; none where only something is known.
    public var items: [Value]
    /// What is known when they are on their way.
    public var news: [SignalNews]

    /// Makes the result.
    ///
    /// - Parameters:
    ///   - items: the items in order.
    ///   - news: what is known.
    public init(items: [Value] = [], news: [SignalNews] = []) {
        self.items = items
        self.news = news
    }
}

extension Pivot {
    /// What the message says that is no text; nil for a message that somebody reads.
    ///
    /// Source: RFC 5438 §9, §8.3, RFC 3994 §4.
    public var signal: Signal? {
        let content = message.content
        guard !isPlainText, let type = try? content.mediaType() else { return nil }
        if let signal = Self.signal(content, type) { return signal }
        guard type.is("multipart", "mixed"), let parts = try? MIMEReader().multipart(content)?.parts else { return nil }
        var notifications: [DispositionNotification] = []
        for part in parts {
            guard let type = try? part.mediaType(), let signal = Self.signal(part, type) else { return nil }
            guard case .notifications(let found) = signal else { return signal }
            notifications += found
        }
        return notifications.isEmpty ? nil : .notifications(notifications)
    }

    private static func signal(_ part: MIMEPart, _ type: MediaType) -> Signal? {
        let isNotification = type.is("message", "imdn+xml")
        guard isNotification || type.is("application", "im-iscomposing+xml") else { return nil }
        guard let bytes = try? part.decodedContent() else { return .unreadable(code: IMDNError.Code.encoding.rawValue) }
        do throws(IMDNError) {
            let reader = IMDNReader()
            return isNotification
                ? .notifications([try reader.readNotification(bytes)]) : .composing(try reader.readComposing(bytes))
        } catch { return .unreadable(code: error.code.rawValue) }
    }

    /// Whether it is a notification, or several, judged by its type alone.
    public var isNotification: Bool { isOf("message", "imdn+xml") }

    /// Whether it is a receipt or a composing state of the gateway's own making, judged by its type alone.
    var isSignal: Bool { isNotification || isOf("application", "im-iscomposing+xml") }

    private func isOf(_ type: String, _ subtype: String) -> Bool {
        !isPlainText && (try? message.content.mediaType())?.is(type, subtype) == true
    }

    /// Whether its type is the usual one, which is known without taking it apart.
    private var isPlainText: Bool {
        message.content.headers.first("Content-Type").map { BodyReader.isPlainUTF8($0.value) } == true
    }
}
