import Addressing

extension ConfigScalar {
    /// A value that was read.
    enum Reading {
        case text(String)
        case number(Int)
    }

    /// Why a value is not what was asked for.
    struct Fault: Error {
        var reason: String
        var isPlanned = false
    }

    /// What stands in a help line.
    var expected: String {
        switch self {
        case .text: "text"
        case .domain: "a domain name such as example.net"
        case .endpoint: "HOST:PORT such as \"127.0.0.1:5347\" or \"[::1]:5347\""
        case .listener: "TRANSPORT:ADDRESS:PORT such as \"udp:127.0.0.1:5060\" or \"tcp:[::]:5060\""
        case .socket: "ADDRESS:PORT such as \"[::]:5269\" or \"192.0.2.1:5269\""
        case .address: "an IPv4 or IPv6 address such as 192.0.2.1 or 2001:db8::1"
        case .addressBlock: "addresses such as \"127.0.0.0/8\" or \"2001:db8::1\""
        case .nameServer: "an address, with a port or without, such as \"192.0.2.1\" or \"[2001:db8::1]:5353\""
        case .nextHop: "a SIP URI with an address, such as \"sip:127.0.0.1:5070;transport=udp\""
        case .fingerprint: "64 hexadecimal digits, as openssl x509 -fingerprint -sha256 prints them"
        case .uri: "a URI such as \"mailto:abuse@example.net\" or \"xmpp:admin@example.net\""
        case .path: "a path"
        case .checkpointPlace: "\"file:PATH\", syslog, or a URL such as \"https://witness.example/checkpoints\""
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .duration(let range):
            "a number with a unit (ms, s, min, h, d), \(ConfigQuantity.durations.text(range))"
        case .size(let range): "a number with a unit (B, KiB, MiB, GiB), \(ConfigQuantity.sizes.text(range))"
        case .choice(let words): "one of " + words.joined(separator: ", ")
        }
    }

    /// Reads a value.
    func read(_ text: String) -> Result<Reading, Fault> {
        switch self {
        case .text, .path:
            return text.isEmpty ? .failure(Fault(reason: "is empty")) : .success(.text(text))
        case .fingerprint:
            guard Fingerprint.bytes(text) != nil else { return .failure(Fault(reason: "is no SHA-256")) }
            return .success(.text(text))
        case .checkpointPlace:
            guard text == "syslog" || text.hasPrefix("file:") && text.utf8.count > 5 || WitnessURL(text) != nil else {
                return .failure(Fault(reason: "is no place for checkpoints"))
            }
            return .success(.text(text))
        case .uri:
            guard Self.isURI(text) else { return .failure(Fault(reason: "is not a URI")) }
            return .success(.text(text))
        case .domain:
            guard let name = try? DomainName.normalized(text) else {
                return .failure(Fault(reason: "is not a domain name"))
            }
            return .success(.text(name))
        case .address:
            guard (try? IPAddress(text)) != nil else { return .failure(Fault(reason: "is not an IP address")) }
            return .success(.text(text))
        case .endpoint:
            guard Endpoint(text) != nil else { return .failure(Fault(reason: "is not a host and port")) }
            return .success(.text(text))
        case .socket:
            guard let endpoint = Endpoint(text), (try? IPAddress(endpoint.host)) != nil else {
                return .failure(Fault(reason: "is not an address and port"))
            }
            return .success(.text(text))
        case .addressBlock:
            guard Self.isBlock(text) else { return .failure(Fault(reason: "is not a range of addresses")) }
            return .success(.text(text))
        case .nameServer:
            guard Endpoint.nameServer(text) != nil else {
                return .failure(Fault(reason: "is not the address of a server"))
            }
            return .success(.text(text))
        case .listener:
            guard SIPListener(text) != nil else { return .failure(Self.listenerFault(text)) }
            return .success(.text(text))
        case .nextHop:
            guard NextHop(text) != nil else { return .failure(Self.nextHopFault(text)) }
            return .success(.text(text))
        case .integer(let range):
            guard let number = Int(text) else { return .failure(Fault(reason: "is not a whole number")) }
            guard range.contains(number) else { return .failure(Fault(reason: "is out of range")) }
            return .success(.number(number))
        case .duration(let range):
            return ConfigQuantity.durations.read(text, within: range).map(Reading.number)
        case .size(let range):
            return ConfigQuantity.sizes.read(text, within: range).map(Reading.number)
        case .choice(let words):
            guard words.contains(text) else { return .failure(Fault(reason: "is not a word for this key")) }
            return .success(.text(text))
        }
    }

    /// Whether a text has a scheme and behind it only what may stand in a URI.
    ///
    /// Source: RFC 3986 §2, §3.1.
    private static func isURI(_ text: String) -> Bool {
        let scheme = text.utf8.prefix { $0 != UInt8(ascii: ":") }
        let rest = text.utf8.dropFirst(scheme.count + 1)
        guard let first = scheme.first, isLetter(first), !rest.isEmpty else { return false }
        return scheme.allSatisfy { isLetter($0) || "0123456789+-.".utf8.contains($0) }
            && rest.allSatisfy { $0 > 0x20 && $0 < 0x7F && !#""<>\^`{|}"#.utf8.contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { 0x61...0x7A ~= byte | 0x20 }

    private static func isBlock(_ text: String) -> Bool {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = try? IPAddress(String(parts[0])) else { return false }
        guard parts.count == 2 else { return true }
        let width = if case .v4 = address { 32 } else { 128 }
        return parts[1].allSatisfy { $0.isASCII && $0.isNumber } && Int(parts[1]).map { $0 <= width } == true
    }

    private static func listenerFault(_ text: String) -> Fault {
        text.hasPrefix("tls:")
            ? Fault(reason: "needs TLS, which is not supported yet", isPlanned: true)
            : Fault(reason: "is not a transport, address and port")
    }

    private static func nextHopFault(_ text: String) -> Fault {
        guard let uri = try? SIPURI(text) else { return Fault(reason: "is not a SIP URI") }
        guard uri.user == nil else { return Fault(reason: "names a user") }
        if uri.isSecure || NextHop.transport(of: uri) == "tls" {
            return Fault(reason: "needs TLS, which is not supported yet", isPlanned: true)
        }
        guard NextHop.address(of: uri) != nil else {
            return Fault(reason: "needs the DNS, which is not supported yet", isPlanned: true)
        }
        return Fault(reason: "has a transport other than udp and tcp")
    }
}
