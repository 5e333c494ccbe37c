/// A moment as XMPP writes it.
///
/// Source: XEP-0202 §2, XEP-0082 §3.2.
public enum EntityTime {
    /// The moment in UTC, to the second: `2006-12-19T17:58:35Z`.
    ///
    /// - Parameter unixMilliseconds: milliseconds since 1970-01-01T00:00:00Z, within the years 0 to 9999; values
    ///   outside are brought to the nearest end.
    /// - Returns: the text.
    public static func utc(_ unixMilliseconds: Int64) -> String {
        let bounded = min(max(unixMilliseconds, -62_167_219_200_000), 253_402_300_799_999)
        // Round towards the past, before 1970 as well.
        let seconds = (bounded - (bounded % 1000 + 1000) % 1000) / 1000
        let days = (seconds - (seconds % 86_400 + 86_400) % 86_400) / 86_400
        let rest = seconds - days * 86_400
        let (year, month, day) = civil(days)
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
            + "\(padded(rest / 3600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))Z"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(width - digits.utf8.count, 0)) + digits
    }

    /// The date of a day of the proleptic Gregorian calendar, counted from 1970-01-01.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // Count from 0000-03-01, so that the leap day is the last of its year; 146 097 days are 400 years.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
