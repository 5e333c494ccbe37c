import FoundationEssentials

/// Bytes that are no text, in JSON.
enum Base64Text {
    static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}
