/// Where the bare part of an address ends: a JID before its resource, a URI before its parameters and headers.
enum AddressForm {
    private static let schemes = ["sip:", "sips:", "im:", "pres:", "xmpp:", "tel:", "mailto:"].map { Array($0.utf8) }
    /// No scheme is longer with its colon, in bytes.
    private static let longestScheme = 8

    /// The length of the bare part.
    ///
    /// A JID's local part holds no slash; the user of a SIP URI may hold semicolons and question marks, so that they
    /// count behind the at sign only.
    static func bareLength(_ address: Span<UInt8>) -> Int {
        guard let scheme = schemeLength(address) else {
            return address.place(of: UInt8(ascii: "/"), from: 0) ?? address.count
        }
        let start = address.place(of: UInt8(ascii: "@"), from: scheme).map { $0 + 1 } ?? scheme
        for index in start..<address.count where ends(address[index]) {
            return index
        }
        return address.count
    }

    /// Whether an address is another one, with or without a resource or parameters behind it.
    static func matches(_ address: Span<UInt8>, _ wanted: [UInt8]) -> Bool {
        guard begins(address, with: wanted) else { return false }
        if address.count == wanted.count { return true }
        return ends(address[wanted.count]) && bareLength(address) == bareLength(wanted.span)
    }

    /// The length of a scheme with its colon; nil for a JID.
    private static func schemeLength(_ address: Span<UInt8>) -> Int? {
        guard let colon = address.extracting(first: longestScheme).place(of: UInt8(ascii: ":"), from: 0) else {
            return nil
        }
        return schemes.contains { $0.count == colon + 1 && begins(address, with: $0) } ? colon + 1 : nil
    }

    private static func ends(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "?")
    }

    private static func begins(_ address: Span<UInt8>, with prefix: [UInt8]) -> Bool {
        guard address.count >= prefix.count else { return false }
        for index in prefix.indices where address[index] != prefix[index] {
            return false
        }
        return true
    }
}
