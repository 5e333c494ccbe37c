import XMLStreams
import XMPPStanzas

/// Why an authentication failed.
///
/// Source: RFC 6120 §6.5.
public enum SASLFault: String, Error, Sendable, CaseIterable {
    /// The initiating server gave up.
    case aborted
    /// The account is disabled.
    case accountDisabled = "account-disabled"
    /// The credentials have expired.
    case credentialsExpired = "credentials-expired"
    /// The mechanism asks for TLS.
    case encryptionRequired = "encryption-required"
    /// The data is not base64 as it has to be.
    case incorrectEncoding = "incorrect-encoding"
    /// The peer may not act for that domain.
    case invalidAuthzid = "invalid-authzid"
    /// The mechanism is missing or not offered.
    case invalidMechanism = "invalid-mechanism"
    /// The element is out of place.
    case malformedRequest = "malformed-request"
    /// The mechanism is too weak.
    case mechanismTooWeak = "mechanism-too-weak"
    /// The credentials are wrong.
    case notAuthorized = "not-authorized"
    /// A fault that may pass.
    case temporaryAuthFailure = "temporary-auth-failure"

    /// Reads the condition of a `failure` element; `not-authorized` for one that is not listed.
    init(reading element: XML.Element) {
        for child in element.children where child.isIn(XMPPNamespace.sasl) {
            if let fault = SASLFault(rawValue: child.name) {
                self = fault
                return
            }
        }
        self = .notAuthorized
    }

    /// The `failure` element.
    var bytes: [UInt8] {
        var writer = XML.Writer(inherited: XMPPNamespace.server)
        writer.start("failure", XMPPNamespace.sasl)
        writer.element(rawValue)
        writer.end()
        return writer.bytes
    }
}

/// The elements of SASL that carry data, and the data.
///
/// Source: RFC 6120 §6.4, RFC 4648 §4.
enum SASLData {
    /// An element with data in base64; data without a byte is written as `=`.
    static func element(_ name: String, mechanism: String? = nil, data: [UInt8]?) -> [UInt8] {
        var writer = XML.Writer(inherited: XMPPNamespace.server)
        let text = data.map { $0.isEmpty ? "=" : encode($0) } ?? ""
        writer.element(name, XMPPNamespace.sasl, ["mechanism": mechanism], text: text)
        return writer.bytes
    }

    /// The data of an element: nil for none at all, no byte for `=`.
    static func read(_ element: XML.Element) throws(SASLFault) -> [UInt8]? {
        let text = AsciiText.trimmed(element.text)
        if text.isEmpty { return nil }
        if text == "=" { return [] }
        guard let data = decode(Array(text.utf8)) else { throw .incorrectEncoding }
        return data
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ data: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: data.count, by: 3) {
            let count = min(3, data.count - start)
            var bits: UInt32 = 0
            for offset in 0..<3 { bits = bits << 8 | (offset < count ? UInt32(data[start + offset]) : 0) }
            for offset in 0..<4 {
                text.append(offset > count ? 0x3D : alphabet[Int(bits >> (18 - 6 * UInt32(offset)) & 63)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Strict: whole groups, no other characters, and padding bits that are zero.
    static func decode(_ text: [UInt8]) -> [UInt8]? {
        guard text.count % 4 == 0, !text.isEmpty else { return nil }
        let padding = text.reversed().prefix { $0 == 0x3D }.count
        guard padding <= 2 else { return nil }
        var data: [UInt8] = []
        var bits: UInt32 = 0
        for (index, byte) in text.dropLast(padding).enumerated() {
            guard let value = alphabet.firstIndex(of: byte) else { return nil }
            bits = bits << 6 | UInt32(value)
            if index % 4 == 3 {
                data += [UInt8(bits >> 16 & 255), UInt8(bits >> 8 & 255), UInt8(bits & 255)]
                bits = 0
            }
        }
        if padding == 2 {
            guard bits & 15 == 0 else { return nil }
            data.append(UInt8(bits >> 4 & 255))
        } else if padding == 1 {
            guard bits & 3 == 0 else { return nil }
            data += [UInt8(bits >> 10 & 255), UInt8(bits >> 2 & 255)]
        }
        return data
    }
}
