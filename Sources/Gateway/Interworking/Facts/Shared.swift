/// A value that many copies of its owner share until one of them sets it.
@propertyWrapper
struct Shared<Value: Sendable & Equatable>: Sendable, Equatable {
    private final class Block: Sendable {
        let value: Value

        init(_ value: Value) { self.value = value }
    }

    private var block: Block

    init(wrappedValue: Value) { block = Block(wrappedValue) }

    var wrappedValue: Value {
        @inline(__always) _read { yield block.value }
        set { block = Block(newValue) }
    }

    static func == (one: Shared, other: Shared) -> Bool {
        one.block === other.block || one.block.value == other.block.value
    }
}
