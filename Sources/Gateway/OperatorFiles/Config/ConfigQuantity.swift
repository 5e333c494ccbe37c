/// Numbers with a unit.
struct ConfigQuantity {
    /// Times, in milliseconds.
    static let durations = ConfigQuantity(
        units: [("ms", 1), ("s", 1_000), ("min", 60_000), ("h", 3_600_000), ("d", 86_400_000)]
    )
    /// Sizes, in bytes.
    static let sizes = ConfigQuantity(units: [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)])

    /// Units, smallest first, and how much of the base unit each is.
    let units: [(name: String, factor: Int)]

    /// Reads digits with a unit right behind them.
    func read(_ text: String, within range: ClosedRange<Int>) -> Result<Int, ConfigScalar.Fault> {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count)
        guard !digits.isEmpty else { return .failure(.init(reason: "does not begin with a number")) }
        guard let factor = units.first(where: { $0.name == unit })?.factor else {
            let isApart = units.contains { $0.name == unit.drop { $0 == " " || $0 == "\t" } }
            let unknown = isApart ? "has a blank before its unit" : "has an unknown unit"
            return .failure(.init(reason: unit.isEmpty ? "has no unit" : unknown))
        }
        guard let number = Int(digits) else { return .failure(.init(reason: "is out of range")) }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow, range.contains(product) else { return .failure(.init(reason: "is out of range")) }
        return .success(product)
    }

    /// The number in the largest unit that shows it whole.
    func text(_ number: Int) -> String {
        let unit = units.last { number % $0.factor == 0 && number >= $0.factor } ?? units[0]
        return "\(number / unit.factor)\(unit.name)"
    }

    /// Both ends of a range.
    func text(_ range: ClosedRange<Int>) -> String {
        "from \(text(range.lowerBound)) to \(text(range.upperBound))"
    }
}
