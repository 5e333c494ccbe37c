/// The values of one field in order: mostly one or none, which need no memory of their own.
public struct FieldValues: Sendable, RandomAccessCollection, ExpressibleByArrayLiteral {
    @usableFromInline
    var head: FieldValue?
    @usableFromInline
    var rest: [FieldValue] = []

    /// Holds no value.
    @inlinable
    public init() { head = nil }

    /// Holds one value.
    @inlinable
    public init(_ value: FieldValue) { head = value }

    /// Holds a text, if there is one.
    @inlinable
    public init(text: String?, language: String? = nil) {
        head = text.map { FieldValue(text: $0, language: language) }
    }

    /// Holds what a sequence gives.
    @inlinable
    public init(_ values: some Sequence<FieldValue>) {
        head = nil
        for value in values { append(value) }
    }

    /// Holds the values of a literal.
    @inlinable
    public init(arrayLiteral elements: FieldValue...) { self.init(elements) }

    /// Adds a value behind the others.
    @inlinable
    public mutating func append(_ value: FieldValue) {
        if isEmpty { head = value } else { rest.append(value) }
    }

    /// The first value; nil when there is none.
    @inlinable
    public var first: FieldValue? { head }

    /// Whether there is none.
    ///
    /// A pattern, since a comparison with nil would be one of whole values.
    @inlinable
    public var isEmpty: Bool { if case .none = head { true } else { false } }

    /// The position of the first value.
    @inlinable
    public var startIndex: Int { 0 }

    /// The number of values.
    @inlinable
    public var endIndex: Int { isEmpty ? 0 : rest.count + 1 }

    /// The value at a position below ``endIndex``.
    @inlinable
    public subscript(position: Int) -> FieldValue {
        guard position == 0, let head else { return rest[position - 1] }
        return head
    }
}
