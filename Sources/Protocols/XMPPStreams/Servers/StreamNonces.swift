/// What nobody may be able to guess on one connection, drawn once before it begins.
///
/// A connection has at most three streams, one behind the other: in the clear, inside TLS, authenticated. Each gets an
/// id of its own.
///
/// Source: RFC 6120 §4.7.3, §4.3.3.
public struct StreamNonces: Sendable, Equatable {
    /// The ids of the three streams, 128 bits each in lower-case hexadecimal digits.
    let streams: [String]
    /// What the ids of pings begin with.
    let pings: String
    /// The id under which the stream may be resumed.
    public let resumption: String

    /// Draws them.
    ///
    /// - Parameter generator: random numbers that an attacker cannot predict.
    public init(using generator: inout some RandomNumberGenerator) {
        func word() -> String { Self.hexadecimal(generator.next()) + Self.hexadecimal(generator.next()) }
        streams = [word(), word(), word()]
        pings = word()
        resumption = word()
    }

    private static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
