import MIME

/// A date and time of RFC 3339, with the digits and the offset that were received.
///
/// Two values are equal, and ordered, as points in time. The years 0 to 9999 in UTC can be told. A leap second counts as the
/// second after it, as in Unix time.
///
/// Source: RFC 3339 §5.6, §5.7.
public struct CPIMDateTime: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Whole seconds since 1970-01-01T00:00:00Z, rounded toward the past.
    public let unixSeconds: Int64
    /// The digits after the decimal point as received; empty when there is no point.
    public let fraction: String
    /// Minutes east of UTC; nothing for `-00:00`, an unknown local offset (RFC 3339 §4.3).
    public let offsetMinutes: Int?
    /// Whether the second is 60.
    public let isLeapSecond: Bool

    private static let earliest: Int64 = -62_167_219_200
    private static let latest: Int64 = 253_402_300_799

    private init?(unixSeconds: Int64, fraction: String, offsetMinutes: Int?, isLeapSecond: Bool) {
        guard unixSeconds >= Self.earliest, unixSeconds <= Self.latest else { return nil }
        self.unixSeconds = unixSeconds
        self.fraction = fraction
        self.offsetMinutes = offsetMinutes
        self.isLeapSecond = isLeapSecond
    }

    /// Reads `2000-12-13T13:40:00.5-08:00`, unless the text is no date and time.
    ///
    /// Lower-case `t` and `z` and fractions of any length are accepted, and a second of 60 in the last minute of a day in UTC.
    ///
    /// - Parameter text: the whole value.
    public init?(_ text: String) { self.init(span: text.utf8.span) }

    /// Reads a value from octets, as from text.
    ///
    /// - Parameter bytes: the whole value.
    public init?(bytes: ArraySlice<UInt8>) { self.init(span: bytes.span) }

    private init?(span: Span<UInt8>) {
        guard span.count >= 20, let year = Self.number(span, 0, 4), span[4] == UInt8(ascii: "-"),
            let month = Self.number(span, 5, 2), span[7] == UInt8(ascii: "-"), let day = Self.number(span, 8, 2),
            span[10] | 0x20 == UInt8(ascii: "t"), let hour = Self.number(span, 11, 2), span[13] == UInt8(ascii: ":"),
            let minute = Self.number(span, 14, 2), span[16] == UInt8(ascii: ":"), let second = Self.number(span, 17, 2)
        else { return nil }
        var end = 19
        var digits: [UInt8] = []
        if span[end] == UInt8(ascii: ".") {
            end += 1
            while end < span.count, span[end].isDigit {
                digits.append(span[end])
                end += 1
            }
            guard !digits.isEmpty else { return nil }
        }
        guard let offset = Self.offset(span, from: end) else { return nil }
        guard (1...12).contains(month), day >= 1, day <= Calendar.days(inMonth: month, of: year), hour < 24,
            minute < 60,
            second <= 60
        else { return nil }
        let days = Calendar.dayNumber(year: year, month: month, day: day)
        let seconds = Int64(days) * 86400 + Int64(hour * 3600 + minute * 60 + second) - Int64(offset.minutes * 60)
        // A leap second is the last of a day in UTC, so the second after it starts a day.
        guard second < 60 || seconds % 86400 == 0 else { return nil }
        self.init(
            unixSeconds: seconds,
            fraction: String(decoding: digits, as: UTF8.self),
            offsetMinutes: offset.isUnknown ? nil : offset.minutes,
            isLeapSecond: second == 60
        )
    }

    /// Reads `20020910T23:08:25`, the stamp of `jabber:x:delay`, which is always UTC; nothing when the text is another.
    ///
    /// Source: XEP-0091 §2.
    ///
    /// - Parameter legacyStamp: the whole value.
    public init?(legacyStamp: String) {
        let bytes = Array(legacyStamp.utf8)
        guard bytes.count == 17 else { return nil }
        let dash = [UInt8(ascii: "-")]
        self.init(bytes: (bytes[..<4] + dash + bytes[4..<6] + dash + bytes[6...] + [UInt8(ascii: "Z")])[...])
    }

    /// Makes the UTC time of a number of milliseconds since 1970-01-01T00:00:00Z.
    ///
    /// The fraction has three digits, or none when the milliseconds are a whole second. Times outside the years 0 to 9999 become
    /// the nearest that can be told.
    ///
    /// - Parameter milliseconds: Unix time.
    public init(milliseconds: Int64) {
        let clamped = min(max(milliseconds, Self.earliest * 1000), Self.latest * 1000 + 999)
        let remainder = Int((clamped % 1000 + 1000) % 1000)
        unixSeconds = (clamped - Int64(remainder)) / 1000
        if remainder == 0 {
            fraction = ""
        } else {
            let digits = [Self.digit(remainder / 100), Self.digit(remainder / 10), Self.digit(remainder)]
            fraction = String(decoding: digits, as: UTF8.self)
        }
        offsetMinutes = 0
        isLeapSecond = false
    }

    /// Milliseconds since 1970-01-01T00:00:00Z; further digits of the fraction are cut off.
    public var milliseconds: Int64 {
        var value: Int64 = 0
        var digits = fraction.utf8.makeIterator()
        for _ in 0..<3 { value = value * 10 + Int64((digits.next() ?? 0x30) &- 0x30) }
        return unixSeconds * 1000 + value
    }

    /// The same time in UTC with the same fraction, as `2000-12-13T21:40:00Z`.
    public var utcText: String { text(offset: 0, suffix: "Z", withFraction: true) }

    /// The same time in UTC in whole seconds.
    public var utcSecondsText: String { text(offset: 0, suffix: "Z", withFraction: false) }

    /// The time with its offset and fraction, in capital letters.
    public var description: String {
        guard let offsetMinutes else { return text(offset: 0, suffix: "-00:00", withFraction: true) }
        if offsetMinutes == 0 { return utcText }
        let size = abs(offsetMinutes)
        let suffix = "\(offsetMinutes < 0 ? "-" : "+")\(Self.padded(size / 60, 2)):\(Self.padded(size % 60, 2))"
        return text(offset: offsetMinutes, suffix: suffix, withFraction: true)
    }

    private func text(offset: Int, suffix: String, withFraction: Bool) -> String {
        // The second before a leap second is shown, and its number is set to 60 afterwards.
        let shown = unixSeconds + Int64(offset * 60) - (isLeapSecond ? 1 : 0)
        let second = Int((shown % 86400 + 86400) % 86400)
        let date = Calendar.date(dayNumber: Int((shown - Int64(second)) / 86400))
        let year = date.year
        let hour = second / 3600
        let minute = second / 60 % 60
        let shownSecond = isLeapSecond ? 60 : second % 60
        let dash = UInt8(ascii: "-")
        let colon = UInt8(ascii: ":")
        let head: InlineArray<19, UInt8> = [
            Self.digit(year / 1000), Self.digit(year / 100), Self.digit(year / 10), Self.digit(year), dash,
            Self.digit(date.month / 10), Self.digit(date.month), dash,
            Self.digit(date.day / 10), Self.digit(date.day), UInt8(ascii: "T"),
            Self.digit(hour / 10), Self.digit(hour), colon,
            Self.digit(minute / 10), Self.digit(minute), colon,
            Self.digit(shownSecond / 10), Self.digit(shownSecond),
        ]
        var bytes: [UInt8] = []
        bytes.reserveCapacity(head.count + 1 + fraction.utf8.count + suffix.utf8.count)
        bytes.append(all: head.span)
        if withFraction, !fraction.isEmpty {
            bytes.append(UInt8(ascii: "."))
            bytes.append(all: fraction.utf8.span)
        }
        bytes.append(all: suffix.utf8.span)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The last digit of a number that is not negative.
    private static func digit(_ number: Int) -> UInt8 { 0x30 + UInt8(truncatingIfNeeded: number % 10) }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    private static func number(_ span: Span<UInt8>, _ start: Int, _ width: Int) -> Int? {
        guard start + width <= span.count else { return nil }
        var value = 0
        for index in start..<(start + width) {
            guard span[index].isDigit else { return nil }
            value = value * 10 + Int(span[index] - 0x30)
        }
        return value
    }

    /// The offset that ends the text.
    private static func offset(_ span: Span<UInt8>, from start: Int) -> (minutes: Int, isUnknown: Bool)? {
        guard start < span.count else { return nil }
        if span[start] | 0x20 == UInt8(ascii: "z") { return start + 1 == span.count ? (0, false) : nil }
        let isWest = span[start] == UInt8(ascii: "-")
        guard isWest || span[start] == UInt8(ascii: "+"), start + 6 == span.count,
            let hour = number(span, start + 1, 2), span[start + 3] == UInt8(ascii: ":"),
            let minute = number(span, start + 4, 2), hour < 24, minute < 60
        else { return nil }
        let minutes = hour * 60 + minute
        return (isWest ? -minutes : minutes, isWest && minutes == 0)
    }

    /// The fraction without zeros at its end, so that equal times have equal digits.
    private var significantFraction: ArraySlice<UInt8> {
        var digits = Array(fraction.utf8)[...]
        while digits.last == 0x30 { digits = digits.dropLast() }
        return digits
    }

    /// Whether both are the same point in time.
    public static func == (one: CPIMDateTime, other: CPIMDateTime) -> Bool {
        one.unixSeconds == other.unixSeconds && one.significantFraction == other.significantFraction
    }

    /// Whether the first is the earlier point in time.
    public static func < (one: CPIMDateTime, other: CPIMDateTime) -> Bool {
        if one.unixSeconds != other.unixSeconds { return one.unixSeconds < other.unixSeconds }
        return one.significantFraction.lexicographicallyPrecedes(other.significantFraction)
    }

    /// Hashes the point in time.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(unixSeconds)
        hasher.combine(significantFraction)
    }
}

/// The proleptic Gregorian calendar, by day numbers from 1970-01-01.
///
/// Source: RFC 3339 §5.7, Appendix C.
enum Calendar {
    static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    // Both ways count in eras of 400 years from 1 March of year 0, so that the leap day ends a year.
    static func dayNumber(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func date(dayNumber: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = dayNumber + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
