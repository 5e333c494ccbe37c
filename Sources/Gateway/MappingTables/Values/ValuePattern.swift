/// What a cell of a value table takes.
enum ValuePattern: Sendable, Hashable {
    /// The column must be absent.
    case absent
    /// The one value.
    case text(String)
    /// These values and no others, in any order; sorted here.
    case exactly([String])
    /// Whatever it is, or nothing.
    case any
    /// This value among others.
    case contains(String)
    /// One of these values, whatever others there are.
    case containsAny([String])

    func matches(_ values: [String]) -> Bool {
        switch self {
        case .any: true
        case .absent: values.isEmpty
        case .text(let text): values.count == 1 && values[0] == text
        case .exactly(let texts): values.allSatisfy(texts.contains) && texts.allSatisfy(values.contains)
        case .contains(let text): values.contains(text)
        case .containsAny(let texts): values.contains(where: texts.contains)
        }
    }

    /// Whether everything that another pattern takes is taken by this one.
    func covers(_ other: ValuePattern) -> Bool {
        if self == other || self == .any { return true }
        switch (self, other) {
        case (.text(let text), .exactly(let texts)), (.exactly(let texts), .text(let text)): return texts == [text]
        case (.contains, .text(let text)), (.containsAny, .text(let text)): return matches([text])
        case (.contains, .exactly(let texts)), (.containsAny, .exactly(let texts)): return matches(texts)
        case (.containsAny(let texts), .contains(let text)): return texts.contains(text)
        case (.containsAny(let texts), .containsAny(let others)): return others.allSatisfy(texts.contains)
        default: return false
        }
    }
}

/// What a cell of a value table gives.
enum ValueResult: Sendable, Hashable {
    /// The values; none for an absent column.
    case values([String])
    /// The text of a column of the other side.
    case copy(String)
}
