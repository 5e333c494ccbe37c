extension [UInt64] {
    /// Sorts numbers by digits of some bits each, from the lowest to the highest: a move of each number for each digit,
    /// and none for a digit by which they stand in order before any was moved.
    ///
    /// - Parameter widths: the bits of each digit, the lowest first; 15 at most, so that a table of all digits is small.
    mutating func sort(byDigits widths: [Int]) {
        var sorted = self
        var shift: UInt64 = 0
        for width in widths {
            let mask: UInt64 = 1 << UInt64(width) - 1
            if shift > 0 || !stands(inOrderOf: mask) {
                move(to: &sorted, byDigitAt: shift, mask)
                swap(&self, &sorted)
            }
            shift += UInt64(width)
        }
    }

    private func stands(inOrderOf mask: UInt64) -> Bool {
        var last: UInt64 = 0
        for number in self {
            guard number & mask >= last else { return false }
            last = number & mask
        }
        return true
    }

    /// Writes the numbers into another array of the same length, ordered by one digit and otherwise as they were.
    private func move(to sorted: inout [UInt64], byDigitAt shift: UInt64, _ mask: UInt64) {
        // How many have each digit, and then where the next one goes.
        var places = [Int](repeating: 0, count: Int(mask) + 1)
        for number in self { places[Int(number &>> shift & mask)] += 1 }
        var start = 0
        for digit in places.indices { (places[digit], start) = (start, start + places[digit]) }
        var next = places.mutableSpan
        var target = sorted.mutableSpan
        for number in self {
            let digit = Int(number &>> shift & mask)
            target[next[digit]] = number
            next[digit] += 1
        }
    }
}
