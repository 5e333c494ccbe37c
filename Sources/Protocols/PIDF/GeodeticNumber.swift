/// A number of a location, as exact as it was written.
///
/// Source: RFC 5491 §5.
public struct GeodeticNumber: Sendable, Hashable {
    /// The number without an exponent.
    ///
    /// Shape: an optional minus sign, digits without needless zeros before them, and as many digits behind a point as
    /// were written: `45.440`.
    public let text: String

    /// The number.
    public let value: Double

    /// The longest text, as it is read and without its exponent: 32 bytes.
    public static let longest = 32

    /// The largest exponent that is read, and with a minus sign the smallest.
    static let largestExponent = 24

    /// Reads a number; nil for anything else, for what is no finite number, and for a text or an exponent that is too
    /// long.
    ///
    /// - Parameter text: the lexical form of a double, with white space around it or without.
    ///
    /// Source: RFC 5491 §5.
    public init?(_ text: String) {
        let trimmed = XMLSpace.trimmed(text)
        var rest = Array(trimmed.utf8)[...]
        guard rest.count <= Self.longest else { return nil }
        let isNegative = Self.sign(&rest)
        let whole = Self.digits(&rest)
        var fraction: [UInt8] = []
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = Self.digits(&rest)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        var exponent = 0
        if let mark = rest.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            let isSmall = Self.sign(&rest)
            let digits = Self.digits(&rest)
            guard let number = Int(String(decoding: digits, as: UTF8.self)), number <= Self.largestExponent else {
                return nil
            }
            exponent = isSmall ? -number : number
        }
        guard rest.isEmpty else { return nil }
        let plain = Self.plain(whole, fraction, exponent)
        guard plain.utf8.count + (isNegative ? 1 : 0) <= Self.longest, let value = Double(plain) else { return nil }
        self.text = isNegative ? "-" + plain : plain
        self.value = isNegative ? -value : value
    }

    /// Takes a sign; true for a minus.
    private static func sign(_ rest: inout ArraySlice<UInt8>) -> Bool {
        guard let first = rest.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") else { return false }
        rest = rest.dropFirst()
        return first == UInt8(ascii: "-")
    }

    private static func digits(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
        let digits = Array(rest.prefix { (0x30...0x39).contains($0) })
        rest = rest.dropFirst(digits.count)
        return digits
    }

    /// The digits with the point where the exponent puts it.
    private static func plain(_ whole: [UInt8], _ fraction: [UInt8], _ exponent: Int) -> String {
        var digits = whole + fraction
        var point = whole.count + exponent
        if point < 0 {
            digits = [UInt8](repeating: 0x30, count: -point) + digits
            point = 0
        }
        if point > digits.count { digits += [UInt8](repeating: 0x30, count: point - digits.count) }
        let before = digits[..<point].drop { $0 == 0x30 }
        let text = before.isEmpty ? "0" : String(decoding: before, as: UTF8.self)
        return point == digits.count ? text : text + "." + String(decoding: digits[point...], as: UTF8.self)
    }
}

/// A point on the earth or above it, in the World Geodetic System of 1984.
///
/// Source: RFC 5491 §5, §5.2.1.
public struct GeodeticPosition: Sendable, Hashable {
    /// Degrees north, -90 to 90.
    public let latitude: GeodeticNumber
    /// Degrees east, -180 to 180.
    public let longitude: GeodeticNumber
    /// Meters; nil for a position of two dimensions.
    public let altitude: GeodeticNumber?

    /// Makes a position; nil when a coordinate is out of range.
    ///
    /// - Parameters:
    ///   - latitude: degrees north.
    ///   - longitude: degrees east.
    ///   - altitude: meters.
    public init?(latitude: GeodeticNumber, longitude: GeodeticNumber, altitude: GeodeticNumber? = nil) {
        guard Self.latitudes.contains(latitude.value), Self.longitudes.contains(longitude.value) else { return nil }
        self.latitude = latitude
        self.longitude = longitude
        self.altitude = altitude
    }

    /// The degrees north that there are.
    public static let latitudes = -90.0...90.0

    /// The degrees east that there are.
    public static let longitudes = -180.0...180.0

    /// The coordinates as GML has them, latitude first.
    ///
    /// Source: RFC 5491 §5.2.1.
    var coordinates: String {
        ([latitude, longitude] + (altitude.map { [$0] } ?? [])).map(\.text).joined(separator: " ")
    }
}
