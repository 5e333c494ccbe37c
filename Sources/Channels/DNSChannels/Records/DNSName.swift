import Addressing

/// A name in the DNS, in lower case, as the wire has it without compression.
///
/// At most 255 bytes with labels of 1 to 63; labels may hold any bytes, which are escaped in text.
///
/// Source: RFC 1035 §2.3.4, §3.1.
public struct DNSName: Hashable, Sendable, CustomStringConvertible {
    /// The largest name on the wire, in bytes, the root label included.
    public static let limit = 255

    /// Length-prefixed labels, ended by the root label.
    public let wire: [UInt8]

    /// The root, which a SRV record names as target for a service that is not offered.
    public static let root = DNSName(checked: [0])

    init(checked wire: [UInt8]) { self.wire = wire }

    /// Reads a domain: U-labels become A-labels, a final dot is allowed.
    ///
    /// - Throws: ``DNSError`` with `.malformedName` or `.nameTooLong`.
    ///
    /// Source: RFC 7673 §8.
    public init(domain text: String) throws(DNSError) {
        let ascii: String
        do throws(AddressError) {
            ascii = try DomainName.toASCII(text)
        } catch {
            throw DNSError(error.code == .tooLong ? .nameTooLong : .malformedName, error.reason, at: error.offset)
        }
        try self.init(ascii: ascii)
    }

    /// Reads a name of ASCII labels between dots, such as `_sip._tcp.example.com`; no escapes.
    ///
    /// - Throws: ``DNSError`` with `.malformedName` or `.nameTooLong`.
    public init(ascii text: String) throws(DNSError) {
        if text == "." {
            self = .root
            return
        }
        var wire: [UInt8] = []
        var label: [UInt8] = []
        func close(at offset: Int) throws(DNSError) {
            guard (1...63).contains(label.count) else {
                throw DNSError(.malformedName, "A label has 1 to 63 bytes.", at: offset)
            }
            wire.append(UInt8(label.count))
            wire += label
            label = []
        }
        for (offset, byte) in text.utf8.enumerated() {
            guard offset < Self.limit else { throw DNSError(.nameTooLong, "The name is too long.", at: offset) }
            guard byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "\\") else {
                throw DNSError(.malformedName, "The name has a byte that is no visible ASCII.", at: offset)
            }
            if byte == UInt8(ascii: ".") { try close(at: offset) } else { label.append(Self.lowercased(byte)) }
        }
        if !label.isEmpty || wire.isEmpty { try close(at: text.utf8.count) }
        wire.append(0)
        guard wire.count <= Self.limit else {
            throw DNSError(.nameTooLong, "The name is longer than \(Self.limit) bytes.", at: text.utf8.count)
        }
        self.wire = wire
    }

    /// The name below this one whose first labels are given, such as `_xmpp-server._tcp`.
    ///
    /// - Throws: ``DNSError`` with `.malformedName` or `.nameTooLong`.
    public func prefixed(_ labels: String) throws(DNSError) -> DNSName {
        let wire = try DNSName(ascii: labels).wire.dropLast() + self.wire
        guard wire.count <= Self.limit else {
            throw DNSError(.nameTooLong, "The name of the service is longer than \(Self.limit) bytes.")
        }
        return DNSName(checked: Array(wire))
    }

    /// Whether this is the root.
    public var isRoot: Bool { wire.count == 1 }

    /// Labels between dots, without a final one; the root is a dot.
    ///
    /// Dots and backslashes in labels have a backslash before them, other bytes that are not visible ASCII are a
    /// backslash and three decimal digits.
    ///
    /// Source: RFC 1035 §5.1.
    public var description: String {
        if isRoot { return "." }
        var text = ""
        var index = 0
        while index < wire.count, wire[index] > 0 {
            if index > 0 { text += "." }
            let end = index + 1 + Int(wire[index])
            for byte in wire[(index + 1)..<end] {
                switch byte {
                case UInt8(ascii: "."), UInt8(ascii: "\\"): text += "\\" + String(UnicodeScalar(byte))
                case 0x21...0x7E: text.unicodeScalars.append(UnicodeScalar(byte))
                default: text += "\\" + (byte < 10 ? "00" : byte < 100 ? "0" : "") + String(byte)
                }
            }
            index = end
        }
        return text
    }

    static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}

extension DNSName {
    /// Reads a name in a message, compressed or not, and moves behind it.
    ///
    /// Each pointer must lead before the place where the labels that it ends began, so that no chain of them is
    /// endless.
    ///
    /// - Parameters:
    ///   - message: the whole message.
    ///   - place: where the name begins; becomes the place behind it.
    ///   - end: where the labels that stand here, or the pointer that ends them, must end.
    /// - Returns: the name.
    /// - Throws: ``DNSError`` with `.truncated`, `.malformedName`, `.nameTooLong` or `.forwardPointer`.
    ///
    /// Source: RFC 1035 §4.1.4.
    static func read(_ message: ArraySlice<UInt8>, at place: inout Int, end: Int) throws(DNSError) -> DNSName {
        var wire: [UInt8] = []
        var (index, bound, runStart) = (place, end, place)
        var hasJumped = false
        while true {
            guard index < bound else { throw DNSError(.truncated, "A name ends early.", at: index) }
            let length = Int(message[index])
            switch length {
            case 0:
                wire.append(0)
                if !hasJumped { place = index + 1 }
                return DNSName(checked: wire)
            case 1...63:
                guard index + 1 + length <= bound else { throw DNSError(.truncated, "A label ends early.", at: index) }
                guard wire.count + length + 2 <= limit else {
                    throw DNSError(.nameTooLong, "A name is longer than \(limit) bytes.", at: index)
                }
                wire.append(UInt8(length))
                for byte in message[(index + 1)...(index + length)] { wire.append(lowercased(byte)) }
                index += 1 + length
            case 192...255:
                guard index + 2 <= bound else { throw DNSError(.truncated, "A pointer ends early.", at: index) }
                let target = message.startIndex + (length & 0x3F) << 8 + Int(message[index + 1])
                guard target < runStart else {
                    throw DNSError(.forwardPointer, "A compressed name points forward.", at: index)
                }
                if !hasJumped { place = index + 2 }
                hasJumped = true
                bound = runStart
                (index, runStart) = (target, target)
            default: throw DNSError(.malformedName, "A label is of a kind that does not exist.", at: index)
            }
        }
    }
}
