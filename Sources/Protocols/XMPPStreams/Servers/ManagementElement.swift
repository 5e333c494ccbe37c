import XMLStreams
import XMPPStanzas

/// The elements of stream management.
///
/// Source: XEP-0198 §3, §4, §5.
enum ManagementElement: Equatable {
    /// Asks for acknowledgements, and for leave to resume.
    case enable(resume: Bool)
    /// Grants them; the id, where the stream may be resumed.
    case enabled(id: String?)
    /// Asks for an acknowledgement.
    case request
    /// How many stanzas were handled.
    case acknowledgement(UInt32)
    /// Asks for the resumption of an earlier stream.
    case resume(id: String, handled: UInt32)
    /// Grants it.
    case resumed(id: String, handled: UInt32)
    /// Grants nothing; how many stanzas were handled, if that is known.
    case failed(String, handled: UInt32?)

    /// The longest id.
    static let idLimit = 4000

    /// Reads an element; nil for one of another namespace.
    ///
    /// - Throws: `bad-format` for a count that is missing or no number.
    init?(reading element: XML.Element) throws(StreamFault) {
        guard element.isIn(XMPPNamespace.streamManagement) else { return nil }
        switch element.name {
        case "enable": self = .enable(resume: Self.isTrue(element.attribute("resume")))
        case "enabled":
            let id = element.attribute("id").flatMap { $0.utf8.count <= Self.idLimit ? $0 : nil }
            self = .enabled(id: Self.isTrue(element.attribute("resume")) ? id : nil)
        case "r": self = .request
        case "a": self = .acknowledgement(try Self.count(element))
        case "resume": self = .resume(id: try Self.id(element), handled: try Self.count(element))
        case "resumed": self = .resumed(id: try Self.id(element), handled: try Self.count(element))
        case "failed":
            let condition = element.children.first { $0.isIn(XMPPNamespace.stanzaErrors) }?.name
            let handled = element.attribute("h") == nil ? nil : try Self.count(element)
            self = .failed(condition ?? "undefined-condition", handled: handled)
        default: throw StreamFault(.unsupportedStanzaType)
        }
    }

    private static func isTrue(_ text: String?) -> Bool { text == "true" || text == "1" }

    private static func count(_ element: XML.Element) throws(StreamFault) -> UInt32 {
        guard let text = element.attribute("h"), !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let number = UInt32(text)
        else { throw StreamFault(.badFormat) }
        return number
    }

    private static func id(_ element: XML.Element) throws(StreamFault) -> String {
        guard let id = element.attribute("previd"), !id.isEmpty, id.utf8.count <= idLimit else {
            throw StreamFault(.badFormat)
        }
        return id
    }

    /// The element, for a stream of the content namespace of servers.
    var bytes: [UInt8] {
        var writer = XML.Writer(inherited: XMPPNamespace.server)
        let namespace = XMPPNamespace.streamManagement
        switch self {
        case .enable(let resume): writer.element("enable", namespace, ["resume": resume ? "true" : nil])
        case .enabled(let id): writer.element("enabled", namespace, ["id": id, "resume": id == nil ? nil : "true"])
        case .request: writer.element("r", namespace)
        case .acknowledgement(let count): writer.element("a", namespace, ["h": "\(count)"])
        case .resume(let id, let count): writer.element("resume", namespace, ["h": "\(count)", "previd": id])
        case .resumed(let id, let count): writer.element("resumed", namespace, ["h": "\(count)", "previd": id])
        case .failed(let condition, let count):
            writer.start("failed", namespace, ["h": count.map { "\($0)" }])
            writer.element(condition, XMPPNamespace.stanzaErrors)
            writer.end()
        }
        return writer.bytes
    }
}
