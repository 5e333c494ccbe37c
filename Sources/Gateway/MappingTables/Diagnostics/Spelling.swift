/// Guesses which word was meant.
public enum Spelling {
    /// The nearest word by edit distance, when it is near enough to be meant.
    ///
    /// - Parameters:
    ///   - word: what was written; at most 64 scalars are looked at.
    ///   - words: what could be meant.
    /// - Returns: the nearest of them; nil when none is near.
    public static func nearest(to word: String, among words: [String]) -> String? {
        let written = Array(word.lowercased().unicodeScalars.prefix(64))
        var best: (word: String, distance: Int)?
        for candidate in words {
            let distance = distance(written, Array(candidate.lowercased().unicodeScalars.prefix(64)))
            if distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        guard let best, best.distance <= max(1, written.count / 3) else { return nil }
        return best.word
    }

    /// Words for a sentence that says which ones are known: at most 24 of them, so that who reads it finds its end.
    ///
    /// - Parameter words: the words.
    /// - Returns: the first of them, with an ellipsis where there are more.
    public static func listed(_ words: [String]) -> String {
        words.prefix(24).joined(separator: ", ") + (words.count > 24 ? " …" : "")
    }

    /// Insertions, deletions, replacements and swaps of neighbors, each counted one.
    private static func distance(_ one: [Unicode.Scalar], _ other: [Unicode.Scalar]) -> Int {
        var before: [Int] = []
        var last = Array(0...other.count)
        for (i, a) in one.enumerated() {
            var row = [i + 1]
            for (j, b) in other.enumerated() {
                var cost = min(row[j] + 1, last[j + 1] + 1, last[j] + (a == b ? 0 : 1))
                if i > 0, j > 0, a == other[j - 1], b == one[i - 1] { cost = min(cost, before[j - 1] + 1) }
                row.append(cost)
            }
            before = last
            last = row
        }
        return last.last ?? 0
    }
}
