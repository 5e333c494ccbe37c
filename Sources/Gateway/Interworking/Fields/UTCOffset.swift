/// How far the clocks of a place are from UTC.
///
/// Source: RFC 4480 §3.13, XEP-0082 §3.4.
struct UTCOffset {
    /// -1439 to 1439.
    let minutes: Int

    init?(minutes: Int) {
        guard abs(minutes) < 24 * 60 else { return nil }
        self.minutes = minutes
    }

    /// Reads `Z` or `+hh:mm`.
    init?(zone: String) {
        if zone == "Z" {
            minutes = 0
            return
        }
        let bytes = Array(zone.utf8)
        guard bytes.count == 6, bytes[0] == UInt8(ascii: "+") || bytes[0] == UInt8(ascii: "-"),
            bytes[3] == UInt8(ascii: ":"), [1, 2, 4, 5].allSatisfy({ (0x30...0x39).contains(bytes[$0]) })
        else { return nil }
        func number(_ place: Int) -> Int { Int(bytes[place] - 0x30) * 10 + Int(bytes[place + 1] - 0x30) }
        guard number(1) < 24, number(4) < 60 else { return nil }
        let size = number(1) * 60 + number(4)
        minutes = bytes[0] == UInt8(ascii: "-") ? -size : size
    }

    /// `+hh:mm`, and `Z` for none.
    var zone: String {
        if minutes == 0 { return "Z" }
        func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
        return (minutes < 0 ? "-" : "+") + digits(abs(minutes) / 60) + ":" + digits(abs(minutes) % 60)
    }
}
