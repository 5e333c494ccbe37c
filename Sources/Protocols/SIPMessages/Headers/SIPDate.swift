import MIME

/// A point in time as the Date header field has it, in whole seconds of UTC.
///
/// Source: RFC 3261 §20.17, §25.1.
public struct SIPDate: Sendable, Hashable, CustomStringConvertible {
    /// Seconds since the start of 1970.
    public let secondsSince1970: Int64

    /// Makes a date; text can only be written for the years 0 to 9999.
    public init(secondsSince1970: Int64) {
        self.secondsSince1970 = secondsSince1970
    }

    /// Reads `rfc1123-date`, such as `Sat, 13 Nov 2010 23:29:00 GMT`; anything else, such as another zone, is nil.
    ///
    /// The name of the day is not compared with the date.
    public init?(bytes: ArraySlice<UInt8>) {
        let text = bytes.span
        guard text.count == 29, text[3] == UInt8(ascii: ","), text[4] == 0x20, text[7] == 0x20, text[11] == 0x20,
            text[16] == 0x20, text[19] == UInt8(ascii: ":"), text[22] == UInt8(ascii: ":"), text[25] == 0x20,
            Self.word(text, 26) == Self.word("gmt"), Self.days.contains(Self.word(text, 0)),
            let month = Self.months.firstIndex(of: Self.word(text, 8)),
            let day = Self.number(text, 5, 2), let year = Self.number(text, 12, 4),
            let hour = Self.number(text, 17, 2), let minute = Self.number(text, 20, 2),
            let second = Self.number(text, 23, 2),
            day >= 1, day <= Self.length(ofMonth: month + 1, year: year), hour < 24, minute < 60, second <= 60
        else { return nil }
        let clock = hour * 3_600 + minute * 60 + min(second, 59)
        secondsSince1970 = Self.dayNumber(year: year, month: Int64(month) + 1, day: day) * 86_400 + clock
    }

    /// The date as it is written.
    public var description: String {
        let days = secondsSince1970 >= 0 ? secondsSince1970 / 86_400 : (secondsSince1970 - 86_399) / 86_400
        let clock = secondsSince1970 - days * 86_400
        let (year, month, day) = Self.calendarDate(days)
        let weekday = Int(((days + 3) % 7 + 7) % 7)
        var text: [UInt8] = []
        text.reserveCapacity(29)
        Self.append(Self.days[weekday], ", ", to: &text)
        Self.append(day, 2, " ", to: &text)
        Self.append(Self.months[Int(month) - 1], " ", to: &text)
        Self.append(year, 4, " ", to: &text)
        Self.append(clock / 3_600, 2, ":", to: &text)
        Self.append(clock / 60 % 60, 2, ":", to: &text)
        Self.append(clock % 60, 2, " GMT", to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    private static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map { word($0) }
    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ].map { word($0) }

    /// Three letters of any case as one number.
    private static func word(_ text: Span<UInt8>, _ start: Int) -> UInt32 {
        var word: UInt32 = 0
        for index in start..<(start + 3) { word = word << 8 | UInt32(text[index].lowered) }
        return word
    }

    private static func word(_ text: String) -> UInt32 { word(text.utf8.span, 0) }

    private static func number(_ text: Span<UInt8>, _ start: Int, _ width: Int) -> Int64? {
        var value: Int64 = 0
        for index in start..<(start + width) {
            guard text[index].isDigit else { return nil }
            value = value * 10 + Int64(text[index] - 0x30)
        }
        return value
    }

    /// Appends the three letters of a word, the first one a capital.
    private static func append(_ word: UInt32, _ end: StaticString, to text: inout [UInt8]) {
        text.append(UInt8(truncatingIfNeeded: word >> 16) & 0xDF)
        text.append(UInt8(truncatingIfNeeded: word >> 8))
        text.append(UInt8(truncatingIfNeeded: word))
        text.append(literal: end)
    }

    private static func append(_ number: Int64, _ width: Int, _ end: StaticString, to text: inout [UInt8]) {
        var least: Int64 = 10
        for _ in 1..<width {
            if number < least { text.append(0x30) }
            least *= 10
        }
        WireText.number(number, to: &text)
        text.append(literal: end)
    }

    private static func length(ofMonth month: Int, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since the start of 1970 in the Gregorian calendar; years begin in March here, so that the leap day is last.
    private static func dayNumber(year: Int64, month: Int64, day: Int64) -> Int64 {
        let marchYear = month > 2 ? year : year - 1
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func calendarDate(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * dayOfYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * march + 2) / 5 + 1)
    }
}

extension SIPHeaders {
    /// The Date; nil when there is none or it is not one.
    public var date: SIPDate? { first(.date).flatMap { SIPDate(bytes: $0.value) } }
}
