import Addressing
import CPIM
import Interworking
import MIME
import SIPMessages

/// What a request shows of how its sender uses Message/CPIM.
struct CPIMGlance: Equatable {
    /// Whether the sender reads message/cpim; nil when it has not shown that.
    var readsCPIM: Bool?
    /// The media types that the sender names in Accept; empty when it names none.
    var accepts: [String] = []
    /// The shape of its URIs in Message/CPIM headers; nil when none was seen.
    var shape: CPIMURIShape?
    /// The `imdn.Message-ID`, which stays the same when a message is sent again.
    ///
    /// Source: RFC 5438 §6.3.
    var messageID: String?
    /// The URI of From as it was written.
    var from: String?
    /// The URI of To as it was written.
    var to: String?
    /// DateTime as it was written, which a notification repeats.
    ///
    /// Source: RFC 5438 §11.1.2.
    var dateTime: String?

    /// Looks at a request.
    ///
    /// - Parameters:
    ///   - request: a MESSAGE.
    ///   - knowsIMDNPrefix: whether the prefix `imdn` needs no declaration.
    init(_ request: SIPRequest, knowsIMDNPrefix: Bool) {
        if request.headers.has(.accept) {
            accepts = request.headers.acceptedTypes
            if request.headers.accepts(.cpim) { readsCPIM = true }
        }
        guard request.carriesCPIM else { return }
        readsCPIM = true
        let reader = CPIMReader(knowsIMDNPrefix: knowsIMDNPrefix)
        guard let message = Self.read(request.body, reader) else { return }
        if let uri = message.from?.uriText {
            if uri.lowercased().hasPrefix("im:") { shape = .im }
            if uri.lowercased().hasPrefix("sip:") { shape = .sip }
        }
        messageID = message.first(.messageID)?.unescapedValue
        from = message.from?.uriText
        to = message.to.first?.uriText
        dateTime = message.first(CPIMName(CPIMNamespace.core, "DateTime"))?.unescapedValue
    }

    /// A body that cannot be read is the translator's to refuse.
    private static func read(_ body: ArraySlice<UInt8>, _ reader: CPIMReader) -> CPIMMessage? {
        do throws(CPIMError) { return try reader.read(body) } catch { return nil }
    }
}

extension SIPRequest {
    /// Whether the body is a Message/CPIM object.
    var carriesCPIM: Bool {
        do throws(SIPError) { return try contentType()?.is("message", "cpim") ?? false } catch { return false }
    }
}

extension SIPHeaders {
    /// How many types of one Accept are remembered, and the longest name of one, in bytes.
    static let acceptLimits = (types: 16, name: 64)

    /// What Accept names, in lower case: types and ranges, those of weight 0 with it; empty when it cannot be read.
    ///
    /// Source: RFC 3261 §20.1.
    var acceptedTypes: [String] {
        let tokens: [SIPToken]
        do throws(SIPError) { tokens = try self.tokens(.accept) } catch { return [] }
        return tokens.filter { $0.name.utf8.count <= Self.acceptLimits.name }.prefix(Self.acceptLimits.types).map {
            $0.weight > 0 ? $0.name.lowercased() : $0.name.lowercased() + ";q=0"
        }
    }

    /// Whether Accept names a type itself; ranges such as `*/*` show nothing.
    func accepts(_ type: MediaType) -> Bool {
        guard has(.accept) else { return false }
        do throws(SIPError) {
            return try tokens(.accept).contains {
                $0.name.lowercased() == type.type + "/" + type.subtype && $0.weight > 0
            }
        } catch {
            return false
        }
    }
}
