/// A repeatable source of test data (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    mutating func bytes(length: Int) -> [UInt8] {
        (0..<Int.random(in: 0...length, using: &self)).map { _ in UInt8.random(in: 0...255, using: &self) }
    }

    /// Text that mixes delimiters, ASCII and code points of every plane.
    mutating func text(length: Int) -> String {
        var scalars = String.UnicodeScalarView()
        let delimiters = Array(##"@/\#%:;?&'<>" .25c27f40[]"##.unicodeScalars)
        for _ in 0..<Int.random(in: 0...length, using: &self) {
            switch Int.random(in: 0..<6, using: &self) {
            case 0, 1: scalars.append(delimiters[Int.random(in: 0..<delimiters.count, using: &self)])
            case 2: scalars.append(Unicode.Scalar(UInt8.random(in: 0x20...0x7E, using: &self)))
            case 3: scalars.append(Unicode.Scalar(UInt32.random(in: 0x80...0x24F, using: &self)) ?? "x")
            case 4: scalars.append(Unicode.Scalar(UInt32.random(in: 0x370...0xFFFF, using: &self)) ?? "y")
            default: scalars.append(Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &self)) ?? "z")
            }
        }
        return String(scalars)
    }
}
