/// Moments as text: UTC with milliseconds, always 24 characters long from the year 0 to 9999.
///
/// The fixed width makes the texts sort like the moments.
///
/// Source: RFC 3339 §5.6.
public enum Timestamp {
    /// Formats a moment.
    ///
    /// - Parameter milliseconds: milliseconds since 1970-01-01T00:00:00Z; clamped to the years 0 to 9999.
    /// - Returns: a text such as `2026-05-04T09:08:07.006Z`.
    public static func text(milliseconds: Int64) -> String {
        var buffer: [UInt8] = []
        append(milliseconds: milliseconds, to: &buffer)
        return String(decoding: buffer, as: UTF8.self)
    }

    /// Formats a UTC day.
    ///
    /// - Parameter day: days since 1970-01-01; clamped to the years 0 to 9999.
    /// - Returns: a text such as `2026-05-04`.
    public static func day(_ day: Int64) -> String {
        let bounded = min(max(day, -719_528), 2_932_896)
        return String(text(milliseconds: bounded * 86_400_000).prefix(10))
    }

    /// Appends the text of a moment.
    ///
    /// - Parameters:
    ///   - milliseconds: milliseconds since 1970-01-01T00:00:00Z; clamped to the years 0 to 9999.
    ///   - buffer: where the 24 ASCII characters go.
    public static func append(milliseconds: Int64, to buffer: inout [UInt8]) {
        let moment = min(max(milliseconds, -62_167_219_200_000), 253_402_300_799_999)
        let second = moment.floorQuotient(1000)
        let day = second.floorQuotient(86_400)
        let time = second - day * 86_400
        let date = civil(day: day)
        buffer.append(addingCapacity: 24) { (output: inout OutputSpan<UInt8>) in
            digits(date.year, 4, to: &output)
            output.append(UInt8(ascii: "-"))
            digits(date.month, 2, to: &output)
            output.append(UInt8(ascii: "-"))
            digits(date.day, 2, to: &output)
            output.append(UInt8(ascii: "T"))
            digits(time / 3600, 2, to: &output)
            output.append(UInt8(ascii: ":"))
            digits(time / 60 % 60, 2, to: &output)
            output.append(UInt8(ascii: ":"))
            digits(time % 60, 2, to: &output)
            output.append(UInt8(ascii: "."))
            digits(moment - second * 1000, 3, to: &output)
            output.append(UInt8(ascii: "Z"))
        }
    }

    /// Reads a moment in UTC.
    ///
    /// - Parameter text: `2026-05-04T09:08:07Z`, with or without a fraction of one to nine digits.
    /// - Returns: milliseconds since 1970-01-01T00:00:00Z, the rest of the fraction cut; nil for any other text.
    public static func milliseconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        let shape = Array("####-##-##T##:##:##".utf8)
        guard bytes.count >= shape.count + 1, bytes.last == UInt8(ascii: "Z") else { return nil }
        for (index, expected) in shape.enumerated() {
            let fits =
                expected == UInt8(ascii: "#") ? isDigit(bytes[index]) : bytes[index] == expected
            guard fits else { return nil }
        }
        let year = number(bytes[0..<4])
        let month = number(bytes[5..<7])
        let day = number(bytes[8..<10])
        let hour = number(bytes[11..<13])
        let minute = number(bytes[14..<16])
        let second = number(bytes[17..<19])
        var fraction: Int64 = 0
        let rest = bytes[shape.count..<bytes.count - 1]
        if let point = rest.first {
            let decimals = rest.dropFirst()
            guard point == UInt8(ascii: "."), (1...9).contains(decimals.count), decimals.allSatisfy(isDigit) else {
                return nil
            }
            fraction = number(decimals.prefix(3)) * (decimals.count == 1 ? 100 : decimals.count == 2 ? 10 : 1)
        }
        guard (1...12).contains(month), day >= 1, hour < 24, minute < 60, second < 60 else { return nil }
        let days = self.day(year: year, month: month, day: day)
        let back = civil(day: days)
        guard back.month == month, back.day == day else { return nil }
        return ((days * 86_400 + hour * 3600 + minute * 60 + second) * 1000) + fraction
    }

    /// Reads the text of a moment as ``text(milliseconds:)`` writes it, from bytes.
    ///
    /// - Parameter bytes: the 24 ASCII characters.
    /// - Returns: milliseconds since 1970-01-01T00:00:00Z; nil for what is written otherwise.
    static func milliseconds(written bytes: Span<UInt8>) -> Int64? {
        guard bytes.count == 24, bytes[23] == UInt8(ascii: "Z"), bytes[10] == UInt8(ascii: "T") else { return nil }
        func number(_ start: Int, _ count: Int) -> Int64 {
            var value: Int64 = 0
            for index in start..<start + count {
                // A digit that is none makes the whole too large for its place.
                value = value * 10 + (isDigit(bytes[index]) ? Int64(bytes[index] - UInt8(ascii: "0")) : 100_000)
            }
            return value
        }
        let (year, month, date) = (number(0, 4), number(5, 2), number(8, 2))
        let (hour, minute, second, fraction) = (number(11, 2), number(14, 2), number(17, 2), number(20, 3))
        guard year < 10_000, (1...12).contains(month), (1...31).contains(date), hour < 24, minute < 60, second < 60,
            fraction < 1_000
        else { return nil }
        let days = day(year: year, month: month, day: date)
        return (days * 86_400 + hour * 3600 + minute * 60 + second) * 1000 + fraction
    }

    /// The date of a day counted from 1970-01-01, by counting eras of 400 years that begin on the first of March.
    private static func civil(day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = shifted.floorQuotient(146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// The inverse of `civil`.
    private static func day(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear.floorQuotient(400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    @inline(__always)
    private static func digits(_ value: Int64, _ width: Int, to output: inout OutputSpan<UInt8>) {
        var divisor: Int64 = width == 4 ? 1000 : width == 3 ? 100 : 10
        while divisor > 0 {
            output.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64 {
        digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }
}

extension Int64 {
    /// The quotient rounded towards minus infinity, for a positive divisor.
    fileprivate func floorQuotient(_ divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
