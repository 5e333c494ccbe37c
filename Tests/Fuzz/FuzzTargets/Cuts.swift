/// Cuts an input into pieces, and makes the choices of a target, by the input alone: the same input, the same cuts.
struct Cuts {
    private var state: UInt64

    init(of input: [UInt8]) {
        state = 0xCBF2_9CE4_8422_2325
        for byte in input { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }

    /// A number below a bound.
    mutating func below(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(truncatingIfNeeded: state >> 33) % bound
    }

    /// Consecutive pieces that make up the input: often single bytes, sometimes long runs, sometimes nothing.
    mutating func pieces(of input: [UInt8]) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        let longest = [1, 2, 8, 64][below(4)]
        var start = 0
        while start < input.count {
            let end = min(input.count, start + below(longest + 1))
            pieces.append(input[start..<max(end, longest == 1 ? start + 1 : end)])
            start = pieces[pieces.count - 1].endIndex
        }
        return pieces
    }
}
