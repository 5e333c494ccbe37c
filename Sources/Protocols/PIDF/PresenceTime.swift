/// An instant as RFC 3339 writes it.
///
/// Source: RFC 3863 §4.1.7; RFC 3339 §5.6.
public struct PresenceTime: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z; a leap second is the second after it.
    public let seconds: Int64
    /// The fraction, from 0 to 999 999 999; digits beyond are cut off.
    public let nanoseconds: Int32

    /// Makes an instant.
    ///
    /// - Parameters:
    ///   - seconds: seconds since 1970-01-01T00:00:00Z.
    ///   - nanoseconds: the fraction; values out of range count as the nearest in range.
    public init(seconds: Int64, nanoseconds: Int32 = 0) {
        self.seconds = seconds
        self.nanoseconds = min(max(nanoseconds, 0), 999_999_999)
    }

    /// Reads a date and time with a zone; nil for anything else.
    ///
    /// - Parameter text: the text, with capital T and Z.
    public init?(_ text: String) { self.init(text.utf8.span) }

    private init?(_ text: Span<UInt8>) {
        var digits = Digits()
        guard let year = digits.number(4, in: text), digits.skip(0x2D, in: text),
            let month = digits.number(2, in: text), digits.skip(0x2D, in: text),
            let day = digits.number(2, in: text), digits.skip(0x54, in: text),
            let hour = digits.number(2, in: text), digits.skip(0x3A, in: text),
            let minute = digits.number(2, in: text), digits.skip(0x3A, in: text),
            let second = digits.number(2, in: text)
        else { return nil }
        guard year > 0, (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day), hour < 24,
            minute < 60, second <= 60
        else { return nil }
        var fraction: Int32 = 0
        if digits.skip(0x2E, in: text) {
            guard let found = digits.fraction(in: text) else { return nil }
            fraction = found
        }
        var offset = 0
        if !digits.skip(0x5A, in: text) {
            let isEast = digits.skip(0x2B, in: text)
            guard isEast || digits.skip(0x2D, in: text), let hours = digits.number(2, in: text),
                digits.skip(0x3A, in: text), let minutes = digits.number(2, in: text), hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (isEast ? 60 : -60)
        }
        guard digits.place == text.count else { return nil }
        let time = hour * 3600 + minute * 60 + second - offset
        seconds = Int64(Self.dayNumber(year, month, day) * 86_400 + time)
        nanoseconds = fraction
    }

    /// True when the first is earlier.
    public static func < (one: PresenceTime, other: PresenceTime) -> Bool {
        (one.seconds, one.nanoseconds) < (other.seconds, other.nanoseconds)
    }

    /// The instant in UTC, `2001-10-27T16:49:29Z`, with as many digits of a second as are not zero.
    public var description: String {
        let (days, time) = Self.divided(Int(seconds), by: 86_400)
        let (year, month, day) = Self.date(days)
        func padded(_ value: Int, _ width: Int = 2) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(width - digits.count, 0)) + digits
        }
        var fraction = ""
        if nanoseconds > 0 {
            fraction = padded(Int(nanoseconds), 9)
            while fraction.last == "0" { fraction.removeLast() }
            fraction = "." + fraction
        }
        let date = "\(padded(year, 4))-\(padded(month))-\(padded(day))"
        return "\(date)T\(padded(time / 3600)):\(padded(time / 60 % 60)):\(padded(time % 60))\(fraction)Z"
    }

    // MARK: The calendar

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func divided(_ value: Int, by divisor: Int) -> (quotient: Int, remainder: Int) {
        let remainder = ((value % divisor) + divisor) % divisor
        return ((value - remainder) / divisor, remainder)
    }

    /// Days since 1970-01-01 in the Gregorian calendar; years begin in March, so that the leap day is the last.
    private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let (era, yearOfEra) = divided(shifted, by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = divided(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}

/// The bytes of a date that are not read yet.
private struct Digits {
    private(set) var place = 0

    private func digit(in text: Span<UInt8>) -> Int? {
        place < text.count && (0x30...0x39).contains(text[place]) ? Int(text[place]) - 0x30 : nil
    }

    /// Takes a number of so many digits.
    mutating func number(_ count: Int, in text: Span<UInt8>) -> Int? {
        var value = 0
        for _ in 0..<count {
            guard let digit = digit(in: text) else { return nil }
            value = value * 10 + digit
            place += 1
        }
        return value
    }

    /// Takes a byte when it comes next.
    mutating func skip(_ byte: UInt8, in text: Span<UInt8>) -> Bool {
        guard place < text.count, text[place] == byte else { return false }
        place += 1
        return true
    }

    /// Takes all digits of a fraction, at least one, as nanoseconds.
    mutating func fraction(in text: Span<UInt8>) -> Int32? {
        guard digit(in: text) != nil else { return nil }
        var value: Int32 = 0
        var weight: Int32 = 100_000_000
        while let digit = digit(in: text) {
            value += Int32(digit) * weight
            weight /= 10
            place += 1
        }
        return value
    }
}
